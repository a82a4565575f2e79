"""The collection `crawls`: one document per crawl, from its start on."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.store.connection import Connection, Document, patiently

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT, KEPT_EMPTY = timedelta(days=400), timedelta(days=2)
"""How long a crawl is remembered, and one that found all as it was: a schedule makes two of these a second."""
MAX_ERRORS = 20
"""Error lines kept of one crawl."""


def new_crawl_id(now: datetime) -> str:
    """An id that sorts by time: `20261124T041233-9f3a2c`."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


class CrawlStore:
    """The history of crawls."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._crawls = connection.database.crawls

    @patiently
    async def begin(self, crawl_id: str, source: str, target: str, options: Mapping[str, Any]) -> None:
        """Write down that a crawl runs."""
        now = datetime.now(UTC)
        document = {
            "source": source,
            "target": target,
            "state": "running",
            "started_at": now,
            "heartbeat_at": now,
            "options": dict(options),
            "host": f"{socket.gethostname()}:{os.getpid()}",
        }
        await self._crawls.update_one({"_id": crawl_id}, {"$setOnInsert": document}, upsert=True)

    @patiently
    async def beat(self, crawl_id: str, counts: Mapping[str, int]) -> None:
        """Write down that it still runs, and how far it is."""
        values = {"heartbeat_at": datetime.now(UTC), "counts": dict(counts)}
        await self._crawls.update_one({"_id": crawl_id, "state": "running"}, {"$set": values})

    @patiently
    async def end(self, crawl_id: str, *, state: str, reason: str, summary: Mapping[str, Any]) -> None:
        """Write down how it ended: `state` is `done`, `failed` or `interrupted`."""
        now = datetime.now(UTC)
        empty = state == "done" and not summary.get("counts", {}).get("discovered") and not summary.get("errors")
        values = {**summary, "state": state, "reason": reason, "finished_at": now}
        values["forget_at"] = now + (KEPT_EMPTY if empty else KEPT)
        await self._crawls.update_one({"_id": crawl_id}, {"$set": values, "$unset": {"heartbeat_at": ""}})

    @patiently
    async def latest(self, *, source: str | None = None, limit: int = 20) -> list[Document]:
        """The newest crawls first."""
        query: dict[str, Any] = {} if source is None else {"source": {"$eq": source}}
        return [document async for document in self._crawls.find(query).sort("started_at", -1).limit(limit)]

    @patiently
    async def was_broken_off(self, source: str, target: str, *, before: str) -> bool:
        """Whether the crawl of this target before the one named `before` did not come to its end."""
        query = {"source": source, "target": target, "_id": {"$lt": before}}
        previous = [document async for document in self._crawls.find(query, {"state": 1}).sort("_id", -1).limit(1)]
        return bool(previous) and previous[0]["state"] != "done"

    @patiently
    async def find(self, crawl_id: str) -> Document | None:
        """One crawl."""
        found: Document | None = await self._crawls.find_one({"_id": {"$eq": crawl_id}})
        return found
