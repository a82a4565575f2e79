"""The one spider: one crawl of one source.

Its callbacks only fetch and decide. Whatever parses runs in a worker; what became of every entry is in the ledger.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http.request import NO_CALLBACK

from newscrawl.discovery.findings import Endpoint, NotReadableError
from newscrawl.extraction.body.boilerplate import Memory
from newscrawl.extraction.body.join import join_pages
from newscrawl.health.sightings import Sightings
from newscrawl.identity.keys import report_id, url_key
from newscrawl.items import Entry
from newscrawl.middlewares.host_gate import HostGate, asks_for_peace
from newscrawl.middlewares.refusals import NotNowError, PeaceError, RefusedError
from newscrawl.middlewares.robots import RobotsMiddleware
from newscrawl.parsing.pool import ParseError
from newscrawl.parsing.work import About, read_endpoint, read_report_page, read_target
from newscrawl.pipelines.item import ReportItem
from newscrawl.sites.registry import check_page
from newscrawl.sources import resolve_target
from newscrawl.spiders import resources
from newscrawl.spiders.answers import describe_failure, location_of, page_of, read_answer
from newscrawl.spiders.endpoints import Endpoints
from newscrawl.spiders.originals import Originals
from newscrawl.spiders.parts import Further, Tools, fetch_further
from newscrawl.spiders.plan import Limits, Plan
from newscrawl.spiders.queue import NO_LIMIT, ReportQueue
from newscrawl.spiders.rechecks import Gone, GonePages
from newscrawl.store.connection import StoreError
from newscrawl.store.crawls import new_crawl_id
from newscrawl.store.leases import LostError
from newscrawl.store.ledger import GONE, Fetched
from newscrawl.store.memory_ledger import MemoryLedger
from newscrawl.store.observations import Glance
from newscrawl.store.withdrawals import BACK
from newscrawl.urls import absolute_url, is_front_page, registered_domain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.discovery.findings import EndpointKind, Findings
    from newscrawl.health.judge import Verdict
    from newscrawl.items import Extracted
    from newscrawl.sources import Source
    from newscrawl.store.ledger import CrawlLedger, Outcome, Taken
    from newscrawl.store.store import Store

P = ParamSpec("P")
T = TypeVar("T")

BROWSER_HANDLERS = dict.fromkeys(("http", "https"), "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler")
"""Of the extra `render`; they pass on to Scrapy's own what is not marked for the browser."""
MAX_HOPS = 5
"""Redirects that one request may take."""
MOST_PENDING = 5000
"""Entries of earlier crawls that one crawl takes up, even without a budget: they are held in memory."""
SOFT_404 = "soft 404"
PARTS_PATIENCE = 3
"""Crawls in which a report fails because one of its further pages does; then what there is of it is stored."""

logger = logging.getLogger(__name__)


