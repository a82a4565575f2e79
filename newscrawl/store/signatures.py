"""The near-duplicate index: one small document per report in a collection for each week, `signatures_YYYYwWW`.

A document: `_id` (16 bytes, the report's id), `order` (microseconds since 1970: when it was signed first; the smallest
heads the story), `head` (which story it belongs to, see `Head`; absent on the head), `keys` (what it is found by), and
the evidence of the signature. Who signs inserts first and looks up second: of two writers of near copies
at least one sees the other.
"""

from __future__ import annotations

import re
import struct
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import ASCENDING, IndexModel, InsertOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from newscrawl.identity.signature import LOOKED_UP, Signature
from newscrawl.store.reports import DUPLICATE_KEY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from newscrawl.store.connection import Connection, Document

WEEKS = 3
"""Collections that are read: a report that is copied later than that is an anniversary. Older ones are dropped."""
STOP_AFTER = 32
"""Stories with one key after which the key is boilerplate. Stories, not reports: a wire report has a hundred copies."""
MOST_CANDIDATES = 64
"""Signatures compared with one report."""
CLOCKS_DIFFER = timedelta(minutes=10)
"""So far ahead may another machine's clock be: at the end of a week the next one is read too."""

_NAME = re.compile(r"signatures_\d{4}w\d{2}")
_INDEXES = [IndexModel([("keys", ASCENDING)]), IndexModel([("head", ASCENDING)], sparse=True)]


