"""Crawls of a schedule in a thread of the tests' own process, over sites on loopback."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.settings import Settings

from newscrawl.schedule.crawl_source import crawl_source
from newscrawl.schedule.crawl_thread import CrawlThread
from tests.web import PageSite

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from newscrawl.store.store import Store

TEXT = "The harbour of {name} opens again after a year, and ferries leave every morning at seven from berth {name}. "
_numbers = count(10)


class Scheduled:
    """A schedule's side of a crawl: claims, crawls, and what is stored."""

    def __init__(self, thread: CrawlThread) -> None:
        self.thread = thread
        self.folder = Path(thread.settings["NEWSCRAWL_SOURCES"])

    @property
    def store(self) -> Store:
        return self.thread.store

    def do(self, function: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **kwargs: Any) -> Any:
        """`await function(...)` in the event loop of the crawls."""

        async def work() -> Any:
            return await function(*args, **kwargs)

        return self.thread.call(work)

    def write_source(self, source: str, site: PageSite, *lines: str) -> None:
        text = (f'home = "{site.url}/"', f'sections = ["{site.url}/"]', "discover = false", *lines)
        (self.folder / f"{source}.toml").write_text("\n".join(text) + "\n", encoding="utf-8")
        self.do(self.store.sources.define, [source])

    def claim(self, source: str) -> int:
        """The fence of a claim; the source is due."""
        (claim,) = self.do(self.store.sources.claim, [source], 1, 60.0)
        return int(claim.fence)

    def crawl(self, source: str, fence: int) -> Any:
        return self.do(crawl_source, self.thread.process, self.store, source, fence)

    def users(self) -> int:
        """How many hold the database and the workers."""
        held = self.thread._held
        assert held is not None
        return held.users

    def state(self, source: str) -> Any:
        return self.do(self.store.sources.state, source)

    def urls(self, source: str) -> dict[str, str]:
        """Path of each report page that was announced -> outcome."""

        async def ask() -> dict[str, str]:
            found = self.store.connection.database.urls.find({"source": source, "kind": "report"})
            return {"/" + one["url"].split("/", 3)[3]: one["outcome"] async for one in found}

        return dict(self.do(ask))

    def crawls(self, source: str) -> list[Any]:
        return list(self.do(self.store.crawls.latest, source=source))


@pytest.fixture(scope="session")
def scheduled(mongodb_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    for name, value in {
        "NEWSCRAWL_HOME": str(mongodb_home),
        "MONGODB_URI": "",
        "MONGODB_DATABASE": "test_schedule",
        "NEWSCRAWL_SOURCES": str(tmp_path_factory.mktemp("sources")),
        "NEWSCRAWL_ALLOW_NETWORKS": "127.0.0.0/8",
        "NEWSCRAWL_WORKERS": 1,
        "DOWNLOAD_DELAY": 0.02,
        "LOG_INSTALL_ROOT_HANDLER": False,
    }.items():
        settings.set(name, value, priority="cmdline")
    thread = CrawlThread(settings)
    thread.start()
    found = Scheduled(thread)
    yield found
    found.do(thread.store.connection.client.drop_database, "test_schedule")
    thread.stop()
    thread.loop.close()


def page(name: str) -> str:
    """Where the report `name` of a site is."""
    return f"/news/{name}-the-harbour-opens-again-after-a-year"


@contextmanager
def site_of(names: str) -> Iterator[PageSite]:
    """A site of its own domain: a front page that lists a report for each letter of `names`."""
    links = "".join(f'<li><h2><a href="{page(name)}">Harbour {name} opens again</a></h2></li>' for name in names)
    pages = {"/": f"<html><head><title>News</title></head><body><ul>{links}</ul></body></html>"}
    for name in names:
        text = "".join(f"<p>{TEXT.format(name=name * 3)}{n} {name}.</p>" for n in range(5))
        head = f'<title>Harbour {name} opens again</title><meta property="og:type" content="article">'
        body = f"<article><h1>Harbour {name} opens again</h1>{text}</article>"
        pages[page(name)] = f"<html lang=en><head>{head}</head><body>{body}</body></html>"
    with PageSite(pages, host=f"127.0.0.{next(_numbers)}") as site:
        yield site


def until(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def begun(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begin work in a thread; what is returned waits for its result."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()

    def result() -> Any:
        thread.join(120)
        return found[0]

    return result
