"""One polite rate per registered domain over all crawls of a process.

Scrapy's delays are those of one crawl. Leases keep two crawls of one source apart, but a dry run has none, and a link
may lead to the host of a source that is being crawled.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

_next: dict[str, float] = {}
"""Registered domain -> when the next request to it may start (`time.monotonic`), over all crawls."""
MOST_KEPT = 10_000


class HostGate:
    """Stands next to the network (order 950), so that requests for robots.txt pass it too.

    By the real host and not `download_slot`, which is kept over redirects.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        delay = self._delay(domain := registered_domain(request.url))
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

    def _delay(self, domain: str) -> float:
        engine, default = self.crawler.engine, self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        kept = engine.downloader.per_slot_settings.get(domain, {}) if engine else {}
        return float(kept.get("delay", default))
