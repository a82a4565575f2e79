"""The collection `urls`: the frontier and the ledger in one. One document per URL ever met.

An entry is written, `pending`, before it is fetched, and closed with its outcome after its report was acknowledged. So
a crawl may die at any moment: what it had not finished is still pending, and the next one takes it up first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from newscrawl.identity.keys import report_id
from newscrawl.items import Entry
from newscrawl.sources import RECHECK
from newscrawl.store.connection import Connection, Document, StoreError, patiently
from newscrawl.store.rechecks import GONE_APART, born_at, next_check
from newscrawl.store.reports import DUPLICATE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Outcome = Literal["pending", "stored", "updated", "unchanged", "duplicate", "rejected", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("stored", "updated", "unchanged", "duplicate", "rejected", "failed", "pending")

BATCH = 500
"""Entries announced in one round trip: encoding them holds the event loop for about 10 ms."""

GIVE_UP_AFTER = 10
"""Failures in a row after which a URL is left alone until it is announced as changed."""
GONE = (404, 410)
"""Answers of a page that is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """An entry that this crawl has taken up."""

    id: str
    url: str
    entry: Entry
    via: str
    etag: str | None = None
    last_modified: str | None = None
    raw_hash: str | None = None
    first_seen_at: datetime
    born_at: datetime | None = None
    """What the age of its report is counted from."""
    report: str | None = None
    """`_id` of the stored report that holds its text: to fetch it is a re-check."""
    gone_since: datetime | None = None
    """When its page was first found gone, if it has not been there since."""
    fails: int = 0
    new: bool = True
    """False where it was fetched before, or is left from an earlier crawl."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What the answer to a request said, for the ledger and for the next conditional request."""

    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    raw_hash: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is remembered of an endpoint."""

    url: str
    kind: str
    etag: str | None = None
    last_modified: str | None = None
    raw_hash: str | None = None
    fails: int = 0
    checked_at: datetime | None = None
    poll_at: datetime | None = None
    """When a schedule asks it next."""


class CrawlLedger:
    """The ledger as one crawl uses it: what it takes up, and how each of that ends."""

    left = False
    """Whether the crawl was cut off or taken over: it ends nothing more, and what is open stays pending."""

    def __init__(
        self, connection: Connection, source: str, crawl_id: str, recheck: Sequence[timedelta] = RECHECK
    ) -> None:
        self.connection = connection
        self.source = source
        self.crawl_id = crawl_id
        self.recheck = recheck
        self.open: dict[str, Taken] = {}
        self.counts: Counter[str] = Counter()
        self._ended: dict[str, str] = {}
        self.reasons: Counter[str] = Counter()
        self._met: set[str] = set()
        self._urls = connection.database.urls
        self.watch: Callable[[Taken, Outcome, str | None, Fetched, str | None], None] | None = None
        """Told how each entry ends: entry, outcome, reason, answer, where it redirected to."""

    # -- entries -----------------------------------------------------------------------------------------------------

    @patiently
    async def pending(self, limit: int) -> list[Taken]:
        """Take up what is not stored yet: what earlier crawls left, then failures that are due, the newest first."""
        now = datetime.now(UTC)
        unstored = {"source": self.source, "kind": "report", "report": {"$exists": False}}
        return await self._take_up(({"outcome": "pending"}, {"due_at": {"$lte": now}}), unstored, limit)

    @patiently
    async def rechecks(self, limit: int) -> list[Taken]:
        """Take up the stored reports whose pages are due to be looked at again, the newest first.

        Where a crawl broke off, theirs come first. The lease on the domain sees to it that no other crawl takes them.
        """
        now = datetime.now(UTC)
        stored = {"source": self.source, "kind": "report", "report": {"$exists": True}}
        return await self._take_up(({"outcome": "pending"}, {"due_at": {"$lte": now}}), stored, limit)

    async def _take_up(self, queries: Iterable[Document], which: Document, limit: int) -> list[Taken]:
        taken: list[Taken] = []
        for query in queries:
            if limit > len(taken):
                found = self._urls.find(which | query).sort("entry.published_at", -1).limit(limit - len(taken))
                taken += [_taken(document, new=False) async for document in found if document["_id"] not in self._met]
        await self._take(taken)
        self._hold(taken)
        return taken

    async def announce(
        self, entries: Sequence[Entry], via: str, *, force: bool = False, source: str | None = None
    ) -> list[Taken]:
        """Write down what an endpoint announces; returns what this crawl has to fetch, in the order announced.

        That is what nobody has met before, and what is known but has changed since by the endpoint's word; with
        `force`, all of it. `source`: for another source than that of this crawl, as imports do.
        """
        taken: list[Taken] = []
        for start in range(0, len(entries), BATCH):
            taken += await self._announce(
                entries[start : start + BATCH], via, force=force, source=source or self.source
            )
        return taken

    @patiently
    async def _announce(self, entries: Sequence[Entry], via: str, *, force: bool, source: str) -> list[Taken]:
        now = datetime.now(UTC)
        by_id = {report_id(entry.url): entry for entry in reversed(entries)}
        known = {document["_id"]: document async for document in self._urls.find({"_id": {"$in": list(by_id)}})}
        for id_, document in list(known.items()):
            if document.get("crawl_id") == self.crawl_id and id_ not in self._met:
                del known[id_]  # written by us a moment ago, and the answer was lost
        fresh = [
            _new_document(id_, entry, via, now) | {"source": source, "crawl_id": self.crawl_id}
            for id_, entry in by_id.items()
            if id_ not in known
        ]
        if fresh:
            try:
                await self._urls.insert_many(fresh, ordered=False)
            except BulkWriteError as error:  # announced by another crawl at the same time
                _only_duplicates(error, self.connection.where)
        taken = {document["_id"]: _taken(document, new=True) for document in fresh}
        again = {
            id_: replace(_taken(document, new=False), entry=by_id[id_])
            for id_, document in known.items()
            if id_ not in self.open and (force or _has_changed(document, by_id[id_]))
        }
        await self._take(list(again.values()))
        taken |= again
        self._hold(taken.values())
        await self._note_modified({id_: by_id[id_] for id_ in known if id_ not in again}, known)
        return [taken[id_] for id_ in dict.fromkeys(report_id(entry.url) for entry in entries) if id_ in taken]

    async def _note_modified(self, entries: Mapping[str, Entry], known: Mapping[str, Document]) -> None:
        """Remember what endpoints say of when a page last changed, where nothing had said so: a later word that
        differs is a change, whatever clock it is written by."""
        operations = []
        for id_, entry in entries.items():
            if entry.modified_at is None:
                continue
            if taken := self.open.get(id_):
                # Endpoints of one site differ: what counts for a page that is not read yet is the latest word.
                if taken.entry.modified_at is None or taken.entry.modified_at < entry.modified_at:
                    self.open[id_] = replace(taken, entry=replace(taken.entry, modified_at=entry.modified_at))
            elif (seen := known[id_].get("modified_seen")) is None or seen < entry.modified_at:
                # The latest word here too: `known` was read before the entry was closed, if that was just now.
                operations.append(UpdateOne({"_id": id_}, {"$max": {"modified_seen": entry.modified_at}}))
        if operations:
            await self._urls.bulk_write(operations, ordered=False)

    def _hold(self, taken: Iterable[Taken]) -> None:
        for one in taken:
            self.open[one.id] = one
            self._met.add(one.id)

    async def _take(self, taken: list[Taken]) -> None:
        if taken:
            await self._urls.update_many(
                {"_id": {"$in": [one.id for one in taken]}},
                {"$set": {"crawl_id": self.crawl_id, "outcome": "pending"}, "$unset": {"due_at": ""}},
            )

    @patiently
    async def refuse(self, refused: Sequence[tuple[str, str]], via: str) -> None:
        """Write down announced URLs that are not fetched for this source, each with its reason.

        They are filed under this source alone: what one site says of another's URL must not keep that site's own
        crawl from it.
        """
        now = datetime.now(UTC)
        documents = [
            _new_document(refused_id(self.source, url), Entry(url=url), via, now)
            | {"source": self.source, "crawl_id": self.crawl_id, "key": report_id(url)}
            | {"outcome": "rejected", "reason": reason, "checked_at": now}
            for url, reason in dict(refused).items()
        ]
        ids = [document["_id"] for document in documents]
        theirs = {"_id": {"$in": ids}, "crawl_id": {"$ne": self.crawl_id}}
        known = {document["_id"] async for document in self._urls.find(theirs, {"_id": 1})} | self._met
        fresh = list({document["_id"]: document for document in documents if document["_id"] not in known}.values())
        for start in range(0, len(fresh), BATCH):
            try:
                await self._urls.insert_many(fresh[start : start + BATCH], ordered=False)
            except BulkWriteError as error:
                _only_duplicates(error, self.connection.where)
        for document in fresh:
            self._met.add(document["_id"])
            self.counts["rejected"] += 1
            self.reasons[f"rejected: {document['reason']}"] += 1

    async def close(
        self,
        entry_id: str,
        outcome: Outcome,
        reason: str | None = None,
        *,
        fetched: Fetched | None = None,
        report: str | None = None,
        redirected_to: str | None = None,
        published: tuple[datetime | None, str | None] | None = None,
        gone_since: datetime | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """End an entry that this crawl has taken up. `report` is the `_id` of the report that holds its text.

        A `pending` outcome leaves it to the next crawl, with the reason. `published`: when the report was, and with
        what precision. `gone_since`: see `Taken`. `due_at`: when to look again, where it is not the plan that says so.
        """
        taken = None if self.left else self.open.pop(entry_id, None)
        if taken is None:
            return  # closed already: a request and its retry may both end it
        if before := self._ended.get(taken.id):  # a file may have two states of one report: the last one counts
            self.counts[before] -= 1
        self._ended[taken.id] = outcome
        self.counts[outcome] += 1
        if reason:
            self.reasons[f"{outcome}: {reason}"] += 1
        now = datetime.now(UTC)
        fetched = fetched or Fetched()
        if self.watch is not None:
            self.watch(taken, outcome, reason, fetched, redirected_to)
        there = outcome in ("stored", "updated", "unchanged", "duplicate")
        taken = replace(
            taken,
            born_at=taken.born_at or born_at(taken.first_seen_at, *(published or (taken.entry.published_at, None))),
            gone_since=gone_since if there else gone_since or taken.gone_since,
        )
        report = report or taken.report  # a page that fails today keeps what is stored of it
        values: Document = {
            "outcome": outcome,
            "reason": reason,
            "checked_at": now,
            "report": report,
            "redirected_to": redirected_to,
            # What the entry is found by, when the page it leads to is stored.
            "redirect_key": report_id(redirected_to) if redirected_to and outcome == "duplicate" else None,
            "born_at": taken.born_at if report else None,
            "gone_since": taken.gone_since,
            "due_at": due_at or self._next_check(taken, outcome, report, fetched.status, now),
            "fails": taken.fails + 1 if outcome == "failed" else None,
            **{key: value for key, value in asdict(fetched).items() if value is not None},
        }
        if outcome == "rejected":  # "not modified since" would later say that a page is well which was refused
            values |= dict.fromkeys(("etag", "last_modified", "raw_hash"))
        if not await self._write(taken.id, values, modified_seen=taken.entry.modified_at):
            del self._ended[taken.id]  # another crawl has taken it up since: it counts there
            self.counts[outcome] -= 1
            if reason:
                self.reasons[f"{outcome}: {reason}"] -= 1

    def _next_check(
        self, taken: Taken, outcome: Outcome, report: str | None, status: int | None, now: datetime
    ) -> datetime | None:
        """When to look again; None: not of ourselves."""
        if outcome == "failed":
            if taken.fails >= GIVE_UP_AFTER or (status in GONE and report is None):
                return None
            if status in GONE or taken.gone_since:
                return now + GONE_APART * (1 << taken.fails)
            # The first failure is tried again by the very next crawl, the others less and less often.
            return now + (timedelta(minutes=5) * (1 << taken.fails) if taken.fails else timedelta(0))
        if outcome in ("pending", "duplicate") or report is None:
            return None
        if outcome == "unchanged" and report not in (taken.id, taken.report):
            return None  # another address of a stored report, which has its own plan
        assert taken.born_at is not None
        return next_check(taken.born_at, now, self.recheck)

    @patiently
    async def _write(self, id_: str, values: Document, *, modified_seen: datetime | None) -> bool:
        """False where another crawl has taken the entry up."""
        change: Document = {"$set": {key: value for key, value in values.items() if value is not None}}
        gone = [key for key, value in values.items() if value is None]
        if gone:
            change["$unset"] = dict.fromkeys(gone, "")
        if modified_seen is not None:  # never back: another endpoint may have said something later meanwhile
            change["$max"] = {"modified_seen": modified_seen}
        done = await self._urls.update_one({"_id": id_, "crawl_id": self.crawl_id}, change)
        return bool(done.matched_count)

    # -- endpoints ---------------------------------------------------------------------------------------------------

    @patiently
    async def endpoints(self) -> list[Known]:
        """The endpoints of this source that earlier crawls have asked."""
        found = self._urls.find({"source": self.source, "kind": {"$ne": "report"}})
        names = Known.__slots__
        return [Known(**{key: document[key] for key in names if key in document}) async for document in found]

    @patiently
    async def record_endpoint(self, url: str, kind: str, fetched: Fetched, *, error: str | None = None) -> None:
        """Write down that an endpoint was asked. Called after what it announces is in the ledger, for with the
        validators of this answer the next crawl will not be told again.
        """
        values: Document = {"url": url, "source": self.source, "kind": kind, "checked_at": datetime.now(UTC)}
        values |= {key: value for key, value in asdict(fetched).items() if value is not None}
        change: dict[str, Any] = {"$setOnInsert": {"first_seen_at": values["checked_at"]}}
        if error is None:
            gone = [key for key in ("etag", "last_modified", "raw_hash") if fetched.status == 200 and key not in values]
            change |= {"$set": values, "$unset": dict.fromkeys(("fails", "reason", *gone), "")}
        else:
            change |= {"$set": {**values, "reason": error}, "$inc": {"fails": 1}}
        await self._urls.update_one({"_id": "endpoint:" + report_id(url)}, change, upsert=True)

    @patiently
    async def note_endpoints(self, endpoints: Sequence[tuple[str, str]]) -> None:
        """Remember endpoints (URL, kind) that this crawl has found and not asked, for a later one."""
        now = datetime.now(UTC)
        operations = [
            UpdateOne(
                {"_id": "endpoint:" + report_id(url)},
                {"$setOnInsert": {"url": url, "kind": kind, "source": self.source, "first_seen_at": now}},
                upsert=True,
            )
            for url, kind in endpoints
        ]
        if operations:
            await self._urls.bulk_write(operations, ordered=False)

    # -- the end of the crawl ----------------------------------------------------------------------------------------

    def summary(self) -> dict[str, int]:
        """How many of the entries that this crawl took up ended how, as this crawl has seen it."""
        counts: dict[str, int] = {outcome: self.counts[outcome] for outcome in OUTCOMES}
        counts["pending"] += len(self.open)
        return {"discovered": sum(counts.values()), **counts}

    @patiently
    async def outcomes(self) -> dict[str, int]:
        """How many of the entries that this crawl took up ended how, counted in the database."""
        pipeline: list[Document] = [
            {"$match": {"crawl_id": self.crawl_id}},
            {"$group": {"_id": "$outcome", "n": {"$sum": 1}}},
        ]
        cursor = await self._urls.aggregate(pipeline)
        return {row["_id"]: row["n"] async for row in cursor}


class Ledger:
    """The ledger as people ask it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._urls = connection.database.urls

    @patiently
    async def find(self, url: str) -> Document | None:
        """What is written of a URL, as a report or as an endpoint."""
        key = report_id(url)
        found: Document | None = await self._urls.find_one({"_id": {"$in": [key, "endpoint:" + key]}})
        return found or await self._urls.find_one({"key": key})

    @patiently
    async def due_rechecks(self, source: str, now: datetime) -> int:
        """How many pages of a source are due to be looked at again, failures included."""
        return int(await self._urls.count_documents({"source": {"$eq": source}, "due_at": {"$lte": now}}))

    @patiently
    async def next_recheck(self, source: str) -> datetime | None:
        """When the next page of a source is due; None: none is planned."""
        query = {"source": {"$eq": source}, "due_at": {"$exists": True}}
        found: Document | None = await self._urls.find_one(query, {"due_at": 1}, sort=[("due_at", 1)])
        due_at: datetime | None = found["due_at"] if found else None
        return due_at


