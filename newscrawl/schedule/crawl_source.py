"""One crawl of one source that is due: what every schedule awaits, on one machine and on many."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from newscrawl.extensions.crawl_record import CrawlRecord
from newscrawl.schedule.rhythm import PRICE, Bounds, Rhythm, demand, learn, next_poll, when_pushed
from newscrawl.sources import Source, SourceError, load_source
from newscrawl.spiders.reports import ReportSpider
from newscrawl.spiders.run import CrawlResult, result_of
from newscrawl.store.connection import StoreError
from newscrawl.store.leases import LostError
from newscrawl.store.polls import Plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from scrapy.crawler import AsyncCrawlerProcess, Crawler
    from scrapy.settings import BaseSettings

    from newscrawl.discovery.hints import Hints
    from newscrawl.store.connection import Document
    from newscrawl.store.store import Store

LEASE = 60.0
"""Seconds after which a claim that was not renewed is free: whoever held it is dead."""
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
"""A source whose crawls fail is tried less and less, and never given up."""
SHORTEST_PAUSE = timedelta(seconds=10)
"""Between two crawls of a source, or the floor if that is less."""
PATIENCE = 60.0
"""Seconds that a crawl has to end after it was told to; then it is cut off."""
BUSY, BUSY_ASKED = timedelta(seconds=5), timedelta(seconds=0.5)
"""After so long a source is looked at again whose domain another crawl has; the shorter where a person has asked."""
CUT_OFF = 3.0
"""Seconds to give back what a crawl holds that is cut off."""

_crawled: set[str] = set()
"""Registered domains that are being crawled in this process."""
_hanging: set[asyncio.Future[None]] = set()
"""Ends of crawls that were cut off: the event loop keeps no task alive."""
chance = random.SystemRandom().random
logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What the schedule as a whole says to each crawl."""

    price: float = PRICE
    """Of a poll, see `schedule.rhythm`."""
    tend: Callable[[str, str, Hints, datetime | None], Awaitable[bool]] | None = None
    """Endpoint, source, hints, and since when something new has appeared there if it has -> whether a hub tells us of
    what is new there (WebSub)."""
    wait: bool = False
    """Whether to wait where another crawl has the domain, and not to come back later."""


async def crawl_source(
    process: AsyncCrawlerProcess, store: Store, source_id: str, fence: int, terms: Terms | None = None
) -> CrawlResult | None:
    """Crawl what a claim (`SourceStore.claim`) was made for, and say when it is due next.

    None where the claim is another's by now, or where another crawl has a domain of the source: then it is due again
    shortly, for a crawl that waits would take a place from those that need not. The claim is renewed while the crawl
    runs; a crawl that loses it fails, and so does one that does not end when its time is over. What fails is tried
    later and later. Raises StoreError where the database stays away: the claim runs out, and somebody takes over.
    """
    before = await store.sources.take_up(source_id, fence, LEASE)
    if before is None:
        return None
    now = datetime.now(UTC)
    anew = _looks_anew(before, process.settings, now)
    crawler = process.create_crawler(ReportSpider)
    beating = asyncio.ensure_future(_hold(store, source_id, fence, crawler))
    began, terms = time.monotonic(), terms or Terms()
    try:
        source = load_source(Path(process.settings["NEWSCRAWL_SOURCES"]) / f"{source_id}.toml")
        async with _place(store, source, wait=terms.wait) as free:
            if not free:
                again = BUSY_ASKED if before.get("priority", 0) > 0 else BUSY
                await store.sources.put_back(source_id, fence, datetime.now(UTC) + again)
                return None
            await _run(process, crawler, source=source_id, only_due=not anew, due_at=before.get("due_at"), fence=fence)
        result = result_of(crawler, source_id, time.monotonic() - began)
        await _finish(store, source, crawler, fence, before, result, terms, now, anew=anew)
    except StoreError:
        raise
    except Exception as error:
        if isinstance(error, SourceError):
            logger.error("%s", error)
        else:
            logger.exception("%s: internal error, please report it", source_id)
        values = {"fails": before.get("fails", 0) + 1, "last_crawl": ""}
        await store.sources.finish(source_id, fence, datetime.now(UTC) + _pause(before), values)
        return CrawlResult(crawl_id="", source=source_id, target=source_id, state="failed", reason=str(error))
    finally:
        beating.cancel()
        await asyncio.wait({beating})
    return result


@contextlib.asynccontextmanager
async def _place(store: Store, source: Source, *, wait: bool) -> AsyncIterator[bool]:
    """Whether the domains of a source are free: not of other crawls of this process, which may not yet have the lease,
    nor of any other process."""
    if wait:
        yield True
        return
    if not _crawled.isdisjoint(source.domains):
        yield False
        return
    _crawled.update(source.domains)
    try:
        yield not await store.leases.is_busy(source.domains)
    finally:
        _crawled.difference_update(source.domains)


async def _run(process: AsyncCrawlerProcess, crawler: Crawler, **options: Any) -> None:
    """Run a crawl to its end. One that does not end when it was told to, or whose schedule ends, is cut off."""
    longest = process.settings.getfloat("CLOSESPIDER_TIMEOUT") or None
    crawling = process.crawl(crawler, **options)
    try:
        # Not `wait_for`: Scrapy takes a cancelled crawl for one that has ended.
        await asyncio.wait({crawling}, timeout=longest and longest + PATIENCE)
    finally:
        if not crawling.done():
            await _cut_off(crawler, crawling)
    if crawling.done() and not crawling.cancelled():
        crawling.result()


