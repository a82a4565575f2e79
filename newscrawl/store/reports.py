"""The collections `reports` and `revisions`: written in batches, each report once, each change kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from bson import Timestamp
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from newscrawl.extraction.body.boilerplate import same_but_for
from newscrawl.identity.keys import report_id, url_key
from newscrawl.store.connection import Connection, Document, StoreError, patiently
from newscrawl.store.documents import to_document, to_report
from newscrawl.store.tombstones import Tombstones

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence

    from newscrawl.items import Report

DUPLICATE_KEY = 11000

LASTING = ("_id", "first_seen_at", "also_at", "story_id", "revision", "changed", "last_event", "discovered_via")
"""What the store keeps of a report from one state to the next; all else is the newer state's."""
# What says nothing about the content: not listed among the changed fields.
_UNTOLD = (*LASTING, "fetched_at", "crawl_id", "extractor", "schema_version", "provenance", "content_hash")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one report that was to be saved."""

    outcome: Literal["stored", "updated", "unchanged", "duplicate"]
    report_id: str
    """The report that holds the text: for a duplicate, the older one."""


class ReportStore:
    """Reports and their revisions."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._reports = connection.database.reports
        self._revisions = connection.database.revisions
        self._tombstones = Tombstones(connection)

    @patiently
    async def find_same(self, report: Report, whole_hash: str | None = None) -> Saved | None:
        """`unchanged` or `duplicate` where the report's text is stored already, at its own or another URL.

        `whole_hash`: content hash of the text with the boilerplate that was left out; it may be stored with that.
        """
        hashes = [hash_ for hash_ in (report.content_hash, whole_hash) if hash_]
        found = self._reports.find({"content_hash": {"$in": hashes}, "source": report.source}, {"_id": 1})
        others = [document["_id"] async for document in found]
        if not others:
            return None
        if report.id in others:
            return Saved("unchanged", report.id)
        if await self._reports.find_one({"_id": report.id}, {"_id": 1}):
            return None  # a stored report whose text has changed: not this function's to judge
        await self._add_url(others[0], report.url)
        return Saved("duplicate", others[0])

    async def _add_url(self, report_id: str, url: str) -> None:
        await self._reports.update_one(
            {"_id": report_id, "also_at": {"$ne": url}, "url": {"$ne": url}},
            {
                "$addToSet": {"also_at": url},
                "$set": {"last_event": "updated"},
                "$currentDate": {"changed": {"$type": "timestamp"}},
            },
        )

    async def save(self, reports: Sequence[Report], boilerplate: Collection[str] = ()) -> list[Saved]:
        """Save a batch; the results in its order. Safe to repeat, and safe against other writers.

        New: inserted. Known with the same text: nothing is written. Known with another text: the old state becomes
        revision n, then the report becomes revision n + 1. Text that the source has at another URL: that report
        gets this URL. Texts that differ only in `boilerplate` (keys of lines) are the same: a report that was stored
        before a line was learned keeps it. What was merged is saved as what it is part of. Raises StoreError where the
        database stays away or refuses a report.
        """
        results: dict[int, Saved] = {}
        pages = {report_id(report.url) for report in reports}
        part_of = await self._tombstones.one_page(pages | {report.id for report in reports})
        waiting = {n: replace(report, id=part_of.get(report.id, report.id)) for n, report in enumerate(reports)}
        for _ in range(10):  # every round settles at least the first writer of each key
            waiting = await self._save_round(waiting, results, boilerplate, part_of)
            if not waiting:
                return [results[i] for i in range(len(reports))]
        raise StoreError(f"{len(waiting)} reports could not be saved: other writers kept changing them")

    @patiently
    async def _save_round(
        self,
        waiting: dict[int, Report],
        results: dict[int, Saved],
        boilerplate: Collection[str],
        part_of: Mapping[str, str],
    ) -> dict[int, Report]:
        """Save what can be saved now; returns what has to be looked at again."""
        stored = await self._stored({report.id for report in waiting.values()})
        inserts: dict[int, Report] = {}
        updates: dict[int, Report] = {}
        again: dict[int, Report] = {}
        seen: set[str] = set()
        for number, report in waiting.items():
            old = stored.get(report.id)
            fetched_id = part_of.get(report_id(report.url), report_id(report.url))
            if report.id in seen:
                again[number] = report  # its twin in this batch comes first
            elif old is None:
                inserts[number] = report
            elif old["content_hash"] != report.content_hash and _differs_in_boilerplate(old, report, boilerplate):
                results[number] = Saved("unchanged", report.id)
            elif (
                old["content_hash"] != report.content_hash
                and url_key(old["url"]) != url_key(report.url)
                and report.id != fetched_id
            ):
                # A canonical link that leads to another text is a mistake of the page: the fetched URL counts.
                again[number] = replace(report, id=fetched_id)
            elif old["content_hash"] == report.content_hash:
                # The insert whose answer was lost, or another page of this crawl: stored all the same.
                mine = old.get("crawl_id") == report.crawl_id and old["revision"] == 1 and old["url"] == report.url
                results[number] = Saved("stored" if mine else "unchanged", report.id)
            else:
                updates[number] = report
            seen.add(report.id)
        again |= await self._insert(inserts, results)
        again |= await self._update(updates, stored, results)
        return dict(sorted(again.items()))

    async def _stored(self, ids: Iterable[str]) -> dict[str, Document]:
        return {document["_id"]: document async for document in self._reports.find({"_id": {"$in": list(ids)}})}

    async def _insert(self, inserts: dict[int, Report], results: dict[int, Saved]) -> dict[int, Report]:
        if not inserts:
            return {}
        numbers = list(inserts)
        # An empty timestamp is filled in by the server: its clock orders the change feed, never ours.
        documents = [to_document(inserts[n]) | {"changed": Timestamp(0, 0)} for n in numbers]
        refused = await self._bulk(self._reports, [InsertOne(document) for document in documents])
        again: dict[int, Report] = {}
        for position, number in enumerate(numbers):
            report = inserts[number]
            if position not in refused:
                results[number] = Saved("stored", report.id)
            elif "content_hash" in (refused[position].get("keyPattern") or {}):
                results[number] = await self._duplicate(report)
            else:
                again[number] = report
        return again

    async def _duplicate(self, report: Report) -> Saved:
        same = await self._reports.find_one({"content_hash": report.content_hash, "source": report.source}, {"_id": 1})
        if same is None:  # it changed its text in this very moment
            raise StoreError(f"{report.url}: the report with the same text is gone; crawl again")
        await self._add_url(same["_id"], report.url)
        return Saved("duplicate", same["_id"])

    async def _update(
        self, updates: dict[int, Report], stored: Mapping[str, Document], results: dict[int, Saved]
    ) -> dict[int, Report]:
        if not updates:
            return {}
        numbers = list(updates)
        news = {n: _next_state(stored[updates[n].id], updates[n]) for n in numbers}
        # The old state first: a crash in between leaves a revision that the next try writes again.
        await self._bulk(
            self._revisions,
            [keep_revision(stored[updates[n].id], news[n]) for n in numbers],
        )
        again: dict[int, Report] = {}
        for number in numbers:
            report, old = updates[number], stored[updates[number].id]
            new = news[number]
            gone = {key: "" for key in old if key not in new and key not in ("changed", "last_event")}
            change: dict[str, Any] = {"$set": new, "$currentDate": {"changed": {"$type": "timestamp"}}}
            if gone:
                change["$unset"] = gone
            guard = {"_id": report.id, "content_hash": old["content_hash"], "revision": old["revision"]}
            try:
                done = await self._reports.bulk_write([UpdateOne(guard, change)])
            except BulkWriteError as error:
                if error.details["writeErrors"][0]["code"] != DUPLICATE_KEY:
                    raise StoreError(f"{report.url}: {error.details['writeErrors'][0]['errmsg'][:300]}") from error
                results[number] = await self._duplicate(report)  # it now shows what another report shows
                continue
            if done.matched_count:
                results[number] = Saved("updated", report.id)
            else:
                again[number] = report
        return again

    async def _bulk(self, collection: Any, operations: list[Any]) -> dict[int, Document]:
        """Write unordered; returns the duplicate-key errors by position. Any other error is a StoreError."""
        try:
            await collection.bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            errors: list[Document] = error.details["writeErrors"]
            for one in errors:
                if one["code"] != DUPLICATE_KEY:
                    raise StoreError(f"{self.connection.where} refuses a report: {one['errmsg'][:300]}") from error
            return {one["index"]: one for one in errors}
        return {}

    async def read(
        self,
        *,
        source: str | None = None,
        language: str | None = None,
        since: Any = None,
        until: Any = None,
        after: tuple[int, int, str] | None = None,
    ) -> AsyncIterator[tuple[Report, tuple[int, int, str]]]:
        """Reports in the order of the change feed, each with its place in it (seconds, increment, `_id`).

        `since` and `until` (aware datetimes) bound `published_at`, or `first_seen_at` where that is unknown.
        """
        query: dict[str, Any] = {}
        if source is not None:
            query["source"] = {"$eq": source}
        if language is not None:
            query["language"] = {"$eq": language}
        span = {op: at for op, at in (("$gte", since), ("$lt", until)) if at is not None}
        if span:
            unknown = {"published_at": {"$exists": False}, "first_seen_at": span}
            query["$and"] = [{"$or": [{"published_at": span}, unknown]}]
        if after is not None:
            at = Timestamp(after[0], after[1])
            query["$or"] = [{"changed": {"$gt": at}}, {"changed": at, "_id": {"$gt": after[2]}}]
        cursor = self._reports.find(query).sort([("changed", 1), ("_id", 1)]).batch_size(200)
        async for document in cursor:
            changed = document["changed"]
            yield to_report(document), (changed.time, changed.inc, document["_id"])

    @patiently
    async def find(self, report_id: str) -> Report | None:
        """One report by its id, or by that of a report that was merged into it."""
        document = await self._reports.find_one({"_id": {"$eq": await self._tombstones.resolve(report_id)}})
        return to_report(document) if document else None

    @patiently
    async def count(self, source: str | None = None) -> int:
        """How many reports there are."""
        if source is None:
            return int(await self._reports.estimated_document_count())
        return int(await self._reports.count_documents({"source": {"$eq": source}}))

    @patiently
    async def revisions(self, report_id: str) -> list[Document]:
        """The earlier states of a report, oldest first, those of reports that were merged into it among them."""
        lives = await self._tombstones.resolve(report_id)
        ids = [lives, *await self._tombstones.merged_into(lives)]
        found = [document async for document in self._revisions.find({"_id.report": {"$in": ids}})]
        return sorted(found, key=lambda old: (old["fetched_at"], old["_id"]["n"]))


