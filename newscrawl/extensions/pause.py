"""The delay between two requests to a site counts from the end of the last answer.

Scrapy counts from when it began to send. A first request that takes long to connect would then be followed by a quick
one sooner than the delay, as the site sees it; and a Crawl-delay is what the site sees.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


class PauseAfterAnswer:
    """Moves the last-seen time of a downloader slot to the end of each answer, where the slot has a delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls(crawler)
        crawler.signals.connect(self.rest, signal=signals.response_downloaded)
        crawler.signals.connect(self.rest, signal=signals.request_left_downloader)
        return self

    def rest(self, request: Request) -> None:
        """Called at the end of an answer, and when there is none."""
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(request.meta.get("download_slot", "")) if engine else None
        if slot is not None and slot.delay:
            slot.lastseen = max(slot.lastseen, monotonic())
