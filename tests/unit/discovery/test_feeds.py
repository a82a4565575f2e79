from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from newscrawl.discovery.feeds import lenient_date, plain_text, read_feed
from newscrawl.discovery.findings import Findings, NotReadableError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://news.example/feed.xml"


def rss(items: str, head: str = "") -> Findings:
    return read_feed(f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode(), URL, NOW)


def links(found: Findings) -> list[str]:
    return [entry.url for entry in found.entries]


def test_rss_2() -> None:
    found = rss(
        """<item><title>Bridge &amp;amp; tunnel &lt;b&gt;open&lt;/b&gt;</title><link>/2026/bridge</link>
        <description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second&amp;nbsp;one.&lt;/p&gt;</description>
        <pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><dc:creator>Jo Day</dc:creator>
        <category>Politics</category><category>Europe</category></item>""",
        "<title>The Example</title><language>en-gb</language>",
    )
    (entry,) = found.entries
    assert (found.kind, found.title, found.language) == ("feed", "The Example", "en-gb")
    assert entry.url == "https://news.example/2026/bridge"
    assert entry.title == "Bridge & tunnel open"
    assert entry.summary == "First. Second one."
    assert entry.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert entry.authors == ("Jo Day",)
    assert entry.sections == ("Politics", "Europe")
    assert entry.language == "en-gb"
    assert entry.certain


def test_rss_1() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>
        <item rdf:about="x"><title>One</title><link>https://news.example/1</link><dc:date>2026-11-20T08:00:00Z</dc:date></item>
        </rdf:RDF>"""
    found = read_feed(body, URL, NOW)
    assert found.title == "T"
    assert links(found) == ["https://news.example/1"]
    assert found.entries[0].published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_atom() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://other.example/a/">
        <title type="html">Das &lt;i&gt;Blatt&lt;/i&gt;</title><link rel="next" href="?page=2"/>
        <entry xml:base="b/"><title>Eins</title><link rel="edit" href="edit"/>
        <link rel="alternate" type="application/json" href="j"/>
        <link href="eins"/><published>2026-11-20T08:00:00Z</published><updated>2026-11-21T08:00:00Z</updated>
        <author><name>Ada L.</name></author><category term="p" label="Politik"/>
        <content type="xhtml">
        <div xmlns="http://www.w3.org/1999/xhtml">Ein <b>Text</b>.</div></content></entry></feed>"""
    found = read_feed(body, URL, NOW)
    (entry,) = found.entries
    assert (found.title, found.language, found.next_page) == ("Das Blatt", "de", "https://other.example/a/?page=2")
    assert entry.url == "https://other.example/a/b/eins"
    assert entry.published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert entry.modified_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert entry.authors == ("Ada L.",)
    assert entry.sections == ("Politik",)
    assert entry.summary == "Ein Text."


def test_atom_03_without_a_namespace() -> None:
    body = (
        b"<feed version='0.3'><entry><link rel='alternate' href='/a'/><issued>2026-11-20T08:00Z</issued></entry></feed>"
    )
    (entry,) = read_feed(body, URL, NOW).entries
    assert entry.published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "pt_BR", "next_url": "/feed2.json",
        "items": [
            {"id": "1", "url": "/a", "title": "A", "content_html": "<p>Hi &amp; ho</p>", "tags": ["x", 5],
             "date_published": "2026-11-20T08:00:00Z", "authors": [{"name": "Jo"}, "odd"]},
            {"id": "https://news.example/b", "author": {"name": "Al"}, "title": 7},
            {"id": 4}, "odd", {"url": "javascript:alert(1)"},
        ],
    }  # fmt: skip
    found = read_feed(json.dumps(feed).encode(), URL, NOW)
    assert links(found) == ["https://news.example/a", "https://news.example/b"]
    assert found.entries[0].summary == "Hi & ho"
    assert found.entries[0].authors == ("Jo",)
    assert found.entries[0].sections == ("x",)
    assert found.entries[1].authors == ("Al",)
    assert found.entries[1].title is None
    assert found.language == "pt-BR"
    assert found.next_page == "https://news.example/feed2.json"
    assert found.rejected == (("javascript:alert(1)", "foreign scheme"),)


