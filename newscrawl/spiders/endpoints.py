"""The endpoints of one crawl: which there are, how they were asked, and what they brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.discovery.findings import Endpoint
from newscrawl.identity.keys import report_id, url_key
from newscrawl.spiders.answers import read_answer
from newscrawl.spiders.polls import Poll, failed_poll, read_poll
from newscrawl.store.ledger import Fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scrapy.http import Response

    from newscrawl.discovery.findings import Findings
    from newscrawl.health.sightings import Sightings
    from newscrawl.items import Entry
    from newscrawl.sources import Source
    from newscrawl.spiders.plan import Plan
    from newscrawl.spiders.queue import ReportQueue
    from newscrawl.store.ledger import CrawlLedger, Known, Taken


class Endpoints:
    """What the plan says to ask, the ledger remembers, and the answers tell; requests are the spider's."""

    def __init__(
        self,
        source: Source,
        start_url: str | None,
        plan: Plan,
        *,
        since: datetime | None,
        whole_site: bool,
        queue: ReportQueue,
        sightings: Sightings,
        count: Callable[[str, int], None],
    ) -> None:
        self.source = source
        self.start_url = start_url
        self.plan = plan
        self.since = since
        self.whole_site = whole_site
        """Whether endpoints are looked for, and not only those asked that are known."""
        self.unfinished = False
        """Whether the last crawl was broken off."""
        self.polls: dict[str, Poll] = {}
        """Endpoint URL -> how it was asked."""
        self.errors: list[str] = []
        self.read = 0
        """How many were read, or are as they were."""
        self.not_due: list[str] = []
        """Those whose time has not come, of a crawl that asks only what is due: they may list reports."""
        self.front_trouble: str | None = None
        """Why the front page could not be read; a failure where nothing else was found either."""
        self._queue = queue
        self._sightings = sightings
        self._count = count
        self._known: dict[str, Known] = {}
        self._ledger: CrawlLedger

    def begin(self, ledger: CrawlLedger) -> None:
        """The ledger of the crawl is open."""
        self._ledger = ledger

    def known(self, url: str) -> Known | None:
        """What earlier crawls know of an endpoint."""
        return self._known.get(url_key(url))

    def has_same_bytes(self, endpoint: Endpoint, response: Response) -> bool:
        """Whether an answer is what it was, though the site does not say so."""
        known = self.known(endpoint.url)
        return known is not None and known.raw_hash is not None and known.raw_hash == read_answer(response).raw_hash

    # -- which to ask ------------------------------------------------------------------------------------------------

    async def name_all(self) -> None:
        """Those of the source file, unless the user has named a URL of it, and those that earlier crawls have found."""
        if not self.start_url:
            self.plan.name(_of_file(self.source))
        known = await self._ledger.endpoints()
        if any(one.kind == "feed" and (one.etag or one.raw_hash) for one in known):
            self._sightings.note_feed()
        self.plan.unfinished = self.unfinished
        if self.unfinished:  # what an endpoint named may not all have been followed: "not modified" would hide it
            known = [replace(one, etag=None, last_modified=None, raw_hash=None) for one in known]
        self._known = {url_key(one.url): one for one in known}
        host = urlsplit(self.start_url).hostname
        mine = [one for one in self._known.values() if host in (None, urlsplit(one.url).hostname)]
        if self.whole_site and any(one.checked_at for one in mine):
            self.plan.thorough = True
            front = url_key(self.start_url or self.source.home or "http://none/")
            self.plan.name(_of_ledger(one) for one in mine if one.fails < 3 and url_key(one.url) != front)

    async def name_due(self) -> None:
        """Those whose time has come, and no others."""
        now = datetime.now(UTC)
        known = await self._ledger.endpoints()
        self._known = {url_key(one.url): one for one in known}
        self.plan.thorough = True
        self.plan.name(_of_ledger(one) for one in known if one.poll_at is None or one.poll_at <= now)
        self.not_due = [one.url for one in known if one.poll_at and one.poll_at > now and not one.fails]
        self.plan.leave_out(one.url for one in known)

    def begin_at(self, endpoint: Endpoint, findings: Findings | None) -> None:
        """What the target lists, which was asked outside of the plan; where it is a home page, all that it names."""
        listed = findings is None or bool(findings.entries)
        self.plan.front(endpoint, further=findings.next_page if findings else None, listed=listed)
        if findings and endpoint.kind == "sitemap":
            self.plan.find(findings.endpoints, depth=1)
        if findings and self.whole_site and endpoint.kind == "section":
            self.plan.find(findings.endpoints)

    def look_around(self, url: str, in_robots: Iterable[Endpoint]) -> None:
        """What robots.txt names, and the usual paths of the site at `url`."""
        self.plan.find(in_robots)
        self.plan.guess(url)

    # -- what came of it ---------------------------------------------------------------------------------------------

    async def note_read(self, endpoint: Endpoint, response: Response, findings: Findings) -> list[Taken]:
        """Take up what an answer announces; what of it nobody had met, or is to be fetched again."""
        taken = await self._take_up(endpoint, findings)
        await self._record(endpoint, response, findings, taken)
        return taken

    async def note_unchanged(self, endpoint: Endpoint, response: Response) -> None:
        """It lists what it has listed before."""
        await self._record(endpoint, response, None, [])
        self._sightings.note_unchanged(endpoint.url)

    async def note_failed(self, endpoint: Endpoint, trouble: str, response: Response | None = None) -> None:
        """It could not be read; `response` with an answer."""
        self.polls[endpoint.url] = failed_poll(response)
        fetched = read_answer(response) if response is not None else Fetched()
        self.errors.append(f"{endpoint.url}: {trouble}")
        self._count("endpoint_failed", 1)
        self.plan.done(endpoint, new=0, further=None, error=True)
        await self._ledger.record_endpoint(endpoint.url, endpoint.kind, fetched, error=trouble)

    async def note_left(self, endpoint: Endpoint, trouble: str) -> None:
        """It was not read because the publisher wants peace: no failure of the endpoint, which is asked after that."""
        self.errors.append(f"{endpoint.url}: {trouble}")
        self.plan.done(endpoint, new=0, further=None, error=True)

    def note_done(self, endpoint: Endpoint, findings: Findings, taken: list[Taken]) -> None:
        """An endpoint of the plan was read: what to ask after it."""
        if endpoint.kind == "sitemap":
            self.plan.find(findings.endpoints, depth=self.plan.depth_of(endpoint) + 1)
        index = endpoint.kind == "sitemap" and bool(findings.endpoints) and not findings.entries
        self.plan.done(endpoint, new=len(taken), further=findings.next_page, index=index)

    def no_front(self, trouble: str) -> None:
        """The front page could not be read. A site without one may still have feeds and sitemaps."""
        self.errors.append(trouble)
        self.front_trouble = trouble

    async def finish(self) -> None:
        """Remember for a later crawl what was found and not asked."""
        await self._ledger.note_endpoints([(found.url, found.kind) for found in self.plan.unasked()])

    async def _record(
        self, endpoint: Endpoint, response: Response, findings: Findings | None, taken: list[Taken]
    ) -> None:
        self.read += 1
        known = self.known(endpoint.url)
        first = known is None or known.checked_at is None
        self.polls[endpoint.url] = read_poll(response, findings, taken, first=first)
        await self._ledger.record_endpoint(endpoint.url, endpoint.kind, read_answer(response))

    async def _take_up(self, endpoint: Endpoint, findings: Findings) -> list[Taken]:
        """Put what an endpoint announces into the ledger, and what is to be fetched into the queue."""
        entries: list[Entry] = []
        refused = list(findings.rejected)
        for entry in findings.entries:
            if self.since and entry.published_at and entry.published_at < self.since:
                self._count("entries_before_since", 1)
            elif not self.source.owns(entry.url):
                if findings.kind == "page":  # every page links to other sites
                    self._count("links_to_other_sites", 1)
                else:
                    refused.append((entry.url, "leads to another site"))
            elif not self.source.wants(entry.url):
                refused.append((entry.url, "left out by the source's include or exclude"))
            else:
                entries.append(entry)
        await self._ledger.refuse(refused, endpoint.url)
        taken = await self._ledger.announce(entries, endpoint.url)
        for one in taken:
            self._queue.add(one)
        new = sum(one.new for one in taken)
        listed = [report_id(entry.url) for entry in findings.entries]
        self._sightings.note_listing(endpoint.url, endpoint.kind, listed, new=new)
        self._count("entries_announced", len(findings.entries))
        if findings.left_out:
            self._count("entries_beyond_limit", findings.left_out)
            self.errors.append(f"{endpoint.url}: {findings.left_out} entries beyond the limit of one document")
        return taken


def _of_file(source: Source) -> list[Endpoint]:
    # Where nothing is to be discovered, the home page is one endpoint less to ask: it would be named as a section.
    home_too = source.discover or not (source.feeds or source.sitemaps or source.sections)
    return [
        *(Endpoint(url=url, kind="section") for url in ([source.home] if source.home and home_too else [])),
        *(Endpoint(url=url, kind="feed") for url in source.feeds),
        *(Endpoint(url=url, kind="sitemap") for url in source.sitemaps),
        *(Endpoint(url=url, kind="section") for url in source.sections),
    ]


def _of_ledger(known: Known) -> Endpoint:
    return Endpoint(url=known.url, kind=known.kind)  # type: ignore[arg-type]
