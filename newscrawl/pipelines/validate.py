"""What is no report is rejected, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scrapy.exceptions import DropItem

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.items import Report
    from newscrawl.pipelines.item import Crawl, ReportItem


class ValidatePipeline:
    """Drops what the page shows to be no report, and what lacks what a report must have."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: ReportItem) -> Any:
        reason = item.rejection or why_invalid(item.report)
        if reason is None:
            return item
        crawl = cast("Crawl", self.crawler.spider)
        await crawl.ledger.close(item.entry_id, "rejected", reason, fetched=item.fetched)
        raise DropItem(f"{item.report.url}: {reason}", log_level="DEBUG")


def why_invalid(report: Report) -> str | None:
    """What a report lacks to be stored: text, and a content hash of it."""
    if not report.body or not report.body.strip():
        return "no body"
    if not report.content_hash:
        return "no content hash"
    return None