def _differs_in_boilerplate(old: Document, report: Report, boilerplate: Collection[str]) -> bool:
    return same_but_for(boilerplate, (old.get("headline"), old["body"]), (report.headline, report.body or ""))


def _next_state(old: Document, report: Report) -> Document:
    new = to_document(report)
    lasting = {key: old[key] for key in LASTING if key in old and key not in ("_id", "changed", "last_event")}
    link, known = new.get("source_link", {}), old.get("source_link", {})
    if link.get("key") == known.get("key") and "report_id" in known:
        link["report_id"] = known["report_id"]
    new |= {**lasting, "revision": old["revision"] + 1}
    if old["url"] != new["url"] and url_key(old["url"]) != url_key(new["url"]):  # it has moved
        new["also_at"] = [url for url in (*old.get("also_at", ()), old["url"]) if url != new["url"]]
    return new


def keep_revision(old: Document, new: Document) -> UpdateOne:
    """Write the state that is about to be replaced by `new`. Safe to repeat."""
    key = {"report": old["_id"], "n": old["revision"]}
    kept = {name: value for name, value in old.items() if name not in ("_id", "also_at", "story_id", "last_event")}
    changed = sorted(name for name in {*old, *new} - set(_UNTOLD) if old.get(name) != new.get(name))
    return UpdateOne({"_id": key}, {"$setOnInsert": {**kept, "changed_fields": changed}}, upsert=True)
