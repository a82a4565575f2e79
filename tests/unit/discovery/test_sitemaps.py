from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from newscrawl.discovery.findings import NotReadableError
from newscrawl.discovery.sitemaps import is_side_map, read_sitemap

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://news.example/sitemap.xml"
REPORT = "https://news.example/2026/11/20/bridge-opens"


def urlset(*urls: str, attributes: str = "") -> bytes:
    return f"<urlset {attributes}>{''.join(f'<url>{url}</url>' for url in urls)}</urlset>".encode()


def test_a_plain_map() -> None:
    found = read_sitemap(
        urlset(
            f"<loc> {REPORT} </loc><lastmod>2026-11-21T10:00:00+01:00</lastmod>"
            "<image:image><image:loc>/i.jpg</image:loc></image:image>",
            "<loc>https://news.example/some-words</loc>",
            "<loc>https://news.example/about</loc>",
            "<loc>https://news.example/</loc>",
            "<loc>ftp://news.example/x</loc>",
            "<loc/>",
            attributes='xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"',
        ),
        URL,
        NOW,
    )
    assert [(entry.url, entry.certain) for entry in found.entries] == [
        (REPORT, True),
        ("https://news.example/some-words", False),
    ]
    assert found.entries[0].modified_at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert found.entries[0].published_at is None
    assert found.rejected == (
        ("https://news.example/about", "not a report by its URL"),
        ("https://news.example/", "not a report by its URL"),
        ("ftp://news.example/x", "foreign scheme"),
    )


@pytest.mark.parametrize(
    "attributes",
    ['xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', 'xmlns:news="http://example.org/odd"', ""],
)
def test_the_news_extension(attributes: str) -> None:
    news = (
        "<loc>/short</loc><news:news><news:publication><news:name>N</news:name><news:language>zh-cn</news:language>"
        "</news:publication><news:publication_date>2026-11-20</news:publication_date>"
        "<news:title>Bridge &amp; tunnel</news:title></news:news>"
    )
    (entry,) = read_sitemap(urlset(news, attributes=attributes), URL, NOW).entries
    assert entry.url == "https://news.example/short"
    assert entry.title == "Bridge & tunnel"
    assert entry.language == "zh-cn"
    assert entry.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert entry.certain


def test_an_index_names_the_maps_of_reports_first() -> None:
    body = (
        b"<sitemapindex><sitemap><loc>/tag-sitemap.xml</loc></sitemap><sitemap><loc>/post-sitemap2.xml</loc>"
        b"<lastmod>2026-11-20</lastmod></sitemap><sitemap><loc>http://[bad</loc></sitemap></sitemapindex>"
    )
    found = read_sitemap(body, URL, NOW)
    assert [(e.url, e.kind) for e in found.endpoints] == [
        ("https://news.example/post-sitemap2.xml", "sitemap"),
        ("https://news.example/tag-sitemap.xml", "sitemap"),
    ]
    assert found.endpoints[0].modified_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert found.rejected == (("http://[bad", "bad URL"),)


def test_gzip_without_a_name_that_says_so() -> None:
    packed = gzip.compress(urlset(f"<loc>{REPORT}</loc>")[:20]) + gzip.compress(urlset(f"<loc>{REPORT}</loc>")[20:])
    assert [entry.url for entry in read_sitemap(packed, URL, NOW).entries] == [REPORT]


@pytest.mark.parametrize("cut", [30, -9, -1])
def test_a_cut_gzip_is_refused(cut: int) -> None:
    with pytest.raises(NotReadableError):
        read_sitemap(gzip.compress(urlset(f"<loc>{REPORT}</loc>"))[:cut], URL, NOW)


def test_a_bomb_is_refused() -> None:
    with pytest.raises(NotReadableError, match="more than 100000 bytes"):
        read_sitemap(gzip.compress(b"<urlset>" + b" " * 10_000_000), URL, NOW, max_size=100_000)


def test_a_list_of_lines() -> None:
    found = read_sitemap(f"\ufeff{REPORT}\r\n\r\nhttps://news.example/tag/x\nwords\n".encode(), URL, NOW)
    assert [entry.url for entry in found.entries] == [REPORT]
    assert found.rejected == (("https://news.example/tag/x", "not a report by its URL"), ("words", "bad URL"))


@pytest.mark.parametrize("body", [b"", b"words", b"<html/>", b"<rss/>", b"a\nb\n" * 100_000, b"\x1f\x8b"])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(NotReadableError):
        read_sitemap(body, URL, NOW)


def test_the_limit() -> None:
    body = urlset(*(f"<loc>https://news.example/2026/11/20/report-{i}</loc>" for i in range(20)))
    found = read_sitemap(body, URL, NOW, limit=5)
    assert (len(found.entries), found.left_out) == (5, 15)


@pytest.mark.parametrize(
    "name",
    ["post_tag-sitemap.xml", "category-sitemap3.xml", "author-sitemap.xml", "sitemap-images.xml.gz", "page-sitemap.xml",
     "sitemap-pages.xml", "video_sitemap.xml", "product-sitemap1.xml", "sitemap-static.xml"],
)  # fmt: skip
def test_side_maps(name: str) -> None:
    assert is_side_map(f"https://news.example/maps/{name}")


@pytest.mark.parametrize(
    "name",
    ["sitemap.xml", "post-sitemap.xml", "news-sitemap.xml", "sitemap-page-2.xml", "sitemap.xml?page=2",
     "sitemap-2026-11.xml",
     "sitemap-articles-image.xml", "sitemap-archive.xml.gz"],
)  # fmt: skip
def test_maps_of_reports(name: str) -> None:
    assert not is_side_map(f"https://news.example/maps/{name}")
