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
from newscrawl.store.documents import mark, to_document, to_report
from newscrawl.store.revisions import LASTING, keep_revision, other_authors
from newscrawl.store.tombstones import Tombstones
from newscrawl.store.withdrawals import WithdrawalStore

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from newscrawl.items import Report

DUPLICATE_KEY = 11000


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
        self._withdrawals = WithdrawalStore(connection)

    @patiently
    async def find_same(self, report: Report, whole_hash: str | None = None) -> Saved | None:
        """`unchanged` or `duplicate` where the report's text is stored already, at its own or another URL.

        `updated` where that report was marked as withdrawn: its page is back, and the mark is gone.
        `whole_hash`: content hash of the text with the boilerplate that was left out; it may be stored with that.
        """
        hashes = [hash_ for hash_ in (report.content_hash, whole_hash) if hash_]
        query = {"content_hash": {"$in": hashes}, "source": report.source}
        found = self._reports.find(query, {"url": 1, "authors": 1, "withdrawn_at": 1})
        others = {document["_id"]: document async for document in found}
        if not others:
            return None
        if own := others.get(report.id):
            if other_authors(own, report):
                return None
            back = "withdrawn_at" in own and await self._withdrawals.restore(report.id)
            return Saved("updated" if back else "unchanged", report.id)
        if await self._reports.find_one({"_id": report.id}, {"_id": 1}):
            return None  # a stored report whose text has changed: not this function's to judge
        first = next(iter(others.values()))
        await self._add_url(first["_id"], report.url)
        if "withdrawn_at" in first:
            await self._withdrawals.restore(first["_id"])
        return Saved("duplicate", first["_id"])

    async def _add_url(self, report_id: str, url: str) -> None:
        await self._reports.update_one(
            {"_id": report_id, "also_at": {"$ne": url}, "url": {"$ne": url}},
            {"$addToSet": {"also_at": url}, **mark("updated")},
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
            elif (
                (other := _is_other_text(old, report, boilerplate))
                and url_key(old["url"]) != url_key(report.url)
                and report.id != fetched_id
            ):
                # A canonical link that leads to another text is a mistake of the page: the fetched URL counts.
                again[number] = replace(report, id=fetched_id)
            elif other or other_authors(old, report):
                updates[number] = report
            else:
                results[number] = Saved("stored" if _is_ours(old, report) else "unchanged", report.id)
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
        server = {"changed": Timestamp(0, 0), "last_event": "created"}
        documents = [to_document(inserts[n]) | _unplaced(inserts[n]) | server for n in numbers]
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
            change: dict[str, Any] = mark("updated", new)
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


def _is_other_text(old: Document, report: Report, boilerplate: Collection[str]) -> bool:
    """Whether the text differs, by its words and by more than lines that the source repeats."""
    if old["content_hash"] == report.content_hash:
        return False
    return not same_but_for(boilerplate, (old.get("headline"), old["body"]), (report.headline, report.body or ""))


def _is_ours(old: Document, report: Report) -> bool:
    """Whether this is the insert whose answer was lost, or another page of this crawl: it was stored all the same."""
    written = ("content_hash", "crawl_id", "url")
    return old["revision"] == 1 and all(old.get(name) == getattr(report, name) for name in written)


def _next_state(old: Document, report: Report) -> Document:
    new = to_document(report)
    lasting = {key: old[key] for key in LASTING if key in old and key not in ("_id", "changed")}
    link, known = new.get("source_link", {}), old.get("source_link", {})
    if link.get("key") == known.get("key") and "report_id" in known:
        link["report_id"] = known["report_id"]
    new |= {**_unplaced(report), **lasting, "revision": old["revision"] + 1}
    if old["url"] != new["url"] and url_key(old["url"]) != url_key(new["url"]):  # it has moved
        new["also_at"] = [url for url in (*old.get("also_at", ()), old["url"]) if url != new["url"]]
    return new


def _unplaced(report: Report) -> Document:
    """A report is its own story until it is placed (`StoryStore`)."""
    return {"story_id": report.id, "unplaced": True}
