"""What a probe has seen of a site, and the source that follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.discovery.cover import SEEN_TOGETHER, Cover, Listed, choose
from newscrawl.identity.keys import url_key
from newscrawl.sources import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WINDOW = 10
"""Entries from which on a feed shows the last ones only; the usual numbers are 10 to 50, and a shorter one may simply
have no more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampled:
    """One report page that was looked at."""

    url: str
    endpoint: str
    """URL of the endpoint that announced it."""
    trouble: str | None = None
    """Why it is no report, or was not to be had."""
    leads_to: str | None = None
    """URL key of where it redirects."""
    headline: str | None = None
    published_at: datetime | None = None
    """The latest moment that its date allows."""
    language: str | None = None
    publisher: str | None = None
    country: str | None = None


@dataclass(kw_only=True, slots=True)
class Probed:
    """What was seen of a site."""

    target: str
    id: str
    """Of the source: its registered domain."""
    front: str | None = None
    """Where the front page was looked for first."""
    home: str | None = None
    """URL of the front page, where there is one."""
    name: str | None = None
    language: str | None = None
    country: str | None = None
    cover: Cover = field(default_factory=lambda: Cover(judged=()))
    titles: dict[str, str] = field(default_factory=dict)
    """URL of an endpoint -> its name, where it has one."""
    silent: dict[str, str] = field(default_factory=dict)
    """URL of an endpoint that could not be read -> why. Guessed addresses are among them."""
    unasked: int = 0
    """Endpoints that were found, and not asked for the sake of the budget."""
    sampled: tuple[Sampled, ...] = ()
    requests: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    interrupted: bool = False
    failure: str | None = None
    """Why there is nothing to propose."""

    @property
    def discover(self) -> bool:
        """Whether crawls should look for more: where the chosen endpoints may not be all there is to know."""
        cover = self.cover
        if self.unasked or cover.reports - cover.covered:
            return True
        return all(one.kind == "section" for one in cover.chosen)  # a menu changes; a feed stays

    @property
    def nothing_there(self) -> str | None:
        """Why no source follows, where none does: no endpoint announces a report, or only links that are none."""
        chosen = self.cover.chosen
        if not chosen:
            told = f"; its front page: {self.silent[self.front]}" if self.front in self.silent else ""
            asked = len(self.cover.judged) + len(self.silent)
            return f"none of {asked} endpoints that were asked announces a report{told}"
        certain = any(one.sure or one.kind != "section" for one in chosen)
        troubles = sorted({one.trouble or "" for one in self.sampled})
        if certain or "" in troubles:
            return None
        return f"none of {len(self.sampled)} pages that it links is a report: {', '.join(troubles)}"

    @property
    def source(self) -> Source:
        """The proposal."""

        def urls(*kinds: str) -> tuple[str, ...]:
            return tuple(one.url for one in self.cover.chosen if one.kind in kinds)

        return Source(
            id=self.id,
            name=self.name,
            home=self.home,
            feeds=urls("feed"),
            sitemaps=urls("news sitemap", "archive sitemap"),
            sections=tuple(url for url in urls("section") if not (self.discover and url == self.home)),
            discover=self.discover,
            language=self.language,
            country=self.country,
        )


def agreed(values: Iterable[str | None]) -> str | None:
    """What at least two thirds of the pages that say something say."""
    counts = Counter(value for value in values if value)
    if not counts:
        return None
    value, number = counts.most_common(1)[0]
    return value if 3 * number >= 2 * counts.total() else None


def judge_again(cover: Cover, listed: Sequence[Listed], sampled: Sequence[Sampled]) -> Cover:
    """The choice with what the sampled pages have shown.

    Entries that are no reports, or that only lead to what others announce, do not count. An endpoint all of whose
    sampled entries are such is not chosen, nor one whose own entries are older than a feed reaches back. Where no page
    at all could be read, that says nothing about one endpoint.
    """
    known = {key for one in listed for key in one.entries}
    empty: dict[str, str] = {}
    for one in sampled:
        if one.leads_to in known:
            empty[one.url] = "its links lead to what others have"
        elif one.trouble is not None:
            empty[one.url] = f"its entries are no reports: {one.trouble}"
    if len(empty) == len(sampled):
        return cover
    refused = {}
    for judged in cover.judged:
        mine = [one for one in sampled if one.endpoint == judged.listed.url]
        if mine and all(one.url in empty for one in mine):
            refused[judged.listed.url] = empty[mine[0].url]
    for judged in cover.judged:
        feeds = [one for one in cover.chosen if one.url not in refused and one is not judged.listed]
        if (feed := _reaching(judged.listed, feeds, sampled)) is not None:
            refused[judged.listed.url] = f"what only it has is older than what {feed.url} reaches back to"
    return choose(listed, refused, {url_key(url) for url in empty})


def _reaching(listed: Listed, feeds: Sequence[Listed], sampled: Sequence[Sampled]) -> Listed | None:
    """A feed or news sitemap to blame on its length alone that an endpoint has what it has not.

    They have entries in common, and the newest of those that only the endpoint has turn out to be from before the
    feed's oldest entry: whoever polls the feed has seen them in it.
    """
    mine = {url_key(one.url): one for one in sampled if one.endpoint == listed.url}
    for feed in feeds:
        begin = min((at for at in feed.entries.values() if at), default=None)
        comparable = feed.kind != "section" and feed.cost <= listed.cost and len(feed.entries) >= WINDOW
        if begin is None or not comparable or len(feed.entries.keys() & listed.entries.keys()) < SEEN_TOGETHER:
            continue
        own = [one for key, one in mine.items() if key not in feed.entries]
        if own and all(one.published_at is not None and one.published_at < begin for one in own):
            return feed
    return None
