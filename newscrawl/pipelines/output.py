"""Every stored or updated report as a JSON line in a file, besides the database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from scrapy.exceptions import NotConfigured

from newscrawl.items import to_json_line

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.pipelines.item import ReportItem


class OutputPipeline:
    """Appends to the file that NEWSCRAWL_OUTPUT names; `-` is standard output."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: TextIO | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        path = crawler.settings["NEWSCRAWL_OUTPUT"]
        if not path:
            raise NotConfigured
        return cls(path)

    def open_spider(self) -> None:
        self._file = sys.stdout if self.path == "-" else Path(self.path).open("a", encoding="utf-8")  # noqa: SIM115  closed with the spider

    def process_item(self, item: ReportItem) -> Any:
        assert self._file is not None
        self._file.write(to_json_line(item.report) + "\n")
        self._file.flush()  # several crawls of one process share the file, and a crawl may be killed
        return item

    def close_spider(self) -> None:
        if self._file is not None and self._file is not sys.stdout:
            self._file.close()
