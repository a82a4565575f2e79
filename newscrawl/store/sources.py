"""When sources are due, and who has taken them: documents of the collection `sources`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import ReturnDocument

from newscrawl.store.connection import Connection, Document, patiently
from newscrawl.store.leases import LostError, is_dead, this_process

if TYPE_CHECKING:
    from collections.abc import Sequence


class Claim(NamedTuple):
    """A due source that somebody has taken."""

    source: str
    fence: int
    """Rises with every claim: who holds an older one has lost the source."""
    priority: int
    due_at: datetime | None = None


class SourceStore:
    """Due times and claims."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sources = connection.database.sources
        self._meta = connection.database.meta

    @patiently
    async def define(self, ids: Sequence[str]) -> None:
        """Sources that are new are due at once."""
        known = {found["_id"] async for found in self._sources.find({"due_at": {"$ne": None}}, {"_id": 1})}
        for source in set(ids) - known:
            await self._sources.update_one(
                {"_id": source}, {"$set": {"due_at": datetime.now(UTC), "priority": 0}}, upsert=True
            )

    @patiently
    async def claim(self, ids: Sequence[str], limit: int, seconds: float, *, least: int = 0) -> list[Claim]:
        """Take at most `limit` of these sources that are due and free, for `seconds`; of priority `least` or more."""
        claims: list[Claim] = []
        while len(claims) < limit:
            now = datetime.now(UTC)
            urgent = {"claim.holder": None, "$expr": {"$lt": ["$claim.priority", "$priority"]}}
            free: Document = {"$or": [{"claim.until": None}, {"claim.until": {"$lt": now}}, urgent]}
            claim = {
                "until": now + timedelta(seconds=seconds),
                "priority": "$priority",
                "asked": {"$ifNull": ["$asked", 0]},
                "holder": "$$REMOVE",
            }
            fence = {"$add": [{"$ifNull": ["$fence", 0]}, 1]}
            found: Any = await self._sources.find_one_and_update(
                {"_id": {"$in": list(ids)}, "due_at": {"$lte": now}, "priority": {"$gte": least}, **free},
                [{"$set": {"claim": claim, "fence": fence}}],
                sort=[("priority", -1), ("due_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
            if found is None:
                break
            claims.append(Claim(found["_id"], found["fence"], found.get("priority", 0), found["due_at"]))
        return claims

    @patiently
    async def free_dead(self) -> None:
        """Give back the claims of processes of this machine that are dead, before they run out."""
        async for found in self._sources.find({"claim.holder": {"$exists": True}}, {"claim": 1, "fence": 1}):
            if is_dead(found["claim"]["holder"]):
                await self._sources.update_one(
                    {"_id": found["_id"], "fence": found["fence"]}, {"$unset": {"claim": ""}}
                )

    @patiently
    async def take_up(self, source: str, fence: int, seconds: float) -> Document | None:
        """Begin what a claim was made for, and hold it for `seconds`; what is known of the source (`state`).

        None where another claim was made since, or somebody has begun already: unless that was a process of this
        machine that is dead.
        """
        claimed: Document = {"_id": source, "fence": fence, "claim.until": {"$ne": None}}
        if (taken := await self._take(claimed, None, seconds)) is not None:
            return taken
        found: Any = await self._sources.find_one(claimed, {"claim": 1})
        holder = found["claim"].get("holder") if found else None
        return await self._take(claimed, holder, seconds) if holder and is_dead(holder) else None

    async def _take(self, claimed: Document, holder: Document | None, seconds: float) -> Document | None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        taken: Document | None = await self._sources.find_one_and_update(
            {**claimed, "claim.holder": holder},
            {"$set": {"claim.until": until, "claim.holder": this_process()}},
            projection={"boilerplate": 0},
            return_document=ReturnDocument.AFTER,
        )
        return taken

    @patiently
    async def renew(self, source: str, fence: int, seconds: float) -> bool:
        """Hold a claim for longer. False where another was made."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        done = await self._sources.update_one({"_id": source, "fence": fence}, {"$set": {"claim.until": until}})
        return bool(done.matched_count)

    @patiently
    async def check(self, source: str, fence: int) -> None:
        """Raises LostError where another claim was made."""
        if await self._sources.find_one({"_id": source, "fence": fence}, {"_id": 1}) is None:
            raise LostError(source)

    @patiently
    async def state(self, source: str) -> Document:
        """What is known of a source beside its file."""
        found: Document | None = await self._sources.find_one({"_id": source}, {"boilerplate": 0})
        return found or {"_id": source}

    @patiently
    async def finish(
        self,
        source: str,
        fence: int,
        due_at: datetime,
        values: Document | None = None,
        *,
        not_before: datetime | None = None,
    ) -> None:
        """Give a claim back, and say when the source is due next: at once, where it was asked for since the claim.

        `values`: what else is known of it now. What a hub has said since the claim makes it due earlier, but not before
        `not_before`.
        """
        pushed = {"$max": [not_before, "$claim.pushed"]}  # leaves out what is missing
        due: Document = {"$cond": [{"$gt": ["$claim.pushed", None]}, {"$min": [due_at, pushed]}, due_at]}
        asked = {"$gt": [{"$ifNull": ["$asked", 0]}, {"$ifNull": ["$claim.asked", 0]}]}
        change: Document = {
            **{name: {"$literal": value} for name, value in (values or {}).items()},
            "due_at": {"$cond": [asked, "$due_at", due]},
            "priority": {"$cond": [asked, "$priority", 0]},
            "answered": {"$max": ["$answered", "$claim.asked", 0]},  # of a claim that was given back just now, nothing
            "claim": "$$REMOVE",
        }
        await self._sources.update_one({"_id": source, "fence": fence}, [{"$set": change}])

    @patiently
    async def put_back(self, source: str, fence: int, due_at: datetime) -> None:
        """Give a claim back without a crawl: the source is due then, as urgent as it was."""
        await self._sources.update_one(
            {"_id": source, "fence": fence}, {"$set": {"due_at": due_at}, "$unset": {"claim": ""}}
        )

    @patiently
    async def ask(self, source: str, priority: int) -> int:
        """Make a source due now; the number of the request, which `answered` reaches when a crawl has done it."""
        values = {"due_at": datetime.now(UTC), "priority": priority}
        found: Any = await self._sources.find_one_and_update(
            {"_id": source},
            {"$set": values, "$inc": {"asked": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(found["asked"])

    @patiently
    async def make_due(self, source: str, at: datetime) -> None:
        """There is something new, a hub says: due then at the latest, also when it is being crawled (`finish`)."""
        pushed = {"$mergeObjects": ["$claim", {"pushed": {"$min": ["$claim.pushed", at]}}]}
        claim: Document = {"$cond": [{"$gt": ["$claim", None]}, pushed, "$$REMOVE"]}
        await self._sources.update_one(
            {"_id": source}, [{"$set": {"due_at": {"$min": ["$due_at", at]}, "claim": claim}}]
        )

    # -- who serves them ---------------------------------------------------------------------------------------------

    @patiently
    async def sign_in(self, ids: Sequence[str], seconds: float) -> None:
        """This process crawls these sources when they are due, for `seconds` more at least."""
        now, who = datetime.now(UTC), this_process()
        values = {"until": now + timedelta(seconds=seconds), "sources": list(ids), **who}
        await self._meta.update_one({"_id": _sign(who)}, {"$set": values}, upsert=True)
        await self._meta.delete_many({"until": {"$lt": now}})  # who was killed

    @patiently
    async def sign_out(self) -> None:
        """This process does so no longer."""
        await self._meta.delete_one({"_id": _sign(this_process())})

    @patiently
    async def is_served(self, source: str) -> bool:
        """Whether a schedule runs that crawls this source."""
        query = {"until": {"$gt": datetime.now(UTC)}, "sources": {"$eq": source}}
        return any([not is_dead(one) async for one in self._meta.find(query, {"sources": 0})])

    @patiently
    async def served(self) -> set[str]:
        """The sources that some schedule crawls."""
        found = [one async for one in self._meta.find({"until": {"$gt": datetime.now(UTC)}})]
        return {source for one in found if not is_dead(one) for source in one["sources"]}


def _sign(process: Document) -> str:
    return f"schedule:{process['host']}:{process['pid']}"
