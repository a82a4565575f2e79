"""Reports whose page is gone: marked with `withdrawn_at`, never deleted; the mark goes when the page is back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from newscrawl.identity.keys import report_id
from newscrawl.store.connection import Connection, Document, patiently
from newscrawl.store.documents import mark

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


BACK = "the page is back"
"""Why a report is updated whose text is as before."""


class WithdrawalStore:
    """Marks of withdrawn reports."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._reports = connection.database.reports
        self._urls = connection.database.urls

    @patiently
    async def marked(self, ids: Collection[str]) -> set[str]:
        """Which of these reports are marked already."""
        query = {"_id": {"$in": list(ids)}, "withdrawn_at": {"$exists": True}}
        return {document["_id"] async for document in self._reports.find(query, {"_id": 1})}

    @patiently
    async def gone_everywhere(self, gone: Collection[tuple[str, str]], now: datetime) -> set[str]:
        """Which of these reports (id, URL that is gone) are at no other address any more.

        A report may be at several: `url`, that of its id, `also_at`. Those whose ledger entry does not say that they
        are gone are made due now, so that the next crawl asks them.
        """
        just_now = {report_id(url) for _, url in gone}
        found = self._reports.find({"_id": {"$in": [id_ for id_, _ in gone]}}, {"url": 1, "also_at": 1})
        addresses = {
            document["_id"]: {document["_id"], *map(report_id, (document["url"], *document.get("also_at", ())))}
            async for document in found
        }
        query = {
            "_id": {"$in": [id_ for ids in addresses.values() for id_ in ids - just_now]},
            "report": {"$in": list(addresses)},
            "gone_since": {"$exists": False},
        }
        there = {document["_id"] async for document in self._urls.find(query, {"_id": 1})}
        if there:
            idle = {"_id": {"$in": list(there)}, "outcome": {"$ne": "pending"}}
            await self._urls.update_many(idle, {"$set": {"due_at": now}})
        return {id_ for id_, ids in addresses.items() if not ids & there}

    @patiently
    async def mark(self, ids: Collection[str], now: datetime) -> None:
        """Mark these reports as withdrawn; those that are marked already keep their time."""
        operations = [
            UpdateOne({"_id": id_, "withdrawn_at": {"$exists": False}}, mark("withdrawn", {"withdrawn_at": now}))
            for id_ in ids
        ]
        if operations:
            await self._reports.bulk_write(operations, ordered=False)

    @patiently
    async def restore(self, id_: str) -> bool:
        """Take the mark away: the page is back with the text that is stored. False where there was none."""
        change: Document = mark("updated") | {"$unset": {"withdrawn_at": ""}}
        done: Any = await self._reports.update_one({"_id": id_, "withdrawn_at": {"$exists": True}}, change)
        return bool(done.modified_count)
