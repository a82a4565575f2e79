"""Stories: reports that tell the same text or nearly the same share a `story_id`, the `_id` of the one seen first.

A report is stored with its own id as story, and marked `unplaced`. Placing it signs it, looks up who is near, and
unites their stories; then the mark goes. A crash in between leaves the mark, and `heal` places what is marked.

Uniting moves every larger head that was seen to the smallest one: first the head's own signature, then those of its
members, then the reports; at last it looks whether one of the heads was moved by somebody else meanwhile, and goes on
from there. So racing writers agree in any order. A story that a person has split off is never united with another.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateMany, UpdateOne

from newscrawl.identity.keys import report_id
from newscrawl.identity.signature import Signature, make_signature
from newscrawl.identity.similarity import Comparison, Verdict, believed, compare
from newscrawl.store.connection import Connection, Document, StoreError, patiently
from newscrawl.store.signatures import (
    MOST_CANDIDATES,
    Head,
    Neighbours,
    SignatureIndex,
    Signed,
    head_in,
    keys_for,
    order_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

HEAL_BATCH = 50
_NOW = {"$currentDate": {"changed": {"$type": "timestamp"}}}
_SHOWN = (
    "source",
    "headline",
    "url",
    "also_at",
    "published_at",
    "first_seen_at",
    "authors",
    "source_link",
    "language",
    "story_id",
)


class StoryError(ValueError):
    """What cannot be split, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplaced:
    """A stored report that is to get its story."""

    report_id: str
    content_hash: str
    signature: Signature | None
    """None where its text is too short for one."""
    new: bool
    """False where it was stored before, and has a new text."""


