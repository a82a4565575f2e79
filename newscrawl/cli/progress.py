"""Progress of running crawls: a live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from newscrawl.cli.options import err
from newscrawl.store.ledger import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler

LIVE_EVERY, PLAIN_EVERY = 0.25, 10.0
"""Seconds between two lines."""


async def watch_crawls(crawlers: Sequence[Crawler]) -> None:
    """Show how far the crawls are, until cancelled."""
    began = time.monotonic()
    if not err.is_terminal:
        while True:
            await asyncio.sleep(PLAIN_EVERY)
            err.print(progress_line(crawlers, time.monotonic() - began), markup=False)
    with Live(Text(""), console=err, transient=True, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(LIVE_EVERY)
            live.update(Text(progress_line(crawlers, time.monotonic() - began), no_wrap=True), refresh=True)


def progress_line(crawlers: Sequence[Crawler], seconds: float) -> str:
    """`12 s, 3 crawls: 240 entries, 120 fetched, 118 stored (9.8/s), 2 rejected`."""
    counts: dict[str, int] = {}
    running = fetched = 0
    for crawler in crawlers:
        spider = crawler.spider
        if spider is None or not getattr(spider, "began", False):
            continue
        running += crawler.crawling
        assert crawler.stats is not None
        fetched += int(crawler.stats.get_value("downloader/response_count", 0))
        for name, number in spider.ledger.summary().items():  # type: ignore[attr-defined]
            counts[name] = counts.get(name, 0) + number
    stored = counts.get("stored", 0)
    rest = [f"{counts[name]} {name}" for name in OUTCOMES if name != "stored" and counts.get(name)]
    parts = [
        f"{counts.get('discovered', 0)} entries",
        f"{fetched} fetched",
        f"{stored} stored ({stored / max(seconds, 0.1):.1f}/s)",
    ]
    return f"{seconds:.0f} s, {running} running: " + ", ".join([*parts, *rest])