def _new_document(id_: str, entry: Entry, via: str, now: datetime) -> Document:
    said = {key: value for key, value in asdict(entry).items() if value not in (None, (), True) and key != "url"}
    return {
        "_id": id_,
        "url": entry.url,
        "kind": "report",
        "outcome": "pending",
        "via": via,
        "entry": {key: list(value) if isinstance(value, tuple) else value for key, value in said.items()},
        "first_seen_at": now,
    }


def refused_id(source: str, url: str) -> str:
    """The `_id` of the entry of a URL that is refused for one source."""
    digest = hashlib.blake2b(f"{source} {report_id(url)}".encode(), digest_size=16).hexdigest()
    return f"refused:{digest}"


def _taken(document: Mapping[str, Any], *, new: bool) -> Taken:
    said: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document["entry"].items()
    }
    return Taken(
        id=document["_id"],
        url=document["url"],
        entry=Entry(url=document["url"], **said),
        via=document["via"],
        etag=document.get("etag"),
        last_modified=document.get("last_modified"),
        raw_hash=document.get("raw_hash"),
        first_seen_at=document["first_seen_at"],
        born_at=document.get("born_at"),
        report=document.get("report"),
        gone_since=document.get("gone_since"),
        fails=document.get("fails", 0),
        new=new,
    )


def _has_changed(document: Mapping[str, Any], entry: Entry) -> bool:
    """Whether an endpoint says that a known URL has changed since it was last looked at."""
    if document["kind"] != "report" or document["outcome"] == "pending" or entry.modified_at is None:
        return False
    since = document.get("modified_seen") or document.get("checked_at")
    return since is not None and entry.modified_at > since


def _only_duplicates(error: BulkWriteError, where: str) -> None:
    for one in error.details["writeErrors"]:
        if one["code"] != DUPLICATE_KEY:
            raise StoreError(f"{where} refuses a URL: {one['errmsg'][:300]}") from error
