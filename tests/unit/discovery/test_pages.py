from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newscrawl.discovery.pages import listing_share, read_listing
from newscrawl.markup import parse_html

if TYPE_CHECKING:
    from newscrawl.discovery.findings import Findings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://www.news.example/"


def listing(body: str, url: str = URL, head: str = "") -> Findings:
    tree = parse_html(f"<html lang='en'><head><title>News</title>{head}</head><body>{body}</body></html>")
    assert tree is not None
    return read_listing(tree, url, NOW)


def entries(found: Findings) -> list[tuple[str, bool]]:
    return [(entry.url.removeprefix("https://www.news.example"), entry.certain) for entry in found.entries]


def endpoints(found: Findings, kind: str) -> list[str]:
    return [endpoint.url for endpoint in found.endpoints if endpoint.kind == kind]


FRONT = """
<header><nav><a href="/">Home</a> <a href="/section/sport/">Sport</a> <a href="/real-estate">Real estate</a>
<a href="/about">About</a> <a href="/search?q=x" rel="nofollow">Search</a> <a href="/login">Log in</a></nav></header>
<main><ul>
<li><article><h2><a href="/2026/11/20/bridge?utm_source=home">Bridge opens</a></h2>
<time datetime="2026-11-20T08:00:00Z">20.11.</time><p>After ten years the bridge over the river is open again.</p>
<a href="/author/jo">Jo Day</a> <a href="/2026/11/20/bridge#comments">3 comments</a></article></li>
<li><article><h2><a href="/hope/">Hope</a></h2><time datetime="2026-11-19">19.11.</time></article></li>
</ul><p><a href="/section/culture/">More in culture</a></p></main>
<footer><a href="/company-history">Our company</a> <a href="/privacy">Privacy</a></footer>
"""


def test_a_front_of_teasers() -> None:
    found = listing(FRONT)
    assert entries(found) == [("/2026/11/20/bridge?utm_source=home", True), ("/hope/", True)]
    first = found.entries[0]
    assert first.title == "Bridge opens"
    assert first.published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert first.summary == "After ten years the bridge over the river is open again."
    assert (found.kind, found.title, found.language) == ("page", "News", "en")


def test_the_sections_of_a_front() -> None:
    assert endpoints(listing(FRONT), "section") == [
        "https://www.news.example/section/sport/", "https://www.news.example/real-estate",
        "https://www.news.example/section/culture/",
    ]  # fmt: skip


def test_a_list_with_times() -> None:
    found = listing(
        "<nav class='categories'><a href='/categories'>Categories</a> <a href='/category/sport'>Sport</a></nav>"
        "<ol><li><a href='/report/48419/two-rivals'>Two rival lines agree</a><time datetime='2026-07-03'>3.7.</time>"
        "<li><a href='/report/48420/x'>Bridge</a> <time datetime='2026-07-02'>2 July</time></ol>"
        "<nav class='pager'><a rel='next' href='/reports?page=2'>Next</a></nav>",
        URL + "reports",
    )
    assert entries(found) == [("/report/48419/two-rivals", True), ("/report/48420/x", True)]
    assert found.entries[1].published_at == datetime(2026, 7, 2, tzinfo=UTC)
    assert found.next_page == "https://www.news.example/reports?page=2"
    assert endpoints(found, "section") == [
        "https://www.news.example/categories",
        "https://www.news.example/category/sport",
    ]


def test_a_plain_list_of_links() -> None:
    items = "".join(f"<li><a href='/report/00012{i}/2026/story-{i}.html'>Report 00012{i}</a></li>" for i in range(3))
    found = listing(f"<ul>{items}</ul><a class='next' href='/index/1'>next</a>")
    assert [url for url, _ in entries(found)] == [f"/report/00012{i}/2026/story-{i}.html" for i in range(3)]
    assert found.next_page == "https://www.news.example/index/1"
    assert found.endpoints == ()


def test_what_is_uncertain() -> None:
    found = listing(
        "<p><a href='/x/ear-candy'>The whole story of how the bridge was built</a></p>"
        "<p><a href='/2026/11/20/bridge'>Here</a></p>"
    )
    assert entries(found) == [("/x/ear-candy", False), ("/2026/11/20/bridge", False)]


