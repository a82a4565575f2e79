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
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from newscrawl.store.connection import Connection, Document, patiently

logger = logging.getLogger(__name__)

DURATION = timedelta(seconds=60)
"""After this a lease that was not renewed is free: its crawl is dead, or has lost the database."""


class LeaseStore:
    """Who crawls which domain."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._hosts = connection.database.hosts

    @patiently
    async def acquire(self, domain: str, crawl_id: str) -> Document | None:
        """Take the lease of a domain. None: taken; else what holds it (`crawl_id`, `host`, `pid`).

        The lease of a dead process of this machine is taken over at once, any other when it has run out.
        """
        now = datetime.now(UTC)
        mine = {"crawl_id": crawl_id, "host": socket.gethostname(), "pid": os.getpid(), "began": _began(os.getpid())}
        held: dict[str, Any] | None = await self._hosts.find_one({"_id": domain})
        lease = (held or {}).get("lease")
        free: list[Document] = [{"lease": None}, {"lease.until": {"$lt": now}}, {"lease.crawl_id": crawl_id}]
        if lease and _is_dead(lease):
            free.append({"lease.crawl_id": lease["crawl_id"]})
        try:
            await self._hosts.find_one_and_update(
                {"_id": domain, "$or": free},
                {"$set": {"lease": {**mine, "until": now + DURATION}}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # there is a document, and its lease is not free
            return lease or {}
        return None

    async def wait(self, domain: str, crawl_id: str) -> None:
        """Take the lease of a domain as soon as it is free."""
        told = False
        while (holder := await self.acquire(domain, crawl_id)) is not None:
            if not told:
                who = f"{holder.get('crawl_id')} (process {holder.get('pid')} on {holder.get('host')})"
                logger.warning("%s is being crawled by %s; waiting for it to end", domain, who)
                told = True
            await asyncio.sleep(1)

    @patiently
    async def renew(self, domain: str, crawl_id: str) -> bool:
        """Hold a lease for longer. False where another crawl has taken it over."""
        done = await self._hosts.update_one(
            {"_id": domain, "lease.crawl_id": crawl_id}, {"$set": {"lease.until": datetime.now(UTC) + DURATION}}
        )
        return bool(done.matched_count)

    @patiently
    async def release(self, domain: str, crawl_id: str) -> None:
        """Let go of a lease."""
        await self._hosts.update_one({"_id": domain, "lease.crawl_id": crawl_id}, {"$unset": {"lease": ""}})


def _is_dead(lease: Document) -> bool:
    """Whether the process that holds a lease ran on this machine and is gone."""
    return lease.get("host") == socket.gethostname() and _began(lease.get("pid", 0)) != lease.get("began")


def _began(pid: int) -> str | None:
    """When a process of this machine began, in clock ticks after boot: with the pid it names one process for ever."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None
