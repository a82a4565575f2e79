"""Which endpoint to ask next, so that a crawl misses nothing and asks little.

Endpoints of one site repeat each other: three feeds of one list, sitemaps of what the sections show. Section pages do
not: some reports are listed nowhere else. So a first crawl asks the front page, all its sections, and one feed or news
sitemap as a check. Where these agree and no listing has a further page, the site has been seen whole. Where anything
new turns up, the site is larger than its front: then the sitemaps are asked as well. Later crawls ask all that is
known, which costs little with conditional requests, and what has not been asked yet.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.discovery.findings import Endpoint
from newscrawl.discovery.sitemaps import is_side_map
from newscrawl.identity.keys import url_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

USUAL_PATHS: tuple[tuple[str, str], ...] = (
    ("/sitemap.xml", "sitemap"),
    ("/feed", "feed"),
    ("/rss.xml", "feed"),
    ("/sitemap_index.xml", "sitemap"),
    ("/rss", "feed"),
    ("/feed.xml", "feed"),
    ("/atom.xml", "feed"),
)
"""Where sites have feeds and sitemaps that nothing names; tried until one answers."""

TIRED = 3
"""Errors in a row after which the rest of the sections that a page links is not asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one crawl may ask."""

    pages: int
    """Sections, further pages and feeds."""
    sitemaps: int
    depth: int
    """Further pages of one listing; levels of sitemap indexes."""


@dataclass(kw_only=True, slots=True)
class _Step:
    endpoint: Endpoint
    depth: int = 0


class Plan:
    """The endpoints of one crawl: found, asked, and what they brought."""

    def __init__(self, limits: Limits, *, thorough: bool, since: datetime | None = None) -> None:
        self.limits = limits
        self.thorough = thorough
        """Ask all that is known instead of stopping where the site has been seen whole."""
        self.since = since
        self.unfinished = False
        """The last crawl was broken off: that an endpoint brings nothing new does not mean that it was followed."""
        self.asked: dict[str, Endpoint] = {}
        self._depths: dict[str, int] = {}
        self._known: set[str] = set()
        self._first: deque[_Step] = deque()
        self._further: deque[_Step] = deque()
        self._sections: deque[_Step] = deque()
        self._feeds: deque[_Step] = deque()
        self._maps: list[_Step] = []
        self._side_maps: list[_Step] = []
        self._guesses: deque[_Step] = deque()
        self._left = {"pages": limits.pages, "sitemaps": limits.sitemaps}
        self._section_errors = 0
        self._larger = False
        self._checks = 0
        self._anything = False

    # -- what is found -----------------------------------------------------------------------------------------------

    def name(self, endpoints: Iterable[Endpoint]) -> None:
        """Endpoints to ask in any case: those of the source file, and those that earlier crawls know."""
        for endpoint in endpoints:
            if self._is_new(endpoint):
                self._first.append(_Step(endpoint=endpoint))

    def leave_out(self, urls: Iterable[str]) -> None:
        """Endpoints that are not to be asked, whatever names them."""
        self._known.update(map(url_key, urls))

    def find(self, endpoints: Iterable[Endpoint], *, depth: int = 0) -> None:
        """Endpoints that a page, robots.txt or sitemap index names."""
        for endpoint in endpoints:
            if not self._is_new(endpoint) or self._is_old(endpoint):
                continue
            step = _Step(endpoint=endpoint, depth=depth)
            if endpoint.kind == "section":
                self._sections.append(step)
            elif endpoint.kind == "feed":
                self._feeds.append(step)
            else:
                (self._side_maps if is_side_map(endpoint.url) else self._maps).append(step)
        self._maps.sort(key=_map_order)

    def guess(self, base: str) -> None:
        """The usual paths, for a site that names no feed and no sitemap."""
        parts = urlsplit(base)
        for path, kind in USUAL_PATHS:
            endpoint = Endpoint(url=f"{parts.scheme}://{parts.netloc}{path}", kind=kind)  # type: ignore[arg-type]
            if self._is_new(endpoint):
                self._guesses.append(_Step(endpoint=endpoint))

    def _is_new(self, endpoint: Endpoint) -> bool:
        key = url_key(endpoint.url)
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def _is_old(self, endpoint: Endpoint) -> bool:
        return bool(self.since and endpoint.modified_at and endpoint.modified_at < self.since)

    # -- what was asked ----------------------------------------------------------------------------------------------

    def front(self, endpoint: Endpoint, *, further: str | None, listed: bool) -> None:
        """The page that the crawl began with was asked, outside of `next`; `listed`: it names reports."""
        self._anything = self._anything or listed
        self._is_new(endpoint)
        self.asked[endpoint.url] = endpoint
        self._follow(endpoint, further, depth=0)

    def done(
        self, endpoint: Endpoint, *, new: int, further: str | None, index: bool = False, error: bool = False
    ) -> None:
        """An endpoint was asked: how many entries it brought that nothing had named before, and its next page.

        `index`: it names other sitemaps in place of reports, and so confirms nothing.
        """
        depth = self._depths.get(endpoint.url, 0)
        if endpoint.kind == "section" and depth == 0:
            self._section_errors = self._section_errors + 1 if error else 0
        if error:
            return
        self._anything = self._anything or new > 0
        if endpoint.kind != "section" and not index and self._anything:
            self._checks += 1  # where nothing at all was found so far, an empty feed confirms nothing either
        if new or (self.unfinished and not index):
            self._larger = True
            self._follow(endpoint, further, depth)
        elif further and endpoint.kind == "section" and depth == 0:
            self._larger = True  # nothing new on its first page, but it goes on

    def _follow(self, endpoint: Endpoint, further: str | None, depth: int) -> None:
        if further and depth < self.limits.depth:
            self._larger = True
            step = _Step(endpoint=Endpoint(url=further, kind=endpoint.kind), depth=depth + 1)
            if self._is_new(step.endpoint):
                self._further.append(step)

    # -- what to ask -------------------------------------------------------------------------------------------------

    def next(self) -> Endpoint | None:
        """The endpoint to ask now, or None: there is no more to ask, or no more budget."""
        while (step := self._pop()) is not None:
            endpoint = step.endpoint
            budget = "sitemaps" if endpoint.kind == "sitemap" else "pages"
            if self._left[budget] <= 0 or step.depth > self.limits.depth:
                continue
            self._left[budget] -= 1
            self.asked[endpoint.url] = endpoint
            self._depths[endpoint.url] = step.depth
            return endpoint
        return None

    def _pop(self) -> _Step | None:
        tired = self._section_errors >= TIRED
        for queue in (self._first, self._further, deque() if tired else self._sections):
            if queue:
                return queue.popleft()
        if self._checks == 0 and (check := self._check()) is not None:
            return check
        if self._checks > 0 and not (self._larger or self.thorough):
            return None  # front, sections and check agree: the site has been seen whole
        if self._maps:
            return self._maps.pop(0)
        rest = self._feeds if self.thorough else deque() if self._checks else self._guesses
        return rest.popleft() if rest else None

    def _check(self) -> _Step | None:
        """A news sitemap, which has titles and dates; else a feed; else any sitemap."""
        for position, step in enumerate(self._maps):
            if re.search(r"news", urlsplit(step.endpoint.url).path, re.IGNORECASE):
                return self._maps.pop(position)
        if self._feeds:
            return self._feeds.popleft()
        return self._maps.pop(0) if self._maps else None

    def depth_of(self, endpoint: Endpoint) -> int:
        """How many steps of pages or indexes led to an endpoint."""
        return self._depths.get(endpoint.url, 0)

    def unasked(self) -> list[Endpoint]:
        """What was found and not asked; for a later crawl. Further pages and guesses are not worth remembering."""
        rest = [*self._first, *self._sections, *self._maps, *self._feeds]
        return [step.endpoint for step in rest]


def _map_order(step: _Step) -> tuple[bool, float]:
    """The maps that changed last first; those that do not say when, after them."""
    at = step.endpoint.modified_at
    return (at is None, -at.timestamp() if at else 0.0)
