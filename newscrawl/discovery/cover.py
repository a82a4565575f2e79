"""Which endpoints of a site to poll: the cheapest few that announce everything that all of them do.

Weighted set cover, greedily (V. Chvatal, A Greedy Heuristic for the Set-Covering Problem, 1979): again and again the
endpoint that brings most that is not covered yet for what it costs. Then what turned out to be superfluous is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from newscrawl.discovery.findings import Findings

Kind = Literal["feed", "news sitemap", "archive sitemap", "sitemap index", "section"]

COSTS: Mapping[Kind, float] = {"feed": 1.0, "news sitemap": 2.0, "section": 3.0, "archive sitemap": 30.0}
"""What a poll costs, a feed being one. A news sitemap may have 1,000 entries, a section page is larger than a feed, has
often no dates and hardly ever the same bytes twice; an archive sitemap has up to 50,000 entries."""
WITHOUT_VALIDATORS = 1.5
"""Times the cost where every poll is answered in full."""
SEEN_TOGETHER = 3
"""Reports by which two endpoints can be compared: fewer agree by chance."""
STALE = timedelta(days=180)
"""A feed that is so much behind the rest of its site has been given up."""
NEWS_MAP = 1000
"""Entries of a news sitemap at most, by Google's rules for it."""
_RECENT = 20
"""Dates that say how often something new appears: more would reach back to other times."""

