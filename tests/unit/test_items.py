from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import (
    Image,
    Location,
    Publisher,
    Rating,
    Report,
    SourceLink,
    Video,
    from_json,
    to_json,
    to_json_line,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://example.com/storm"
FULL = Report(
    id=report_id(URL),
    url=URL,
    canonical_url="https://www.example.com/storm",
    also_at=("https://example.com/storm-2",),
    source="harbour",
    headline="Storm hits coast",
    summary="Two piers are gone.",
    body="It rained.\n\nThen it stopped.",
    authors=("Ada Pell", "Jo Vance"),
    published_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    published_precision="minute",
    published_zone="stated",
    modified_at=datetime(2026, 11, 21, tzinfo=UTC),
    language="en-GB",
    sections=("Weather",),
    keywords=("storm", "coast"),
    images=(Image(url="https://example.com/1.jpg", caption="The pier"),),
    videos=(Video(url="https://example.com/1.mp4"),),
    publisher=Publisher(name="Harbour Post", country="Ireland"),
    source_link=SourceLink(url="https://wire.example/1", outlet="Wire"),
    locations=(Location(name="Quay", point=(-6.25, 53.35)),),
    rating=Rating(value=4.5, count=0, raw="4.5 (0)"),
    comment_count=0,
    word_count=5,
    free_access=False,
    content_hash=content_hash("Storm hits coast", "It rained.\n\nThen it stopped."),
    first_seen_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
    provenance={"headline": "jsonld"},
    discovered_via="https://example.com/feed.xml",
    crawl_id="20261122T000000-abcdef",
    extractor="newscrawl/0.1.0",
)


def values(**changes: Any) -> dict[str, Any]:
    return {"url": URL, "headline": "Storm", "body": "It rained.", **changes}


def test_a_report_comes_back_from_json_as_it_was() -> None:
    assert from_json(json.loads(to_json_line(FULL)), NOW) == FULL


def test_what_is_unknown_is_left_out() -> None:
    report = Report(id=report_id(URL), url=URL, source="harbour", free_access=False, comment_count=0)
    assert to_json(report) == {
        "id": report.id,
        "url": URL,
        "source": "harbour",
        "free_access": False,
        "comment_count": 0,
        "revision": 1,
        "schema_version": 1,
    }


def test_times_and_points_in_json() -> None:
    written = to_json(FULL)
    assert written["published_at"] == "2026-11-20T08:30:00Z"
    assert written["locations"] == [{"name": "Quay", "point": [-6.25, 53.35]}]


def test_json_is_in_utc_whatever_clock_a_page_has() -> None:
    local = datetime(2026, 11, 20, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert to_json(replace(FULL, published_at=local))["published_at"] == "2026-11-21T04:30:00Z"


def test_a_line_of_json_is_one_line() -> None:
    line = to_json_line(replace(FULL, headline="Müller"))
    assert "\n" not in line
    assert "Müller" in line


def test_the_least_that_an_import_needs() -> None:
    report = from_json({"url": "HTTPS://news.example.com/a#x", "body": " One.\r\nTwo. "}, NOW)
    assert (report.url, report.source, report.body) == (
        "https://news.example.com/a",
        "example.com",
        "One.\n\nTwo.",
    )
    assert (report.fetched_at, report.first_seen_at, report.word_count) == (NOW, NOW, 2)


def test_keys_are_worked_out_anew() -> None:
    report = from_json(values(id="0" * 32, content_hash="0" * 32, revision=7, word_count=99), NOW)
    assert (report.id, report.revision, report.word_count) == (report_id(URL), 1, 2)
    assert report.content_hash == content_hash("Storm", "It rained.")


def test_unknown_fields_and_nulls_are_left_out() -> None:
    assert from_json(values(colour="blue", language=None), NOW).language is None


def test_a_time_without_zone_is_utc() -> None:
    assert from_json(values(published_at="2026-11-20T08:00"), NOW).published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "storm"}, "url is 'storm', which is no http"),
        ({"url": None}, "url is None"),
        ({"headline": 5}, "headline is 5, not a str"),
        ({"body": ["a"]}, r"body is \['a'\], not a str"),
        ({"authors": "Ada"}, "authors is 'Ada', not a list of strings"),
        ({"keywords": [1]}, r"keywords is \[1\], not a list of strings"),
        ({"published_at": "yesterday"}, "published_at is 'yesterday', not a time in ISO 8601"),
        ({"published_at": 5}, "published_at is 5"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "published_at is '0001"),
        ({"comment_count": "5"}, "comment_count is '5', not a whole number"),
        ({"comment_count": True}, "comment_count is True"),
        ({"comment_count": 2**63}, "comment_count is 9223372036854775808"),
        ({"free_access": 1}, "free_access is 1, not a bool"),
        ({"publisher": "Harbour Post"}, "publisher has 'Harbour Post', not an object"),
        ({"publisher": [{"name": "Harbour Post"}]}, "publisher has .*, not an object"),
        ({"images": ["1.jpg"]}, "images has '1.jpg', not an object"),
        ({"images": {"url": "https://example.com/1.jpg"}}, "images is .*, not a list"),
        ({"images": [{"caption": "The pier"}]}, "images has .* lacks a field"),
        ({"locations": [{"point": [1]}]}, "locations has .*, whose point is not"),
        ({"locations": [{"point": ["a", "b"]}]}, "locations has .*, whose point is not"),
        ({"locations": [{"point": [181, 0]}]}, "locations has .*, whose point is not"),
    ],
)
def test_errors_say_which_field_is_wrong_and_why(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_json(values(**changes), NOW)