class StoryStore:
    """Which reports tell one story."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.index = SignatureIndex(connection)
        self._reports = connection.database.reports
        self._splits = connection.database.splits
        self._urls = connection.database.urls

    # -- finding the story of a report -------------------------------------------------------------------------------

    async def place(self, batch: Sequence[Unplaced], *, again: bool = False) -> None:
        """Give stored reports their stories. Safe to repeat, and safe against other writers.

        `again`: an earlier try may have been broken off. Raises StoreError where the database stays away.
        """
        tries = [again]

        async def attempt() -> None:
            tries.append(True)
            await self._place(batch, again=tries[-2])

        if batch:
            await self.connection.patiently(attempt)

    async def _place(self, batch: Sequence[Unplaced], *, again: bool) -> None:
        now = datetime.now(UTC)
        new = {bytes.fromhex(one.report_id) for one in batch if one.new}
        signed = await self._signed(batch, now)
        keys = await self.index.keys_of(signed)
        await self.index.put(signed, keys, now, () if again else new)
        neighbourhoods = await self.index.neighbours(keys, now)
        copies = await self._copies(batch, neighbourhoods, now)
        moves = _moves(neighbourhoods, copies, new=new, again=again)
        final = await self._unite(
            moves, now, {near.own.report.hex(): near.own.head for near in neighbourhoods if near.own.report in new}
        )
        await self.index.stop(_stories_by_key(neighbourhoods, keys, final), now)
        if again:
            await self._finish(neighbourhoods, final)
        await self._reports.update_many(
            {"_id": {"$in": [one.report_id for one in batch]}}, {"$unset": {"unplaced": ""}}
        )

    async def _signed(self, batch: Sequence[Unplaced], now: datetime) -> list[Signed]:
        """The batch for the index. A report that the index may have forgotten keeps the story that it has."""
        known = [one.report_id for one in batch if not one.new]
        found = self._reports.find({"_id": {"$in": known}}, {"story_id": 1}) if known else None
        stories = {d["_id"]: d.get("story_id", d["_id"]) async for d in found} if found is not None else {}
        heads = await self._old_heads(stories.values(), now)
        first = order_of(now)
        signed = []
        for number, one in enumerate(batch):
            id_, order = bytes.fromhex(one.report_id), first + number
            head = heads[stories[one.report_id]] if one.report_id in stories else Head(order, id_)
            keys = keys_for(one.signature, one.content_hash)
            signed.append(Signed(report=id_, keys=keys, signature=one.signature, head=head, order=order))
        return signed

    async def _old_heads(self, stories: Iterable[str], now: datetime) -> dict[str, Head]:
        """Heads of the stories of reports that the index does not know; of those, it may know the head."""
        ids = set(stories)
        split = await self._split_off(ids)
        indexed = await self.index.find([bytes.fromhex(id_) for id_ in ids - split], now, "order", "head")
        heads = {id_: Head(0, bytes.fromhex(id_), id_ in split) for id_ in ids}
        return heads | {id_.hex(): head_in(document) for id_, document in indexed.items()}

    async def _split_off(self, stories: Collection[str]) -> set[str]:
        """Which of these stories were split off by a person."""
        if not stories:
            return set()
        found = self._splits.find({"story_id": {"$in": list(stories)}}, {"story_id": 1})
        return {document["story_id"] async for document in found}

    async def _copies(
        self, batch: Sequence[Unplaced], neighbourhoods: Sequence[Neighbours], now: datetime
    ) -> dict[bytes, set[Head]]:
        """Stories of all reports with the very text, of any age; by report of the batch."""
        by_hash: dict[str, list[bytes]] = defaultdict(list)
        for one in batch:
            by_hash[one.content_hash].append(bytes.fromhex(one.report_id))
        wanted = {"content_hash": {"$in": list(by_hash)}}
        cursor = self._reports.find(wanted, {"content_hash": 1, "story_id": 1}).limit(MOST_CANDIDATES * len(batch))
        found = {bytes.fromhex(document["_id"]): document async for document in cursor}
        heads = {one.report: one.head for near in neighbourhoods for one in (near.own, *near.others)}
        indexed = await self.index.find(found.keys() - heads.keys(), now, "order", "head")
        heads |= {id_: head_in(document) for id_, document in indexed.items()}
        stories = {id_: one.get("story_id", one["_id"]) for id_, one in found.items() if id_ not in heads}
        old = await self._old_heads(stories.values(), now)
        heads |= {id_: old[story] for id_, story in stories.items()}
        copies: dict[bytes, set[Head]] = defaultdict(set)
        for id_, document in found.items():
            for asker in by_hash[document["content_hash"]]:
                copies[asker].add(heads[id_])
        return copies

    async def _unite(self, moves: dict[Head, Head], now: datetime, new: Mapping[str, Head]) -> dict[Head, Head]:
        """Move stories; where each head went in the end. `new`: reports that are just being stored, and their heads."""
        final: dict[Head, Head] = {}
        for _ in range(50):  # heads only become smaller; a round more for each writer that moved one meanwhile
            if not moves:
                return final
            final |= moves
            await self.index.relabel(moves, now)
            await self._restory(moves, new)
            actual = await self.index.heads_of({*moves, *moves.values()}, now)
            connected = Connected()
            for old, to in moves.items():
                group = {old, to, actual.get(old, to), actual.get(to, to)}
                if len(group) > 2 and not any(head.apart for head in group):
                    connected.add(group)
            moves = connected.moves()
        raise StoreError("stories could not be united: other writers kept changing them; crawl again")

    async def _restory(self, moves: Mapping[Head, Head], new: Mapping[str, Head]) -> None:
        """Move the reports of stories. For a report that is just being stored that is no event of its own."""
        split = await self._split_off({old.story_id for old in moves if not old.apart})
        created: dict[Head, list[str]] = defaultdict(list)
        for id_, head in new.items():
            created[head].append(id_)
        operations = []
        for old, to in moves.items():
            if old.story_id == to.story_id or old.story_id in split:
                continue
            quiet = created[old]
            operations.append(_restoried({"story_id": old.story_id, "_id": {"$nin": quiet}}, to.story_id))
            if quiet:
                change = {"$set": {"story_id": to.story_id}, **_NOW}
                operations.append(UpdateMany({"_id": {"$in": quiet}, "story_id": old.story_id}, change))
        if operations:
            await self._reports.bulk_write(operations, ordered=False)

    async def _finish(self, neighbourhoods: Sequence[Neighbours], final: Mapping[Head, Head]) -> None:
        """What a broken-off try may have left: a report whose signature was moved already."""
        await self._reports.bulk_write(
            [
                _restoried({"_id": near.own.report.hex(), "story_id": {"$ne": story}}, story)
                for near in neighbourhoods
                for story in [_last(final, near.own.head).story_id]
            ],
            ordered=False,
        )

    async def heal(self, limit: int | None = None) -> int:
        """Place up to `limit` reports that a crash has left without a story; how many there were."""
        done = 0
        while limit is None or done < limit:
            found = await self._left_over(HEAL_BATCH if limit is None else min(HEAL_BATCH, limit - done))
            if not found:
                break
            await self.place(await asyncio.to_thread(lambda: [_unplaced(one) for one in found]), again=True)  # noqa: B023
            done += len(found)
        return done

    @patiently
    async def count_unplaced(self) -> int:
        """How many reports are without a story: on their way, or left by a crash."""
        return int(await self._reports.count_documents({"unplaced": True}))

    @patiently
    async def _left_over(self, limit: int, among: Sequence[str] = ()) -> list[Document]:
        query = {"unplaced": True, **({"_id": {"$in": list(among)}} if among else {})}
        wanted = ("headline", "body", "language", "content_hash", "revision", "story_id", "source", "published_at")
        found = self._reports.find(query, dict.fromkeys(wanted, 1)).limit(limit)
        return [document async for document in found]

    # -- by hand -----------------------------------------------------------------------------------------------------

    @patiently
    async def join(self, one: str, other: str) -> bool:
        """Unite the stories of two stored reports, whatever their texts. False where a person has split them."""
        now = datetime.now(UTC)
        await self.place([_unplaced(document) for document in await self._left_over(2, (one, other))], again=True)
        found = self._reports.find({"_id": {"$in": [one, other]}}, {"story_id": 1})
        stories = {document["_id"]: document.get("story_id", document["_id"]) async for document in found}
        signed = await self.index.find([bytes.fromhex(id_) for id_ in stories], now)
        old = await self._old_heads(stories.values(), now)
        heads = {
            head_in(signed[bytes.fromhex(id_)]) if bytes.fromhex(id_) in signed else old[story]
            for id_, story in stories.items()
        }
        if any(head.apart for head in heads):
            return len(heads) == 1
        connected = Connected()
        connected.add(heads)
        await self._unite(connected.moves(), now, {})
        return True

    @patiently
    async def forget(self, report_id: str) -> None:
        """A report is gone (merged into another one): it is nobody's neighbour any more."""
        await self.index.remove([bytes.fromhex(report_id)], datetime.now(UTC))

    @patiently
    async def split(self, report_ids: Sequence[str]) -> tuple[str, str]:
        """Take reports out of their story into one of their own, for good: (id of the story left, id of theirs).

        Raises StoryError where they are of different stories, or are the whole story.
        """
        now = datetime.now(UTC)
        named = set(report_ids)
        stories = {d["story_id"] async for d in self._reports.find({"_id": {"$in": list(named)}}, {"story_id": 1})}
        if len(stories) != 1:
            raise StoryError("these reports are of different stories: split them one story at a time")
        (story,) = stories
        members = [member["_id"] for member in (await self._members([story]))[story]]
        rest = [id_ for id_ in members if id_ not in named]
        leaving = [id_ for id_ in members if id_ in named]
        if not rest:
            alone = len(members) == 1
            raise StoryError(
                "the report is alone in its story: there is nothing to split" if alone
                else f"these are all {len(members)} reports of the story: name only those that do not belong"
            )  # fmt: skip
        split_before = bool(await self._split_off([story]))
        # A story is named after one of its reports: where that one leaves, those that stay get another name.
        signed = await self.index.find([bytes.fromhex(id_) for id_ in members], now, "order")
        own = story if story in named else _seen_first(leaving, signed)
        kept = _seen_first(rest, signed) if story in named else story
        # The decision comes first: should the rest be broken off, the next try finds it.
        decided = dict.fromkeys(leaving, (own, kept)) | (dict.fromkeys(rest, (kept, own)) if split_before else {})
        await self._splits.bulk_write(
            [
                UpdateOne({"_id": id_}, {"$set": {"story_id": its, "left": other, "at": now}}, upsert=True)
                for id_, (its, other) in decided.items()
            ]
        )
        if kept != story:
            await self._assign(rest, kept, signed, now, apart=split_before)
        await self._assign(leaving, own, signed, now, apart=True)
        return kept, own

    async def _assign(
        self, reports: Sequence[str], story: str, signed: Mapping[bytes, Document], now: datetime, *, apart: bool
    ) -> None:
        head = bytes.fromhex(story)
        order = signed[head]["order"] if head in signed else 0
        await self.index.assign([bytes.fromhex(id_) for id_ in reports], Head(order, head, apart), now)
        change = {"_id": {"$in": list(reports)}, "story_id": {"$ne": story}}
        await self._reports.bulk_write([_restoried(change, story)])

    # -- reading -----------------------------------------------------------------------------------------------------

    @patiently
    async def find_report(self, text: str) -> str | None:
        """`_id` of the stored report that `text` names: its id, its URL, or another URL with its text."""
        for id_ in (text, report_id(text)):
            if await self._reports.find_one({"_id": {"$eq": id_}}, {"_id": 1}):
                return id_
        entry = await self._urls.find_one({"_id": report_id(text)}, {"report": 1})
        if entry and entry.get("report") and await self._reports.find_one({"_id": entry["report"]}, {"_id": 1}):
            return str(entry["report"])
        return None

    @patiently
    async def show(self, text: str) -> Document | None:
        """The story with this id, or of the report with this id or URL. See `describe`."""
        found = await self._reports.find_one({"story_id": {"$eq": text}}, {"story_id": 1})
        if found is None:
            id_ = await self.find_report(text)
            found = await self._reports.find_one({"_id": id_}, {"story_id": 1}) if id_ else None
        if found is None:
            return None
        story = found["story_id"]
        split = await self._split_off([story])
        return describe(story, (await self._members([story]))[story], split_off=bool(split))

    @patiently
    async def latest(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        source: str | None = None,
        language: str | None = None,
        limit: int = 20,
    ) -> list[Document]:
        """Stories of several reports, the newest first; one of their reports at least is as asked for: `describe`."""
        query: dict[str, Any] = {}
        if source is not None:
            query["source"] = {"$eq": source}
        if language is not None:
            query["language"] = {"$eq": language}
        at: dict[str, Any] = {"$ifNull": ["$published_at", "$first_seen_at"]}
        bounds = [{op: ["$at", bound]} for op, bound in (("$gte", since), ("$lt", until)) if bound is not None]
        stages: list[dict[str, Any]] = [
            {"$match": query},
            {"$project": {"story_id": 1, "at": at}},
            *([{"$match": {"$expr": {"$and": bounds}}}] if bounds else []),
            {"$group": {"_id": "$story_id", "at": {"$max": "$at"}}},
            {"$sort": {"at": -1, "_id": 1}},
        ]
        stories: list[Document] = []
        asked: list[str] = []
        async for one in await self._reports.aggregate(stages, allowDiskUse=True):
            asked.append(one["_id"])
            if len(asked) == 500:
                stories += await self._of_several(asked, limit - len(stories))
                asked = []
                if len(stories) >= limit:
                    return stories
        return stories + await self._of_several(asked, limit - len(stories))

    async def _of_several(self, stories: Sequence[str], limit: int) -> list[Document]:
        counting: list[Document] = [{"$match": {"story_id": {"$in": list(stories)}}}, {"$sortByCount": "$story_id"}]
        several = {d["_id"] async for d in await self._reports.aggregate(counting) if d["count"] > 1}
        wanted = [story for story in stories if story in several][:limit]
        members = await self._members(wanted)
        return [describe(story, members[story]) for story in wanted]

    async def _members(self, stories: Collection[str]) -> dict[str, list[Document]]:
        """The reports of stories: the head first, then in the order in which they were seen."""
        members: dict[str, list[Document]] = {story: [] for story in stories}
        shown = dict.fromkeys(_SHOWN, 1)
        async for document in self._reports.find({"story_id": {"$in": list(stories)}}, shown):
            members[document["story_id"]].append(document)
        for story, documents in members.items():
            documents.sort(key=lambda d: (d["_id"] != story, d["first_seen_at"], d["_id"]))
        return members


