"""Whatever the bytes: every reader answers, or says that it cannot read them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.findings import NotReadableError
from newscrawl.discovery.links import shape_of
from newscrawl.discovery.pages import listing_share, read_listing
from newscrawl.discovery.robots import parse_robots
from newscrawl.discovery.sitemaps import is_side_map, read_sitemap
from newscrawl.discovery.sniff import kind_of
from newscrawl.markup import decode_html, parse_html
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://news.example/a/b?c=1"
WHOLE = [
    (
        b"<?xml version='1.0' encoding='x'?><rss><channel><item xml:base='//['><title>a&amp;</title>"
        b"<link>http://news.example//[x?y</link><pubDate>Fri, 20 Nov 2026 08:00:00 CET</pubDate></item></channel></rss>"
    ),
    b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/a'/><author><name>x</name></author></entry></feed>",
    b"<urlset xmlns:news='n'><url><loc>https://news.example/2026/11/20/x</loc><news:news><news:title>x</urlset>",
    b"<sitemapindex><sitemap><loc>/x.xml</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>",
    b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/a", "tags": ["x"], "authors": [{}]}]}',
    b"<html><base href='//x'><nav><a href='/s'>S</a></nav><article><h2><a href='?page=2'>T</a></h2><time datetime=x>",
    b"User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1e999\nSitemap: http://[\n",
    b"\x1f\x8b\x08\x00",
]
TOKENS = [
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"<![CDATA[",
    b"]]>",
    b"\x00",
    b"\xff",
    b"//[",
    b"%",
    b"{",
    b'"',
    b"<a href=",
    b"<item>",
    b"*",
    b"\n",
]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """One of the documents above, with pieces cut out and put in."""
    body = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 8))] = draw(st.sampled_from(TOKENS) | st.binary(max_size=6))
    return bytes(body)


def read_page(body: bytes) -> None:
    tree = parse_html(decode_html(body))
    if tree is not None:
        read_listing(tree, URL, NOW)
        assert 0 <= listing_share(tree) <= 1


READERS: list[Callable[[bytes], object]] = [
    lambda body: kind_of(body, None, URL),
    lambda body: read_feed(body, URL, NOW),
    lambda body: read_sitemap(body, URL, NOW),
    lambda body: parse_robots(body, "newscrawl").allows(URL),
    read_page,
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mangled())
def test_no_other_error_leaves_a_reader(body: bytes) -> None:
    for read in READERS:
        with contextlib.suppress(NotReadableError):
            read(body)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="/%-_.=?&;:[]@#+ 20a1héж中", max_size=40))
def test_every_url_has_a_shape(tail: str) -> None:
    url = absolute_url("https://news.example/", tail)
    if url is not None:
        assert shape_of(url) in ("report", "section", "other", "unknown")
        is_side_map(url)
