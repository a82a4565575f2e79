"""What a crawl sees of a source while it runs -> the facts that `judge.observe` learns from."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from newscrawl.health.observations import CrawlFacts, Kind, Sample, Trouble
from newscrawl.text import count_words
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from newscrawl.items import Report

MARKUP = ("jsonld", "opengraph", "meta", "microdata", "dom", "site")
"""Provenance of what the page's own markup says. A redesign that keeps it in any of them loses nothing."""
_FILLED = ("headline", "authors", "published_at", "summary", "images", "sections", "keywords", "source_link")
_REFUSED = re.compile(r"\bhttp (?:401|403|429|451)\b|disallowed by robots\.txt")
"""RFC 9110, 6585 and 7725: unauthorised, forbidden, too many, for legal reasons."""
_LEADS = re.compile(r"redirects to (?:another site; crawl )?'?(https?://[^\s']+)")


class Sightings:
    """Counts for one crawl. What was stored before and is looked at again says nothing new."""

    def __init__(self) -> None:
        self._reports: dict[str, Sample] = {}
        self._ends: list[tuple[str, Sample]] = []
        self._fed: set[str] = set()
        self._has_feed = False
        self._lists: dict[str, bool | None] = {}
        """Endpoint -> whether it lists any report; None: what it listed before."""
        self.found = 0

    def note_report(self, entry_id: str, report: Report, *, furnished: bool) -> None:
        """A report as it was read, whatever becomes of it."""
        flags = {name for name in _FILLED if getattr(report, name)}
        flags |= {f"{name.removesuffix('_at')}_own" if name == "headline" else "published_own"
                  for name in ("headline", "published_at") if report.provenance.get(name) in MARKUP}  # fmt: skip
        if report.free_access is False:
            flags.add("paywalled")
        if furnished:
            flags.add("furnished")
        words = report.word_count if report.word_count is not None else count_words(report.body or "")
        at = report.first_seen_at or report.fetched_at
        if at is not None:  # as it is in the store, so that those from a time on can be found there
            self._reports[entry_id] = Sample(at=at, kind="report", flags=frozenset(flags), words=words)

    def note_listing(self, endpoint: str, kind: str, entry_ids: Iterable[str], *, new: int) -> None:
        """What an endpoint (its URL) has listed, and how much of that nobody had met."""
        ids = list(entry_ids)
        self._lists[endpoint] = bool(ids) or bool(self._lists.get(endpoint))
        self.found += new
        if kind == "feed":
            self._has_feed = True
            self._fed.update(ids)

    def note_unchanged(self, endpoint: str) -> None:
        """An endpoint that lists what it has listed before."""
        self._lists.setdefault(endpoint, None)

    def note_feed(self) -> None:
        """The source has, or once had, a feed: what that does not announce first is missed there.

        Also where it is not asked in this crawl: of two endpoints that are polled at times of their own, one is the
        first, and how often it is says enough.
        """
        self._has_feed = True

    def note_end(
        self, entry_id: str, outcome: str, reason: str | None, *, at: datetime, status: int | None, target: str | None
    ) -> None:
        """How a newly announced URL ended."""
        kind = kind_of(outcome, reason, status)
        if kind is None:
            return
        read = self._reports.pop(entry_id, None)
        if kind == "report" and read is not None:
            self._ends.append((entry_id, read))
            return
        domain = registered_domain(target) if target and kind == "moved" else None
        self._ends.append((entry_id, Sample(at=at, kind=kind, target=domain)))

    def facts(self, at: datetime, trouble: Trouble | None) -> CrawlFacts:
        """All of it, at the end of the crawl."""
        samples = [
            # Without a feed there is none that lacks the report.
            replace(one, flags=one.flags | {"in_feed"})
            if one.kind == "report" and (id_ in self._fed or not self._has_feed)
            else one
            for id_, one in self._ends
        ]
        return CrawlFacts(
            at=at, samples=tuple(sorted(samples, key=lambda one: one.at)), trouble=trouble, found=self.found
        )

    def saw_nothing_new(self, empty: Collection[str]) -> bool:
        """Whether all was as it was; `empty`: endpoints that listed nothing when they were read last."""
        return not self._ends and not self.found and self.now_empty(empty) == set(empty)

    def now_empty(self, empty: Collection[str]) -> set[str]:
        """Endpoints that listed nothing when they were read last, this crawl included."""
        return {url for url in empty if not self._lists.get(url)} | {
            url for url, lists in self._lists.items() if lists is False
        }

    def lists_nothing(self, empty: Collection[str], others: Collection[str] = ()) -> bool:
        """Whether no endpoint names any report: neither those of this crawl nor `others` of the source, not due now."""
        return bool(self._lists) and self.now_empty(empty) >= {*self._lists, *others}


def kind_of(outcome: str, reason: str | None, status: int | None) -> Kind | None:
    """What the end of an entry says of its source; None: nothing."""
    reason = reason or ""
    if outcome == "stored":
        return "report"
    if outcome == "duplicate":
        return "duplicate" if reason.startswith("same text") else None
    if outcome not in ("rejected", "failed"):
        return None
    if status == 402 or reason == "consent or bot wall":
        return "wall"
    if _REFUSED.search(reason):
        return "blocked"
    if reason == "redirects to another site":
        return "moved"
    if status in (404, 410) or reason in ("soft 404", "redirects to the home page"):
        return "gone"
    return "failed" if outcome == "failed" else "rejected"


def trouble_of(errors: Sequence[str], domains: Collection[str]) -> Trouble | None:
    """Why nothing of a source could be read, from what was said of its endpoints."""
    for error in errors:
        if (found := _LEADS.search(error)) and (target := absolute_url("", found[1])):
            domain = registered_domain(target)
            if domain not in domains:
                return Trouble(kind="moved", reason=error, target=domain)
    for error in errors:
        if "redirects to another site" in error:
            return Trouble(kind="moved", reason=error)
    kind: Literal["blocked", "failing"]
    for error in errors:
        kind = "blocked" if _REFUSED.search(error) else "failing"
        if kind == "blocked":
            return Trouble(kind=kind, reason=error)
    return Trouble(kind="failing", reason=errors[0]) if errors else None
