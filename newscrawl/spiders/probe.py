"""Looks at a site to propose its source file: what endpoints it has, and which of them announce what.

Nothing is stored and no database is needed. Requests go the way of any crawl: address guard, robots.txt, the polite
rate; foreign bytes are read in workers. One thing after the other, for a site is asked one thing at a time anyway.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http.request import NO_CALLBACK

from newscrawl.discovery.cover import Listed, choose, kind_of_findings
from newscrawl.discovery.findings import Endpoint, NotReadableError
from newscrawl.discovery.sitemaps import is_side_map
from newscrawl.identity.keys import url_key
from newscrawl.middlewares.robots import RobotsMiddleware
from newscrawl.parsing.pool import ParseError
from newscrawl.parsing.work import About, read_endpoint, read_probed, read_report_page
from newscrawl.sources import Source
from newscrawl.spiders import resources
from newscrawl.spiders.answers import describe_error, location_of, page_of
from newscrawl.spiders.plan import USUAL_PATHS
from newscrawl.spiders.probed import Probed, Sampled, agreed, judge_again
from newscrawl.spiders.run import AT_ONCE, run_spider
from newscrawl.urls import absolute_url, is_front_page, registered_domain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from typing import Self

    from scrapy.crawler import AsyncCrawlerProcess, Crawler
    from scrapy.http import Response
    from scrapy.settings import Settings

    from newscrawl.discovery.cover import Cover
    from newscrawl.discovery.findings import Findings
    from newscrawl.items import Report

P = ParamSpec("P")
T = TypeVar("T")

PROBED_PATHS: tuple[tuple[str, str], ...] = (
    *USUAL_PATHS,
    ("/news-sitemap.xml", "sitemap"),
    ("/sitemap-news.xml", "sitemap"),
    ("/feed.json", "feed"),
    ("/feeds", "feed"),
    ("/index.xml", "feed"),
)
"""Where sites have feeds and sitemaps that nothing names; a probe is made once and tries a few more than a crawl."""
MAX_HOPS = 5
MAX_ARCHIVES = 4
"""Archive sitemaps that are read: they are not polled, and give only dates and what else there is."""
SAMPLE, MOST_SAMPLED, SAMPLED_OF_EACH = 5, 40, 2
"""Report pages read: at least, at most, and of each endpoint that is proposed."""

logger = logging.getLogger(__name__)


class _AskedInVainError(Exception):
    """A document that is not to be had; the message says why."""


class ProbeSpider(Spider):
    """Looks at one site. `probed` is what it found."""

    name = "probe"

    def __init__(
        self,
        source: str,
        *,
        fronts: Sequence[str],
        max_pages: int,
        max_sitemaps: int,
        parse_seconds: tuple[float, float],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fronts = fronts
        self.domain = registered_domain(fronts[0])
        self.probed = Probed(target=source, id=self.domain.replace(":", "-"), front=fronts[0])
        self.source = Source(id=self.probed.id, home=fronts[0], domains=(self.domain,))
        self.parse_seconds = parse_seconds
        self.resources: resources.Resources | None = None
        self._left = {"section": max_pages, "feed": max_pages, "sitemap": max_sitemaps}
        self._waiting: dict[str, tuple[int, Endpoint]] = {}
        self._met: set[str] = set()
        self._listed: list[Listed] = []
        self._urls: dict[str, str] = {}
        self._archives = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        settings = crawler.settings
        spider = cls(
            *args,
            max_pages=settings.getint("NEWSCRAWL_MAX_PAGES"),
            max_sitemaps=settings.getint("NEWSCRAWL_MAX_SITEMAPS"),
            parse_seconds=(
                settings.getfloat("NEWSCRAWL_PARSE_SECONDS"),
                settings.getfloat("NEWSCRAWL_PARSE_SECONDS_LARGE"),
            ),
            **kwargs,
        )
        # What belongs to a crawl that stores has nothing to do here.
        kept = ("download_limits.DownloadLimits", "pause.PauseAfterAnswer")
        settings.set("EXTENSIONS", {f"newscrawl.extensions.{name}": 100 for name in kept}, priority="spider")
        settings.set("ITEM_PIPELINES", {}, priority="spider")
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self.resources = await resources.acquire(self.crawler.settings, with_store=False)
        try:
            await self._probe()
        except _AskedInVainError as error:
            self.probed.failure = str(error)
        except Exception as error:  # a bug of ours is told, and does not spoil the other sites
            logger.exception("internal error")
            self.probed.failure = f"{self.probed.target}: internal error, please report it: {error!r}"
        finally:
            await resources.release(self.resources)
        for nothing in list[Any]():
            yield nothing

    async def _probe(self) -> None:
        await self._look_at_front()
        while (endpoint := self._pop()) is not None:
            try:
                await self._look_at(endpoint)
            except _AskedInVainError as error:
                self.probed.silent[endpoint.url] = str(error)
        self.probed.unasked = sum(order < _GUESSED for order, _ in self._waiting.values())
        cover = choose(self._listed, {})
        sampled: list[Sampled] = []
        # What a choice made again brings in is looked at too.
        for each in (SAMPLED_OF_EACH, SAMPLED_OF_EACH, SAMPLE):
            await self._sample(cover, sampled, each)
            cover = judge_again(cover, self._listed, sampled)
        self.probed.cover = cover
        self.probed.sampled = tuple(sampled)
        self._describe()
        if (trouble := self.probed.nothing_there) is not None:
            raise _AskedInVainError(f"{self.probed.target}: {trouble}")

    # -- what to ask -------------------------------------------------------------------------------------------------

    async def _look_at_front(self) -> None:
        """The front page, robots.txt and the usual paths: what names everything else."""
        base, troubles = self.fronts[0], dict[str, str]()
        for front in self.fronts:
            try:
                response = await self._fetch(front)
                base = response.url
                await self._read(Endpoint(url=base, kind="section"), response)
            except _AskedInVainError as error:
                troubles[front] = str(error)
                continue
            self.probed.home = base
            break
        else:
            self.probed.silent |= troubles
        middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is not None:
            try:
                robots, trouble = await middleware.robots_of(base)
            except Exception as error:  # the host is not to be reached, and says so in its own ways
                raise _AskedInVainError(f"{self.probed.target}: {describe_error(error, None)}") from error
            if trouble is not None:
                raise _AskedInVainError(f"{self.probed.target}: {trouble}; try again later")
            self._find(Endpoint(url=url, kind="sitemap") for url in robots.sitemaps)
        parts = urlsplit(base)
        self._find(
            (Endpoint(url=f"{parts.scheme}://{parts.netloc}{path}", kind=kind) for path, kind in PROBED_PATHS),  # type: ignore[arg-type]
            guessed=True,
        )

    def _find(self, endpoints: Iterable[Endpoint], *, guessed: bool = False) -> None:
        for endpoint in endpoints:
            key = url_key(endpoint.url)
            own = registered_domain(endpoint.url) == self.domain
            # A feed may be at a service; a sitemap or section of another site is that site's.
            if endpoint.kind == "sitemap" and not own:
                self.probed.silent[endpoint.url] = "is at another site"
            elif key not in self._met and (own or (endpoint.kind == "feed" and not is_front_page(endpoint.url))):
                self._met.add(key)
                self._waiting[key] = (_GUESSED if guessed else _order(endpoint), endpoint)

    def _pop(self) -> Endpoint | None:
        """What to ask now. Guesses have no budget, for there are few; an index with many archives is cut short."""
        for key, (order, endpoint) in sorted(self._waiting.items(), key=lambda item: item[1][0]):
            archive = endpoint.kind == "sitemap" and order == _ARCHIVES and self._archives >= MAX_ARCHIVES
            if order == _GUESSED or (self._left[endpoint.kind] > 0 and not archive):
                del self._waiting[key]
                if order != _GUESSED:
                    self._left[endpoint.kind] -= 1
                return endpoint
            if archive:
                self.probed.silent[endpoint.url] = f"not asked: {MAX_ARCHIVES} archive sitemaps were read"
                del self._waiting[key]
        return None

    async def _look_at(self, endpoint: Endpoint) -> None:
        response = await self._fetch(endpoint.url)
        if url_key(response.url) != url_key(endpoint.url):
            if url_key(response.url) in self._met:
                raise _AskedInVainError(f"redirects to {response.url}, which is asked anyway")
            self._met.add(url_key(response.url))
        await self._read(replace(endpoint, url=response.url), response)

    async def _read(self, endpoint: Endpoint, response: Response) -> None:
        """Take down what an endpoint announces, and what further endpoints it names."""
        self._met.add(url_key(endpoint.url))
        try:
            findings = await self.parse_in_worker(read_probed, page_of(response))
        except (ParseError, NotReadableError) as error:
            raise _AskedInVainError(str(error)) from error
        everything = findings.kind == "sitemap" or not self._listed  # an index, or the front page
        self._find(one for one in findings.endpoints if everything or one.kind == "feed")
        if endpoint.kind != "section" and findings.kind == "page":
            raise _AskedInVainError("is an HTML page")
        kind = kind_of_findings(findings)
        self._archives += kind == "archive sitemap"
        self._listed.append(self._as_listed(endpoint.url, findings, response))
        if title := endpoint.title or findings.title:
            self.probed.titles[endpoint.url] = title

    def _as_listed(self, url: str, findings: Findings, response: Response) -> Listed:
        own = [entry for entry in findings.entries if registered_domain(entry.url) == self.domain]
        for entry in own:
            self._urls.setdefault(url_key(entry.url), entry.url)
        return Listed(
            url=url,
            kind=kind_of_findings(findings),
            entries={url_key(entry.url): entry.published_at or entry.modified_at for entry in own},
            sure=frozenset(url_key(entry.url) for entry in own if entry.certain),
            validators=tuple(name for name in ("ETag", "Last-Modified") if response.headers.get(name)),
        )

    # -- a sample of reports -----------------------------------------------------------------------------------------

    async def _sample(self, cover: Cover, sampled: list[Sampled], each: int) -> None:
        """Reports of every endpoint that is proposed, `each` of one, added to those that are `sampled`.

        Those that only it has come first, of these the newest.
        """
        seen = {url_key(report.url) for report in sampled}
        enough = SAMPLE if each == SAMPLE else MOST_SAMPLED
        for one in cover.chosen:
            others = {key for other in cover.chosen if other is not one for key in other.entries}
            # Sorting keeps the order of the document where nothing is dated.
            known = [key for key in one.entries if key in cover.reports and key not in seen]
            keys = sorted(known, key=lambda key: (key in others, _age(one.entries[key])))
            taken = sum(report.endpoint == one.url for report in sampled)
            for key in keys[: max(0, min(each - taken, enough - len(sampled)))]:
                seen.add(key)
                sampled.append(await self._read_report(self._urls[key], one.url))

    async def _read_report(self, url: str, endpoint: str) -> Sampled:
        try:
            response = await self._fetch(url)
            leads_to = url_key(response.url)
            extracted = await self.parse_in_worker(read_report_page, page_of(response), About(source=self.probed.id))
        except (_AskedInVainError, ParseError) as error:
            return Sampled(url=url, endpoint=endpoint, trouble=str(error))
        report = extracted.report
        return Sampled(
            url=url,
            endpoint=endpoint,
            trouble=extracted.rejection,
            leads_to=leads_to if leads_to != url_key(url) else None,
            headline=report.headline,
            published_at=_end_of_day(report) if report.published_precision == "day" else report.published_at,
            language=report.language,
            publisher=report.publisher.name if report.publisher else None,
            country=report.publisher.country if report.publisher else None,
        )

    def _describe(self) -> None:
        """Name, language and country, as the sampled pages say."""
        read = [one for one in self.probed.sampled if one.trouble is None]
        self.probed.name = agreed(one.publisher for one in read)
        self.probed.language = agreed(one.language for one in read)
        self.probed.country = agreed(one.country for one in read)
        self.probed.requests = int(self.crawler.stats.get_value("downloader/request_count", 0))

    # -- requests ----------------------------------------------------------------------------------------------------

    async def _fetch(self, url: str) -> Response:
        """The document at `url`, after redirects within the site. Raises _AskedInVainError."""
        assert self.crawler.engine is not None
        start = url
        for _ in range(MAX_HOPS + 1):
            if not self.crawler.crawling:
                raise _AskedInVainError("was not asked for: interrupted")
            meta = {
                "kind": "section",
                "download_slot": registered_domain(url),
                "download_maxsize": self.crawler.settings.getint("NEWSCRAWL_MAX_FEED_SIZE"),
            }
            request = Request(url, callback=NO_CALLBACK, dont_filter=True, meta=meta)
            try:
                response = await self.crawler.engine.download_async(request)
            except Exception as error:  # as many kinds as there are ways to fail
                raise _AskedInVainError(describe_error(error, request)) from error
            location = location_of(response)
            if location is None:
                if response.status != 200:
                    raise _AskedInVainError(f"answers http {response.status}")
                return response
            target = absolute_url(url, location)
            if target is None:
                raise _AskedInVainError(f"redirects to {location!r}, which leads nowhere")
            if registered_domain(target) not in (self.domain, registered_domain(start)):
                raise _AskedInVainError(f"redirects to another site, {target}")
            url = target
        raise _AskedInVainError("too many redirects")

    async def parse_in_worker(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args)` in a worker. Raises ParseError. The robots middleware asks for it too."""
        assert self.resources is not None
        seconds = self.parse_seconds[function in (read_endpoint, read_probed)]
        return await self.resources.pool.run(seconds, function, *args, **kwargs)