def describe(story: str, members: Sequence[Document], *, split_off: bool = False) -> Document:
    """A story: `story_id`, `headline` of the copy seen first, `credit`, `sources`, `first_at`, `last_at`, `members`."""
    times: list[datetime] = [document.get("published_at") or document["first_seen_at"] for document in members]
    sources = list(dict.fromkeys(document["source"] for document in members))
    return {
        "story_id": story,
        "headline": members[0].get("headline"),
        "credit": credit(members),
        "sources": sources,
        "first_at": min(times),
        "last_at": max(times),
        "split_off": split_off,
        "members": [{"id": member["_id"], **{k: v for k, v in member.items() if k not in ("_id", "story_id")}}
                    for member in members],
    }  # fmt: skip


def credit(members: Sequence[Mapping[str, Any]]) -> str | None:
    """Where the text comes from, by what the copies say: the outlet that one links as its source, else a common byline.

    A byline is a credit where copies of two sources have it, or where it is an abbreviation: agencies sign so.
    """
    for member in members:
        link = member.get("source_link") or {}
        if link.get("outlet") or link.get("url"):
            return str(link.get("outlet") or link["url"])
    signs: dict[str, set[str]] = defaultdict(set)
    for member in members:
        for author in member.get("authors", ()):
            signs[author].add(member["source"])
    common = [author for author, sources in signs.items() if len(sources) > 1]
    short = [author for author in signs if 2 <= len(author) <= 5 and author.isalpha() and author.isupper()]
    return next(iter([*short, *common]), None)


