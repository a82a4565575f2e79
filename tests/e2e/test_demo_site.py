"""The whole program against the demo site, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.demo.server import DemoSite
from tests.web import Newscrawl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0")


@pytest.fixture
def program(tmp_path: Path) -> Newscrawl:
    return Newscrawl(tmp_path)


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


def urls_of(reports: Iterable[dict[str, Any]]) -> set[str]:
    """The addresses of reports, those of copies too."""
    return {url for report in reports for url in (report["url"], *report.get("also_at", ()))}


def fields(report: dict[str, Any]) -> tuple[Any, ...]:
    return report["headline"], report["body"].split("\n\n")


def test_every_report_is_stored_once_with_its_text(program: Newscrawl, site: DemoSite) -> None:
    status, (result,), trouble = program.crawl(site.url, *FAST)

    assert status == 0, trouble
    assert result["counts"]["stored"] == len(site.expected)
    stored = {report["url"]: report for report in program.reports()}
    assert {expected["url"] for expected in site.expected} <= urls_of(stored.values())
    for expected in site.expected:
        # Of two copies, the one that was fetched first is the report.
        report = stored.get(expected["url"]) or stored[expected["also_at"][0]]
        assert report["headline"] == expected["headline"]
        assert report["source"] == "127.0.0.1"
        assert report["language"] == expected["language"]


def test_aggregated_reports_keep_source_link_place_and_rating(program: Newscrawl, site: DemoSite) -> None:
    program.crawl(site.url, *FAST)

    stored = {report["url"]: report for report in program.reports()}
    aggregated = [expected for expected in site.expected if "source_link" in expected]
    assert len(aggregated) == 2
    for expected in aggregated:
        report = stored[expected["url"]]
        assert report["source_link"] == {k: v for k, v in expected["source_link"].items() if v}
        assert report["locations"][0]["point"] == list(expected["locations"][0]["point"])
        assert report["rating"]["value"] == expected["rating"]["value"]
        assert report["body"].split("\n\n") == expected["body"]


def test_a_second_crawl_fetches_and_writes_nothing_again(program: Newscrawl, site: DemoSite) -> None:
    program.crawl(site.url, *FAST)
    before = program.reports()
    asked = len(site.requests)
    status, (result,), _ = program.crawl(site.url, *FAST)

    pages = {expected["url"].removeprefix(site.url.rstrip("/")) for expected in site.expected}
    again = [request for request in site.requests[asked:] if request.path in pages]
    assert (status, again, result["counts"]["stored"]) == (0, [], 0)
    assert program.reports() == before
    assert any(request.status == 304 for request in site.requests[asked:])


def test_robots_comes_first_and_is_obeyed(program: Newscrawl, site: DemoSite) -> None:
    program.crawl(site.url, *FAST)

    assert site.requests[0].path == "/robots.txt"
    assert not [request.path for request in site.requests if request.path.startswith("/private/")]


def test_outcomes_add_up_and_why_tells_them(program: Newscrawl, site: DemoSite) -> None:
    _, (result,), _ = program.crawl(site.url, *FAST)
    counts = dict(result["counts"])
    assert counts.pop("discovered") == sum(counts.values())

    report = program.reports()[0]
    told = program.run("why", report["url"])
    assert told.returncode == 0
    assert "outcome: stored" in told.stdout
    assert program.run("why", site.url + "never-seen").returncode == 1


def test_new_reports_and_revisions_arrive_with_the_next_crawl(program: Newscrawl, site: DemoSite) -> None:
    program.crawl(site.url, *FAST)
    published = site.publish(site.staged[0])
    revised = site.revise("night-ferries", "The newsroom has corrected a figure in this report.")
    program.crawl(site.url, *FAST)

    stored = {report["url"]: report for report in program.reports()}
    assert published in stored
    assert stored[revised]["revision"] == 2
    assert "corrected a figure" in stored[revised]["body"]


def test_killed_in_the_middle_nothing_is_lost_and_nothing_double(program: Newscrawl, site: DemoSite) -> None:
    crawl = program.start("crawl", site.url, *FAST[:2], "-s", "DOWNLOAD_DELAY=0.2")
    deadline = time.monotonic() + 30
    while len(site.requests) < 6 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(crawl.pid, signal.SIGKILL)
    crawl.wait()
    status, _, trouble = program.crawl(site.url, *FAST)

    assert status == 0, trouble
    reports = program.reports()
    assert len(reports) == len(site.expected)
    assert {expected["url"] for expected in site.expected} <= urls_of(reports)


def test_sigterm_stops_in_order_and_the_next_crawl_goes_on(program: Newscrawl, site: DemoSite) -> None:
    crawl = program.start("crawl", site.url, *FAST[:2], "-s", "DOWNLOAD_DELAY=0.3")
    deadline = time.monotonic() + 30
    while len(site.requests) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    crawl.send_signal(signal.SIGTERM)

    assert crawl.wait(30) == 130
    program.crawl(site.url, *FAST)
    assert len(program.reports()) == len(site.expected)


def test_single_report_feed_and_section_are_told_apart(program: Newscrawl, site: DemoSite) -> None:
    one = site.expected[0]["url"]
    _, (report,), _ = program.crawl(one, *FAST)
    assert report["counts"]["stored"] == 1
    assert [stored["url"] for stored in program.reports()] == [one]

    _, (feed,), _ = program.crawl(site.url + "feed.xml", *FAST)
    assert feed["counts"]["stored"] > 3


def test_export_and_import_round_trip(program: Newscrawl, site: DemoSite, tmp_path: Path) -> None:
    program.crawl(site.url, *FAST)
    file = tmp_path / "reports.jsonl"
    assert program.run("export", "-o", str(file)).returncode == 0
    lines = file.read_text(encoding="utf-8").splitlines()

    other = Newscrawl(tmp_path / "other")
    done = other.run("import", str(file))
    assert done.returncode == 0, done.stderr
    assert f"{len(lines)} stored" in done.stdout
    assert sorted(map(fields, other.reports())) == sorted(map(fields, map(json.loads, lines)))
    rows = program.run("export", "--format", "csv").stdout
    assert rows.startswith("id,url,source,headline")


def test_dry_run_writes_nothing(program: Newscrawl, site: DemoSite) -> None:
    status, (result,), _ = program.crawl(site.url, "--dry-run", "--limit", "3", *FAST)

    assert (status, result["counts"]["stored"]) == (0, 3)
    assert program.reports() == []


def test_extract_reads_a_url_and_a_file(program: Newscrawl, site: DemoSite, tmp_path: Path) -> None:
    expected = site.expected[0]
    by_url = program.run("extract", expected["url"], "--explain", *FAST)
    assert by_url.returncode == 0, by_url.stderr
    found = json.loads(by_url.stdout)
    assert found["headline"] == expected["headline"]
    assert "jsonld" in by_url.stdout or "dom" in by_url.stdout

    page = tmp_path / "page.html"
    page.write_text("<html lang=en><h1>A bridge</h1><p>" + "The council met and voted. " * 20, encoding="utf-8")
    by_file = program.run("extract", str(page), "--url", "https://x.example/a")
    assert json.loads(by_file.stdout)["headline"] == "A bridge"
