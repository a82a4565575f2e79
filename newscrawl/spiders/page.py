"""One page, fetched with all the guards of a crawl, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from scrapy import Request, Spider

from newscrawl.parsing.work import Page
from newscrawl.spiders import resources
from newscrawl.spiders.answers import describe_failure, location_of
from newscrawl.spiders.run import run_spider
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response
    from scrapy.settings import Settings
    from twisted.python.failure import Failure

P = ParamSpec("P")
T = TypeVar("T")

MAX_HOPS = 5


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
        self.resources: resources.Resources | None = None

    async def start(self) -> AsyncIterator[Any]:
        self.resources = await resources.acquire(self.crawler.settings, with_store=False)
        yield self._request(self.url, 0)

    def _request(self, url: str, hops: int) -> Request:
        meta = {"kind": "report", "download_slot": registered_domain(url)}
        return Request(url, callback=self.parse, errback=self.failed, cb_kwargs={"hops": hops}, meta=meta)

    def parse(self, response: Response, hops: int) -> Iterator[Any]:
        """The page, or a redirect to it."""
        location = location_of(response)
        target = absolute_url(response.url, location) if location else None
        if target is not None and hops < MAX_HOPS:
            yield self._request(target, hops + 1)
        elif response.status != 200:
            self.found = f"{response.url}: answers http {response.status}"
        else:
            content_type = response.headers.get("Content-Type")
            self.found = Page(
                body=response.body,
                url=response.url,
                content_type=content_type.decode("latin-1") if content_type else None,
                now=datetime.now(UTC),
            )

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
    spiders: list[Any] = []

    async def drive(process: AsyncCrawlerProcess) -> None:
        crawler = process.create_crawler(PageSpider)
        await process.crawl(crawler, url=url)
        spiders.append(crawler.spider)

    run_spider(settings, drive)
    found: Page | str = spiders[0].found if spiders else f"{url}: interrupted"
    return found