class Connected:
    """Heads of stories, and which of them were found to be one story."""

    def __init__(self) -> None:
        self._parents: dict[Head, Head] = {}

    def smallest(self, head: Head) -> Head:
        """The smallest head that this one is connected with."""
        while head in self._parents:
            head = self._parents[head]
        return head

    def add(self, heads: Iterable[Head]) -> None:
        """These are one story."""
        smallest = {self.smallest(head) for head in heads}
        goal = min(smallest)
        self._parents |= dict.fromkeys(smallest - {goal}, goal)

    def moves(self) -> dict[Head, Head]:
        """Where each head is to be moved; without those that stay."""
        return {head: self.smallest(head) for head in self._parents}


def _moves(
    neighbourhoods: Sequence[Neighbours],
    copies: Mapping[bytes, Collection[Head]],
    *,
    new: Collection[bytes],
    again: bool,
) -> dict[Head, Head]:
    """Where the heads of stories go that turned out to be one.

    Stories that were split off stay as they are; but a new report that is near no other story joins such a one.
    Certain links come first: of which stories they make one decides which doubtful ones count.
    """
    connected = Connected()
    joining: dict[Head, Head] = {}
    compared = [_compared(near) for near in neighbourhoods if not near.own.head.apart]
    for own, others in compared:
        for other, found in others:
            if found.verdict is Verdict.SAME and not other.head.apart:
                connected.add((own.head, other.head))
    for own, others in compared:
        split_off = []
        for head in copies.get(own.report, ()):
            if head.apart:
                split_off.append(head)
            else:
                connected.add((own.head, head))
        for other in _linked(others, connected):
            if other.head.apart:
                split_off.append(other.head)
            else:
                # A try that was broken off may have moved a head without its members.
                connected.add((own.head, other.head, *([Head(other.order, other.report)] if again else ())))
        if again:
            connected.add((own.head, Head(own.order, own.report)))
        if split_off and own.report in new and own.head == Head(own.order, own.report):
            joining[own.head] = min(split_off)
    moves = connected.moves()
    busy = {*moves, *moves.values()}
    return moves | {head: to for head, to in joining.items() if head not in busy}


