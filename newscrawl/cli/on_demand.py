"""`newscrawl crawl SOURCE` while a schedule runs: the schedule crawls it at once, and we look on."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from rich.live import Live
from rich.text import Text

from newscrawl.cli.options import err
from newscrawl.cli.progress import LIVE_EVERY
from newscrawl.spiders.run import CrawlResult
from newscrawl.store.ledger import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newscrawl.store.connection import Document
    from newscrawl.store.store import Store

PRIORITY = 100
"""Before all that is merely due."""
LOOK = 0.05
"""Seconds between two looks at how far it is."""
SERVED = 5.0
"""Seconds between two looks at whether the schedule still runs."""


async def ask_schedule(store: Store, sources: Sequence[str], *, detach: bool) -> list[CrawlResult] | None:
    """Have a running schedule crawl these sources now, and say how it went.

    None where no schedule runs that crawls them all, or where it ends before they are done: then it is for us. With
    `detach` nothing is waited for.
    """
    if not await _are_served(store, sources):
        return None
    numbers = {source: await store.sources.ask(source, PRIORITY) for source in sources}
    if detach:
        return []
    began, looked = time.monotonic(), time.monotonic()
    results: dict[str, CrawlResult] = {}
    with Live(Text(""), console=err, transient=True, refresh_per_second=1 / LIVE_EVERY) as live:
        while len(results) < len(numbers):
            await asyncio.sleep(LOOK)
            for source in numbers.keys() - results.keys():
                state = await store.sources.state(source)
                if state.get("answered", 0) >= numbers[source]:
                    results[source] = await _result(store, source, state)
            if time.monotonic() - looked > SERVED:
                looked = time.monotonic()
                if not await _are_served(store, sources):
                    return None
            if err.is_terminal:
                line = f"{time.monotonic() - began:.0f} s, in the running schedule: {await _told(store, sources)}"
                live.update(Text(line))
    return list(results.values())


async def _are_served(store: Store, sources: Sequence[str]) -> bool:
    return all([await store.sources.is_served(source) for source in sources])


async def _told(store: Store, sources: Sequence[str]) -> str:
    parts = []
    for source in sources:
        latest = await store.crawls.latest(source=source, limit=1)
        counts = latest[0].get("counts", {}) if latest and latest[0]["state"] == "running" else {}
        parts.append(f"{source} " + (", ".join(f"{counts[n]} {n}" for n in OUTCOMES if counts.get(n)) or "..."))
    return "; ".join(parts)


async def _result(store: Store, source: str, state: Document) -> CrawlResult:
    crawl: Any = await store.crawls.find(state.get("last_crawl", "")) or {}
    seconds = (crawl["finished_at"] - crawl["started_at"]).total_seconds() if "finished_at" in crawl else 0.0
    unavailable = crawl.get("unavailable", False)
    ended = "done" if unavailable else crawl.get("state", "failed")
    told = ended == "failed" or unavailable
    return CrawlResult(
        crawl_id=crawl.get("_id", ""),
        source=source,
        target=source,
        state=ended,
        reason=crawl.get("reason", "the schedule could not crawl it; its log says why") if told else None,
        unavailable=unavailable,
        counts=crawl.get("counts", {}),
        reasons={one["reason"]: one["count"] for one in crawl.get("reasons", [])},
        errors=tuple(crawl.get("errors", ())),
        requests=crawl.get("requests", 0),
        seconds=round(seconds, 1),
    )
