"""What a poll costs, for all crawls of a process: see `schedule.rhythm.price_for`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from newscrawl.schedule.rhythm import PRICE, price_for

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from newscrawl.store.store import Store

ASKED_EVERY = 300.0
"""Seconds after which the price is reckoned anew: the sum of all demands is a look at every endpoint."""


class PollPrice:
    """The price that keeps all polls together within NEWSCRAWL_MAX_POLLS_PER_SECOND."""

    def __init__(self) -> None:
        self._price = PRICE
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def ask(self, store: Store, settings: BaseSettings) -> float:
        """Report-seconds that a poll costs now."""
        async with self._asking:
            if time.monotonic() - self._asked_at > ASKED_EVERY:
                self._asked_at = time.monotonic()
                if demands := await store.polls.demand():
                    self._price = price_for(demands, settings.getfloat("NEWSCRAWL_MAX_POLLS_PER_SECOND"))
            return self._price
