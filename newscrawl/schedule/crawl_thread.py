"""Scrapy's event loop in a thread of its own: for programs whose main thread belongs to something else."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.schedule.watchdog import STATUS, Watchdog
from newscrawl.spiders import resources
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from scrapy.settings import Settings

    from newscrawl.store.store import Store

T = TypeVar("T")

logger = logging.getLogger(__name__)


class CrawlThread:
    """One a process: Twisted has one reactor. `call` may be used from any other thread, by many at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: AsyncCrawlerProcess
        self.loop: asyncio.AbstractEventLoop
        self._held: resources.Resources | None = None
        self._ready: Future[None] = Future()
        self._waiting: set[Future[Any]] = set()
        self._ending = False
        self._watched = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crawls", daemon=True)

    @property
    def store(self) -> Store:
        """The open database; for coroutines that `call` runs."""
        assert self._held is not None
        assert self._held.store is not None
        return self._held.store

    def start(self) -> None:
        """Returns when `call` can be used. Raises StoreError where there is no database."""
        self._thread.start()
        self._ready.result()

    def call(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """`await function(*args)` in the loop; waits for the result, or raises what it raised.

        Raises CancelledError where `end_crawls` had no more patience.
        """
        waiting = asyncio.run_coroutine_threadsafe(function(*args), self.loop)
        self._waiting.add(waiting)
        try:
            return waiting.result()
        finally:
            self._waiting.discard(waiting)

    def end_crawls(self, seconds: float) -> None:
        """Tell all crawls to end: what they have fetched is stored, the rest stays pending.

        Returns when they have. What has not after `seconds` is cancelled.
        """
        asyncio.run_coroutine_threadsafe(self.process.stop(), self.loop)  # not waited for: one crawl may hang
        for late in wait(list(self._waiting), seconds).not_done:
            late.cancel()

    def stop(self) -> None:
        """End loop and thread."""
        try:
            self.call(self._give_back)
        except StoreError as error:
            logger.warning("%s", error)
        self._ending = True
        self._watched.wait(5)
        from twisted.internet import reactor  # noqa: PLC0415  the one that the thread has installed

        reactor.callFromThread(reactor.stop)  # type: ignore[misc]
        self._thread.join()

    def _run(self) -> None:
        try:
            self.process = AsyncCrawlerProcess(self.settings)
            self.loop = asyncio.get_event_loop()
            # Scrapy opens its loggers wide, and the handlers here are not ours.
            for name in ("scrapy", "twisted"):
                logging.getLogger(name).setLevel(self.settings["LOG_LEVEL"])
        except BaseException as error:
            self._ready.set_exception(error)
            raise
        watching = self.loop.create_task(self._open_and_watch())
        watching.add_done_callback(lambda _: self._watched.set())
        # Not the runner of crawlers alone: only this installs the resolver that guards the operator's addresses.
        self.process.start(stop_after_crawl=False, install_signal_handlers=False)
        if not self._ending:  # all who wait for it would wait for ever
            logger.critical("the event loop has ended; ending the process")
            os._exit(STATUS)

    async def _open_and_watch(self) -> None:
        try:
            self._held = await resources.acquire(self.settings, with_store=True)
        except BaseException as error:
            self._ready.set_exception(error)
            raise
        self._ready.set_result(None)
        watchdog = Watchdog(self.settings.getfloat("NEWSCRAWL_HANG_SECONDS"))
        watchdog.start()
        while not self._ending:
            await asyncio.sleep(0.5)
        watchdog.stop()

    async def _give_back(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            await resources.release(held)
