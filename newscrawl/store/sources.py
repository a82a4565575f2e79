"""When sources are due, and who has taken them: documents of the collection `sources`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import ReturnDocument

from newscrawl.store.connection import Connection, Document, patiently
from newscrawl.store.leases import is_dead, this_process

if TYPE_CHECKING:
    from collections.abc import Sequence


class Claim(NamedTuple):
    """A due source that somebody has taken."""

    source: str
    fence: int
    """Rises with every claim: who holds an older one has lost the source."""
    priority: int


class SourceStore:
    """Due times and claims."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sources = connection.database.sources

    @patiently
    async def define(self, ids: Sequence[str]) -> None:
        """Sources that are new are due at once."""
        known = {found["_id"] async for found in self._sources.find({"due_at": {"$ne": None}}, {"_id": 1})}
        for source in set(ids) - known:
            await self._sources.update_one(
                {"_id": source}, {"$set": {"due_at": datetime.now(UTC), "priority": 0}}, upsert=True
            )

    @patiently
    async def claim(self, ids: Sequence[str], limit: int, seconds: float) -> list[Claim]:
        """Take at most `limit` of these sources that are due and free, for `seconds`."""
        claims: list[Claim] = []
        while len(claims) < limit:
            now = datetime.now(UTC)
            urgent = {"claim.holder": None, "$expr": {"$lt": ["$claim.priority", "$priority"]}}
            free: Document = {"$or": [{"claim.until": None}, {"claim.until": {"$lt": now}}, urgent]}
            claim = {"until": now + timedelta(seconds=seconds), "priority": "$priority", "holder": "$$REMOVE"}
            fence = {"$add": [{"$ifNull": ["$fence", 0]}, 1]}
            found: Any = await self._sources.find_one_and_update(
                {"_id": {"$in": list(ids)}, "due_at": {"$lte": now}, **free},
                [{"$set": {"claim": claim, "fence": fence}}],
                sort=[("priority", -1), ("due_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
            if found is None:
                break
            claims.append(Claim(found["_id"], found["fence"], found.get("priority", 0)))
        return claims

    @patiently
    async def take_up(self, source: str, fence: int, seconds: float) -> bool:
        """Begin what a claim was made for, and hold it for `seconds`.

        False where another claim was made since, or somebody has begun already: unless that was a process of this
        machine that is dead.
        """
        now = datetime.now(UTC)
        found: Any = await self._sources.find_one({"_id": source, "fence": fence, "claim.until": {"$ne": None}})
        before = found["claim"].get("holder") if found else None
        if found is None or (before is not None and not is_dead(before)):
            return False
        done = await self._sources.update_one(
            {"_id": source, "fence": fence, "claim.holder": before},
            {"$set": {"claim.until": now + timedelta(seconds=seconds), "claim.holder": this_process()}},
        )
        return bool(done.matched_count)

    @patiently
    async def renew(self, source: str, fence: int, seconds: float) -> bool:
        """Hold a claim for longer. False where another was made."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        done = await self._sources.update_one({"_id": source, "fence": fence}, {"$set": {"claim.until": until}})
        return bool(done.matched_count)

    @patiently
    async def finish(self, source: str, fence: int, due_at: datetime) -> None:
        """Give a claim back, and say when the source is due next."""
        await self._sources.update_one(
            {"_id": source, "fence": fence}, {"$set": {"due_at": due_at, "priority": 0}, "$unset": {"claim": ""}}
        )

    @patiently
    async def ask(self, source: str, priority: int) -> None:
        """Make a source due now."""
        values = {"due_at": datetime.now(UTC), "priority": priority}
        await self._sources.update_one({"_id": source}, {"$set": values}, upsert=True)
