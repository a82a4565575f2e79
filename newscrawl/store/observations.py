"""The collection `observations`: what health remembers of a source, in one document, written once a crawl."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.health.judge import Verdict, accept, reject, verdict
from newscrawl.health.observations import Observations
from newscrawl.store.connection import Connection, Document, patiently
from newscrawl.store.documents import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

WELL = "well"
"""What `told` says of a source that nobody needs to look at."""


UNLOOKED = timedelta(minutes=30)
"""How long a source that is well need not be looked at while nothing new comes: a silence is measured in hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """A source before a crawl."""

    drifting: bool
    """What is read of it is suspect."""
    calm: bool
    """It is well, and was looked at a moment ago: a crawl that sees nothing new has nothing to write."""
    empty: frozenset[str] = frozenset()
    """Endpoints that listed no report when they were read last."""


class ObservationStore:
    """What is remembered of each source. One crawl a source at a time writes it: it holds the lease."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._observations = connection.database.observations
        self._reports = connection.database.reports

    @patiently
    async def load(self, source: str) -> Observations:
        """What is remembered of a source; empty where nothing is."""
        return Observations.from_document(await self._observations.find_one({"_id": {"$eq": source}}) or {})

    @patiently
    async def save(self, source: str, seen: Observations, said: Verdict, now: datetime) -> None:
        """Write it down, with the state of the source."""
        values = seen.to_document() | _words_of(said) | {"observed_at": now}
        gone = [name for name in ("down", "down_since", "alarms", "since", "empty") if name not in values]
        change: Document = {"$set": values, **({"$unset": dict.fromkeys(gone, "")} if gone else {})}
        await self._observations.update_one({"_id": source}, change, upsert=True)

    @patiently
    async def glance(self, source: str, now: datetime) -> Glance:
        """What a crawl has to know of its source before it begins."""
        names = dict.fromkeys(("state", "alarm", "down_since", "observed_at", "empty"), 1)
        found = await self._observations.find_one({"_id": {"$eq": source}}, names)
        if found is None:
            return Glance(drifting=False, calm=False)
        well = not found["alarm"] and "down_since" not in found
        calm = well and now - found["observed_at"] < UNLOOKED
        return Glance(drifting=found["state"] == "drifting", calm=calm, empty=frozenset(found.get("empty", ())))

    @patiently
    async def all(self, sources: Sequence[str] = ()) -> list[tuple[str, Observations, datetime]]:
        """(source, what is remembered, when it was last crawled), by source. Default: all."""
        query: Document = {"_id": {"$in": list(sources)}} if sources else {}
        found = self._observations.find(query).sort("_id", 1)
        return [(one["_id"], Observations.from_document(one), one["observed_at"]) async for one in found]

    @patiently
    async def claim_telling(self, source: str, said: Verdict) -> str | None:
        """Whether this process is to tell of a change of state: what was told before; None: nothing is to be told.

        Of all that see a change, one gets it, once.
        """
        key = said.state if said.alarm else WELL
        others: Any = {"$nin": [key, None]} if key == WELL else {"$ne": key}
        before = await self._observations.find_one_and_update(
            {"_id": source, "told": others}, {"$set": {"told": key, "told_at": datetime.now(UTC)}}, {"told": 1}
        )
        return before.get("told", WELL) if before else None

    @patiently
    async def settle(self, source: str, now: datetime, *, as_normal: bool) -> bool:
        """End the alarms of a source: what it shows now is normal, or is not. False where nothing is known of it."""
        found = await self._observations.find_one({"_id": {"$eq": source}})
        if found is None:
            return False
        seen = Observations.from_document(found)
        if as_normal:
            accept(seen, now)
        else:
            reject(seen)
        fresh = _words_of(verdict(seen, now))
        kept = {name: found[name] for name in ("observed_at", "told", "told_at") if name in found}
        # Whole, and only where no crawl has written meanwhile.
        guard = {"_id": source, "observed_at": found["observed_at"]}
        done = await self._observations.replace_one(guard, seen.to_document() | fresh | kept)
        return bool(done.matched_count) or await self.settle(source, now, as_normal=as_normal)

    @patiently
    async def suspect(self, source: str, since: datetime) -> int:
        """Mark the reports first seen from `since` on: those that gave the drift away."""
        query = {"source": source, "first_seen_at": {"$gte": since}, "suspect": {"$exists": False}}
        done = await self._reports.update_many(query, mark("updated", {"suspect": True}))
        return int(done.modified_count)

    @patiently
    async def trust(self, source: str) -> int:
        """Take the marks away from the reports of a source; how many had one."""
        change: Document = mark("updated") | {"$unset": {"suspect": ""}}
        done = await self._reports.update_many({"source": {"$eq": source}, "suspect": True}, change)
        return int(done.modified_count)

    @patiently
    async def count_suspects(self) -> dict[str, int]:
        """Marked reports by source."""
        stages: list[Document] = [{"$match": {"suspect": True}}, {"$group": {"_id": "$source", "n": {"$sum": 1}}}]
        return {one["_id"]: one["n"] async for one in await self._reports.aggregate(stages)}


def _words_of(said: Verdict) -> Document:
    values = {"state": said.state, "reason": said.reason, "alarm": said.alarm, "since": said.since}
    return {name: value for name, value in values.items() if value is not None}
