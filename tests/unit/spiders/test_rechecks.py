from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Entry
from newscrawl.spiders.rechecks import Gone, judge
from newscrawl.store.ledger import Fetched, Taken

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://example.com/storm"


def gone(how: str = "http 404", hours: float | None = None) -> Gone:
    since = None if hours is None else NOW - timedelta(hours=hours)
    taken = Taken(id="a", url=URL, entry=Entry(url=URL), via="f", first_seen_at=NOW, report="a", gone_since=since)
    return Gone(taken=taken, fetched=Fetched(), how=how)


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        (gone(), "doubtful"),
        (gone(hours=1), "doubtful"),
        (gone(hours=3), "withdrawn"),
        (gone("soft 404"), "doubtful"),
        (gone("soft 404", hours=5), "withdrawn"),
        (gone("http 410"), "withdrawn"),
    ],
)
def test_one_page(page: Gone, verdict: str) -> None:
    assert judge(page, NOW, gone_pages=1, live_pages=0) == verdict
    assert judge(page, NOW, gone_pages=1, live_pages=0, site_down=True) == "outage"


@pytest.mark.parametrize(
    ("gone_pages", "live_pages", "outage"), [(5, 0, True), (5, 4, True), (5, 5, False), (4, 0, False)]
)
def test_many_pages_at_once(gone_pages: int, live_pages: int, *, outage: bool) -> None:
    verdict = judge(gone("http 410"), NOW, gone_pages=gone_pages, live_pages=live_pages)
    assert (verdict == "outage") is outage