@pytest.mark.parametrize(
    "body",
    [
        "<nav><a href='/bridge-opens-after-ten-years'>Bridge opens after ten years</a></nav>",
        "<div class='main-menu'><a href='/2026/11/20/bridge'>Bridge opens after ten years</a></div>",
        "<footer><h3><a href='/our-long-company-history'>Our long company history since 1900</a></h3></footer>",
        "<h2><a href='/tag/bridges'>Everything about bridges and rivers</a></h2>",
        "<p><a href='/sport'>Sport</a></p>",
        "<p><a href='https://other.example/2026/11/20/bridge'>Bridge opens after ten years</a></p>",
        "<p><a href='https://shop.news.example/mug-with-our-logo-4711'>Buy a mug with our logo</a></p>",
        "<h2><a href='mailto:jo@news.example'>Write to the editors of this page</a></h2>",
        "<h2><a href='/'>The News of the whole world</a></h2>",
    ],
)
def test_what_is_no_entry(body: str) -> None:
    assert listing(body).entries == ()


def test_what_lies_above_reports_is_a_section() -> None:
    found = listing(
        "<h3><a href='/news/city-news-and-sport/'>See more city news and sport</a></h3>"
        "<h3><a href='/news/city-news-and-sport/bridge-opens-after-ten-years'>Bridge opens after ten years</a></h3>"
        "<h3><a href='/news/city-news-and-sport/homes-planned-for-old-site'>Homes planned for old site</a></h3>"
    )
    assert len(found.entries) == 2


def test_feeds() -> None:
    head = """<link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">
        <link rel="alternate" type="application/atom+xml" href="/atom.xml">
        <link rel="alternate" type="application/feed+json; charset=utf-8" href="/feed.json">
        <link rel="alternate" type="application/rss+xml" title="News &raquo; Comments" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" href="/?s=bridge&feed=rss2">
        <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/css" href="/x.css">"""
    assert endpoints(listing("", head=head), "feed") == [
        f"https://www.news.example/{name}" for name in ("feed.xml", "atom.xml", "feed.json")
    ]


@pytest.mark.parametrize(
    ("url", "body", "target"),
    [
        ("sport", "<a href='/sport?page=2' rel='nofollow next'>2</a>", "sport?page=2"),
        ("sport?page=2", "<a href='/sport?page=1'>1</a><a href='/sport?page=3'>3</a>", "sport?page=3"),
        ("sport/page/2/", "<a href='/sport/page/3/'>3</a>", "sport/page/3/"),
        ("sport", "<a href='/sport/page/2'>2</a>", "sport/page/2"),
        ("sport", "<a href='/sport?start=20'>Ältere Beiträge »</a>", "sport?start=20"),
        ("sport", "<a href='/sport?offset=20'>次へ</a>", "sport?offset=20"),
        ("sport", "<a href='/sport?slide=3' class='next'>x</a>", None),
        ("sport", "<a href='https://other.example/?page=2' rel='next'>2</a>", None),
        ("2026/11/20/bridge", "<a href='/2026/11/19/tunnel' rel='next'>Tunnel</a>", None),
        ("sport?page=2", "<a href='/sport?page=2' rel='next'>2</a>", None),
    ],
)
def test_the_next_page(url: str, body: str, target: str | None) -> None:
    assert listing(body, URL + url).next_page == (URL + target if target else None)


def test_a_base_of_the_same_site_counts_and_another_does_not() -> None:
    link = "<h2><a href='2026/11/20/bridge'>Bridge opens today</a></h2>"
    assert entries(listing(link, head="<base href='/en/'>")) == [("/en/2026/11/20/bridge", True)]
    assert entries(listing(link, head="<base href='https://other.example/'>")) == [("/2026/11/20/bridge", True)]


def test_a_report_of_another_site_is_uncertain() -> None:
    found = listing("<h2><a href='https://other.example/2026/11/20/bridge'>Bridge opens after ten years</a></h2>")
    assert entries(found) == [("https://other.example/2026/11/20/bridge", False)]


def test_the_share_of_links() -> None:
    front, report = (
        parse_html(FRONT),
        parse_html("<h1>Bridge</h1><p>" + "Words and words. " * 50 + "<a href='/'>Home</a>"),
    )
    assert front is not None
    assert report is not None
    assert listing_share(front) > 0.5
    assert listing_share(report) < 0.1


def test_a_page_of_very_many_links_is_read_in_time() -> None:
    body = "".join(
        f"<div><a href='/2026/11/20/bridge-{i}'>Bridge {i} opens after ten years</a></div>" for i in range(200_000)
    )
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    began = time.perf_counter()
    found = read_listing(tree, URL, NOW)
    assert time.perf_counter() - began < 30
    assert len(found.entries) == 5000
