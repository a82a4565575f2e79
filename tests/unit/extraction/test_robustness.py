# ruff: noqa: E501  (markup reads better whole)
"""Whatever a page contains: no error, no long work, and a report that can be stored and sent."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
import random
import re
import time
import unicodedata
import zlib
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newscrawl.extraction
from newscrawl.extraction.bounds import MAX_ATTRIBUTES, MAX_ELEMENTS, cut_to_size
from newscrawl.extraction.report import read_report
from newscrawl.items import from_json, to_json
from newscrawl.markup import parse_html
from tests.web import NO_REPLAY, REPLAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.items import Extracted

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://harbour.example/2025/05/a-report"
MOST = 40.0
"""How often the CPU of an ordinary long page any page of 4 MiB may take; a quadratic rule takes hundreds of times."""
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
SENTENCE = "The harbour office opened on Friday after a long repair, a speaker of the council said in the evening."

# A page as publishers make them, in pieces that can be dropped, doubled and put in another order.
PIECES = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The old pier opens again | Harbour News</title>',
    '<meta property="og:title" content="The old pier opens again"><meta property="og:type" content="article"><meta name="author" content="Ann Example">',
    '<link rel="canonical" href="/2025/05/a-report"><link rel="next" href="/2025/05/a-report?page=2"><base href="https://harbour.example/">',
    '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle","headline":"The old pier opens again","datePublished":"2025-05-12T18:00:00+02:00","author":[{"@type":"Person","name":"Ann Example"}],"isAccessibleForFree":false,"hasPart":{"isAccessibleForFree":"False","cssSelector":".paid"}}]}</script>',
    '<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":[{"headline":"One","articleBody":"<p>First</p>","datePublished":"2025-05-12T18:00"},{"headline":"Two","articleBody":"Second"},{"headline":"Three","articleBody":"Third"}]}</script>',
    '</head><body class="article"><nav class="main"><ul><li><a href="/politics">Politics</a></li></ul></nav>',
    '<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">The old pier opens again</h1>',
    '<p class="byline">By <a rel="author" href="/authors/ann">Ann Example</a>, <time datetime="2025-05-12T18:00:00+02:00">12 May 2025</time></p>',
    f'<p class="standfirst">{SENTENCE}</p><div class="body"><p>{SENTENCE} It was the first of four.</p>',
    f"<h2>What comes next</h2><ul><li>{SENTENCE}</li><li>Then the ferry.</li></ul><blockquote>“{SENTENCE}”</blockquote>",
    '<figure><img data-src="/pier.jpg" alt="Pier"><figcaption>The pier. <span class="credit">Photo: B. Example</span></figcaption></figure>',
    '<table><tr><td>Ferries</td><td>4</td></tr></table><iframe src="https://player.example/embed/1"></iframe>',
    '<div class="live-blog"><div class="live-post"><time>18:00</time><h3>One</h3><p>First</p></div><div class="live-post"><time>18:05</time><p>Second</p></div><div class="live-post"><time>18:10</time><p>Third</p></div></div>',
    '<p>Source: <a href="https://other.example/x">Other Paper</a> (Norway)</p><div data-lat="60.1" data-lng="5.3" data-place="Bergen"></div>',
    '<div class="rating" data-score="4">(12)</div><div class="pagination"><a href="?page=2">2</a><a href="?page=3">next</a></div>',
    '</div><div class="paywall"><p>Subscribe to continue reading.</p></div></article><aside class="related"><a href="/2025/05/other">Read more</a></aside>',
    "<footer><p>© Harbour News. All rights reserved.</p></footer></body></html>",
)  # fmt: skip
JUNK = st.sampled_from(
    ["<p>", "</p>", "</div>", "</article>", "<div class=related>", "<h1>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "<a href='//['>", "&#0;", "&#x1;", "&#xD800;",
     "\x00", "\x1b[2J", "\ud800", "\u202e", "\ufeff", "<base href='http://['>", "<meta property='og:image' content='http://['>", "<i data-lat='nan' data-lng='1e999'>",
     "<time datetime='9999-99-99T99:99'>", "<svg>", "<template>", "<table>", "<select><option>", "<textarea>", "<plaintext>", "é", "e\u0301", "字", "<", '"', "<p " + "a=b " * 300 + ">",
     "<div>" * 300, "<a href='?page=2'>2</a>", "<a href='?page=99'>next</a>"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2025-05-12", "http://[", "<p>x</p>", "\ud800", "\x00", URL, "#a", "Person", "@id"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@type", "@id", "@value", "name", "url", "headline", "articleBody", "itemListElement", "item"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
FIELDS = ("headline", "description", "datePublished", "dateModified", "author", "publisher", "image", "keywords", "articleSection", "articleBody", "inLanguage", "isAccessibleForFree", "hasPart",
          "liveBlogUpdate", "aggregateRating", "commentCount", "interactionStatistic", "contentLocation", "isBasedOn", "video", "mainEntityOfPage", "url", "@id", "@type", "@graph")  # fmt: skip


def check(body: bytes) -> Extracted:
    """Read a page, and look at what came of it."""
    found = read_report(body, URL, source="x", now=NOW, explain=True)
    values = to_json(found.report)
    line = json.dumps(values, ensure_ascii=False, allow_nan=False)
    line.encode()
    if found.report.body:
        again = from_json(json.loads(line), NOW)
        assert (again.body, again.headline, again.id) == (found.report.body, found.report.headline, again.id)
    for text in _texts(values):
        assert not CONTROLS.search(text)
    for text in (found.report.headline, found.report.summary, found.report.body):
        assert unicodedata.is_normalized("NFC", text or "")
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.sampled_from(PIECES), JUNK, st.text(max_size=30)), max_size=40))
def test_markup_dropped_doubled_and_out_of_order(pieces: list[str]) -> None:
    check("".join(pieces).encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_pages_cut_and_with_bytes_flipped(data: st.DataObject) -> None:
    page = bytearray(
        "".join(PIECES).encode(data.draw(st.sampled_from(["utf-8", "utf-16", "windows-1252", "utf-7"])), "replace")
    )
    for _ in range(data.draw(st.integers(0, 10))):
        page[data.draw(st.integers(0, len(page) - 1))] = data.draw(st.integers(0, 255))
    start, end = sorted((data.draw(st.integers(0, len(page))), data.draw(st.integers(0, len(page)))))
    check(bytes(page[start:end]) if data.draw(st.booleans()) else bytes(page[:end] + page[start:]))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500))
def test_bytes_that_are_no_page(body: bytes) -> None:
    check(body)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8), st.sampled_from(["NewsArticle", "LiveBlogPosting"]))
def test_jsonld_of_any_type_in_any_field(fields: dict[str, Any], kind: str) -> None:
    node = json.dumps({"@type": kind, **fields}).replace("</", "<\\/")
    script = f'<script type="application/ld+json">{node}</script>'
    check("".join([*PIECES[:3], script, *PIECES[5:]]).encode("utf-8", "surrogatepass"))


def test_jsonld_nested_deeper_than_the_stack_costs_only_itself() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    page = f"<title>Harbour office opens</title><script type='application/ld+json'>{deep}</script><article>{f'<p>{SENTENCE}</p>' * 4}</article>"
    assert "harbour office" in (check(page.encode()).report.body or "")


LARGE = {
    "links": "".join(f"<a href='/x/{i}'>link number {i}</a> " for i in range(200_000)),
    "links to other sites": "".join(f"<a href='https://h{i}.example/x'>Source</a> " for i in range(60_000)),
    "list of headlines": "<ul>" + "".join(f"<li><h2><a href='/x/{i}'>A headline of twenty letters {i}</a></h2></li>" for i in range(50_000)) + "</ul>",
    "paragraphs": "".join(f"<p>paragraph number {i}</p>" for i in range(200_000)),
    "empty elements": "<b></b>" * 300_000,
    "nested": "<div class=author>" * 200_000,
    "nested posts": "<div class=live-post><time>10:10</time><p>t</p>" * 60_000,
    "posts": "<div class=live-post><time>10:10</time><p>text of a post</p></div>" * 30_000,
    "attributes": "<p " + " ".join(f"a{i}=x" for i in range(20_000)) + ">hello</p>",
    "figures": "<figure><img src=a.jpg><span class=credit>a</span></figure>" * 40_000,
    "pager": "<div class=pager>" + "<a href='?page=2#x'>3</a>" * 100_000 + "</div>",
    "one word": f"<p>{'a' * 3_000_000}</p>",
    "one paragraph": f"<p>{'word ' * 600_000}</p>",
}  # fmt: skip


@pytest.mark.parametrize("kind", LARGE)
def test_large_pages_take_bounded_time(kind: str) -> None:
    page = f"<html><head><title>The old pier opens again</title></head><body><h1>The old pier opens again</h1>{LARGE[kind]}</body></html>"
    assert _seconds(page[: 4 * 1024 * 1024]) < MOST * _ordinary()


@pytest.mark.parametrize(
    "piece", ["a ", "1:", "(", "<", "@", "_", " - ", ", ", "by ", "to continue reading ", "http://", "&#13;", "字"]
)
def test_long_strings_in_every_place_take_bounded_time(piece: str) -> None:
    long = (piece * 40_000)[:40_000].replace('"', "")
    node = json.dumps(
        {
            "@type": "NewsArticle",
            **dict.fromkeys(
                ("headline", "author", "datePublished", "articleSection", "keywords", "articleBody", "image"), long
            ),
        }
    )
    places = (
        f'<div class="{long}"><p id="{long}">x</p></div><h1>{long}</h1><p>{long}</p><li>{long}</li>',
        f'<a href="{long}">{long}</a>{long}<a href="https://o.example/x">Source</a><time datetime="{long}">{long}</time><div class="byline">{long}</div>',
        f'<meta property="og:title" content="{long}"><meta name="author" content="{long}"><meta name="keywords" content="{long}"><meta name="{long}" content="x">',
        f'<script type="application/ld+json">{node}</script>',
    )  # fmt: skip
    for place in places:
        assert _seconds(f"<html><body>{place}<p>{SENTENCE}</p></body></html>") < MOST * _ordinary(), place[:60]


@functools.cache
def _ordinary() -> float:
    """CPU seconds of a page of 2,000 sentences, on this machine and as busy as it is."""
    return _seconds(f"<html><body><h1>The old pier opens again</h1>{f'<p>{SENTENCE}</p>' * 2000}</body></html>")


def _seconds(page: str) -> float:
    began = time.process_time()
    read_report(page.encode(), URL, source="x", now=NOW)
    return time.process_time() - began


PROBES = (
    " ",
    "a",
    "a ",
    "1 ",
    "1.",
    "1/",
    "1:",
    "-",
    " - ",
    ", ",
    "(",
    "[",
    "<",
    "<a ",
    "@",
    "a@",
    "&#",
    "=",
    "_",
    "a-",
    "/",
    "by ",
    "von ",
    "A. ",
    "foto ",
    "字",
    "年1",
    "page ",
    "T10:",
    "\xa0",
    "\n",
)


@pytest.mark.parametrize(
    "module", [module.name for module in pkgutil.walk_packages(newscrawl.extraction.__path__, "newscrawl.extraction.")]
)
def test_no_pattern_is_worse_than_quadratic(module: str) -> None:
    """On 500 characters a quadratic pattern takes some milliseconds; longer texts are cut before slow patterns."""
    for name, pattern in _patterns(vars(importlib.import_module(module))):
        for probe in PROBES:
            text = (probe * 500)[:500]
            began = time.process_time()
            pattern.search(text)
            pattern.fullmatch(text)
            assert time.process_time() - began < 1, (name, probe)


def _patterns(names: dict[str, Any]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, value in names.items():
        for item in value if isinstance(value, tuple) else (value,):
            for one in item if isinstance(item, tuple) else (item,):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    yield name, one


def test_what_is_beyond_the_size_of_a_page_is_cut() -> None:
    tree = parse_html(
        "<html><body><div><p>first</p>" + "<p>x</p>" * (2 * MAX_ELEMENTS) + "</div><p>last</p></body></html>"
    )
    assert tree is not None
    cut_to_size(tree)
    assert sum(1 for _ in tree.iter()) == MAX_ELEMENTS
    assert (tree.xpath("//p")[0].text, "last" in tree.text_content()) == ("first", False)
    crowded = parse_html("<p class=a " + " ".join(f"a{i}=1" for i in range(2 * MAX_ATTRIBUTES)) + ">x</p>")
    assert crowded is not None
    cut_to_size(crowded)
    (paragraph,) = crowded.xpath("//p")
    assert (len(paragraph.attrib), paragraph.get("class")) == (MAX_ATTRIBUTES, "a")


# -- real pages, where they are at hand ------------------------------------------------------------------------------


def _real_pages(number: int) -> list[bytes]:
    folder = REPLAY.parent / "pages"
    rows = [json.loads(line) for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    chosen = random.Random(4).sample(rows, number)
    return [_body(folder / row["file"], row) for row in chosen]


def _body(file: Any, row: dict[str, Any]) -> bytes:
    with file.open("rb") as warc:
        warc.seek(row["offset"])
        record = zlib.decompress(warc.read(row["length"]), 31)
    return record.split(b"\r\n\r\n", 2)[2][: row["bytes"]]


@pytest.mark.skipif(not REPLAY.exists(), reason=NO_REPLAY)
def test_real_pages_mangled() -> None:
    draw = random.Random(7)
    for page in islice(_real_pages(25), 25):
        tags = re.split(rb"(?=<)", page)
        start, end = sorted(draw.randrange(len(tags)) for _ in "ab")
        flipped = bytearray(page)
        for _ in range(max(20, len(page) // 500)):
            flipped[draw.randrange(len(page))] = draw.randrange(256)
        shuffled = tags[:start] + draw.sample(tags[start:end], end - start) + tags[end:]
        for mangled in (
            page[: draw.randrange(len(page))],
            b"".join(tags[:start] + tags[end:]),
            b"".join(shuffled),
            bytes(flipped),
            page[len(page) // 2 :] + page,
        ):
            check(mangled)