_DATED = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What one endpoint answered."""

    url: str
    kind: Kind
    entries: Mapping[str, datetime | None]
    """URL key of every announced report of the site -> its date, where the endpoint says one."""
    sure: frozenset[str] = frozenset()
    """Those of them that are reports for certain."""
    validators: tuple[str, ...] = ()
    """Names of the headers, `ETag`, `Last-Modified`."""

    @property
    def newest(self) -> datetime | None:
        """The latest date among its entries."""
        return max((at for at in self.entries.values() if at), default=None)

    @property
    def cost(self) -> float:
        """Of a poll, a feed with validators being one."""
        return COSTS.get(self.kind, 0) * (1 if self.validators else WITHOUT_VALIDATORS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One endpoint and what was decided."""

    listed: Listed
    chosen: bool
    why: str
    only: int = 0
    """Reports that no other pollable endpoint announces."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """The endpoints to poll, among all."""

    judged: tuple[Judged, ...]
    """In the order of choice, then the others in their order."""
    reports: frozenset[str] = field(default=frozenset())
    """URL keys of all reports that endpoints which can be polled announce."""
    covered: frozenset[str] = field(default=frozenset())
    """Those that the chosen ones announce, or have announced by their own dates."""

    @property
    def chosen(self) -> tuple[Listed, ...]:
        return tuple(one.listed for one in self.judged if one.chosen)


def kind_of_findings(findings: Findings) -> Kind:
    """What a document is as an endpoint. A sitemap is one of news where most of its entries say so by their titles."""
    if findings.kind != "sitemap":
        return "feed" if findings.kind == "feed" else "section"
    if findings.endpoints and not findings.entries:
        return "sitemap index"
    titled = sum(entry.title is not None for entry in findings.entries)
    return "news sitemap" if 0 < len(findings.entries) <= 2 * titled <= 2 * NEWS_MAP else "archive sitemap"


def choose(listed: Sequence[Listed], refused: Mapping[str, str], no_reports: Collection[str] = ()) -> Cover:
    """The endpoints to poll.

    `refused`: URL of an endpoint -> why it is not to be chosen. `no_reports`: keys of entries that are known to lead to
    no report of their own.
    """
    refused = {**_unfit(listed), **refused}
    dates = _dates(listed)
    fit = [one for one in listed if one.url not in refused]
    elsewhere = {key for one in listed if one.kind != "section" for key in one.entries}
    reports = {key for one in fit for key in one.entries if one.kind != "section" or key in one.sure | elsewhere}
    # Where nothing is certain at all, a sample has to show what the links of the pages are.
    reports = (reports or {key for one in fit for key in one.entries}) - set(no_reports)
    covers = {one.url: _reach(one, fit, dates) & reports for one in fit}
    chosen = _without_superfluous(_greedy(fit, covers), covers)
    judged = [_chosen(one, covers, chosen[:n], fit, reports) for n, one in enumerate(chosen)]
    for one in listed:
        if one not in chosen:
            why = refused.get(one.url, "the chosen ones have all it has")
            judged.append(Judged(listed=one, chosen=False, why=why, only=_only(one, fit, reports)))
    covered = frozenset().union(*(covers[one.url] for one in chosen))
    return Cover(judged=tuple(judged), reports=frozenset(reports), covered=covered)


def how_often(dates: Iterable[datetime | None]) -> timedelta | None:
    """The usual time between two reports, by their dates; None where fewer than three are known."""
    known = sorted({at for at in dates if at}, reverse=True)[:_RECENT]
    if len(known) < 3:
        return None
    return timedelta(seconds=median((late - early).total_seconds() for late, early in pairwise(known)))


def _unfit(listed: Sequence[Listed]) -> dict[str, str]:
    """Endpoints that are not polled, whatever they announce."""
    refused: dict[str, str] = {}
    newest = max((one.newest for one in listed if one.kind == "feed" and one.newest), default=None)
    for one in listed:
        if one.kind == "sitemap index":
            refused[one.url] = "names sitemaps, not reports"
        elif not one.entries:
            refused[one.url] = "announces no report of this site"
        elif one.kind == "archive sitemap":
            refused[one.url] = "an archive, too large to be polled"
        elif one.kind == "feed" and newest and one.newest and newest - one.newest > STALE:
            refused[one.url] = f"given up: nothing new since {one.newest:%Y-%m-%d}"
    small = [one for one in listed if one.kind == "archive sitemap" and 0 < len(one.entries) <= NEWS_MAP]
    if not any(one.entries for one in listed if one.url not in refused):
        for one in small:  # better than nothing
            del refused[one.url]
    return refused


def _dates(listed: Iterable[Listed]) -> dict[str, datetime]:
    """The latest moment at which each report can have appeared, as far as any endpoint or its URL says."""
    dates: dict[str, datetime] = {}
    for one in listed:
        for key, at in one.entries.items():
            if at is not None:
                dates[key] = min(dates.get(key, at), at)
    for key in {key for one in listed for key in one.entries if key not in dates}:
        if (day := _day_in(key)) is not None:
            dates[key] = day
    return dates


def _day_in(key: str) -> datetime | None:
    """The end of the day that a URL names (`/2026/11/24/`)."""
    match = _DATED.search(key)
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3]), 23, 59, 59, tzinfo=UTC) if match else None
    except ValueError:  # the 31st of February
        return None


def _reach(one: Listed, fit: Sequence[Listed], dates: Mapping[str, datetime]) -> set[str]:
    """What an endpoint announces, and what it has announced before by all evidence.

    Where it has everything of another endpoint that is younger than its own oldest entry, it has had the older ones
    too: a feed of twenty entries is not worse than a page that reaches back a month.
    """
    own = set(one.entries)
    begin = min((at for at in one.entries.values() if at), default=None)
    if begin is None or one.kind == "section":
        return own
    reach = set(own)
    for other in fit:
        young = {key for key in other.entries if key in dates and dates[key] >= begin}
        if len(young) >= SEEN_TOGETHER and young <= own:
            reach |= {key for key in other.entries if key in dates and dates[key] < begin}
    return reach


def _greedy(fit: Sequence[Listed], covers: Mapping[str, set[str]]) -> list[Listed]:
    left = set().union(*covers.values()) if covers else set()
    chosen: list[Listed] = []
    while left:
        best = min((one for one in fit if covers[one.url] & left), key=lambda one: _rank(one, covers[one.url] & left))
        left -= covers[best.url]
        chosen.append(best)
    return chosen


def _rank(one: Listed, gain: Collection[str]) -> tuple[float, float, bool, float, int, str]:
    """The lowest is chosen: most for its cost; of equals the cheap ones, with dates, and the fresh ones."""
    newest = one.newest
    return (
        -len(gain) / one.cost,
        one.cost,
        newest is None,
        -newest.timestamp() if newest else 0.0,
        len(one.url),
        one.url,
    )


def _without_superfluous(chosen: list[Listed], covers: Mapping[str, set[str]]) -> list[Listed]:
    """Without those whose reports are all in the others, the dearest first.

    A cheap one is not dropped for a dear one, which has to be polled for something else: it tells the same sooner.
    """
    kept = list(chosen)
    for one in sorted(chosen, key=lambda one: -one.cost):
        rest = [other for other in kept if other is not one and other.cost <= one.cost]
        if covers[one.url] <= set().union(*(covers[other.url] for other in rest)):
            kept.remove(one)
    return kept


def _chosen(
    one: Listed, covers: Mapping[str, set[str]], before: Sequence[Listed], fit: Sequence[Listed], reports: set[str]
) -> Judged:
    new = covers[one.url].difference(*(covers[other.url] for other in before))
    share = f"{len(new)} of {len(reports)} reports"
    why = f"has {share}" if not before else f"adds {share}" if new else "tells sooner what the others have"
    return Judged(listed=one, chosen=True, why=why, only=_only(one, fit, reports))


def _only(one: Listed, fit: Sequence[Listed], reports: set[str]) -> int:
    others = (other.entries for other in fit if other is not one)
    return len((set(one.entries) & reports).difference(*others)) if one in fit else 0
