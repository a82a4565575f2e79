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


def of_odd_sections(site: DemoSite) -> list[dict[str, Any]]:
    """Reports whose markup defeats the general rules."""
    return [expected for expected in site.expected if set(expected["sections"]) & {"Tidebook", "Minutes"}]


def assert_right(report: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare the fields that the demo site states, as JSON values."""
    points = [{**place, "point": list(place["point"])} for place in expected.get("locations", [])]
    times = {name: expected[name].isoformat().replace("+00:00", "Z") for name in ("published_at",)}
    right = {**expected, **times, **({"locations": points} if points else {})}
    found = {**report, "body": report["body"].split("\n\n")}
    assert {name: found.get(name) for name in right} == right
    assert not {"modified_at", "comment_count"} & set(found)
    assert report["provenance"]["body"] == "site"


def test_site_pages_read_what_general_rules_cannot(program: Newscrawl, site: DemoSite) -> None:
    program.crawl(site.url, *FAST)

    stored = {report["url"]: report for report in program.reports()}
    assert len(of_odd_sections(site)) == 4
    for expected in of_odd_sections(site):
        assert_right(stored[expected["url"]], expected)


def test_the_page_key_of_a_source_chooses_its_site_page(program: Newscrawl, site: DemoSite) -> None:
    # By this name no site page knows the host.
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    folder = program.home / "sources"
    folder.mkdir()
    for name, key in (("with", 'page = "demo_minutes"'), ("without", "")):
        text = f'sections = ["{elsewhere}minutes/"]\ndiscover = false\ninclude = ["/minutes/"]\n{key}'
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    expected = {report["url"].replace("127.0.0.1", "localhost"): report for report in of_odd_sections(site)}

    status, (result,), trouble = program.crawl("with", *FAST)
    assert (status, result["counts"]["stored"]) == (0, 2), trouble
    for report in program.reports():
        assert_right({**report, "url": expected[report["url"]]["url"]}, expected[report["url"]])
    _, (result,), _ = program.crawl("without", "--dry-run", "-o", str(folder / "general.jsonl"), *FAST)
    general = [json.loads(line) for line in (folder / "general.jsonl").read_text(encoding="utf-8").splitlines()]
    assert not [report for report in general if "site" in report["provenance"].values()]


def test_an_unknown_site_page_is_told_before_anything_is_fetched(program: Newscrawl, site: DemoSite) -> None:
    folder = program.home / "sources"
    folder.mkdir()
    (folder / "courier.toml").write_text(f'home = "{site.url}"\npage = "courier"', encoding="utf-8")
    for command in (("crawl", "courier"), ("sources", "check", "courier"), ("sources", "show", "courier")):
        done = program.run(*command, *FAST)
        assert done.returncode == 2
        assert "courier.toml: page = 'courier' is no site page; known: demo_minutes, demo_tidebook" in done.stderr
    assert "is no site page" in program.run("sources", "list").stderr
    assert site.requests == []


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
    assert rows.startswith("id,url,canonical_url,also_at,source,headline")


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


def test_extract_saves_a_fixture_and_tries_site_pages(program: Newscrawl, site: DemoSite, tmp_path: Path) -> None:
    expected = of_odd_sections(site)[0]
    saving = ("--save-fixture", "sheet", "--fixtures", str(tmp_path / "saved"))
    done = program.run("extract", expected["url"], "--page", "none", *saving, *FAST)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["headline"] != expected["headline"]
    assert "sheet.json" in done.stderr
    assert program.run("extract", expected["url"], *saving, *FAST).returncode == 2

    saved = str(tmp_path / "saved" / "sheet.html")
    elsewhere = ("--url", "https://x.example/a")
    told = json.loads(program.run("extract", saved, *elsewhere, "--page", "demo_tidebook", "--explain").stdout)
    assert told["headline"] == expected["headline"]
    assert told["site_page"] == {"name": "demo_tidebook", "gaps": {}}
    assert {"method": "meta", "value": "Sound Media Webdesk"} in told["refused"]["authors"]
    other = json.loads(program.run("extract", saved, *elsewhere, "--page", "demo_minutes", "--explain").stdout)
    assert other["site_page"]["gaps"]["headline"] == "finds nothing"
    assert json.loads(program.run("extract", saved).stdout)["url"] == expected["url"]  # the fixture says it
    unknown = program.run("extract", saved, "--page", "demo")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "known: demo_minutes, demo_tidebook" in unknown.stderr
