"""One crawl of one source that was claimed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.spiders.reports import ReportSpider
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess, Crawler

    from newscrawl.store.store import Store

LEASE = 60.0
"""Seconds that a claim holds without being renewed."""
INTERVAL = timedelta(minutes=5)
"""From the end of a crawl to the next, as long as nothing better is known of the source."""

logger = logging.getLogger(__name__)


async def crawl_source(process: AsyncCrawlerProcess, store: Store, source: str, fence: int) -> bool:
    """Crawl what claim `fence` was made for, and write down when the source is due next: at once, if interrupted.

    False where the claim has run out, or somebody has begun already. Raises StoreError where the database is away.
    """
    if not await store.sources.take_up(source, fence, LEASE):
        return False
    crawler = process.create_crawler(ReportSpider)
    holding = asyncio.ensure_future(_hold(store, source, fence, crawler))
    try:
        await process.crawl(crawler, source=source)
    finally:
        holding.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await holding
        reason: Any = crawler.stats.get_value("finish_reason") if crawler.stats else None
        pause = timedelta(0) if reason == "shutdown" else INTERVAL
        await store.sources.finish(source, fence, datetime.now(UTC) + pause)
    return True


async def _hold(store: Store, source: str, fence: int, crawler: Crawler) -> None:
    """Renew the claim; end the crawl where another was made."""
    while True:
        await asyncio.sleep(LEASE / 3)
        try:
            if not await store.sources.renew(source, fence, LEASE):
                logger.error("%s: another crawl has taken over; this one was silent for too long", source)
                await crawler.stop_async()
                return
        except StoreError as error:
            logger.warning("%s: %s", source, error)
