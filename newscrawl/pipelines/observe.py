"""Notes what was read of every report, before anything is dropped, for the health of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.pipelines.item import Crawl, ReportItem


class ObservePipeline:
    """Hands reports to the crawl's `Sightings`. Changes nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: ReportItem) -> Any:
        crawl = cast("Crawl", self.crawler.spider)
        if crawl.sightings is not None and item.report.source == crawl.source_id:
            known = crawl.boilerplate.lines if crawl.boilerplate is not None else {}
            repeated = any(one.key in known and known[one.key].reports > 1 for one in item.suspects)
            crawl.sightings.note_report(item.entry_id, item.report, furnished=repeated)
        return item