_FEEDS, _NEWS_MAPS, _MAPS, _SECTIONS, _ARCHIVES, _GUESSED = range(6)


def _order(endpoint: Endpoint) -> int:
    """Cheap and telling ones first."""
    if endpoint.kind == "feed":
        return _FEEDS
    if endpoint.kind == "section":
        return _SECTIONS
    path = urlsplit(endpoint.url).path.lower()
    if "news" in path:
        return _NEWS_MAPS
    return _ARCHIVES if is_side_map(endpoint.url) or endpoint.modified_at or path.endswith(".gz") else _MAPS


def _end_of_day(report: Report) -> datetime | None:
    return report.published_at + timedelta(days=1) if report.published_at else None


def _age(at: datetime | None) -> float:
    return -at.timestamp() if at else 0.0


def run_probes(settings: Settings, targets: Sequence[tuple[str, Sequence[str]]]) -> list[Probed]:
    """Look at several sites at once. `targets`: what the user has named, and the URLs its front page may have."""
    probed: list[Probed] = []

    async def one(process: AsyncCrawlerProcess, target: str, fronts: Sequence[str], room: asyncio.Semaphore) -> None:
        async with room:
            crawler = process.create_crawler(ProbeSpider)
            await process.crawl(crawler, source=target, fronts=fronts)
            spider: Any = crawler.spider
            if spider.crawler.stats.get_value("finish_reason") == "shutdown":
                spider.probed.interrupted = True
                spider.probed.failure = f"{target}: interrupted; nothing was written"
            probed.append(spider.probed)

    async def drive(process: AsyncCrawlerProcess) -> None:
        held = await resources.acquire(process.settings, with_store=False)
        try:
            room = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(one(process, target, fronts, room) for target, fronts in targets))
        finally:
            await resources.release(held)

    run_spider(settings, drive)
    return probed
