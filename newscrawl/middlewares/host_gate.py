"""One polite rate per registered domain over all crawls of a process, and peace for publishers who ask for it.

Scrapy's delays are those of one crawl. Leases keep two crawls of one source apart, but a dry run has none, and a link
may lead to the host of a source that is being crawled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from twisted.python.failure import Failure

from newscrawl.middlewares.refusals import PeaceError
from newscrawl.store.connection import StoreError
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from newscrawl.store.leases import LeaseStore

_next: dict[str, float] = {}
"""Registered domain -> when the next request to it may start (`time.monotonic`), over all crawls."""
MOST_KEPT = 10_000
LONGEST_PEACE = timedelta(days=7)
"""What is asked for beyond this is cut: a wrong number must not make us forget a source."""

logger = logging.getLogger(__name__)


class HostGate:
    """Stands next to the network (order 950), so that requests for robots.txt pass it too.

    By the real host and not `download_slot`, which is kept over redirects.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.peace: dict[str, datetime | None] = {}
        """Registered domain -> until when its publisher wants peace; None: no wish is known."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        domain = registered_domain(request.url)
        if domain not in self.peace:
            self.peace.setdefault(domain, await self._recall(domain))  # it may have been asked for just now
        self._refuse_in_peace(domain)
        delay = self._delay(domain)
        if not delay:
            return
        now = monotonic()
        if len(_next) > MOST_KEPT:
            for known in [known for known, at in _next.items() if at < now]:
                del _next[known]
        start = max(now, _next.get(domain, 0.0))
        _next[domain] = start + delay
        if start > now:
            await asyncio.sleep(start - now)
            self._refuse_in_peace(domain)

    async def keep_peace(self, domain: str, seconds: float) -> None:
        """The publisher asks for it, for so long.

        Nothing more is asked of the domain before that, by this crawl, or by any that begins later, in any process.
        """
        until = end_of_peace(datetime.now(UTC), seconds)
        self.peace[domain] = until = max(until, self.peace.get(domain) or until)
        told = asks_for_peace(domain, until)
        logger.warning("%s", told)
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("newscrawl/host_gate/peace")
        self._turn_back(domain, PeaceError(told))
        if (leases := self._leases()) is not None:
            with contextlib.suppress(StoreError):  # what else the crawl writes will tell
                await leases.keep_peace(domain, until)

    def _refuse_in_peace(self, domain: str) -> None:
        until = self.peace.get(domain)
        if until is not None and until > datetime.now(UTC):
            raise PeaceError(asks_for_peace(domain, until))

    def _turn_back(self, domain: str, reason: PeaceError) -> None:
        """Requests that wait for their turn in Scrapy's slot have passed the gate already."""
        engine = self.crawler.engine
        assert engine is not None
        slot = engine.downloader.slots.get(domain)
        while slot is not None and slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(reason))

    async def _recall(self, domain: str) -> datetime | None:
        """What an earlier crawl was told."""
        leases = self._leases()
        with contextlib.suppress(StoreError):
            return await leases.peace_until(domain) if leases is not None else None
        return None

    def _leases(self) -> LeaseStore | None:
        store = getattr(self.crawler.spider, "store", None)
        return store.leases if store is not None else None

    def _delay(self, domain: str) -> float:
        engine, default = self.crawler.engine, self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        kept = engine.downloader.per_slot_settings.get(domain, {}) if engine else {}
        return float(kept.get("delay", default))


def end_of_peace(now: datetime, seconds: float) -> datetime:
    """When the time is over that was asked for, or the longest that we grant."""
    return now + min(timedelta(seconds=seconds), LONGEST_PEACE)


def asks_for_peace(domain: str, until: datetime) -> str:
    """A sentence for people."""
    return f"the publisher of {domain} asks for peace until {until:%Y-%m-%d %H:%M:%S} UTC"
