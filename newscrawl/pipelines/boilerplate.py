"""Learns which lines a source repeats, from the reports that a crawl has stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.extraction.body.boilerplate import Memory
    from newscrawl.pipelines.item import Crawl, ReportItem

SAVE_EVERY = 50
"""Reports between two writes: a document of some 75 kB is not to be written for each of them."""


class BoilerplatePipeline:
    """Counts the lines of every new report; one that was stored before has been counted then."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._counted: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def crawl(self) -> Crawl:
        """The spider, as pipelines see it."""
        return cast("Crawl", self.crawler.spider)

    async def process_item(self, item: ReportItem) -> Any:
        memory = self.crawl.boilerplate
        own = item.report.source == self.crawl.source_id  # not so the original of an aggregated report
        if memory is not None and own and item.outcome == "stored" and item.report.id not in self._counted:
            self._counted.add(item.report.id)
            memory.note(item.report.headline, item.suspects, datetime.now(UTC))
            if memory.fresh_reports >= SAVE_EVERY:
                await self._save(memory)
        return item

    async def close_spider(self) -> None:
        if self.crawl.boilerplate is not None:
            await self._save(self.crawl.boilerplate)

    async def _save(self, memory: Memory) -> None:
        crawl = self.crawl
        if crawl.store is None:  # a dry run: what it has learned ends with it
            return
        try:
            await crawl.store.boilerplate.save(crawl.source_id, memory)
        except StoreError as error:
            crawl.fail(str(error))
