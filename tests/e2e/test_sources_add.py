"""`newscrawl sources add`, `remove` and `export` as a user runs them: without a database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from newscrawl.demo.server import DemoSite
from newscrawl.sources import load_source
from tests.web import Newscrawl, PageSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0")


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


def test_add_writes_the_fewest_endpoints_and_a_crawl_by_them_finds_what_they_announce(
    program: Newscrawl, site: DemoSite, tmp_path: Path
) -> None:
    done = program.run("sources", "add", site.url, *FAST, "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    path = tmp_path / "sources" / "127.0.0.1.toml"
    source = load_source(path)

    assert not (tmp_path / "data").exists()  # no database was started
    assert told["covered"] == told["reports"] > len(site.expected) - 3  # some are in the archive alone
    assert (source.name, source.home, source.discover) == ("The Sound Courier", site.url, False)
    assert len(source.feeds) == 1
    assert 1 <= len(source.sections) <= 4
    chosen = {one["url"] for one in told["endpoints"] if one["chosen"]}
    assert chosen == {*source.feeds, *source.sections}
    assert "Not chosen:" in path.read_text(encoding="utf-8")
    assert not [request for request in site.requests if request.path.startswith("/private/")]

    site.requests.clear()
    status, (result,), trouble = program.crawl("127.0.0.1", *FAST, "--dry-run")
    assert status == 0, trouble
    assert result["counts"]["stored"] >= told["reports"] - 4  # copies and refused pages are among them
    assert site.url.removesuffix("/") + "/" not in chosen
    assert "/" not in [request.path for request in site.requests]  # the home page is none of the chosen


def test_a_file_that_is_there_stays_and_dry_run_only_shows(program: Newscrawl, tmp_path: Path) -> None:
    path = tmp_path / "sources" / "mine.toml"
    path.parent.mkdir()
    path.write_text('home = "http://127.0.0.1/"')
    done = program.run("sources", "add", "http://127.0.0.1:1/", *FAST)

    assert done.returncode == 1
    assert "mine.toml has it already; --force overwrites it" in done.stderr
    with PageSite({"/": "<a href='/feed'>RSS</a>", "/feed": FEED}) as site:
        shown = program.run("sources", "add", site.url, *FAST, "--dry-run")
        forced = program.run("sources", "add", site.url, *FAST, "--force")
    assert shown.returncode == 0
    assert "/feed" in shown.stdout
    assert "home = " in shown.stdout
    assert forced.returncode == 0
    assert load_source(path).feeds == (f"{site.url}/feed",)


FEED = """<rss version="2.0"><channel><title>Paper</title>
<item><title>One</title><link>/2026/03/02/night-ferries-return</link></item></channel></rss>"""


def test_a_site_that_announces_nothing_gets_no_file(program: Newscrawl, tmp_path: Path) -> None:
    with PageSite({"/": "<p>Nothing here"}) as site:
        done = program.run("sources", "add", site.url, *FAST)

    assert done.returncode == 1
    assert "none of" in done.stderr
    assert "announces a report" in done.stderr
    assert not (tmp_path / "sources").exists()


def test_addresses_inside_the_network_are_refused(program: Newscrawl) -> None:
    with PageSite({"/": FEED}) as site:
        done = program.run("sources", "add", site.url, "-s", "DOWNLOAD_DELAY=0")

    assert done.returncode == 1
    assert site.asked == []


def test_a_list_makes_files_and_leaves_those_that_are_there(program: Newscrawl, tmp_path: Path) -> None:
    table = tmp_path / "feeds.csv"
    table.write_text("feed,name\nhttps://gazette.example/feed,Gazette\nhttps://tide.example/rss,Tide\nodd,Odd\n")
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "old.toml").write_text('home = "https://tide.example/"')
    done = program.run("sources", "add", "--csv", str(table))

    assert done.returncode == 1
    assert load_source(sources / "gazette.example.toml").feeds == ("https://gazette.example/feed",)
    assert "feeds.csv: line 4: 'odd' is no http(s) URL" in done.stderr
    assert "old.toml: is there already and was not touched; it lacks https://tide.example/rss" in done.stderr
    exported = program.run("sources", "export", "--opml")
    assert 'xmlUrl="https://gazette.example/feed"' in exported.stdout

    removed = program.run("sources", "remove", "gazette.example")
    assert "stay in the store" in removed.stdout
    assert not (sources / "gazette.example.toml").exists()
    again = program.run("sources", "remove", "gazette.example")
    assert again.returncode == 2
    assert "known: old" in again.stderr


def test_a_list_that_cannot_be_read_is_told(program: Newscrawl, tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text("<html></html>")

    assert "is no OPML" in program.run("sources", "add", "--opml", str(path)).stderr
    assert program.run("sources", "add", "--opml", str(tmp_path / "none")).returncode == 2
    assert program.run("sources", "add").returncode == 2
