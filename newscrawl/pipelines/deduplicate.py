"""What is stored already ends here: the same URL with the same text, or the same text at another URL of the source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from scrapy.exceptions import DropItem

from newscrawl.store.connection import StoreError
from newscrawl.store.merges import Placed
from newscrawl.store.withdrawals import BACK

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.pipelines.item import Crawl, ReportItem


class DeduplicatePipeline:
    """Drops reports whose text the store has. What slips past it in a race, the store's unique index stops."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: ReportItem) -> Any:
        crawl = cast("Crawl", self.crawler.spider)
        if crawl.store is None:
            return item
        try:
            same = await crawl.store.reports.find_same(item.report, item.whole_hash)
            if same is None:
                return item
            if same.outcome == "duplicate" or same.report_id != item.entry_id:
                page = Placed(item.entry_id, item.report.id, same)
                (same,) = await crawl.store.merges.settle([page])
                await crawl.store.source_links.resolve([replace(page, saved=same)])
            reason = {"duplicate": f"same text as {same.report_id}", "updated": BACK}.get(same.outcome, item.note)
            await crawl.ledger.close(
                item.entry_id,
                same.outcome,
                reason,
                fetched=item.fetched,
                report=same.report_id,
                published=(item.report.published_at, item.report.published_precision),
            )
        except StoreError as error:
            crawl.fail(str(error))
            raise
        raise DropItem(f"{item.report.url}: {same.outcome}", log_level="DEBUG")
