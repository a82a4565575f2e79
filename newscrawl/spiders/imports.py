"""Reports from a file, through the same pipelines as crawled ones."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Spider

from newscrawl.items import Entry, Report, from_json
from newscrawl.pipelines.item import ReportItem
from newscrawl.spiders import resources
from newscrawl.spiders.foreign import as_report
from newscrawl.spiders.records import open_records
from newscrawl.store.connection import StoreError
from newscrawl.store.crawls import new_crawl_id
from newscrawl.store.ledger import Fetched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from newscrawl.spiders.records import Record
    from newscrawl.store.ledger import CrawlLedger
    from newscrawl.store.store import Store

BATCH = 100
MOST_OPEN = 500
"""Reports on their way to the store; the file waits meanwhile, so that memory stays constant."""
MOST_TOLD = 1000
"""Broken lines that are told one by one; more are counted."""


class ImportSpider(Spider):
    """Yields the reports of one file, `-` for standard input. A broken line costs that line and is told.

    `form` is one of `foreign.FORMATS`.
    """

    name = "imports"

    def __init__(self, source: str, *, form: str = "newscrawl", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.path = source
        self.form = form
        self.refused = 0
        """Lines that are no report."""
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
        self.only_due = False
        self.sightings = None  # and say nothing of a site
        self.resources: resources.Resources | None = None

    async def check_claim(self) -> None:
        """Imports claim nothing."""

    async def start(self) -> AsyncIterator[Any]:
        try:
            self.resources = await resources.acquire(self.crawler.settings, with_store=True)
            self.store = self.resources.store
            assert self.store is not None
            self.ledger = self.store.crawl_ledger(self.source_id, self.crawl_id)
            await self.store.crawls.begin(self.crawl_id, self.source_id, self.path, {})
            self.began = True
            with open_records(self.path) as records:
                for batch in self._batches(records):
                    await self._wait(batch)
                    for item in await self._announce(batch):
                        yield item
        except StoreError as error:
            self.fail(str(error))
        except (OSError, EOFError, zlib.error) as error:
            self.fail(f"{self.path}: cannot be read to its end: {error}")

    def _batches(self, records: Iterator[Record]) -> Iterator[list[Report]]:
        """Reports in their order; two of one URL are in two batches."""
        batch: dict[str, Report] = {}
        for number, record in records:
            try:
                if isinstance(record, str):
                    raise ValueError(record)
                report = from_json(as_report(record, self.form), datetime.now(UTC))
            except ValueError as error:
                self._refuse(number, str(error))
                continue
            if report.id in batch or len(batch) >= BATCH:
                yield list(batch.values())
                batch = {}
            batch[report.id] = report
        if batch:
            yield list(batch.values())

    def _refuse(self, number: int, reason: str) -> None:
        self.refused += 1
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("newscrawl/import/refused")
        if self.refused <= MOST_TOLD:
            self.endpoint_errors.append(f"{self.path}:{number}: not imported: {reason}")

    async def _wait(self, batch: list[Report]) -> None:
        """Wait until there is room, and until what the file said before of the same URLs is stored."""
        while self.failure is None and (
            len(self.ledger.open) > MOST_OPEN or any(report.id in self.ledger.open for report in batch)
        ):
            await asyncio.sleep(0.01)

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