class Head(NamedTuple):
    """The report that heads a story; of two stories that turn out to be one, the smaller head stays."""

    order: int
    """Of its signature; 0 where that is older than the index remembers: then it comes first."""
    report: bytes
    apart: bool = False
    """Whether a person has split this story off: it is never united with another."""

    @property
    def story_id(self) -> str:
        """`_id` of the report, which is the `story_id` of all reports of the story."""
        return self.report.hex()

    def pack(self) -> bytes:
        """As bytes that sort as the head does."""
        return struct.pack(">Q16s?", *self)

    @classmethod
    def unpack(cls, packed: bytes) -> Head:
        """The head of `pack`'s bytes."""
        return cls(*struct.unpack(">Q16s?", packed))


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """A signature on its way to the index or from it."""

    report: bytes
    """`_id` of the report as bytes."""
    keys: tuple[int, ...]
    """Signed 32-bit integers by which it is found, the best first; on the way to the index with spare ones."""
    signature: Signature | None
    """None where the text is too short for one: only exact copies are found, by a key of the whole text."""
    head: Head
    """Its story. On the way to the index: the story of a report that the index does not know."""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the index knows around one report."""

    own: Signed
    """The report as it is in the index."""
    others: list[Signed] = field(default_factory=list)
    """Those that share a key, the likeliest first; at most MOST_CANDIDATES."""


class SignatureIndex:
    """The weekly collections and `stop_keys`."""

    def __init__(self, connection: Connection) -> None:
        self._database = connection.database
        self._ready: set[str] = set()

    async def keys_of(self, batch: Iterable[Signed]) -> dict[bytes, list[int]]:
        """By what each report is found: its best keys that are no stop keys."""
        batch = list(batch)
        asked = list({key for one in batch for key in one.keys})
        found = self._database.stop_keys.find({"_id": {"$in": asked}}, {"_id": 1})
        stop = {document["_id"] async for document in found}
        return {one.report: [key for key in one.keys if key not in stop][:LOOKED_UP] for one in batch}

    async def put(
        self, batch: Sequence[Signed], keys: Mapping[bytes, list[int]], now: datetime, new: Collection[bytes] = ()
    ) -> None:
        """Insert signatures, or replace those that the index has of the same reports. Safe to repeat.

        `new`: reports that were never signed before, which saves looking for them.
        """
        week = week_of(now)
        await self._make_ready(week, now)
        waiting = {one.report: one for one in batch}
        for name in window(now):
            asked = [id_ for id_ in waiting if id_ not in new]
            if not asked:
                break
            found = self._database[name].find({"_id": {"$in": asked}}, {"_id": 1})
            here = [waiting.pop(document["_id"]) for document in [document async for document in found]]
            if here:
                await self._database[name].bulk_write([_replace(one, keys[one.report]) for one in here], ordered=False)
        if waiting:
            inserts = [InsertOne(_document(one, keys[one.report])) for one in waiting.values()]
            try:
                await self._database[week].bulk_write(inserts, ordered=False)
            except BulkWriteError as error:  # another crawl of the same page was faster: its signature does as well
                if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
                    raise

    async def neighbours(self, keys: Mapping[bytes, list[int]], now: datetime) -> list[Neighbours]:
        """What the index has of reports with these keys, and who shares a key with them. One query a collection."""
        askers: dict[int, list[bytes]] = defaultdict(list)
        for report, own in keys.items():
            for key in own:
                askers[key].append(report)
        shared: dict[bytes, Counter[bytes]] = {report: Counter() for report in keys}
        found: dict[bytes, Signed] = {}
        for name in window(now):
            cursor = self._database[name].find({"keys": {"$in": list(askers)}}).limit(MOST_CANDIDATES * len(keys))
            async for document in cursor:
                found.setdefault(document["_id"], from_document(document))
                for key in document["keys"]:
                    for report in askers.get(key, ()):
                        shared[report][document["_id"]] += 1
        missing = [report for report in keys if report not in found]
        found |= {id_: from_document(document) for id_, document in (await self.find(missing, now)).items()}
        return [_neighbours(found, report, shared[report]) for report in keys if report in found]

    async def stop(self, stories: Mapping[int, Collection[Head]], now: datetime) -> None:
        """Make stop keys of those that more than STOP_AFTER stories have. `stories`: those seen with each key."""
        common = [key for key, heads in stories.items() if len(heads) > STOP_AFTER]
        if common:
            stopped = [UpdateOne({"_id": key}, {"$set": {"at": now}}, upsert=True) for key in common]
            await self._database.stop_keys.bulk_write(stopped, ordered=False)

    async def find(self, reports: Collection[bytes], now: datetime, *names: str) -> dict[bytes, Document]:
        """The documents of reports, of those that are in the index; whole, or with these fields only."""
        found: dict[bytes, Document] = {}
        for name in window(now) if reports else ():
            async for document in self._database[name].find({"_id": {"$in": list(reports)}}, names or None):
                found.setdefault(document["_id"], document)
        return found

    async def relabel(self, moves: Mapping[Head, Head], now: datetime) -> None:
        """Give every signature of a story the head that the story is moved to.

        The head itself first: who gives members to a head and then finds it unmoved knows that whoever moves it will
        find these members.
        """
        if not moves:
            return
        for several in (False, True):
            for name in window(now):
                operations: list[UpdateOne | UpdateMany] = []
                for old, new in moves.items():
                    change = {"$set": {"head": new.pack()}}
                    if several and name >= week_of(moment(old.order)):  # members come after their head
                        operations.append(UpdateMany({"head": old.pack()}, change))
                    elif not several and name == week_of(moment(old.order)):
                        its_own = {"_id": old.report, "order": old.order, "head": {"$exists": False}}
                        operations.append(UpdateOne(its_own, change))
                if operations:
                    await self._database[name].bulk_write(operations, ordered=False)

    async def heads_of(self, heads: Collection[Head], now: datetime) -> dict[Head, Head]:
        """Where heads of stories have been moved to meanwhile, without those that the index has forgotten."""
        by_week: dict[str, list[Head]] = defaultdict(list)
        for head in heads:
            by_week[week_of(moment(head.order))].append(head)
        moved: dict[Head, Head] = {}
        for name in window(now):
            ids = [head.report for head in by_week[name]]
            cursor = self._database[name].find({"_id": {"$in": ids}}, ("order", "head")) if ids else None
            found = {document["_id"]: document async for document in cursor} if cursor is not None else {}
            moved |= {
                head: head_in(found[head.report])
                for head in by_week[name]
                if head.report in found and found[head.report]["order"] == head.order
            }
        return moved

    async def assign(self, reports: Collection[bytes], head: Head, now: datetime) -> None:
        """Give these reports another story, whatever they had."""
        for name in window(now):
            ids = {"_id": {"$in": list(reports)}}
            await self._database[name].update_many(ids, {"$set": {"head": head.pack()}})
            if not head.apart:
                its_own = {"_id": head.report, "order": head.order}
                await self._database[name].update_one(its_own, {"$unset": {"head": ""}})

    async def remove(self, reports: Collection[bytes], now: datetime) -> None:
        """Forget reports."""
        for name in window(now):
            await self._database[name].delete_many({"_id": {"$in": list(reports)}})

    async def _make_ready(self, week: str, now: datetime) -> None:
        """Make the collection of a new week, and drop what is no longer read."""
        if week in self._ready:
            return
        await self._database[week].create_indexes(_INDEXES)
        for name in await self._database.list_collection_names(filter={"name": {"$regex": "^signatures_"}}):
            if _NAME.fullmatch(name) and name < min(window(now)):
                await self._database[name].drop()
        self._ready.add(week)


def week_of(at: datetime) -> str:
    """The collection of the ISO 8601 week of an instant: `signatures_2026w48`."""
    year, week, _ = at.astimezone(UTC).isocalendar()
    return f"signatures_{year:04d}w{week:02d}"


def window(now: datetime) -> list[str]:
    """The collections that are read, the newest first."""
    ages = (-CLOCKS_DIFFER, *(timedelta(weeks=age) for age in range(WEEKS)))
    return list(dict.fromkeys(week_of(now - age) for age in ages))


def order_of(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def moment(order: int) -> datetime:
    """The instant of an order."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=order)


