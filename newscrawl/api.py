"""The functions of `import newscrawl`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl import settings
from newscrawl.parsing.work import About, Page, read_report_page
from newscrawl.store.store import open_store
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from newscrawl.items import Report


def extract(html: bytes, url: str) -> Report:
    """The report on a page, without a database.

    `html` is the body as fetched, `url` (absolute, http or https) where it was fetched. A field that the page does not
    give is None or empty; a page that is no report gives one without a body. Never raises on what a page contains;
    ValueError where `url` is no http(s) URL.
    """
    where = absolute_url("", url)
    if where is None:
        raise ValueError(f"url is {url!r}, which is no http(s) URL")
    page = Page(body=html, url=where, content_type=None, now=datetime.now(UTC))
    return read_report_page(page, About(source=registered_domain(where))).report


def reports(
    *,
    source: str | None = None,
    language: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Report]:
    """The stored reports in the order in which they last changed, from the database that the environment names.

    `since` and `until` (aware) bound `published_at`, or `first_seen_at` where that is unknown. Memory stays constant.
    Raises `newscrawl.store.store.StoreError` where the database is not to be had.
    """
    with asyncio.Runner() as runner:
        found = _read(source=source, language=language, since=since, until=until)
        try:
            while True:
                try:
                    yield runner.run(anext(found))  # type: ignore[arg-type]
                except StopAsyncIteration:
                    return
        finally:
            runner.run(found.aclose())  # type: ignore[attr-defined]


async def _read(
    *, source: str | None, language: str | None, since: datetime | None, until: datetime | None
) -> AsyncIterator[Report]:
    async with open_store(
        settings.MONGODB_URI,
        settings.MONGODB_DATABASE,
        Path(settings.NEWSCRAWL_HOME),
        float(settings.NEWSCRAWL_STORE_PATIENCE),
    ) as store:
        async for report, _ in store.changes.reports(source=source, language=language, since=since, until=until):
            yield report
