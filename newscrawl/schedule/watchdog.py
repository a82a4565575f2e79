"""Ends a process whose event loop hangs: nothing inside the loop could."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time

STATUS = 70
"""EX_SOFTWARE of sysexits.h: supervisors start such a process anew."""


class Watchdog:
    """Call `feed` from the loop; after `seconds` without it all stacks go to stderr, and the process ends at once.

    Claims and leases run out, and what was in flight is fetched again by whoever takes over.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._fed = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self.feed()
        self._thread.start()

    def feed(self) -> None:
        """The loop runs."""
        self._fed = time.monotonic()

    def stop(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(min(5.0, self.seconds / 4)):
            if time.monotonic() - self._fed > self.seconds:
                sys.stderr.write(f"newscrawl: the event loop has not run for {self.seconds:.0f} s; ending\n")
                faulthandler.dump_traceback(all_threads=True)
                os._exit(STATUS)
