"""Retries that ask again when they are told to."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware

from newscrawl.dates import parse_date
from newscrawl.middlewares.host_gate import HostGate
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

LONGEST_WAIT = 30.0
"""Seconds of Retry-After that a crawl waits; after that, the domain is left to later crawls."""

logger = logging.getLogger(__name__)


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's, with Retry-After (RFC 9110, section 10.2.3).

    A short one is waited for, and the whole site is left in peace that long. After a longer one the host gate lets
    nothing more through to the domain; the page itself has failed.
    """

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status not in self.retry_http_codes or request.meta.get("dont_retry"):
            return response
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if wait is not None and wait > LONGEST_WAIT:
            gate = self.crawler.get_downloader_middleware(HostGate)
            if gate is not None:  # else the operator has switched it off
                await gate.keep_peace(registered_domain(request.url), wait)
            return response
        retry = self._retry(request, f"{response.status}")
        if retry is None:
            return response
        await self._rest(request, wait or 0.0)
        return retry

    async def _rest(self, request: Request, seconds: float) -> None:
        if seconds <= 0:
            return
        logger.info("%s asks to wait %.0f s", request.url, seconds)
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:  # no other request to the site starts before that either
            slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)
        await asyncio.sleep(seconds)


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, by number or by HTTP date; None where it says nothing."""
    if not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isdecimal():
        return float(min(int(text[:9]), 10**9))
    moment = parse_date(text, now + timedelta(days=365))  # a date of a report is absurd so far ahead, this is not
    return max(0.0, (moment.at - now).total_seconds()) if moment else None
