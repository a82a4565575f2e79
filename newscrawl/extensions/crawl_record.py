"""The record of a crawl: kept alive while it runs, and closed with counts that add up."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, cast

from scrapy import signals

from newscrawl.extensions.health import record_health
from newscrawl.store.connection import StoreError
from newscrawl.store.crawls import MAX_ERRORS

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.spiders.reports import ReportSpider

HEARTBEAT = 10.0
"""Seconds between two signs of life: lease renewed, counts written."""

logger = logging.getLogger(__name__)


class CrawlRecord:
    """Writes heartbeat and end of a crawl, and gives its leases and resources back."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._beating: asyncio.Task[None] | None = None
        self._over = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        return self

    @property
    def spider(self) -> ReportSpider:
        """The spider, which knows its store and ledger once it has begun."""
        return cast("ReportSpider", self.crawler.spider)

    async def spider_opened(self) -> None:
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            spider = self.spider
            if not spider.began or spider.store is None:
                continue
            try:
                await spider.store.crawls.beat(spider.crawl_id, spider.ledger.summary())
                for domain in spider.domains:
                    if not await spider.store.leases.renew(domain, spider.crawl_id, spider.delay_of(domain)):
                        await spider.check_claim()  # which says so
                await spider.hold()
            except StoreError as error:
                spider.fail(str(error))

    async def spider_closed(self, reason: str) -> None:
        if self._over:
            return
        self._over = True
        spider = self.spider
        try:
            await self._rest()
            if spider.began:
                await self._end(spider, reason)
            else:
                await self._close(spider, reason)
        except StoreError as error:
            spider.fail(str(error))
        finally:
            await spider.give_back()

    async def abandon(self, reason: str) -> None:
        """The crawl was cut off: it fails, and gives back what it holds. That it closes is not waited for."""
        spider = cast("ReportSpider | None", self.crawler.spider)
        if spider is None:
            return
        spider.fail(f"{spider.source_id}: {reason}")
        if self._over:  # it hangs in its very end
            await spider.give_back()
            return
        self._over = True
        try:
            await self._rest()
            if spider.store is not None:
                spider.ledger.left = True
            await self._close(spider, reason)
            await spider.originals.release()
        finally:
            await spider.give_back()

    async def _rest(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating

    async def _end(self, spider: ReportSpider, reason: str) -> None:
        await spider.finish()
        counts = spider.ledger.summary()
        expected = {outcome: n for outcome, n in counts.items() if n and outcome != "discovered"}
        written = await spider.ledger.outcomes() if counts["discovered"] else {}
        if written != expected:
            spider.fail(f"the ledger says {written}, the crawl has counted {expected}: please report this as a bug")
        await self._close(spider, reason)
        # Imports say nothing of a site, nor does it say anything of it that somebody else has taken over.
        if spider.store is not None and spider.sightings is not None and not spider.lost:
            await record_health(spider)

    async def _close(self, spider: ReportSpider, reason: str) -> None:
        """Close the document of the crawl, and give back the leases on its domains."""
        if spider.store is None:  # a dry run, or one that has not come so far
            return
        counts = spider.ledger.summary()
        broken_off = reason == "shutdown" or spider.unavailable is not None
        await spider.store.crawls.end(
            spider.crawl_id,
            state="failed" if spider.failure else "interrupted" if broken_off else "done",
            reason=spider.failure or spider.unavailable or reason,
            summary={
                "counts": counts,
                "reasons": _dotless(dict(spider.ledger.reasons.most_common(50))),
                "requests": self._requests(),
                "errors": spider.endpoint_errors[:MAX_ERRORS],
                "unavailable": spider.unavailable is not None,
            },
        )
        for domain in spider.domains:
            await spider.store.leases.release(domain, spider.crawl_id, spider.delay_of(domain))

    def _requests(self) -> int:
        assert self.crawler.stats is not None
        return int(self.crawler.stats.get_value("downloader/request_count", 0))


def _dotless(reasons: dict[str, int]) -> list[dict[str, Any]]:
    """Reasons hold dots and dollars, which field names should not."""
    return [{"reason": reason, "count": count} for reason, count in reasons.items()]
