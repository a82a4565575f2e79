"""Ends a process whose event loop hangs: nothing inside the loop could."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import sys
import threading

STATUS = 70
"""EX_SOFTWARE of sysexits.h: supervisors start such a process anew."""


class Watchdog:
    """After `seconds` in which the event loop has run nothing, all stacks go to stderr, and the process ends at once.

    Claims and leases run out, and what was in flight is fetched again by whoever takes over. A loop that waits, for a
    database that is away, say, does not hang. Nor did it hang where the whole process stood still (SIGSTOP, a machine
    that sleeps): the thread that watches has stood still with it, for it counts its own looks and not the time.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._look = min(5.0, seconds / 4)
        self._missed = 0
        """Looks since the loop has run."""
        self._timer: asyncio.TimerHandle | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Watch the loop that this is called in."""
        self._feed(asyncio.get_running_loop())
        self._thread.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._ended.set()

    def _feed(self, loop: asyncio.AbstractEventLoop) -> None:
        self._missed = 0
        self._timer = loop.call_later(self._look / 2, self._feed, loop)

    def _watch(self) -> None:
        while not self._ended.wait(self._look):
            self._missed += 1
            if self._missed * self._look > self.seconds:
                sys.stderr.write(f"newscrawl: the event loop has not run for {self.seconds:.0f} s; ending\n")
                faulthandler.dump_traceback(all_threads=True)
                os._exit(STATUS)
