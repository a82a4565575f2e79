from __future__ import annotations

import gzip

import pytest

from newscrawl.discovery.sniff import kind_of

URL = "https://news.example/x"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "feed"),
        (b"\n\n <rdf:RDF xmlns:rdf='x'></rdf:RDF>", "feed"),
        (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'/>", "feed"),
        ("<rss version='2.0'/>".encode("utf-16"), "feed"),
        ("<rss version='2.0'/>".encode("utf-16-le"), "feed"),
        (b"<br />\n<b>Warning</b>: odd thing in /x.php<br />\n<?xml version='1.0'?><rss/>", "feed"),
        (b"<!-- made by <html> generator --><urlset/>", "sitemap"),
        (b"<sm:sitemapindex xmlns:sm='x'/>", "sitemap"),
        (b"https://news.example/a\r\nhttps://news.example/b\r\n", "sitemap"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1", "items": []}', "feed"),
        (b'{"items": []}', "other"),
        (b"<!DOCTYPE html><html><body><rss>not one</rss></body></html>", "html"),
        (b"<p>A fragment", "html"),
        (b"<note><to>x</to></note>", "other"),
        (b"%PDF-1.7 \x00\x01", "other"),
        (b"", "other"),
    ],
)
def test_kind_by_content(body: bytes, kind: str) -> None:
    assert kind_of(body, None, URL) == kind


def test_the_content_type_does_not_outweigh_the_content() -> None:
    assert kind_of(b"<rss/>", "text/html", URL) == "feed"
    assert kind_of(b"<html></html>", "application/rss+xml", URL + "/feed.xml") == "html"


def test_the_content_type_decides_where_the_content_is_silent() -> None:
    assert kind_of(b"Only words.", "text/html; charset=utf-8", URL) == "html"
    assert kind_of(b"Only words.", "text/plain", URL) == "other"


def test_gzip_is_looked_into() -> None:
    assert kind_of(gzip.compress(b"<urlset/>"), "application/octet-stream", URL) == "sitemap"
    assert kind_of(gzip.compress(b"<urlset/>" + b" " * 1_000_000)[:200], None, URL) == "sitemap"
    assert kind_of(b"\x1f\x8bnothing", None, URL) == "other"
