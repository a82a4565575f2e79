"""When endpoints are to be asked: `rhythm` and `poll_at` of their documents in `urls`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pymongo import UpdateOne

from newscrawl.identity.keys import report_id
from newscrawl.store.connection import Connection, Document, patiently

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Plan(NamedTuple):
    """When an endpoint is asked next, and what is known of it."""

    rhythm: Document
    at: datetime
    if_pushed: datetime
    """When it is asked instead, where a hub has said meanwhile that it has something new."""
    demand: float
    """What it is worth (`schedule.rhythm.demand`)."""


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
    async def plan(self, plans: Mapping[str, Plan], since: datetime) -> None:
        """Endpoint URL -> what is known of it now. `since`: when the crawl began that asked it.

        What a hub has said since then makes it due again.
        """
        pushed = {"$gte": ["$pushed_at", since]}
        operations = [
            UpdateOne(
                {"_id": _id(url)},
                [
                    {
                        "$set": {
                            "rhythm": {"$literal": plan.rhythm},
                            "poll_at": {"$cond": [pushed, min(plan.at, plan.if_pushed), plan.at]},
                            "demand": plan.demand,
                        }
                    }
                ],
            )
            for url, plan in plans.items()
        ]
        if operations:
            await self._urls.bulk_write(operations, ordered=False)

    @patiently
    async def demand(self) -> float:
        """What all endpoints are worth together."""
        cursor = await self._urls.aggregate(
            [{"$match": {"poll_at": {"$exists": True}}}, {"$group": {"_id": None, "sum": {"$sum": "$demand"}}}],
            hint={"source": 1, "poll_at": 1},
        )
        return float(sum([row["sum"] async for row in cursor]))

    @patiently
    async def due(self, url: str, at: datetime) -> None:
        """A hub says that an endpoint has something new, or will not say so any longer: due then at the latest."""
        change: Document = {"$min": {"poll_at": at}, "$set": {"pushed_at": datetime.now(UTC)}}
        await self._urls.update_one({"_id": _id(url)}, change)

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
