"""Leases on registered domains, in the collection `hosts`: one crawl a domain at a time, over all processes.

So the polite rate holds, and two crawls of one source do not fetch everything twice.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from newscrawl.store.connection import Connection, Document, StoreError, patiently

if TYPE_CHECKING:
    from collections.abc import Collection

LOOK = 0.25
"""Seconds between two looks at whether a lease is free."""

logger = logging.getLogger(__name__)

DURATION = timedelta(seconds=60)
"""After this a lease that was not renewed is free: its crawl is dead, or has lost the database."""


class LostError(StoreError):
    """Another crawl has taken over. What this one has not stored is that one's to fetch again."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: another crawl has taken over; this one was silent for too long")


class LeaseStore:
    """Who crawls which domain."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._hosts = connection.database.hosts

    async def acquire(self, domain: str, crawl_id: str) -> Document | None:
        """Take the lease of a domain. None: taken; else what holds it (`crawl_id`, `host`, `pid`).

        The lease of a dead process of this machine is taken over at once, any other when it has run out.
        """
        holder, _ = await self._acquire(domain, crawl_id)
        return holder

    @patiently
    async def _acquire(self, domain: str, crawl_id: str) -> tuple[Document | None, Document]:
        """See `acquire`; and the document of the domain as it was before."""
        now = datetime.now(UTC)
        mine = {"crawl_id": crawl_id, **this_process()}
        held: dict[str, Any] | None = await self._hosts.find_one({"_id": domain})
        lease = (held or {}).get("lease")
        free: list[Document] = [{"lease": None}, {"lease.until": {"$lt": now}}, {"lease.crawl_id": crawl_id}]
        if lease and is_dead(lease):
            free.append({"lease.crawl_id": lease["crawl_id"]})
        try:
            before: Document | None = await self._hosts.find_one_and_update(
                {"_id": domain, "$or": free},
                {"$set": {"lease": {**mine, "until": now + DURATION}}},
                upsert=True,
                return_document=ReturnDocument.BEFORE,
            )
        except DuplicateKeyError:  # there is a document, and its lease is not free
            return lease or {}, held or {}
        return None, before or {}

    @patiently
    async def is_busy(self, domains: Collection[str]) -> bool:
        """Whether a crawl has one of the domains."""
        query = {"_id": {"$in": list(domains)}, "lease.until": {"$gte": datetime.now(UTC)}}
        return any([not is_dead(host["lease"]) async for host in self._hosts.find(query, {"lease": 1})])

    async def wait(self, domain: str, crawl_id: str, delay: float = 0.0) -> datetime | None:
        """Take the lease of a domain as soon as it is free, and rest as long as its last request asks for.

        Returns until when the publisher wants peace, see `keep_peace`; None: not, or no longer.
        When the last request was is known where a crawl has ended in order (`release`). Where it was killed, that may
        have been just now: then the rest is `delay` seconds, or what the killed crawl kept if that is more.
        """
        told = False
        while True:
            holder, before = await self._acquire(domain, crawl_id)
            if holder is None:
                await asyncio.sleep(_rest(before, crawl_id, delay))
                return _peace(before)
            if not told:
                who = f"{holder.get('crawl_id')} (process {holder.get('pid')} on {holder.get('host')})"
                logger.warning("%s is being crawled by %s; waiting for it to end", domain, who)
                told = True
            await asyncio.sleep(LOOK)

    @patiently
    async def renew(self, domain: str, crawl_id: str, delay: float = 0.0) -> bool:
        """Hold a lease for longer. False where another crawl has taken it over. `delay`: seconds between requests."""
        values = {"lease.until": datetime.now(UTC) + DURATION, "lease.delay": delay}
        done = await self._hosts.update_one({"_id": domain, "lease.crawl_id": crawl_id}, {"$set": values})
        return bool(done.matched_count)

    @patiently
    async def keep_peace(self, domain: str, until: datetime) -> None:
        """The publisher asks that nothing more is asked of a domain until then (Retry-After)."""
        await self._hosts.update_one({"_id": domain}, {"$max": {"peace_until": until}}, upsert=True)

    @patiently
    async def peace_until(self, domain: str) -> datetime | None:
        """Until when the publisher of a domain wants peace; None: not, or no longer."""
        return _peace(await self._hosts.find_one({"_id": domain}, {"peace_until": 1}))

    @patiently
    async def check(self, domains: Collection[str], crawl_id: str) -> None:
        """Raises LostError where another crawl has taken one of the domains over."""
        found = self._hosts.find({"_id": {"$in": list(domains)}, "lease.crawl_id": crawl_id}, {"_id": 1})
        held = {host["_id"] async for host in found}
        for domain in domains:
            if domain not in held:
                raise LostError(domain)

    @patiently
    async def release(self, domain: str, crawl_id: str, delay: float = 0.0) -> None:
        """Let go of a lease; the next request may be made in `delay` seconds."""
        rest = {"rest_until": datetime.now(UTC) + timedelta(seconds=delay)}
        await self._hosts.update_one(
            {"_id": domain, "lease.crawl_id": crawl_id}, {"$set": rest, "$unset": {"lease": ""}}
        )


def _peace(host: Document | None) -> datetime | None:
    until: datetime | None = (host or {}).get("peace_until")
    return until if until is not None and until > datetime.now(UTC) else None


def _rest(before: Document, crawl_id: str, delay: float) -> float:
    """Seconds until a domain may be asked again; `before`: its document before its lease was taken."""
    lease = before.get("lease")
    if lease and lease["crawl_id"] != crawl_id:
        return max(delay, float(lease.get("delay", 0.0)))
    rest_until = before.get("rest_until")
    return max(0.0, (rest_until - datetime.now(UTC)).total_seconds()) if rest_until else 0.0


def this_process() -> Document:
    """What names this process among all, for ever."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "began": _began(os.getpid())}


def is_dead(lease: Document) -> bool:
    """Whether the process that holds a lease (`this_process`) ran on this machine and is gone."""
    return lease.get("host") == socket.gethostname() and _began(lease.get("pid", 0)) != lease.get("began")


def _began(pid: int) -> str | None:
    """When a process of this machine began, in clock ticks after boot: with the pid it names one process for ever."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]  # dead, but its parent has not yet asked how it ended
    except (OSError, IndexError):
        return None
