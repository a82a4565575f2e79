"""The further pages of a report: fetched one after the other, in the way of all requests.

The report has one outcome, which is decided when all its pages are in. Where one is missing, that is never silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newscrawl.extraction.body.join import new_lines
from newscrawl.extraction.body.next_page import page_number
from newscrawl.identity.keys import url_key
from newscrawl.middlewares.refusals import NotNowError, RefusedError
from newscrawl.parsing.pool import ParseError
from newscrawl.spiders.answers import describe_error, location_of
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy import Request
    from scrapy.http import Response

    from newscrawl.items import Extracted, Report

MAX_HOPS = 3
"""Redirects that one page may take: to its address with another scheme or slash."""
WALL = "consent or bot wall"
NO_PAGE = ("soft 404", "not text", "no text", WALL)


@dataclass(kw_only=True, slots=True)
class Further:
    """What came of the pages after the first."""

    reports: list[Report] = field(default_factory=list)
    """Pages 2, 3, ... as they were read."""
    missing: str | None = None
    """Why the report goes on and its next page is not there."""
    again: bool = False
    """Whether that page may be there for a later crawl."""
    not_now: bool = False
    """Whether it was not asked for at all: the crawl ends, or robots.txt could not be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """How pages are fetched and read here."""

    make_request: Callable[[str], Request]
    download: Callable[[Request], Awaitable[Response]]
    read: Callable[[Response], Awaitable[Extracted]]
    """Extracts a page, knowing that it is a later one. Raises ParseError."""
    go_on: Callable[[], bool]
    """False where no more requests are to be made."""


class _MissingError(Exception):
    """The next page is not to be had; the message says why."""

    def __init__(self, why: str, *, again: bool = False, not_now: bool = False) -> None:
        super().__init__(why)
        self.again, self.not_now = again, not_now


async def fetch_further(first: Extracted, tools: Tools, budget: int) -> Further:
    """The pages after the first, at most `budget` with it.

    Ends where a page names no next one, one that was fetched already, or brings no new line.
    """
    found = Further()
    url, here, told = first.next_page, first.report.url, first.report.body or ""
    seen = {url_key(here)}
    try:
        while url is not None and url_key(url) not in seen:
            if len(seen) >= budget:
                raise _MissingError(f"only {budget} pages are read")
            part = await _fetch(url, here, seen, tools)
            new = new_lines(told, part.report.body or "") if part else []
            if part is None or not new:
                break
            told = "\n\n".join([told, *new])
            found.reports.append(part.report)
            seen.add(url_key(url))
            url = part.next_page
    except _MissingError as error:
        found.missing = f"page {len(found.reports) + 2}: {error}"
        found.again, found.not_now = error.again, error.not_now
    return found


async def _fetch(url: str, first: str, seen: set[str], tools: Tools) -> Extracted | None:
    """One page; None where its address leads back to one that is `seen`, as addresses beyond the last page do."""
    where = url
    for _ in range(MAX_HOPS + 1):
        response = await _ask(where, tools)
        location = location_of(response)
        if location is None:
            break
        target = absolute_url(where, location)
        if target is not None and url_key(target) in seen:
            return None
        if target is None or page_number(target, first) != page_number(url, first):
            raise _MissingError("redirects elsewhere")
        where = target
    if response.status != 200:
        raise _MissingError(f"http {response.status}", again=response.status not in (404, 410))
    try:
        part = await tools.read(response)
    except ParseError as error:
        raise _MissingError(str(error)) from error
    if part.rejection in NO_PAGE:
        raise _MissingError(part.rejection, again=part.rejection == WALL)
    return part


async def _ask(url: str, tools: Tools) -> Response:
    if not tools.go_on():
        raise _MissingError("was not asked for", again=True, not_now=True)
    request = tools.make_request(url)
    try:
        return await tools.download(request)
    except Exception as error:  # as many kinds as there are ways to fail; each means that the page is missing
        lasting = isinstance(error, RefusedError) or "unwanted" in request.meta
        raise _MissingError(
            describe_error(error, request), again=not lasting, not_now=isinstance(error, NotNowError)
        ) from error
