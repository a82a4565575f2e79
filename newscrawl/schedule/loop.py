"""The schedule on one machine: many crawls in one event loop."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.schedule.crawl_source import LEASE, Terms, crawl_source
from newscrawl.schedule.enabled import READ_AGAIN, EnabledSources
from newscrawl.schedule.rhythm import PRICE, price_for
from newscrawl.schedule.watchdog import Watchdog
from newscrawl.schedule.websub import WebSub
from newscrawl.spiders import resources
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.settings import Settings

    from newscrawl.spiders.run import CrawlResult
    from newscrawl.store.sources import Claim
    from newscrawl.store.store import Store

LOOK = 0.25
"""Seconds between two looks at what is due: an empty one costs about a millisecond."""
PRICE_EVERY = 300.0
ON_DEMAND = 10
"""Crawls on demand that begin at once where all places are taken."""
STOP_SECONDS = 25.0
"""Crawls that are told to end have so long to store what they have fetched; then their claims are left to run out."""

logger = logging.getLogger(__name__)


class Schedule:
    """Claims what is due and crawls it, until it is stopped, or with `once` until nothing is due."""

    def __init__(
        self,
        process: AsyncCrawlerProcess,
        store: Store,
        *,
        once: bool = False,
        tell: Callable[[Claim, CrawlResult], None] | None = None,
    ) -> None:
        self.process = process
        self.settings = process.settings
        self.store = store
        self.once = once
        self.tell = tell
        self.price = PRICE
        self.sources = EnabledSources(Path(self.settings["NEWSCRAWL_SOURCES"]))
        self.failed = False
        """Whether a crawl has ended with an error of ours; with `once`, the exit status."""
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._websub: WebSub | None = None
        self._priced: float | None = None

    def stop(self) -> None:
        """Begin no more crawls, and end those that run; `run` returns when they have."""
        self._stopping.set()

    async def run(self) -> None:
        """Raises StoreError where the database stays away, ValueError where it cannot listen for hubs."""
        if self.settings["NEWSCRAWL_CALLBACK_URL"] and not self.once:
            self._websub = WebSub(self.store, self.process)
        watchdog = Watchdog(self.settings.getfloat("NEWSCRAWL_HANG_SECONDS"))
        watchdog.start()
        try:
            await self.store.sources.free_dead()
            while not self._stopping.is_set():
                watchdog.feed()
                await self._read_files()
                await self._set_price()
                claimed = await self._begin_due()
                if self.once and not claimed and not self._running:
                    break
                await self._pause()
            await self._end(watchdog)
        finally:
            watchdog.stop()
            if self._websub is not None:
                self._websub.stop()

    async def _pause(self) -> None:
        waits = {asyncio.ensure_future(self._stopping.wait()), asyncio.ensure_future(asyncio.sleep(LOOK))}
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in pending:
            one.cancel()

    async def _read_files(self) -> None:
        """Take up new files, and leave out what was removed or switched off."""
        if await asyncio.to_thread(self.sources.refresh):
            await self.store.sources.define(self.sources.ids)
            if not self.once:
                await self.store.sources.sign_in(self.sources.ids, 3 * READ_AGAIN)
            if self._websub is not None:
                await self._websub.look_after(self.sources.ids)

    async def _set_price(self) -> None:
        """Every poll costs the same over all sources, so that all together stay within the budget."""
        now = asyncio.get_running_loop().time()
        if self._priced is not None and now - self._priced < PRICE_EVERY:
            return
        self._priced = now
        budget = self.settings.getfloat("NEWSCRAWL_MAX_POLLS_PER_SECOND")
        if demands := await self.store.polls.demand():
            self.price = price_for(demands, budget)

    async def _begin_due(self) -> int:
        room = self.settings.getint("NEWSCRAWL_CRAWLS_AT_ONCE") - len(self._running)
        if not self.sources.ids:
            return 0
        if room > 0:
            claims = await self.store.sources.claim(self.sources.ids, room, LEASE)
        else:  # what a person asks for does not wait for those that nobody waits for
            claims = await self.store.sources.claim(self.sources.ids, ON_DEMAND, LEASE, least=1)
        for claim in claims:
            task = asyncio.get_running_loop().create_task(self._crawl(claim))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(claims)

    async def _crawl(self, claim: Claim) -> None:
        terms = Terms(price=self.price, tend=self._websub.hubs.tend if self._websub else None)
        try:
            result = await crawl_source(self.process, self.store, claim.source, claim.fence, terms)
        except StoreError as error:
            self.failed = True
            logger.error("%s: %s", claim.source, error)  # the claim runs out
        except Exception:  # tried again when the claim runs out
            self.failed = True
            logger.exception("%s: internal error, please report it", claim.source)
        else:
            if result is not None and result.state == "failed":
                self.failed = True
            if result is not None and self.tell is not None:
                self.tell(claim, result)

    async def _end(self, watchdog: Watchdog) -> None:
        """Let the crawls store what they have, and give their sources back."""
        await self.store.sources.sign_out()
        if not self._running:
            return
        logger.info("ending %d crawls", len(self._running))
        ending = asyncio.ensure_future(self.process.stop())
        for _ in range(int(STOP_SECONDS / LOOK)):
            watchdog.feed()
            if not self._running:
                break
            await asyncio.wait(self._running, timeout=LOOK)
        ending.cancel()
        for task in self._running:
            task.cancel()


def run_schedule(
    settings: Settings, *, once: bool = False, tell: Callable[[Claim, CrawlResult], None] | None = None
) -> bool:
    """Run until Ctrl-C or SIGTERM, or with `once` until nothing is due. False where something has failed.

    A second signal ends the process at once. Raises StoreError where there is no database, ValueError where it
    cannot listen for hubs.
    """
    process = AsyncCrawlerProcess(settings)
    loop = asyncio.get_event_loop()
    done: list[Schedule] = []

    async def drive() -> None:
        # Installed by AsyncCrawlerProcess; importing it earlier would install another one.
        from twisted.internet import reactor  # noqa: PLC0415

        try:
            held = await resources.acquire(settings, with_store=True)
            assert held.store is not None
            try:
                schedule = Schedule(process, held.store, once=once, tell=tell)
                done.append(schedule)
                for name in (signal.SIGINT, signal.SIGTERM):
                    loop.add_signal_handler(name, schedule.stop)
                await schedule.run()
            finally:
                await resources.release(held)
        finally:
            reactor.stop()  # type: ignore[misc]

    task = loop.create_task(drive())
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error
    return bool(done) and not done[0].failed
