"""robots.txt by RFC 9309, asked before anything else of a host, and its Crawl-delay kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK

from newscrawl.discovery.hints import Hints, with_headers
from newscrawl.discovery.robots import ALLOW_ALL, DISALLOW_ALL, Robots
from newscrawl.middlewares.refusals import NoHostError, NotNowError, PeaceError, RefusedError
from newscrawl.parsing.pool import ParseError
from newscrawl.parsing.work import read_robots
from newscrawl.store.connection import StoreError
from newscrawl.urls import absolute_url, ascii_host, registered_domain

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from newscrawl.spiders.reports import ReportSpider

MAX_REDIRECTS = 5
"""RFC 9309, section 2.3.1.2."""
LONGEST_DELAY = 600.0
"""Seconds of Crawl-delay beyond which a value is taken for a way to say no; it is cut to this."""

logger = logging.getLogger(__name__)


class RobotsMiddleware:
    """Lets through what robots.txt allows our agent. http and https of one host share the rules."""

    def __init__(self, crawler: Crawler, agent: str, delay: float) -> None:
        self.crawler = crawler
        self.agent = agent
        self.delay = delay
        self._hosts: dict[str, asyncio.Future[tuple[Robots, str | None]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler, settings["ROBOTSTXT_USER_AGENT"], settings.getfloat("DOWNLOAD_DELAY"))

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        robots, trouble = await self.robots_of(request.url)
        if trouble is not None:
            raise NotNowError(trouble)
        if not robots.allows(request.url):
            raise RefusedError("disallowed by robots.txt")

    async def robots_of(self, url: str) -> tuple[Robots, str | None]:
        """The rules for the host of `url`, and why they could not be read where they could not."""
        host = _host(url)
        if host not in self._hosts:
            self._hosts[host] = asyncio.get_running_loop().create_future()
            found: tuple[Robots, str | None] = DISALLOW_ALL, "robots.txt could not be read"
            try:
                found = await self._recall(url, host) or await self._ask(url)
            finally:  # whatever happens, nobody waits for ever
                self._hosts[host].set_result(found)
        return await asyncio.shield(self._hosts[host])

    async def _recall(self, url: str, host: str) -> tuple[Robots, str | None] | None:
        """What was read within the last day."""
        store = getattr(self.crawler.spider, "store", None)
        robots = None
        if store is not None:
            with contextlib.suppress(StoreError):  # what else the crawl writes will tell
                robots = await store.hosts.robots(host, self.agent)
        if robots is None:
            return None
        self._keep_delay(url, robots)
        return robots, None

    async def _ask(self, url: str) -> tuple[Robots, str | None]:
        parts = urlsplit(url)
        where = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = await self._download(where)
            except (RefusedError, NoHostError, PeaceError):
                raise  # the host itself is not to be reached: the request says why
            except Exception as error:  # noqa: BLE001  any failure to reach it means "disallow" (section 2.3.1.4)
                return DISALLOW_ALL, f"robots.txt cannot be reached: {str(error) or type(error).__name__}"
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                return await self._read(url, response)
            target = absolute_url(where, location.decode("latin-1"))
            if target is None:
                return ALLOW_ALL, None
            where = target
        return ALLOW_ALL, None  # more redirects than that: unavailable, not unreachable

    async def _download(self, where: str) -> Response:
        request = Request(
            where,
            callback=NO_CALLBACK,
            priority=1000,
            headers={"Accept-Encoding": "identity"},
            # However long it says it is: `extensions.download_limits` stops it after 500 KiB.
            meta={
                "is_robots": True,
                "kind": "robots",
                "download_maxsize": 0,
                "download_slot": registered_domain(where),
            },
        )
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)

    async def _read(self, url: str, response: Response) -> tuple[Robots, str | None]:
        if response.status == 429 or response.status >= 500:
            return DISALLOW_ALL, f"robots.txt answers http {response.status}"
        spider: ReportSpider = self.crawler.spider  # type: ignore[assignment]
        if response.status >= 300:
            await self._keep(url, ALLOW_ALL, response)
            return ALLOW_ALL, None
        try:
            robots = await spider.parse_in_worker(read_robots, response.body, self.agent)
        except ParseError as error:
            return DISALLOW_ALL, f"robots.txt {error}"
        self._keep_delay(url, robots)
        await self._keep(url, robots, response)
        return robots, None

    async def _keep(self, url: str, robots: Robots, response: Response) -> None:
        store = getattr(self.crawler.spider, "store", None)
        if store is None:
            return
        cache_control = (response.headers.get("Cache-Control") or b"").decode("latin-1")
        seconds = with_headers(Hints(), cache_control, (), url).max_age
        with contextlib.suppress(StoreError):
            await store.hosts.keep_robots(_host(url), self.agent, robots, seconds)

    def _keep_delay(self, url: str, robots: Robots) -> None:
        if robots.crawl_delay:
            self.slow_down(url, min(robots.crawl_delay, LONGEST_DELAY))

    def slow_down(self, url: str, delay: float) -> None:
        """Keep at least `delay` seconds between requests to the registered domain of `url`."""
        if delay <= self.delay:
            return
        assert self.crawler.engine is not None
        downloader, domain = self.crawler.engine.downloader, registered_domain(url)
        slot_settings = downloader.per_slot_settings.setdefault(domain, {})
        slot_settings["delay"] = max(delay, slot_settings.get("delay", 0.0))
        if domain in downloader.slots:
            downloader.slots[domain].delay = slot_settings["delay"]


def _host(url: str) -> str:
    parts = urlsplit(url)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    return ascii_host(parts.hostname or "") + port
