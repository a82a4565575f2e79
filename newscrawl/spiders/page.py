"""One report, fetched with all the guards of a crawl, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, ParamSpec, TypeVar

from scrapy import Request, Spider
from scrapy.http.request import NO_CALLBACK

from newscrawl.parsing.pool import ParseError
from newscrawl.parsing.work import About, Page, read_report_page
from newscrawl.spiders import resources
from newscrawl.spiders.answers import describe_failure, location_of, page_of
from newscrawl.spiders.parts import Tools, fetch_further
from newscrawl.spiders.run import run_spider
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response
    from scrapy.settings import Settings
    from twisted.python.failure import Failure

    from newscrawl.items import Extracted

P = ParamSpec("P")
T = TypeVar("T")

MAX_HOPS = 5


class Pages(NamedTuple):
    """A report as it was fetched."""

    page: Page
    further: tuple[Page, ...]
    """The pages after the first, in order."""
    missing: str | None
    """Why a page is missing."""


class PageSpider(Spider):
    """Fetches `url`; afterwards `found` is the page, or why there is none."""

    name = "page"
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {
            "newscrawl.extensions.download_limits.DownloadLimits": 100,
            "newscrawl.extensions.pause.PauseAfterAnswer": 150,
        },
        "NEWSCRAWL_WORKERS": 1,
    }

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.found: Page | str = f"{url}: was not fetched"
        self.further: list[Page] = []
        self.missing: str | None = None
        self.resources: resources.Resources | None = None

    async def start(self) -> AsyncIterator[Any]:
        self.resources = await resources.acquire(self.crawler.settings, with_store=False)
        yield self._request(self.url, 0)

    def _request(self, url: str, hops: int) -> Request:
        meta = {"kind": "report", "download_slot": registered_domain(url)}
        return Request(url, callback=self.parse, errback=self.failed, cb_kwargs={"hops": hops}, meta=meta)

    async def parse(self, response: Response, hops: int) -> AsyncIterator[Any]:
        """The page, or a redirect to it."""
        location = location_of(response)
        target = absolute_url(response.url, location) if location else None
        if target is not None and hops < MAX_HOPS:
            yield self._request(target, hops + 1)
        elif response.status != 200:
            self.found = f"{response.url}: answers http {response.status}"
        else:
            self.found = page_of(response)
            await self._fetch_further(self.found)

    async def _fetch_further(self, first: Page) -> None:
        about = About(source=registered_domain(first.url))

        async def read(response: Response) -> Extracted:
            page = page_of(response)
            extracted = await self.parse_in_worker(read_report_page, page, replace(about, part_of=first.url))
            self.further.append(page)
            return extracted

        try:
            extracted = await self.parse_in_worker(read_report_page, first, about)
        except ParseError:
            return  # whoever reads the page will see it
        assert self.crawler.engine is not None
        tools = Tools(
            make_request=lambda url: Request(
                url, callback=NO_CALLBACK, meta={"kind": "report", "download_slot": registered_domain(url)}
            ),
            download=self.crawler.engine.download_async,
            read=read,
            go_on=lambda: self.crawler.crawling,
        )
        budget = self.crawler.settings.getint("NEWSCRAWL_MAX_PAGES_PER_REPORT")
        self.missing = (await fetch_further(extracted, tools, budget)).missing

    def failed(self, failure: Failure) -> None:
        """There is no answer."""
        self.found = f"{self.url}: {describe_failure(failure)}"

    async def parse_in_worker(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args)` in a worker: robots.txt is foreign bytes here too."""
        assert self.resources is not None
        return await self.resources.pool.run(4, function, *args, **kwargs)

    async def closed(self, reason: str) -> None:  # noqa: ARG002
        if self.resources is not None:
            await resources.release(self.resources)


def fetch_page(settings: Settings, url: str) -> Page | str:
    """The page at `url`, or why there is none."""
    found = fetch_pages(settings, url)
    return found if isinstance(found, str) else found.page


def fetch_pages(settings: Settings, url: str) -> Pages | str:
    """The pages of the report whose first page is at `url`, or why there is none."""
    spiders: list[PageSpider] = []

    async def drive(process: AsyncCrawlerProcess) -> None:
        crawler = process.create_crawler(PageSpider)
        await process.crawl(crawler, url=url)
        assert isinstance(crawler.spider, PageSpider)
        spiders.append(crawler.spider)

    run_spider(settings, drive)
    if not spiders:
        return f"{url}: interrupted"
    spider = spiders[0]
    return spider.found if isinstance(spider.found, str) else Pages(spider.found, tuple(spider.further), spider.missing)
