"""When endpoints are to be asked: `rhythm` and `poll_at` of their documents in `urls`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo import UpdateOne

from newscrawl.identity.keys import report_id
from newscrawl.store.connection import Connection, Document, patiently

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class PollStore:
    """What a schedule knows of endpoints."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._urls = connection.database.urls

    @patiently
    async def rhythms(self, urls: Iterable[str]) -> dict[str, Document]:
        """Endpoint URL -> what is known of its rhythm, for those of which something is."""
        ids = {_id(url): url for url in urls}
        found = self._urls.find({"_id": {"$in": list(ids)}, "rhythm": {"$exists": True}}, {"rhythm": 1})
        return {ids[document["_id"]]: document["rhythm"] async for document in found}

    @patiently
    async def plan(self, planned: Mapping[str, tuple[Document, datetime]]) -> None:
        """Endpoint URL -> rhythm, and when it is to be asked next."""
        operations = [
            UpdateOne({"_id": _id(url)}, {"$set": {"rhythm": rhythm, "poll_at": at}})
            for url, (rhythm, at) in planned.items()
        ]
        if operations:
            await self._urls.bulk_write(operations, ordered=False)

    @patiently
    async def due(self, url: str, at: datetime) -> None:
        """A hub says that an endpoint has something new."""
        await self._urls.update_one({"_id": _id(url)}, {"$set": {"poll_at": at}})

    @patiently
    async def next_at(self, source: str) -> datetime | None:
        """When the first of a source's endpoints is to be asked; None: none is planned."""
        query = {"source": {"$eq": source}, "poll_at": {"$exists": True}}
        found: Document | None = await self._urls.find_one(query, {"poll_at": 1}, sort=[("poll_at", 1)])
        return found["poll_at"] if found else None

    @patiently
    async def has_pending(self, source: str) -> bool:
        """Whether URLs wait to be fetched."""
        return await self._urls.find_one({"source": {"$eq": source}, "outcome": "pending"}, {"_id": 1}) is not None


def _id(url: str) -> str:
    return "endpoint:" + report_id(url)
