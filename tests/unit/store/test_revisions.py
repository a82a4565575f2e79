from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from newscrawl.items import Report
from newscrawl.store.revisions import changed_fields, other_authors

URL = "https://example.com/storm"
NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


def state(**values: Any) -> dict[str, Any]:
    return {"_id": "0" * 32, "url": URL, "headline": "Storm", "body": "It rains.", **values}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"keywords": ["a", "B"]}, {"keywords": ["b", "a"]}),
        ({"images": [{"url": "https://x.example/1.jpg?w=200"}]}, {"images": [{"url": "https://x.example/1.jpg?w=9"}]}),
        ({"published_at": NOW}, {"published_at": NOW.replace(microsecond=123000)}),
        ({"published_at": NOW}, {"published_at": NOW.astimezone(timezone(timedelta(hours=2)))}),
        ({"authors": ["Ada Pell", "Jo Vance"]}, {"authors": ["JO VANCE", "Ada  Pell"]}),
        ({"fetched_at": NOW, "crawl_id": "c1", "word_count": 2}, {"fetched_at": NOW, "crawl_id": "c2"}),
        ({"withdrawn_at": NOW, "last_event": "withdrawn"}, {"last_event": "updated"}),
    ],
)
def test_what_is_no_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert changed_fields(state(**old), state(**new)) == []


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ({"headline": "Rain"}, {}, ["headline"]),
        ({"authors": ["Ada Pell"]}, {}, ["authors"]),
        ({"published_at": NOW}, {"published_at": NOW + timedelta(minutes=1)}, ["published_at"]),
        (
            {"images": [{"url": "https://x.example/1.jpg"}]},
            {"images": [{"url": "https://x.example/2.jpg"}]},
            ["images"],
        ),
        ({}, {"free_access": False, "body": "It snows."}, ["body", "free_access"]),
    ],
)
def test_what_is_one(old: dict[str, Any], new: dict[str, Any], names: list[str]) -> None:
    assert changed_fields(state(**old), state(**new)) == names


@pytest.mark.parametrize(
    ("before", "after", "url", "changed"),
    [
        (["Ada Pell"], ("Jo Vance",), URL, True),
        (["Ada Pell"], ("Ada Pell", "Jo Vance"), URL, True),
        (["Ada Pell"], ("ada pell",), URL, False),
        (["Ada Pell"], (), URL, False),
        ([], ("Ada Pell",), URL, False),
        (["Ada Pell"], ("Jo Vance",), URL + "/amp-version", False),
    ],
)
def test_a_report_that_others_sign(before: list[str], after: tuple[str, ...], url: str, *, changed: bool) -> None:
    assert other_authors(state(authors=before), Report(id="0" * 32, url=url, source="x", authors=after)) is changed
