"""STAND-IN until `sched` delivers: one crawl of one source."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.spiders.reports import ReportSpider

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess

    from newscrawl.store.store import Store

LEASE = 60.0


async def crawl_source(process: AsyncCrawlerProcess, store: Store, source: str, fence: int) -> str:
    """Crawl what a claim was made for."""
    if not await store.sources.take_up(source, fence, LEASE):
        return "not ours"

    async def beat() -> None:
        while await store.sources.renew(source, fence, LEASE):
            await asyncio.sleep(LEASE / 3)

    beating = asyncio.ensure_future(beat())
    crawler = process.create_crawler(ReportSpider)
    try:
        await process.crawl(crawler, source=source)
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        spider: Any = crawler.spider
        reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
        wait = 0 if reason == "shutdown" or spider is None else 300
        await store.sources.finish(source, fence, datetime.now(UTC) + timedelta(seconds=wait))
    return str(reason)
