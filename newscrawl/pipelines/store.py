"""Reports go to the store in batches and get their stories; each entry is closed after that was acknowledged."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from scrapy.exceptions import DropItem

from newscrawl.identity.signature import make_signature
from newscrawl.store.connection import StoreError
from newscrawl.store.merges import Placed
from newscrawl.store.reports import Saved
from newscrawl.store.stories import Unplaced

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.pipelines.item import Crawl, ReportItem


MOST_HEALED = 1000
"""Reports placed at the end of a crawl that an earlier one has left: about five seconds."""


class StorePipeline:
    """Collects items until there are `size` of them or `interval` seconds have passed, and writes them at once.

    Each item waits for its batch, so that Scrapy counts it as being processed, and stops the download when many are.
    """

    def __init__(self, crawler: Crawler, size: int, interval: float) -> None:
        self.crawler = crawler
        self.size = size
        self.interval = interval
        self._waiting: list[tuple[ReportItem, asyncio.Future[Saved]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self._wrote = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        return cls(crawler, settings.getint("NEWSCRAWL_STORE_BATCH"), settings.getfloat("NEWSCRAWL_STORE_INTERVAL"))

    @property
    def crawl(self) -> Crawl:
        """The spider, as pipelines see it."""
        return cast("Crawl", self.crawler.spider)

    async def process_item(self, item: ReportItem) -> Any:
        try:
            saved = await self._save(item)
            reason = f"same text as {saved.report_id}" if saved.outcome == "duplicate" else item.note
            await self.crawl.ledger.close(
                item.entry_id,
                saved.outcome,
                reason,
                fetched=item.fetched,
                report=saved.report_id,
                published=(item.report.published_at, item.report.published_precision),
            )
        except StoreError as error:
            self.crawl.fail(str(error))
            raise DropItem(f"{item.report.url}: not saved", log_level="ERROR") from error
        if saved.outcome in ("stored", "updated"):
            return replace(item, outcome=saved.outcome, report=replace(item.report, id=saved.report_id))
        raise DropItem(f"{item.report.url}: {saved.outcome}", log_level="DEBUG")

    async def close_spider(self) -> None:
        self._flush()
        if self._writing:
            await asyncio.gather(*self._writing)
        await self._heal()

    async def _heal(self) -> None:
        """Place what a crawl that died has left. A poll that finds nothing new does not look for that."""
        if self.crawl.store is None or (self.crawl.only_due and not self._wrote):
            return
        try:
            await self.crawl.store.stories.heal(MOST_HEALED)
        except StoreError as error:
            self.crawl.fail(str(error))

    async def _save(self, item: ReportItem) -> Saved:
        if self.crawl.store is None:  # a dry run
            return Saved("stored", item.report.id)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Saved] = loop.create_future()
        self._waiting.append((item, future))
        if len(self._waiting) >= self.size:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(self.interval, self._flush)
        return await future

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            batch, self._waiting = self._waiting, []
            self._wrote = True
            task = asyncio.get_running_loop().create_task(self._write(batch))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def _write(self, batch: list[tuple[ReportItem, asyncio.Future[Saved]]]) -> None:
        store = self.crawl.store
        assert store is not None
        try:
            await self.crawl.check_claim()
            memory = self.crawl.boilerplate
            results = await store.reports.save([item.report for item, _ in batch], memory.known if memory else ())
            pages = [Placed(item.entry_id, item.report.id, one) for (item, _), one in zip(batch, results, strict=True)]
            results = await store.merges.settle(pages)
            await store.stories.place(_to_place([item for item, _ in batch], pages, results))
            await store.source_links.resolve(replace(page, saved=one) for page, one in zip(pages, results, strict=True))
        except Exception as error:  # noqa: BLE001  whatever it is: who waits must hear of it, or the crawl never ends
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), saved in zip(batch, results, strict=True):
            future.set_result(saved)


def _to_place(items: Sequence[ReportItem], pages: Sequence[Placed], results: Sequence[Saved]) -> list[Unplaced]:
    """What has a new text, under the ids that live. Of pages that turned out to be one report, the last counts."""
    found = {}
    for item, page, saved in zip(items, pages, results, strict=True):
        if saved.outcome in ("stored", "updated"):
            new = saved.outcome == "stored" and saved.report_id == page.saved.report_id
            found[saved.report_id] = _unplaced(item, saved.report_id, new=new)
    return list(found.values())


def _unplaced(item: ReportItem, report_id: str, *, new: bool) -> Unplaced:
    report = item.report
    assert report.content_hash is not None  # validated
    signature = item.signature or make_signature(
        report.headline,
        report.body or "",
        language=report.language,
        source=report.source,
        published_at=report.published_at,
    )
    return Unplaced(
        report_id=report_id,
        content_hash=report.content_hash,
        signature=signature,
        new=new,
    )
