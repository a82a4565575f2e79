"""The originals of aggregated reports that a crawl fetches besides the reports of its own source.

Each is filed under the source that it belongs to. Its domain is leased while any of its pages is under way, so that
the polite rate holds and no other crawl takes up the same entries; a domain that is being crawled is left for later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.items import Entry
from newscrawl.sources import load_sources, owner_of
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newscrawl.sources import Source
    from newscrawl.store.leases import LeaseStore
    from newscrawl.store.ledger import CrawlLedger, Taken


class Originals:
    """What is followed in one crawl, within its budget."""

    def __init__(self, source: Source, folder: Path, budget: int) -> None:
        self.source = source
        self.budget = budget if source.follow_source_links else 0
        self.left_busy = 0
        """Links that were not followed because another crawl has their domain."""
        self._folder = folder
        self._defined: list[Source] | None = None
        self._source_of: dict[str, Source] = {}
        self._leased: set[str] = set()
        self._ledger: CrawlLedger | None = None
        self._leases: LeaseStore | None = None

    def begin(self, ledger: CrawlLedger, leases: LeaseStore | None) -> None:
        """`leases` is None in a dry run."""
        self._ledger, self._leases = ledger, leases

    def __contains__(self, taken: Taken) -> bool:
        """Whether an entry is followed, not the source's own."""
        return taken.id in self._source_of

    def source_of(self, taken: Taken) -> Source:
        """The source that an entry of this crawl belongs to."""
        return self._source_of.get(taken.id, self.source)

    def add(self, found: Sequence[Taken], source: Source) -> None:
        """Entries that are fetched for an original's sake: those that it redirects to."""
        self._source_of |= {one.id: source for one in found}

    async def follow(self, url: str, via: str, *, left: bool = False) -> list[Taken]:
        """Take up the original at `url` that the report at `via` names: at most one entry, none if it is known.

        `left`: an earlier crawl has taken it up and not ended it, or has not come to it.
        """
        assert self._ledger is not None
        if self.budget <= 0:
            return []
        source = self.source if self.source.owns(url) else owner_of(url, self._sources())
        if not source.wants(url):
            await self._ledger.refuse([(url, f"left out by include or exclude of source {source.id}")], via)
            return []
        if not await self._lease(registered_domain(url)):
            self.left_busy += 1
            return []
        found = await self._ledger.announce([Entry(url=url)], via, force=left, source=source.id)
        self.add(found, source)
        self.budget -= len(found)
        return found

    def _sources(self) -> list[Source]:
        if self._defined is None:
            self._defined = load_sources(self._folder)[0]
        return self._defined

    async def _lease(self, domain: str) -> bool:
        if self._leases is None or domain in self.source.domains or domain in self._leased:
            return True
        assert self._ledger is not None
        if await self._leases.acquire(domain, self._ledger.crawl_id) is not None:
            return False
        self._leased.add(domain)
        return True

    async def renew(self) -> None:
        """Hold the leases for longer. One that was lost costs politeness, not reports: entries are closed once."""
        for domain in list(self._leased):
            if self._leases is not None and self._ledger is not None:
                await self._leases.renew(domain, self._ledger.crawl_id)

    async def release(self, *, unused: bool = False) -> None:
        """Give the leases back; `unused`: only those of domains with no page under way."""
        if not self._leased or self._ledger is None or self._leases is None:
            return
        busy = {registered_domain(one.url) for one in self._ledger.open.values()} if unused else set()
        for domain in self._leased - busy:
            self._leased.discard(domain)
            await self._leases.release(domain, self._ledger.crawl_id)
