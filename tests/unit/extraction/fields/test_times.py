# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.times import date_in_url, read_times
from newscrawl.extraction.page import read_page
from newscrawl.markup import parse_html

if TYPE_CHECKING:
    from newscrawl.dates import Moment

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://harbour.example/news/pier-closes"
PROSE = "<p>The council met on 3 January 2019 and spoke at length about the pier that has been closed since spring.</p>"


def read(html: str, url: str = URL) -> Candidates:
    tree = parse_html(html)
    assert tree is not None
    found = Candidates()
    read_times(read_page(tree, url, NOW), found)
    return found


def published(html: str, url: str = URL) -> Moment | None:
    moment: Moment | None = read(html, url).value("published_at")
    return moment


def day(html: str, url: str = URL) -> str | None:
    moment = published(html, url)
    return moment.by_own_clock.date().isoformat() if moment else None


def test_the_offset_of_the_page_is_kept() -> None:
    moment = published("<meta property='article:published_time' content='2022-05-07T20:06:23-05:00'>")
    assert moment is not None
    assert moment.at == datetime(2022, 5, 8, 1, 6, 23, tzinfo=UTC)
    assert moment.by_own_clock.isoformat() == "2022-05-07T20:06:23-05:00"


def test_a_time_element_by_the_clock_of_the_page_tells_its_offset() -> None:
    html = """<meta property='article:published_time' content='2023-11-09T05:30:59+00:00'>
        <h1>Pier closes</h1><time datetime='2023-11-08 23:30:59'>November 8, 2023 at 11:30 p.m.</time>"""
    moment = published(html)
    assert moment is not None
    assert (moment.at.day, moment.offset) == (9, timedelta(hours=-6))


def test_a_time_element_of_another_moment_tells_nothing() -> None:
    html = """<meta property='article:published_time' content='2023-11-09T05:30:59+00:00'>
        <h1>Pier closes</h1><time datetime='2023-11-08 21:12:40'>yesterday</time>"""
    moment = published(html)
    assert moment is not None
    assert moment.offset == timedelta(0)


def test_metadata_written_as_people_do() -> None:
    assert day("<meta name='pubdate' content='February 28th, 2024'>") == "2024-02-28"


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Pier closes</h1><p>3. Mai 2024</p>",
        "<div class='dateline'>3.5.24</div><h1>Pier closes</h1>",
        "<h1>Pier closes</h1><time>3 May 2024</time>",
        "<h1>Pier closes</h1><p>BERLIN, 3 May 2024 - The council has closed the pier, and it will stay closed until spring, said the mayor at noon.</p>",
        "<h1>Pier closes</h1>" + "<p>word</p>" * 90 + "<span>Erschienen am:</span> <b>03.05.2024</b>",
        "<h1>Pier closes</h1>"
        + "<p>word</p>" * 90
        + "<abbr class='published' title='2024-05-03T08:00:00Z'>08:00</abbr>",
        "<h1>Pier closes</h1><article><p>word</p><footer class='meta'>Published 3 May 2024</footer></article>",
        "<form><h1>Pier closes</h1><p>03.05.2024</p></form>",
    ],
)
def test_days_that_the_page_shows(html: str) -> None:
    assert day(html + PROSE) == "2024-05-03"


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Pier closes</h1><p>Stand: 03.05.2024</p>",
        "<h1>Pier closes</h1><div class='comments'><time datetime='2024-05-03'>then</time></div>",
        "<h1>Pier closes</h1>" + "<p>word</p>" * 90 + "<p>3 May 2024</p>",
        "<h1>Pier closes</h1>"
        + "<p>word</p>" * 90
        + "<ul><li><time datetime='2024-05-03'>Another report</time></li></ul>",
        "<h1>Pier closes</h1><script>var day = '03.05.2024'</script><style>/* 03.05.2024 */</style>",
    ],
)
def test_days_of_something_else(html: str) -> None:
    assert published(html + PROSE) is None


def test_a_change_that_the_page_shows_is_the_change() -> None:
    found = read("<h1>Pier closes</h1><p>Published 3 May 2024</p><p>Last updated 5 May 2024</p>")
    assert found.value("published_at").at.day == 3
    assert found.value("modified_at").at.day == 5


def test_a_label_goes_before_the_nearest() -> None:
    assert day("<h1>Pier closes</h1><p>9 June 2024</p><p>Published 3 May 2024</p>") == "2024-05-03"


def test_slashes_by_the_language_of_the_page() -> None:
    html = "<html lang='{}'><h1>Pier closes</h1><p>05/03/2024</p>"
    assert (day(html.format("en-US")), day(html.format("fr"))) == ("2024-05-03", "2024-03-05")


@pytest.mark.parametrize(
    "path",
    ["/2024/05/03/pier", "/news/2024/5/3/pier.html", "/2024-05-03-pier", "/pier-20240503", "/meldung/03-05-2024"],
)
def test_the_day_of_the_url(path: str) -> None:
    found = read(f"<h1>Pier closes</h1>{PROSE}", f"https://harbour.example{path}")
    assert found.value("published_at").at.date().isoformat() == "2024-05-03"
    assert found.provenance()["published_at"] == "url"


@pytest.mark.parametrize(
    "path", ["/12345678", "/2024/05/pier", "/2031/05/03/pier", "/2024/13/40/pier", "/id-120240503"]
)
def test_numbers_in_urls_that_are_no_day(path: str) -> None:
    assert date_in_url(f"https://harbour.example{path}", NOW) is None


def test_a_meta_element_that_says_only_date_comes_last() -> None:
    vague = "<meta name='date' content='2024-05-09'><h1>Pier closes</h1>"
    assert day(vague) == "2024-05-09"
    assert day(f"{vague}<p class='date'>3 May 2024</p>") == "2024-05-03"
