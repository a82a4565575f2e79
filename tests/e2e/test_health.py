"""Health as a user meets it: crawls observe, `health` tells, `sources accept` settles."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.store.store import open_store
from tests.web import Newscrawl, PageSite

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from newscrawl.store.store import Store

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0")
TOPICS = ("storm", "harbour", "school", "budget", "election", "museum", "railway", "hospital", "bakery", "bridge")


def page(number: int, *, author: bool) -> str:
    topic = TOPICS[number % 10]
    about = f"Council debates the {topic} plan number {number} at length"
    person = '"author": {"@type": "Person", "name": "Ada Byron"}, ' if author else ""
    by = f'<script type="application/ld+json">{{"@type": "NewsArticle", {person}"headline": "{about}"}}</script>'
    text = " ".join(f"Speaker {number * 7 + n} of the {topic} board gave reason {n * number + 3}." for n in range(14))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return (
        f'<html lang=en><head><title>{about}</title><meta property="og:type" content="article">{by}'
        f'<meta property="article:published_time" content="{now}"></head><body><article><h1>{about}</h1>'
        f"<p>{text}</p></article></body></html>"
    )


def site_pages(numbers: range, *, author: bool = True) -> dict[str, str]:
    names = {f"/news/council-debates-plan-number-{n}-at-length": page(n, author=author) for n in numbers}
    items = "".join(f'<li><h2><a href="{name}">{name[6:].replace("-", " ")}</a></h2></li>' for name in names)
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    home = f"<html><head><title>Town News</title>{link}</head><body><ul>{items}</ul></body></html>"
    return {"/": home, "/robots.txt": "User-agent: *\nDisallow:\n", "/feed.xml": feed(names), **names}


def feed(names: Iterable[str]) -> str:
    items = "".join(f"<item><title>{name[6:].replace('-', ' ')}</title><link>{name}</link></item>" for name in names)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Town News</title>{items}</channel></rss>'


def with_store(program: Newscrawl, work: Callable[[Store], Awaitable[Any]]) -> None:
    async def run() -> None:
        home, database = Path(program.environment["NEWSCRAWL_HOME"]), program.environment["MONGODB_DATABASE"]
        async with open_store("", database, home, 20) as store:
            await work(store)

    asyncio.run(run())


def row(program: Newscrawl) -> tuple[int, dict[str, Any]]:
    done = program.run("health", "--json")
    (found,) = json.loads(done.stdout)
    return done.returncode, found


async def eight_days_pass(store: Store) -> None:
    """All that health knows becomes older."""
    ((source, seen, at),) = await store.observations.all()
    back = timedelta(days=8)
    seen.first_at = (seen.first_at or at) - back
    seen.recent = [replace(sample, at=sample.at - back) for sample in seen.recent]
    await store.connection.database.observations.update_one({"_id": source}, {"$set": seen.to_document()})


def test_a_source_that_drifts_and_whose_feed_stops(program: Newscrawl, tmp_path: Path) -> None:
    told = tmp_path / "told"
    options = (*FAST, "-s", f"NEWSCRAWL_NOTIFY_COMMAND=cat >> {told}")

    with PageSite(site_pages(range(1, 25))) as site:
        assert program.crawl(site.url + "/", *options)[0] == 0
        assert row(program)[1]["state"] == "fresh"
        with_store(program, eight_days_pass)
        site.pages = site_pages(range(25, 47), author=False)
        program.crawl(site.url + "/", *options)
        status, found = row(program)
        assert (status, found["state"], found["suspect_reports"]) == (1, "drifting", 22), found
        assert "without authors" in found["reason"]
        site.pages = site_pages(range(47, 49), author=False)
        program.crawl(site.url + "/", *options)
        assert sum(report.get("suspect", False) for report in program.reports()) == 24
        assert program.run("sources", "accept", found["source"]).returncode == 0
        assert row(program)[0] == 0
        assert not any("suspect" in report for report in program.reports())
        with_store(program, eight_days_pass)
        stopped = site.pages["/feed.xml"]
        site.pages = site_pages(range(49, 65), author=False) | {"/feed.xml": stopped}
        program.crawl(site.url + "/", *options)
    status, found = row(program)
    assert (status, found["state"], found["suspect_reports"]) == (1, "failing", 0), found
    assert "in no feed: 16 of the last 16" in found["reason"]
    table = program.run("health")
    assert table.stdout.splitlines()[1].startswith(f"{found['source']}  failing !")
    assert "1 of 1 needs a look" in table.stderr
    assert [json.loads(line)["state"] for line in told.read_text().splitlines()] == ["drifting", "failing"]


def test_a_source_that_blocks_and_metrics_that_fail(program: Newscrawl) -> None:
    """An address that is taken costs the figures, not the crawl."""
    with PageSite(site_pages(range(1, 4))) as site, socket.create_server(("127.0.0.1", 0)) as taken:
        options = (*FAST, "-s", f"NEWSCRAWL_METRICS_LISTEN=127.0.0.1:{taken.getsockname()[1]}")
        status, (result,), trouble = program.crawl(site.url + "/", *options)
        assert (status, result["counts"]["stored"]) == (0, 3), trouble
        assert "no metrics" in trouble
        site.answers = {"/": 403, "/feed.xml": 403}
        for _ in range(2):
            program.crawl(site.url + "/", *FAST)

        async def two_hours_ago(store: Store) -> None:
            change = {"$set": {"down_since": datetime.now(UTC) - timedelta(hours=2)}}
            done = await store.connection.database.observations.update_one({"down.kind": "blocked"}, change)
            assert done.matched_count == 1

        with_store(program, two_hours_ago)
        program.crawl(site.url + "/", *FAST)
    status, found = row(program)
    assert (status, found["state"]) == (1, "blocked")
    assert "http 403" in found["reason"]
