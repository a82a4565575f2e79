"""Reports from a JSON Lines file, through the same pipelines as crawled ones."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from scrapy import Spider

from newscrawl.items import Entry, Report, from_json
from newscrawl.pipelines.item import ReportItem
from newscrawl.spiders import resources
from newscrawl.store.connection import StoreError
from newscrawl.store.crawls import new_crawl_id
from newscrawl.store.ledger import Fetched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from newscrawl.store.ledger import CrawlLedger
    from newscrawl.store.store import Store

BATCH = 100
MOST_OPEN = 500
"""Reports on their way to the store; the file waits meanwhile, so that memory stays constant."""


class ImportSpider(Spider):
    """Yields the reports of one file, `-` for standard input. A broken line costs that line and is told."""

    name = "imports"

    def __init__(self, source: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.path = source
        self.source_id = "import"
        self.crawl_id = new_crawl_id(datetime.now(UTC))
        self.failure: str | None = None
        self.unavailable: str | None = None
        self.endpoint_errors: list[str] = []
        self.endpoints_read = 0
        self.domains: tuple[str, ...] = ()
        self.began = False
        self.store: Store | None = None
        self.ledger: CrawlLedger
        self.boilerplate = None  # imported texts come from many extractors
        self.resources: resources.Resources | None = None

    async def start(self) -> AsyncIterator[Any]:
        try:
            self.resources = await resources.acquire(self.crawler.settings, with_store=True)
            self.store = self.resources.store
            assert self.store is not None
            self.ledger = self.store.crawl_ledger(self.source_id, self.crawl_id)
            await self.store.crawls.begin(self.crawl_id, self.source_id, self.path, {})
            self.began = True
            with _open(self.path) as file:
                for batch in self._batches(file):
                    for item in await self._announce(batch):
                        yield item
                    while len(self.ledger.open) > MOST_OPEN and self.failure is None:
                        await asyncio.sleep(0.01)
        except (StoreError, OSError) as error:
            self.fail(f"{self.path}: {error}" if isinstance(error, OSError) else str(error))

    def _batches(self, file: TextIO) -> Iterator[list[Report]]:
        batch: list[Report] = []
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                values = json.loads(line)
                if not isinstance(values, dict):
                    raise ValueError("is no JSON object")
                batch.append(from_json(values, datetime.now(UTC)))
            except (ValueError, RecursionError) as error:
                self.endpoint_errors.append(f"{self.path}:{number}: not imported: {error}")
            if len(batch) >= BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def _announce(self, batch: list[Report]) -> list[ReportItem]:
        by_source: dict[str, list[Report]] = {}
        for report in batch:
            by_source.setdefault(report.source, []).append(report)
        items = []
        for source, reports in by_source.items():
            entries = [Entry(url=report.url, published_at=report.published_at) for report in reports]
            taken = await self.ledger.announce(entries, "import", force=True, source=source)
            open_ids = {one.id for one in taken}
            items += [self._item(report) for report in reports if report.id in open_ids]
        return items

    def _item(self, report: Report) -> ReportItem:
        ours = replace(report, crawl_id=self.crawl_id, discovered_via=report.discovered_via or "import")
        return ReportItem(report=ours, entry_id=report.id, fetched=Fetched())

    async def hold(self) -> None:
        """Nothing is leased."""

    async def finish(self) -> None:
        """Nothing is left to be written down."""

    async def give_back(self) -> None:
        """Let go of what this process shares."""
        if self.resources is not None:
            held, self.resources = self.resources, None
            await resources.release(held)

    def fail(self, message: str) -> None:
        """The import as a whole has failed."""
        self.failure = self.failure or message


def _open(path: str) -> TextIO:
    # Bytes that are no UTF-8 spoil their line, not the file.
    return sys.stdin if path == "-" else Path(path).open(encoding="utf-8", errors="surrogateescape")
