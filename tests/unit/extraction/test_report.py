"""Pages we write, one for each rule that decides what a report is and where its values come from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction.report import read_report
from newscrawl.items import Entry, Location, SourceLink

if TYPE_CHECKING:
    from newscrawl.items import Extracted, Report

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://www.harbour.example/news/pier-closes"
TEXT = [
    "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars.",
    "Repairs will take until spring, the harbour master said, and the ferries move to the fish quay meanwhile.",
    "Shop owners fear for their winter trade, because the only bus to the fish quay runs once an hour.",
]


def page(head: str = "", body: str = "", *, title: str = "Pier closes", lang: str = "en") -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT)
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><main><article><h1>Pier closes</h1>{paragraphs}{body}</article></main>"
        "</body></html>"
    ).encode()


def ld(**values: Any) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Pier closes", **values}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def read(html: bytes, **options: Any) -> Extracted:
    return read_report(html, URL, source="harbour.example", now=NOW, **options)


def report(html: bytes, **options: Any) -> Report:
    return read(html, **options).report


def test_body_is_the_paragraphs_without_the_headline() -> None:
    found = report(page())
    assert found.body == "\n\n".join(TEXT)
    assert (found.headline, found.provenance["body"]) == ("Pier closes", "trafilatura")


def test_jsonld_gives_time_people_and_section() -> None:
    author = [{"@type": "Person", "name": "Ada Quay"}, {"@type": "Person", "name": "By Tom Reed, Jr"}]
    found = report(page(ld(datePublished="2026-11-20T09:30:00+02:00", author=author, articleSection="Harbour")))
    assert found.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert (found.published_precision, found.published_zone) == ("second", "stated")
    assert found.authors == ("Ada Quay", "Tom Reed, Jr")
    assert found.sections == ("Harbour",)
    assert found.provenance["published_at"] == "jsonld"


def test_modified_never_fills_published() -> None:
    found = report(page(ld(dateModified="2026-11-21T09:00:00Z")))
    assert (found.published_at, found.modified_at) == (None, datetime(2026, 11, 21, 9, tzinfo=UTC))


@pytest.mark.parametrize("date", ["2099-01-01", "1899-01-01", "yesterday", "Fri, 32 Foo 2026 99:99:99"])
def test_absurd_dates_are_absent(date: str) -> None:
    html = page(f"<meta property='article:published_time' content='{date}'>")
    found = read_report(html, URL, source="x", now=NOW, explain=True)
    assert (found.report.published_at, found.refused["published_at"]) == (None, (("opengraph", date),))


def test_the_entry_gives_the_time_of_day_where_the_page_has_the_day() -> None:
    entry = Entry(url=URL, published_at=datetime(2026, 11, 20, 8, 15, tzinfo=UTC))
    found = report(page("<meta property='article:published_time' content='2026-11-20'>"), entry=entry)
    assert (found.published_at, found.provenance["published_at"]) == (entry.published_at, "entry")


def test_the_site_name_is_cut_from_the_headline() -> None:
    found = report(
        page("<meta property='og:title' content='Pier closes | Harbour Post'>", title="Pier closes | Harbour Post")
    )
    assert found.headline == "Pier closes"
    assert found.publisher is not None
    assert found.publisher.name == "Harbour Post"


def test_a_claim_never_becomes_the_identity() -> None:
    own = report(page())
    other = report(page("<link rel=canonical href='https://victim.example/story'>"))
    assert (other.id, other.url, other.source) == (own.id, URL, "harbour.example")
    assert other.canonical_url == "https://victim.example/story"


def test_paywall_is_told() -> None:
    assert report(page(ld(isAccessibleForFree="False"))).free_access is False
    assert report(page()).free_access is None


AGGREGATED = """
<p>The news was reported by <a href="https://coast-herald.example/">Coast Herald</a> (Norway).</p>
<p><a rel="nofollow" href="https://coast-herald.example/a/to-share-one-pier">Quelle</a></p>
<div class="stars rating" data-score="4" data-votes="11">Rating: (11)</div>
<div data-lat="63.4" data-lng="10.4" data-place="Aldra">Location: <a href="#m">map</a></div>
<div class="share">Share: <a href="https://social.example/share?u=x">post</a></div>
"""


def test_aggregated_reports_have_source_place_and_rating() -> None:
    found = report(page(body=AGGREGATED))
    link = "https://coast-herald.example/a/to-share-one-pier"
    assert found.source_link == SourceLink(url=link, outlet="Coast Herald", country="Norway")
    assert found.locations == (Location(name="Aldra", point=(10.4, 63.4)),)
    assert found.rating is not None
    assert (found.rating.value, found.rating.count) == (4.0, 11)
    assert "Rating" not in (found.body or "")
    assert "Quelle" not in (found.body or "")
    assert "Share" not in (found.body or "")


def test_what_is_no_report_is_rejected_with_a_reason() -> None:
    assert read(b"").rejection
    assert read(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40).rejection
    missing = (
        "<title>Page not found</title><h1>Page not found</h1><p>" + "Sorry, it may have been moved or deleted. " * 6
    )
    assert read(missing.encode()).rejection == "soft 404"
    links = "".join(
        f"<li><h2><a href='/n/{n}'>Council votes for bridge number {n} of many</a></h2></li>" for n in range(40)
    )
    assert read(f"<title>News</title><h1>News</h1><ul>{links}</ul>".encode()).rejection in ("section page", "no body")


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_bytes_raise(junk: bytes) -> None:
    html = page()
    read(junk)
    read(html[:200] + junk + html[200:])


@pytest.mark.parametrize("value", [None, 5, [None], "x", {"name": None}, {"@graph": None}, ["2026", {}], True])
def test_ill_typed_jsonld_costs_nothing_else(value: Any) -> None:
    keys = ("headline", "author", "datePublished", "image", "publisher", "articleSection", "video", "aggregateRating")
    extracted = read(page(ld(**dict.fromkeys(keys, value), contentLocation=value, isBasedOn=value)))
    assert (extracted.rejection, extracted.report.body) == (None, "\n\n".join(TEXT))


def test_deep_jsonld_is_left_alone() -> None:
    deep = f"<script type='application/ld+json'>{'[' * 100_000}{']' * 100_000}</script>"
    assert report(page(deep)).body == "\n\n".join(TEXT)