def _linked(others: Sequence[tuple[Signed, Comparison]], connected: Connected) -> list[Signed]:
    """Who is of the report's story."""
    certain = [other for other, found in others if found.verdict is Verdict.SAME]
    compared = [
        (other, (other.signature, found, connected.smallest(other.head)))
        for other, found in others
        if other.signature is not None
    ]
    return certain + [compared[place][0] for place in believed([one for _, one in compared])]


def _compared(near: Neighbours) -> tuple[Signed, list[tuple[Signed, Comparison]]]:
    return near.own, [(other, _compare(near.own, other)) for other in near.others]


def _compare(one: Signed, other: Signed) -> Comparison:
    if one.signature is None or other.signature is None:
        exact = one.signature is other.signature and one.keys == other.keys
        return Comparison(Verdict.SAME if exact else Verdict.APART)
    return compare(one.signature, other.signature)


def _stories_by_key(
    neighbourhoods: Iterable[Neighbours], keys: Mapping[bytes, Sequence[int]], final: Mapping[Head, Head]
) -> dict[int, set[Head]]:
    """Which stories have a key, as far as they were seen."""
    stories: dict[int, set[Head]] = defaultdict(set)
    for near in neighbourhoods:
        own = keys[near.own.report]
        for other in (near.own, *near.others):
            head = _last(final, other.head)
            for key in other.keys:
                if key in own:
                    stories[key].add(head)
    return stories


def _last(final: Mapping[Head, Head], head: Head) -> Head:
    while head in final:
        head = final[head]
    return head


def _seen_first(reports: Sequence[str], signed: Mapping[bytes, Document]) -> str:
    """The report that was signed first; one that the index has forgotten is older than all it has."""
    return min(reports, key=lambda id_: signed.get(bytes.fromhex(id_), {}).get("order", 0))


def _restoried(query: Document, story: str) -> UpdateMany:
    return UpdateMany(query, {"$set": {"story_id": story, "last_event": "restoried"}, **_NOW})


def _unplaced(document: Document) -> Unplaced:
    id_ = document["_id"]
    signature = make_signature(
        document.get("headline"),
        document["body"],
        language=document.get("language"),
        source=document["source"],
        published_at=document.get("published_at"),
    )
    return Unplaced(
        report_id=id_,
        content_hash=document["content_hash"],
        signature=signature,
        new=document["revision"] == 1 and document.get("story_id", id_) == id_,
    )