class ReportSpider(Spider):
    """Crawls one source, or one target that no source file defines."""

    name = "reports"

    def __init__(
        self,
        source: str = "",
        *,
        limit: int | str = 0,
        since: datetime | str = "",
        full: bool | str = False,
        dry_run: bool | str = False,
        only_due: bool = False,
        due_at: datetime | None = None,
        fence: int | None = None,
        folder: Path,
        limits: Limits,
        max_reports: int,
        max_rechecks: int,
        max_parts: int,
        max_source_links: int,
        parse_seconds: tuple[float, float],
        window: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.target = source
        self.source, self.start_url = resolve_target(source, folder)
        check_page(self.source, folder)
        self.source_id, self.domains = self.source.id, self.source.domains
        self.full, self.dry_run = (str(flag).lower() in ("true", "1", "yes") for flag in (full, dry_run))
        self.only_due = only_due
        """Ask only the endpoints whose time has come, as a schedule does, and look for no others."""
        self.due_at = due_at
        """When a schedule would have begun this crawl; that it began later says how busy it is."""
        self.fence = fence
        """Of the claim of a schedule, see `store.sources`."""
        self.lost = False
        """Whether another crawl has taken over."""
        self.limit = int(limit) or NO_LIMIT
        self.since = datetime.fromisoformat(since) if isinstance(since, str) and since else since or None
        self.max_reports = NO_LIMIT if self.full else self.source.max_reports or max_reports
        self.max_rechecks = NO_LIMIT if self.full else max_rechecks
        self.max_parts = max_parts
        self.parse_seconds = parse_seconds
        self.window = window
        self.crawl_id = new_crawl_id(datetime.now(UTC))
        self.failure: str | None = None
        """Why the crawl as a whole failed."""
        self.unavailable: str | None = None
        """Why the target could not be asked now, for example because robots.txt could not be read."""
        self.internal_error: str | None = None
        self.began = False
        self.store: Store | None = None
        self.ledger: CrawlLedger
        self.boilerplate: Memory | None = Memory() if self.source.learn_boilerplate else None
        self.resources: resources.Resources | None = None
        self.originals = Originals(self.source, folder, max_source_links)
        self.queue = ReportQueue(self.max_reports, self.window, self.max_rechecks)
        self.gone = GonePages()
        self.sightings = Sightings()
        self.verdict: Verdict | None = None
        """The state of the source, once the crawl has ended."""
        self.health = Glance(drifting=False, calm=False)
        """How the source was before. What is read of one that drifts is marked until somebody has looked."""
        anything = not self.start_url or is_front_page(self.start_url)
        unlimited = Limits(pages=NO_LIMIT, sitemaps=NO_LIMIT, depth=NO_LIMIT)
        self.endpoints = Endpoints(
            self.source,
            self.start_url,
            Plan(unlimited if self.full else limits, thorough=self.full, since=self.since),
            since=self.since,
            whole_site=self.source.discover and anything and not only_due,
            queue=self.queue,
            sightings=self.sightings,
            count=self._count,
        )
        self.endpoint_errors = self.endpoints.errors
        self._asking = 0
        self._all_asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        settings = crawler.settings
        spider = cls(
            *args,
            folder=Path(settings["NEWSCRAWL_SOURCES"]),
            limits=Limits(
                pages=settings.getint("NEWSCRAWL_MAX_PAGES"),
                sitemaps=settings.getint("NEWSCRAWL_MAX_SITEMAPS"),
                depth=settings.getint("NEWSCRAWL_MAX_DEPTH"),
            ),
            max_reports=settings.getint("NEWSCRAWL_MAX_REPORTS"),
            max_rechecks=settings.getint("NEWSCRAWL_MAX_RECHECKS"),
            max_parts=settings.getint("NEWSCRAWL_MAX_PAGES_PER_REPORT"),
            max_source_links=settings.getint("NEWSCRAWL_MAX_SOURCE_LINKS"),
            parse_seconds=(
                settings.getfloat("NEWSCRAWL_PARSE_SECONDS"),
                settings.getfloat("NEWSCRAWL_PARSE_SECONDS_LARGE"),
            ),
            window=2 * settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            **kwargs,
        )
        # The source's own settings; Scrapy freezes them after this.
        if not spider.source.verify_certificates:
            settings.set("DOWNLOAD_VERIFY_CERTIFICATES", value=False, priority="spider")
        if spider.source.render:
            settings.set("DOWNLOAD_HANDLERS", {**settings["DOWNLOAD_HANDLERS"], **BROWSER_HANDLERS}, priority="spider")
        spider._set_crawler(crawler)
        crawler.signals.connect(spider.spider_idle, signal=signals.spider_idle)
        return spider

    # -- beginning ---------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        try:
            await self._prepare()
            if self.peace_until:
                return
            for taken in await self.ledger.pending(min(self.max_reports, MOST_PENDING)):
                self.queue.add(taken)
            if not self.start_url or is_front_page(self.start_url):
                for taken in await self.ledger.rechecks(min(self.max_rechecks, self.max_reports, MOST_PENDING)):
                    self.queue.add(taken)
            if self.only_due:
                await self.endpoints.name_due()
            else:
                await self.endpoints.name_all()
            left = await self._left_originals()
        except StoreError as error:
            self.fail(str(error))
            return
        if self.start_url:
            yield self._request(self.start_url, "target", self.parse_target, hops=0)
        for taken in left:
            yield self._report_request(taken, taken.url, 0)
        for request in self._next():
            yield request

    async def _prepare(self) -> None:
        self.resources = await resources.acquire(self.crawler.settings, with_store=not self.dry_run)
        self.store = self.resources.store
        if self.store is None:
            self.ledger = MemoryLedger(self.source.id, self.crawl_id)
        else:
            self.ledger = self.store.crawl_ledger(self.source.id, self.crawl_id, self.source.ages)
            options = {"full": self.full, "limit": self.limit if self.limit < NO_LIMIT else None, "since": self.since}
            if self.due_at is not None:
                options["due_at"] = self.due_at
            await self.store.crawls.begin(self.crawl_id, self.source.id, self.target, options)
            await self._wait_for_turn()
            if self.boilerplate is not None:
                self.boilerplate = await self.store.boilerplate.load(self.source.id)
            self.ledger.watch = self._saw_end
            self.health = await self.store.observations.glance(self.source.id, datetime.now(UTC))
            if not self.only_due:  # what a crawl that died has left waits until a whole site is looked at
                await self.store.merges.finish()
                self.endpoints.unfinished = await self.store.crawls.was_broken_off(
                    self.source.id, self.target, before=self.crawl_id
                )
        self.endpoints.begin(self.ledger)
        self.originals.begin(self.ledger, self.store.leases if self.store else None)
        self.began = True
        self._set_delay(self.source)

    @property
    def endpoints_read(self) -> int:
        """How many endpoints were read, or are as they were."""
        return self.endpoints.read

    @property
    def measures(self) -> bool:
        """Whether this crawl says how much its source has, and not a part of it or its archive."""
        whole = not self.start_url or is_front_page(self.start_url)
        return whole and not self.full and self.since is None and self.limit >= NO_LIMIT

    def _saw_end(
        self, taken: Taken, outcome: Outcome, reason: str | None, fetched: Fetched, redirected_to: str | None
    ) -> None:
        """A page that is read for the first time tells how the source is; one that failed before has told."""
        if taken.report is None and not taken.fails and self.source.owns(taken.url):
            now, status = datetime.now(UTC), fetched.status
            self.sightings.note_end(taken.id, outcome, reason, at=now, status=status, target=redirected_to)

    async def _wait_for_turn(self) -> None:
        """One crawl a domain at a time, over all processes; `extensions.crawl_record` renews and releases."""
        assert self.store is not None
        gate = self.crawler.get_downloader_middleware(HostGate)
        for domain in sorted(self.source.domains):
            until = await self.store.leases.wait(domain, self.crawl_id, self.delay_of(domain))
            if gate is not None:
                gate.peace[domain] = until

    @property
    def peace_until(self) -> datetime | None:
        """Until when the publisher wants peace, on any of our domains: then no more is asked of the source."""
        return max(filter(None, map(self._peace_of, self.domains)), default=None)

    def _peace_of(self, domain: str) -> datetime | None:
        gate = self.crawler.get_downloader_middleware(HostGate)
        return gate.peace.get(domain) if gate is not None else None

    def delay_of(self, domain: str) -> float:
        """Seconds between two requests to one of our domains, as far as it is known."""
        engine, default = self.crawler.engine, self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        kept = engine.downloader.per_slot_settings.get(domain, {}).get("delay") if engine else None
        return float(kept if kept is not None else default if self.source.delay is None else self.source.delay)

    def _set_delay(self, source: Source) -> None:
        if source.delay is not None and self.crawler.engine is not None:
            for domain in source.domains:
                self.crawler.engine.downloader.per_slot_settings.setdefault(domain, {"delay": source.delay})

    # -- the target --------------------------------------------------------------------------------------------------

    async def parse_target(self, response: Response, hops: int) -> AsyncIterator[Any]:
        """What the user has named: a report, a listing, a feed or a sitemap."""
        async for result in self._guarded(self._read_target(response, hops), endpoint=True):
            yield result

    async def _read_target(self, response: Response, hops: int) -> AsyncIterator[Any]:
        if (location := location_of(response)) is not None:
            if (target := self._target_behind(response, location, hops)) is not None:
                if self.store is not None:
                    await self.store.merges.redirected(report_id(response.url), report_id(target))
                yield self._request(target, "target", self.parse_target, hops=hops + 1)
            return
        known = self.endpoints.known(response.url)
        if response.status == 304 and known is not None:
            endpoint = Endpoint(url=response.url, kind=known.kind)  # type: ignore[arg-type]
            await self.endpoints.note_unchanged(endpoint, response)
            await self._begin_discovery(endpoint, None, response.url)
            return
        if response.status in GONE and await self._is_stored(response.url):
            for taken in await self.ledger.announce([Entry(url=response.url)], "target", force=True):
                self._is_gone(taken, read_answer(response), f"http {response.status}")
            return
        if response.status != 200:
            await self._without_front(response.url, f"answers http {response.status}")
            return
        try:
            found = await self.parse_in_worker(read_target, page_of(response), self._about(None))
        except (ParseError, NotReadableError) as error:
            await self._without_front(response.url, str(error))
            return
        if found.kind == "report" and found.extracted is not None and not is_front_page(response.url):
            entry = Entry(url=response.url)
            for taken in await self.ledger.announce([entry], "target", force=True):
                async for result in self._settle(taken, found.extracted, response):
                    yield result
            return
        kind: EndpointKind = "section" if found.findings.kind == "page" else found.findings.kind
        endpoint = Endpoint(url=response.url, kind=kind)
        await self.endpoints.note_read(endpoint, response, found.findings)
        await self._begin_discovery(endpoint, found.findings, response.url)

    def _target_behind(self, response: Response, location: str, hops: int) -> str | None:
        """Where a redirect of the target leads; None where it is not to be followed, which fails the crawl."""
        target = absolute_url(response.url, location)
        if target is None or hops >= MAX_HOPS:
            self.fail(f"{self.target}: redirects to {location!r}, which leads nowhere")
        elif not self.source.owns(target):
            self.fail(f"{self.target}: redirects to another site; crawl {target} if you mean that")
        else:
            return target
        return None

    async def _is_stored(self, url: str) -> bool:
        known = await self.store.ledger.find(url) if self.store is not None else None
        return known is not None and known.get("report") is not None

    async def _begin_discovery(self, endpoint: Endpoint, findings: Findings | None, url: str) -> None:
        whole_site = self.endpoints.whole_site and endpoint.kind == "section"
        self.endpoints.begin_at(endpoint, findings)
        if whole_site:
            self.endpoints.look_around(url, await self._robots_sitemaps(url))

    async def _without_front(self, url: str, trouble: str) -> None:
        """The target cannot be read. A site without a front page may still have feeds and sitemaps."""
        if self.endpoints.whole_site:
            self.endpoints.no_front(f"{url}: {trouble}")
            self.endpoints.look_around(url, await self._robots_sitemaps(url))
        else:
            self.fail(f"{url}: {trouble}")

    async def _robots_sitemaps(self, url: str) -> list[Endpoint]:
        middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:  # the operator has switched it off
            return []
        robots, _ = await middleware.robots_of(url)
        return [Endpoint(url=found, kind="sitemap") for found in robots.sitemaps if self.source.owns(found)]

    def failed_target(self, failure: Failure) -> Iterable[Any]:
        """The target could not be asked."""
        self._asking -= 1
        reason = describe_failure(failure)
        if isinstance(failure.value, NotNowError):
            self.unavailable = f"{self.target}: {reason}"
        else:
            self.fail(f"{self.target}: {reason}")
        yield from self._next()

    # -- endpoints ---------------------------------------------------------------------------------------------------

    async def parse_endpoint(self, response: Response, endpoint: Endpoint, hops: int) -> AsyncIterator[Any]:
        """A feed, sitemap or section page."""
        async for result in self._guarded(self._read_endpoint(response, endpoint, hops), endpoint=True):
            yield result

    async def _read_endpoint(self, response: Response, endpoint: Endpoint, hops: int) -> AsyncIterator[Any]:
        if (location := location_of(response)) is not None:
            target = absolute_url(response.url, location)
            if target is not None and self.source.owns(target) and hops < MAX_HOPS:
                yield self._endpoint_request(endpoint, target, hops + 1)
            else:
                await self.endpoints.note_failed(endpoint, f"redirects to {location!r}", response)
            return
        if response.status == 304 or self.endpoints.has_same_bytes(endpoint, response):
            await self.endpoints.note_unchanged(endpoint, response)
            self.endpoints.plan.done(endpoint, new=0, further=None)
            return
        if response.status != 200:
            await self.endpoints.note_failed(endpoint, f"answers http {response.status}", response)
            return
        try:
            findings = await self.parse_in_worker(read_endpoint, page_of(response))
        except (ParseError, NotReadableError) as error:
            await self.endpoints.note_failed(endpoint, str(error), response)
            return
        new = await self.endpoints.note_read(endpoint, response, findings)
        if self.endpoints.whole_site and self.source.home and url_key(endpoint.url) == url_key(self.source.home):
            await self._begin_discovery(endpoint, findings, response.url)
        self.endpoints.note_done(endpoint, findings, new)

    async def failed_endpoint(self, failure: Failure) -> AsyncIterator[Any]:
        """An endpoint could not be asked."""
        endpoint = failure.request.cb_kwargs["endpoint"]  # type: ignore[attr-defined]
        note = self.endpoints.note_left if isinstance(failure.value, PeaceError) else self.endpoints.note_failed
        noting = note(endpoint, describe_failure(failure))
        async for result in self._guarded(_nothing_after(noting), endpoint=True):
            yield result

    # -- reports -----------------------------------------------------------------------------------------------------

    async def parse_report(self, response: Response, taken: Taken, hops: int) -> AsyncIterator[Any]:
        """A report page."""
        self.queue.fetched(taken)
        async for result in self._guarded(self._read_report(response, taken, hops)):
            yield result

    async def _read_report(self, response: Response, taken: Taken, hops: int) -> AsyncIterator[Any]:
        fetched = read_answer(response)
        if (location := location_of(response)) is not None:
            async for request in self._redirected(response, location, taken, hops):
                yield request
        elif response.status == 304 or (response.status == 200 and fetched.raw_hash == taken.raw_hash):
            await self._is_unchanged(taken, fetched)
        elif response.status in GONE and taken.report is not None:
            self._is_gone(taken, fetched, f"http {response.status}")
        elif response.status != 200:
            self.queue.answered(taken, gone=response.status in GONE)
            await self.ledger.close(taken.id, "failed", f"http {response.status}", fetched=fetched)
        else:
            self.queue.answered(taken, gone=False)
            try:
                extracted = await self.parse_in_worker(read_report_page, page_of(response), self._about(taken))
            except ParseError as error:
                await self.ledger.close(taken.id, "rejected", str(error), fetched=fetched)
                return
            for field, gap in extracted.gaps.items():
                logger.info("%s: %s: the site page %s", response.url, field, gap)
                self._count(f"site_page_gap/{field}")
            async for result in self._settle(taken, extracted, response):
                yield result

    async def _is_unchanged(self, taken: Taken, fetched: Fetched) -> None:
        """By validators or hash: nothing is extracted, and nothing written but the ledger."""
        self.gone.live += 1
        report = taken.report or taken.id
        if taken.gone_since and self.store is not None and await self.store.withdrawals.restore(report):
            await self.ledger.close(taken.id, "updated", BACK, fetched=fetched, report=report)
        else:
            await self.ledger.close(taken.id, "unchanged", fetched=fetched, report=report)

    def _is_gone(self, taken: Taken, fetched: Fetched, how: str) -> None:
        """The page of a stored report; judged at the end of the crawl."""
        self.queue.handed_out.discard(taken.id)
        self.gone.held.append(Gone(taken=taken, fetched=fetched, how=how))

    async def _redirected(self, response: Response, location: str, taken: Taken, hops: int) -> AsyncIterator[Any]:
        """A redirect is a claim like any other: it is followed within the source, and to a page not yet known."""
        target = absolute_url(response.url, location)
        fetched = read_answer(response)
        if target is None:
            await self.ledger.close(taken.id, "rejected", "redirects to no http(s) URL", fetched=fetched)
        elif not self.originals.source_of(taken).owns(target):
            await self.ledger.close(
                taken.id, "rejected", "redirects to another site", fetched=fetched, redirected_to=target
            )
        elif is_front_page(target) and not is_front_page(response.url):
            await self.ledger.close(
                taken.id, "rejected", "redirects to the home page", fetched=fetched, redirected_to=target
            )
        elif hops >= MAX_HOPS:
            await self.ledger.close(taken.id, "failed", "too many redirects", fetched=fetched)
        elif url_key(target) == url_key(taken.url):
            yield self._report_request(taken, target, hops + 1)
        else:
            found = await self._announce_for(taken, target)
            holds = report_id(target)
            if self.store is not None:  # where both are stored, they are one report
                holds = await self.store.merges.redirected(taken.report or taken.id, holds)
            await self.ledger.close(
                taken.id, "duplicate", "redirects to another URL", fetched=fetched, report=holds, redirected_to=target
            )
            for one in found:
                yield self._report_request(one, target, hops + 1)

    async def _settle(self, taken: Taken, extracted: Extracted, response: Response) -> AsyncIterator[Any]:
        """What was read from a page as an item: a report in several pages whole, and its later pages as no report.

        Validators of the first page are not kept where there are others: they say nothing about those.
        """
        first, one_of_many = extracted.first_page, Fetched(status=response.status)
        if extracted.rejection == SOFT_404 and taken.report is not None:
            self._is_gone(taken, one_of_many, SOFT_404)
            return
        self.gone.live += 1
        if first and extracted.rejection in (None, "too short") and self.originals.source_of(taken).wants(first):
            found = await self._announce_for(taken, first)
            await self.ledger.close(
                taken.id, "duplicate", "later page of a report", fetched=one_of_many, report=report_id(first)
            )
            for one in found:
                yield self._report_request(one, first, 0)
        elif extracted.next_page is None or extracted.rejection is not None:
            yield self._item(taken, extracted, read_answer(response))
            for original in await self._follow(taken, extracted):
                yield self._report_request(original, original.url, 0)
        else:
            further = await self._fetch_further(taken, extracted)
            self._count("further_pages", len(further.reports))
            if further.again and (further.not_now or taken.fails < PARTS_PATIENCE):
                outcome: Outcome = "pending" if further.not_now else "failed"
                await self.ledger.close(taken.id, outcome, further.missing, fetched=one_of_many)
                return
            if further.reports:
                joined = join_pages(extracted.report, further.reports)
                extracted = replace(extracted, report=joined, whole_hash=None, signature=None)
            yield self._item(taken, extracted, one_of_many, further.missing)
            for original in await self._follow(taken, extracted):
                yield self._report_request(original, original.url, 0)

    async def _announce_for(self, taken: Taken, url: str) -> list[Taken]:
        """Take up another URL for the sake of an entry, for the same source."""
        source = self.originals.source_of(taken)
        found = await self.ledger.announce([replace(taken.entry, url=url)], taken.via, source=source.id)
        if taken in self.originals:
            self.originals.add(found, source)
        return found

    async def _follow(self, taken: Taken, extracted: Extracted) -> list[Taken]:
        """The original of an aggregated report, where the source wants it; what that names in turn is left alone."""
        link = extracted.report.source_link
        if link is None or extracted.rejection is not None or taken in self.originals:
            return []
        return self._with_delay(await self.originals.follow(link.url, taken.url))

    async def _left_originals(self) -> list[Taken]:
        """Originals that earlier crawls have not come to."""
        if self.store is None or not self.source.follow_source_links or self.limit < NO_LIMIT:
            return []
        links = await self.store.source_links.unfollowed(self.source.id, self.originals.budget)
        found = [one for url, via in links for one in await self.originals.follow(url, via, left=True)]
        return self._with_delay(found)

    def _with_delay(self, found: list[Taken]) -> list[Taken]:
        for one in found:
            self._set_delay(self.originals.source_of(one))
        self._count("source_links_followed", len(found))
        return found

    async def _fetch_further(self, taken: Taken, first: Extracted) -> Further:
        assert self.crawler.engine is not None
        about = replace(self._about(taken), part_of=first.report.url, sign=False)
        tools = Tools(
            make_request=self._part_request,
            download=self.crawler.engine.download_async,
            read=lambda response: self.parse_in_worker(read_report_page, page_of(response), about),
            go_on=lambda: self.failure is None and self.crawler.crawling,
        )
        return await fetch_further(first, tools, self.max_parts)

    def _about(self, taken: Taken | None) -> About:
        source = self.originals.source_of(taken) if taken else self.source
        return About(
            sign=True,
            source=source.id,
            entry=taken.entry if taken else None,
            language=source.language,
            country=source.country,
            page=source.page,
            boilerplate=self.boilerplate.known if self.boilerplate and source is self.source else frozenset(),
        )

    def _item(self, taken: Taken, extracted: Extracted, fetched: Fetched, note: str | None = None) -> ReportItem:
        report = replace(
            extracted.report,
            discovered_via=taken.via,
            crawl_id=self.crawl_id,
            first_seen_at=datetime.now(UTC),
            suspect=self.health.drifting or None,
        )
        if extracted.left_out:
            self._count("boilerplate_lines_left_out", len(extracted.left_out))
        return ReportItem(
            report=report,
            entry_id=taken.id,
            fetched=fetched,
            rejection=extracted.rejection,
            suspects=extracted.suspects,
            whole_hash=extracted.whole_hash,
            signature=extracted.signature,
            note=note,
        )

    async def failed_report(self, failure: Failure) -> AsyncIterator[Any]:
        """A report page could not be fetched."""
        taken: Taken = failure.request.cb_kwargs["taken"]  # type: ignore[attr-defined]
        self.queue.fetched(taken)
        outcome: Outcome = "failed"
        if isinstance(failure.value, NotNowError):
            outcome = "pending"
        elif isinstance(failure.value, RefusedError) or "unwanted" in failure.request.meta:  # type: ignore[attr-defined]
            outcome = "rejected"
        closing = self.ledger.close(taken.id, outcome, describe_failure(failure))
        async for result in self._guarded(_nothing_after(closing)):
            yield result

    # -- what to fetch next ------------------------------------------------------------------------------------------

    def _next(self) -> Iterable[Request]:
        """One endpoint at a time, as the plan says, and as many reports as keep the site's slot busy."""
        if self.failure is not None or self.peace_until:
            return
        if self._asking == 0 and self._wants_more():
            endpoint = self.endpoints.plan.next()
            self._all_asked = endpoint is None
            if endpoint is not None:
                yield self._endpoint_request(endpoint, endpoint.url, 0)
        # What is stored already waits until all is known that is not.
        while self._wants_more() and (taken := self.queue.pop(rechecks=self._all_asked)) is not None:
            yield self._report_request(taken, taken.url, 0)

    def _wants_more(self) -> bool:
        if self.limit >= NO_LIMIT:
            return True
        stored = self.ledger.counts["stored"] + self.ledger.counts["updated"]
        unsettled = self.queue.handed_out & self.ledger.open.keys()
        return stored + len(unsettled) < self.limit

    def spider_idle(self) -> None:
        """Nothing is in flight; go on where a page that was rejected late leaves room below the limit."""
        if not self.began or self.crawler.engine is None:
            return
        requests = list(self._next())
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    # -- requests ----------------------------------------------------------------------------------------------------

    def _request(self, url: str, kind: str, callback: Callable[..., Any], **cb_kwargs: Any) -> Request:
        self._asking += 1
        known = self.endpoints.known(url)
        return Request(
            url,
            callback=callback,
            errback=self.failed_target if kind == "target" else self.failed_endpoint,
            cb_kwargs=cb_kwargs,
            priority=10,
            dont_filter=True,
            meta={
                "kind": kind,
                "download_slot": registered_domain(url),
                "download_maxsize": self.crawler.settings.getint("NEWSCRAWL_MAX_FEED_SIZE"),
                "validators": (known.etag, known.last_modified) if known else (None, None),
            },
        )

    def _endpoint_request(self, endpoint: Endpoint, url: str, hops: int) -> Request:
        request = self._request(url, endpoint.kind, self.parse_endpoint, endpoint=endpoint, hops=hops)
        if endpoint.kind == "section":
            del request.meta["download_maxsize"]
        return request

    def _report_request(self, taken: Taken, url: str, hops: int) -> Request:
        if taken not in self.originals:  # they are on other hosts
            self.queue.in_flight.add(taken.id)
        meta = {
            "kind": "report",
            "download_slot": registered_domain(url),
            "validators": (taken.etag, taken.last_modified),
            **({"playwright": True} if self.source.render else {}),
        }
        return Request(
            url,
            callback=self.parse_report,
            errback=self.failed_report,
            cb_kwargs={"taken": taken, "hops": hops},
            dont_filter=True,
            meta=meta,
        )

    def _part_request(self, url: str) -> Request:
        meta = {"kind": "report", "download_slot": registered_domain(url)}
        return Request(url, callback=NO_CALLBACK, meta=meta | ({"playwright": True} if self.source.render else {}))

    # -- helpers -----------------------------------------------------------------------------------------------------

    async def _guarded(self, results: AsyncIterator[Any], *, endpoint: bool = False) -> AsyncIterator[Any]:
        """The results of a callback, then the next requests. Without a store there is no use in going on.

        The plan is asked for another endpoint only when it knows what this one has brought.
        """
        try:
            async for result in results:
                yield result
            await self.originals.release(unused=True)
        except StoreError as error:
            self.fail(str(error))
        except Exception as error:
            # A bug of ours costs the document at hand, which stays pending, and is told at the end.
            logger.exception("internal error")
            self.internal_error = self.internal_error or f"internal error, please report it: {error!r}"
        finally:
            self._asking -= endpoint
        for request in self._next():
            yield request

    async def parse_in_worker(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args)` in a worker; what may be a feed or sitemap has longer than a page. Raises ParseError."""
        assert self.resources is not None
        seconds = self.parse_seconds[function in (read_endpoint, read_target)]
        return await self.resources.pool.run(seconds, function, *args, **kwargs)

    async def hold(self) -> None:
        """Hold the leases that are taken and given back during the crawl."""
        await self.originals.renew()

    async def finish(self) -> None:
        """What is to be written down when the crawl has ended."""
        await self.originals.release()
        if (until := self.peace_until) and self.unavailable is None:
            asking = next(domain for domain in self.domains if self._peace_of(domain) == until)
            self.unavailable = f"{self.target}: {asks_for_peace(asking, until)}"
        if self.originals.left_busy:
            self._count("source_links_left_busy", self.originals.left_busy)
        await self.endpoints.finish()
        if self.store is not None and self.failure is None:
            site_down = bool(self.endpoint_errors) and not self.endpoints_read
            told = await self.gone.settle(self.ledger, self.store.withdrawals, site_down=site_down)
            self.endpoint_errors += [told] if told else []
        if self.internal_error:
            self.fail(self.internal_error)
        if self.ledger.summary()["discovered"] or self.peace_until:
            return
        if self.endpoints.front_trouble:
            self.fail(self.endpoints.front_trouble)
        elif self.endpoint_errors and not self.endpoints_read and self.unavailable is None:
            self.fail(self.endpoint_errors[0])

    async def check_claim(self) -> None:
        """Raises LostError where another crawl has taken over: then nothing more of this one is to be stored."""
        if self.store is None:
            return
        try:
            await self.store.leases.check(self.domains, self.crawl_id)
            if self.fence is not None:
                await self.store.sources.check(self.source_id, self.fence)
        except LostError:
            self.lost = self.ledger.left = True
            raise

    async def give_back(self) -> None:
        """Let go of what this crawl shares with others."""
        if self.resources is not None:
            held, self.resources = self.resources, None
            await resources.release(held)

    def fail(self, message: str) -> None:
        """End the crawl as failed: no further request is made."""
        if self.failure is None:
            self.failure = message
            logger.error("%s", message)

    def _count(self, event: str, number: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"newscrawl/reports/{event}", number)


async def _nothing_after(work: Awaitable[None]) -> AsyncIterator[Any]:
    """Do `work` where results are expected; it has none."""
    await work
    for result in list[Any]():
        yield result
