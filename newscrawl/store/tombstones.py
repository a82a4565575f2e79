"""The collection `tombstones`: which report an id that is gone from `reports` has become part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.store.connection import Connection, patiently

if TYPE_CHECKING:
    from collections.abc import Collection

    from pymongo.asynchronous.client_session import AsyncClientSession

MOST_HOPS = 10
"""Merges that are followed from one id to the next; `into` is kept up to date, so one is the rule."""


class Tombstones:
    """What has become of merged reports."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._reports = connection.database.reports
        self._tombstones = connection.database.tombstones

    @patiently
    async def resolve(self, report_id: str) -> str:
        """The report that an id means now: its own where that is stored (or was never), else the one it is part of."""
        return await self.resolve_in(None, report_id)

    async def resolve_in(self, session: AsyncClientSession | None, report_id: str) -> str:
        """`resolve` inside a transaction, where errors are the transaction's."""
        for _ in range(MOST_HOPS):
            if await self._reports.find_one({"_id": {"$eq": report_id}}, {"_id": 1}, session=session):
                break
            tombstone = await self._tombstones.find_one({"_id": {"$eq": report_id}}, {"into": 1}, session=session)
            if tombstone is None:
                break
            report_id = tombstone["into"]
        return report_id

    @patiently
    async def one_page(self, ids: Collection[str]) -> dict[str, str]:
        """Id -> the report it is part of, for those that were merged because they are one page.

        Later texts of such a page are states of that report. Reports that once had the same text (`why: "text"`) are
        not among them: where the texts differ again, they are two again.
        """
        found: dict[str, str] = {}
        query = {"_id": {"$in": list(ids)}, "why": {"$ne": "text"}, "open": {"$ne": True}}
        async for tombstone in self._tombstones.find(query, {"into": 1}):
            found[tombstone["_id"]] = await self.resolve(tombstone["into"])
        return found

    @patiently
    async def merged_into(self, report_id: str) -> list[str]:
        """The ids that are part of a report; their revisions are still under these."""
        found = self._tombstones.find({"into": {"$eq": report_id}}, {"_id": 1})
        return sorted([document["_id"] async for document in found])