async def _cut_off(crawler: Crawler, crawling: asyncio.Task[None]) -> None:
    """No more requests, and what it holds is given back; what hangs in Scrapy is left to end when it does."""
    if crawler.spider is None:  # it has not begun
        crawling.cancel()
        return
    stopping = asyncio.ensure_future(crawler.stop_async())
    _hanging.add(stopping)
    stopping.add_done_callback(_hanging.discard)
    record = crawler.get_extension(CrawlRecord)
    assert record is not None
    with contextlib.suppress(TimeoutError, StoreError):
        async with asyncio.timeout(CUT_OFF):
            await record.abandon("the crawl did not end when it was told to, and was cut off")


def _pause(state: Document) -> timedelta:
    """After another failure: longer and longer."""
    fails: int = min(state.get("fails", 0), 20)
    return min(FIRST_RETRY * (1 << fails), LONGEST_RETRY)


def _looks_anew(state: Document, settings: BaseSettings, now: datetime) -> bool:
    """Whether the whole site is looked at: the first time, once a day, and when a person asks."""
    if state.get("claim", {}).get("priority", 0) > 0 or state.get("discovered_at") is None:
        return True
    since: timedelta = now - state["discovered_at"]
    return since.total_seconds() >= settings.getfloat("NEWSCRAWL_REDISCOVER")


async def _hold(store: Store, source_id: str, fence: int, crawler: Crawler) -> None:
    """Renew a claim; a crawl whose claim is lost, or cannot be renewed, fails."""
    while True:
        await asyncio.sleep(LEASE / 3)
        spider = cast("ReportSpider | None", crawler.spider)
        if spider is None:  # it has not begun
            continue
        try:
            if not await store.sources.renew(source_id, fence, LEASE):
                await spider.check_claim()  # which says so
        except StoreError as error:
            spider.fail(str(error))


async def _finish(
    store: Store,
    source: Source,
    crawler: Any,
    fence: int,
    before: Document,
    result: CrawlResult,
    terms: Terms,
    began: datetime,
    *,
    anew: bool,
) -> None:
    if result.seconds > LEASE / 2:  # before that nobody can have taken over
        try:
            await store.sources.check(source.id, fence)
        except LostError:
            return  # what is to be learned, and when it is due, is for whoever has taken over
    now = datetime.now(UTC)
    bounds = bounds_of(source, crawler.settings)
    peace_until = crawler.spider.peace_until
    rests = (await _learn(store, source, crawler.spider, bounds, terms, began), peace_until)
    rest_until = max((one for one in rests if one is not None), default=None)
    values: Document = {"last_crawl": result.crawl_id}
    if anew and result.state == "done" and not result.unavailable:
        values["discovered_at"] = now
    asked_nothing = result.requests == 0
    if result.state == "interrupted":
        due = now
    elif result.state == "done" and peace_until and (result.endpoints_read or asked_nothing):
        due = now + bounds.floor  # he says when, and it was no failure
    elif result.state == "failed" or result.unavailable:
        values["fails"] = before.get("fails", 0) + 1
        due = now + _pause(before)
    else:
        values["fails"] = 0
        due = await _due(store, source.id, bounds, now, crawler.settings)
    earliest = max(now + min(bounds.floor, SHORTEST_PAUSE), rest_until or now)
    await store.sources.finish(source.id, fence, max(due, rest_until or due), values, not_before=earliest)


async def _due(store: Store, source_id: str, bounds: Bounds, now: datetime, settings: BaseSettings) -> datetime:
    """The earliest of endpoints, pages to be looked at again, and what was left over; not before the floor."""
    if await store.polls.has_pending(source_id):
        return now + bounds.floor
    anew = now + timedelta(seconds=settings.getfloat("NEWSCRAWL_REDISCOVER"))
    times = (await store.polls.next_at(source_id), await store.ledger.next_recheck(source_id), anew)
    # Not below the floor: a recheck that keeps failing, an endpoint that was not asked for want of budget.
    return max(min(at for at in times if at is not None), now + min(bounds.floor, SHORTEST_PAUSE))


async def _learn(
    store: Store, source: Source, spider: ReportSpider, bounds: Bounds, terms: Terms, began: datetime
) -> datetime | None:
    """Write down when the endpoints that were asked are to be asked next; until when the publisher wants peace."""
    known = await store.polls.rhythms(spider.endpoints.polls)
    plans, rests = {}, []
    for url, poll in spider.endpoints.polls.items():
        before = Rhythm.from_document(known.get(url))
        rhythm, pushed = learn(before, poll, bounds), False
        if terms.tend is not None and rhythm.hints.hub:
            pushed = await terms.tend(url, source.id, rhythm.hints, before.at if poll.appeared else None)
        plans[url] = Plan(
            rhythm.to_document(),
            at=next_poll(rhythm, poll.at, bounds, chance(), price=terms.price, pushed=pushed),
            if_pushed=when_pushed(rhythm, poll.at, bounds),
            demand=demand(rhythm, bounds, terms.price),
        )
        if rhythm.rest_until:
            rests.append(rhythm.rest_until)
    await store.polls.plan(plans, began)
    return max(rests, default=None)


def bounds_of(source: Source, settings: BaseSettings) -> Bounds:
    """The shortest and longest time between two polls of one endpoint of a source."""
    floor = source.poll_floor or settings.getfloat("NEWSCRAWL_POLL_FLOOR")
    ceiling = source.poll_ceiling or settings.getfloat("NEWSCRAWL_POLL_CEILING")
    return Bounds(floor=timedelta(seconds=floor), ceiling=timedelta(seconds=max(floor, ceiling)))