def test_one_bad_entry_costs_one_entry() -> None:
    found = rss(
        "<item/><item><title>no link</title></item><item><link>file:///etc/passwd</link></item>"
        "<item><link>http://[bad</link></item><item><link>https://news.example/good</link></item>"
    )
    assert links(found) == ["https://news.example/good"]
    assert found.rejected == (("file:///etc/passwd", "foreign scheme"), ("http://[bad", "bad URL"))


def test_where_the_link_is() -> None:
    found = rss(
        "<item><guid>https://news.example/guid</guid></item>"
        "<item><guid isPermaLink='false'>https://news.example/no</guid></item>"
        "<item><guid isPermaLink='true'>/relative</guid></item>"
        "<item><guid>tag:1</guid><link>https://p.example/1</link>"
        "<feedburner:origLink>https://news.example/orig</feedburner:origLink></item>"
        "<item><link>https://news.example/a?x=1&y=2</link><atom:link rel='replies' href='/replies'/></item>"
    )
    assert links(found) == [
        "https://news.example/guid", "https://news.example/relative", "https://news.example/orig",
        "https://news.example/a?x=1&y=2",
    ]  # fmt: skip


def test_links_to_other_sites_stay_and_equal_ones_are_one() -> None:
    found = rss(
        "<item><link>https://other.example/a?utm_source=rss</link></item><item><link>https://other.example/a</link></item>"
    )
    assert links(found) == ["https://other.example/a?utm_source=rss"]


def test_authors_are_names() -> None:
    found = rss("<item><link>/a</link><author>jo@news.example (Jo Day)</author><author>x@news.example</author></item>")
    assert found.entries[0].authors == ("Jo Day",)


def test_a_cut_feed_gives_what_is_there() -> None:
    body = b"<rss><channel><item><link>https://news.example/a</link></item><item><link>https://news.exa"
    assert links(read_feed(body, URL, NOW))[0] == "https://news.example/a"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"items": 1}', b"<urlset/>", b"<html><body>x</body></html>", b"[" * 100_000]
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(NotReadableError):
        read_feed(body, URL, NOW)


def test_deep_json_is_refused() -> None:
    with pytest.raises(NotReadableError):
        read_feed(b'{"items": ' + b"[" * 200_000, URL, NOW)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Xyz, 20 Nov 2026 08:00:00 GMT", 8), ("Mon, 20 Nov 2026 08:00:00 EST", 13), ("20 Nov 2026 08:00 PDT", 15),
        ("Fri, 20 Nov 2026 08:00:00 CET", 7), ("2026-11-20 08:00:00 MEZ", 7), ("20 November 2026 08:00:00 +0000", 8),
        ("2026-11-20T08:00:00.000+01:00", 7),
    ],
)  # fmt: skip
def test_lenient_dates(text: str, hour: int) -> None:
    assert lenient_date(text, NOW) == datetime(2026, 11, 20, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "Fri, 99 Nov 2026", "1066-10-14", "2099-01-01"])
def test_what_is_no_date(text: str) -> None:
    assert lenient_date(text, NOW) is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("5 < 6 &amp; 7 > 3", "5 < 6 & 7 > 3"),
        ("a<script>if (a < b) x()</script>b", "a b"),
        ("one<br/>two<p class='x'>three", "one two three"),
        ("W<b>or</b>d", "Word"),
        ("a\x00\u202eb", "ab"),
    ],
)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_a_very_large_feed_is_read_in_time_up_to_the_limit() -> None:
    item = "<item><title>Something happened</title><link>https://news.example/{}</link><description>{}</description></item>"
    body = ("<rss><channel>" + "".join(item.format(i, "x" * 20) for i in range(100_000)) + "</channel></rss>").encode()
    began = time.perf_counter()
    found = read_feed(body, URL, NOW)
    assert time.perf_counter() - began < 30
    assert (len(found.entries), found.left_out) == (5000, 95_000)
