"""The schedule on one machine: many crawls in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.schedule.crawl_source import LEASE, Terms, crawl_source
from newscrawl.schedule.enabled import READ_AGAIN, EnabledSources
from newscrawl.schedule.price import PollPrice
from newscrawl.schedule.watchdog import Watchdog
from newscrawl.schedule.websub import WebSub
from newscrawl.spiders import resources
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.settings import Settings

    from newscrawl.spiders.run import CrawlResult
    from newscrawl.store.sources import Claim
    from newscrawl.store.store import Store

LOOK = 0.25
"""Seconds between two looks at what is due: an empty one costs about a millisecond."""
ON_DEMAND = 10
"""Crawls on demand that begin at once where all places are taken."""
STOP_SECONDS = 18.0
"""Crawls that are told to end have so long to store what they have fetched: a page may take 15 s to come. With the rest
of what has to be done then, all ends within 30 s, whether the database is there or not."""
SIGN_OUT_SECONDS = 3.0
CUT_OFF_SECONDS = 5.0
CLOSE_SECONDS = 4.0
AT_ONCE = 130
"""Exit status after a second signal."""

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
        self.price = PollPrice()
        self.sources = EnabledSources(Path(self.settings["NEWSCRAWL_SOURCES"]))
        self.failed = False
        """Whether a crawl has ended with an error of ours; with `once`, the exit status."""
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._websub: WebSub | None = None

    @property
    def stopping(self) -> bool:
        """Whether it has been told to stop."""
        return self._stopping.is_set()

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
            # A look at what is due may wait minutes for a database that is away: a signal does not wait for it.
            await _until(self._stopping, self._look_for_ever())
        finally:
            await self._end()
            watchdog.stop()
            if self._websub is not None:
                self._websub.stop()

    async def _look_for_ever(self) -> None:
        await self.store.sources.free_dead()
        while not self._stopping.is_set():
            await self._read_files()
            claimed = await self._begin_due()
            if self.once and not claimed and not self._running:
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK)

    async def _read_files(self) -> None:
        """Take up new files, and leave out what was removed or switched off."""
        if await asyncio.to_thread(self.sources.refresh):
            await self.store.sources.define(self.sources.ids)
            if not self.once:
                await self.store.sources.sign_in(self.sources.ids, 3 * READ_AGAIN)
            if self._websub is not None:
                await self._websub.look_after(self.sources.ids)

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
        try:
            price = await self.price.ask(self.store, self.settings)
            hubs = self._websub.hubs if self._websub else None
            terms = Terms(price=price, tend=hubs.tend if hubs else None, wait=self.once)
            result = await crawl_source(self.process, self.store, claim.source, claim.fence, terms)
        except StoreError as error:
            self.failed = True
            logger.error("%s: %s", claim.source, error)  # the claim runs out
        else:
            if result is not None and result.state == "failed":
                self.failed = True
            if result is not None and self.tell is not None:
                self.tell(claim, result)

    async def _end(self) -> None:
        """Let the crawls store what they have, and give their sources back; all of it within a time."""
        ending = {asyncio.ensure_future(self._sign_out()), *self._running}
        if self._running:
            logger.info("ending %d crawls", len(self._running))
            ending.add(asyncio.ensure_future(self.process.stop()))
        _, late = await asyncio.wait(ending, timeout=STOP_SECONDS)
        if self._running:
            self.failed = True
            logger.error("%d crawls have not ended; what they have not stored stays pending", len(self._running))
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=CUT_OFF_SECONDS)

    async def _sign_out(self) -> None:
        with contextlib.suppress(StoreError, TimeoutError):  # then the sign runs out
            await asyncio.wait_for(self.store.sources.sign_out(), SIGN_OUT_SECONDS)


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
                    loop.add_signal_handler(name, _end_by_signal, schedule)
                await schedule.run()
            finally:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(resources.release(held), CLOSE_SECONDS)
        finally:
            reactor.stop()  # type: ignore[misc]

    task = loop.create_task(drive())
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error
    return bool(done) and not done[0].failed


def _end_by_signal(schedule: Schedule) -> None:
    if schedule.stopping:
        logger.warning("ended at once; what was in flight is fetched again")
        os._exit(AT_ONCE)
    logger.warning("ending within 30 s; a second signal ends at once")
    schedule.stop()


async def _until(event: asyncio.Event, work: Awaitable[None]) -> None:
    """Do `work`; where the event comes in the middle of it, it has a second more."""
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(event.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await asyncio.wait({working}, timeout=1.0)
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
