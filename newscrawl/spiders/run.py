"""Crawls of several targets in one process: what `newscrawl crawl` runs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.spiders import resources
from newscrawl.spiders.reports import ReportSpider
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

AT_ONCE = 50
"""Crawls that run at the same time: a sleeping crawl costs memory only, about half a megabyte."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CrawlResult:
    """How one crawl ended."""

    crawl_id: str
    source: str
    target: str
    state: str
    """`done`, `failed` or `interrupted`."""
    reason: str | None = None
    """Why it failed, or why the target could not be asked now."""
    unavailable: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    """Endpoints that could not be read, and why."""
    refused: int = 0
    """Lines of an import that are no report; the first of them are among the errors."""
    endpoints_read: int = 0
    requests: int = 0
    seconds: float = 0.0

    @property
    def error_rate(self) -> float:
        """Share of failed URLs among all that were looked at, endpoints included."""
        looked_at = self.counts.get("discovered", 0) - self.counts.get("pending", 0) + self.endpoints_read
        return self.counts.get("failed", 0) / looked_at if looked_at else 0.0


def run_spider(settings: Settings, drive: Callable[[AsyncCrawlerProcess], Awaitable[None]]) -> None:
    """Run `drive` in Scrapy's event loop, and stop the loop when it is done.

    Ctrl-C and SIGTERM stop the crawls in order; a second time, at once.
    """
    process = AsyncCrawlerProcess(settings)

    async def drive_and_stop() -> None:
        # Installed by AsyncCrawlerProcess; importing it earlier would install another one.
        from twisted.internet import reactor  # noqa: PLC0415

        try:
            await drive(process)
        finally:
            with contextlib.suppress(RuntimeError):  # a signal has stopped it
                reactor.stop()  # type: ignore[misc]

    task = asyncio.get_event_loop().create_task(drive_and_stop())
    process.start(stop_after_crawl=False)
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error


def run_crawls(
    settings: Settings,
    targets: Sequence[str],
    *,
    watch: Callable[[Sequence[Crawler]], Awaitable[None]] | None = None,
    spider: type[Spider] = ReportSpider,
    **options: Any,
) -> list[CrawlResult]:
    """Crawl all targets, and say how each ended. `options` are those of the spider.

    `watch` runs beside them, with the list of the crawlers, until it is cancelled. Raises StoreError where there is
    no database.
    """
    results: list[CrawlResult] = []
    crawlers: list[Crawler] = []

    async def one(process: AsyncCrawlerProcess, target: str, room: asyncio.Semaphore) -> None:
        async with room:
            if any(result.state == "interrupted" for result in results):
                return
            crawler = process.create_crawler(spider)
            crawlers.append(crawler)
            began = time.monotonic()
            await process.crawl(crawler, source=target, **options)
            results.append(result_of(crawler, target, time.monotonic() - began))

    async def drive(process: AsyncCrawlerProcess) -> None:
        held = await resources.acquire(process.settings, with_store=not options.get("dry_run"))
        watching = asyncio.ensure_future(watch(crawlers)) if watch else None
        try:
            room = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(one(process, target, room) for target in targets))
        finally:
            if watching:
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
            with contextlib.suppress(StoreError):
                await resources.release(held)

    run_spider(settings, drive)
    return results


def result_of(crawler: Crawler, target: str, seconds: float) -> CrawlResult:
    """How an ended crawl went; `seconds`: how long it took."""
    spider: Any = crawler.spider
    assert crawler.stats is not None
    finished = crawler.stats.get_value("finish_reason")
    state = "failed" if spider.failure else "interrupted" if finished == "shutdown" else "done"
    return CrawlResult(
        crawl_id=spider.crawl_id,
        source=spider.source_id,
        target=target,
        state=state,
        reason=spider.failure or spider.unavailable,
        unavailable=spider.unavailable is not None,
        counts=spider.ledger.summary() if spider.began else {},
        reasons=dict(spider.ledger.reasons) if spider.began else {},
        errors=tuple(spider.endpoint_errors),
        refused=getattr(spider, "refused", 0),
        endpoints_read=spider.endpoints_read,
        requests=int(crawler.stats.get_value("downloader/request_count", 0)),
        seconds=round(seconds, 1),
    )