def keys_for(signature: Signature | None, content_hash: str) -> tuple[int, ...]:
    """The keys of a report as the index has them.

    The lower 32 bits of each: that saves a tenth of the index, and of a million reports' keys one in four hundred is
    met by chance, which costs a comparison.
    """
    keys = signature.keys if signature else (int(content_hash[:8], 16),)
    return tuple(dict.fromkeys((key & 0xFFFFFFFF) - ((key & 0x80000000) << 1) for key in keys))


# -- documents -------------------------------------------------------------------------------------------------------

_EVIDENCE = [f.name for f in fields(Signature) if f.name not in ("keys", "version")]
_NUMBERS = [f.name for f in fields(Signature) if f.name in _EVIDENCE and str(f.type).startswith("tuple")]


def to_document(signature: Signature) -> Document:
    """The evidence of a signature, without its keys. Numbers are packed, two bytes each: an array takes eight."""
    values = {name: value for name in _EVIDENCE if (value := getattr(signature, name))}
    packed = {name: struct.pack(f">{len(values[name])}H", *values[name]) for name in _NUMBERS if name in values}
    return {**values, **packed, "version": signature.version}


def from_document(document: Mapping[str, Any]) -> Signed:
    """A document of the index. The keys of its signature are forgotten."""
    signature = None
    if "version" in document:
        values = {"numbers": (), "sketch": b""} | {name: document[name] for name in _EVIDENCE if name in document}
        for name in _NUMBERS:
            if packed := values.get(name):
                values[name] = struct.unpack(f">{len(packed) // 2}H", packed)
        signature = Signature(keys=(), version=document["version"], **values)
    return Signed(
        report=document["_id"],
        keys=tuple(document["keys"]),
        signature=signature,
        head=head_in(document),
        order=document["order"],
    )


def head_in(document: Mapping[str, Any]) -> Head:
    """The story of a document's report."""
    packed = document.get("head")
    return Head(document["order"], document["_id"]) if packed is None else Head.unpack(packed)


def _document(one: Signed, keys: list[int]) -> Document:
    evidence = to_document(one.signature) if one.signature else {}
    head = {} if one.head == Head(one.order, one.report) else {"head": one.head.pack()}
    return {"_id": one.report, "order": one.order, **head, "keys": keys, **evidence}


def _replace(one: Signed, keys: list[int]) -> UpdateOne:
    """A new text of a report replaces all but its place in the order and its story."""
    evidence = to_document(one.signature) if one.signature else {}
    change: dict[str, Any] = {"$set": {"keys": keys, **evidence}}
    if gone := {name: "" for name in (*_EVIDENCE, "version") if name not in evidence}:
        change["$unset"] = gone
    return UpdateOne({"_id": one.report}, change)


def _neighbours(found: Mapping[bytes, Signed], report: bytes, shared: Counter[bytes]) -> Neighbours:
    near = [found[id_] for id_ in shared if id_ != report]
    near.sort(key=lambda other: (-shared[other.report], -other.order))
    return Neighbours(found[report], near[:MOST_CANDIDATES])
