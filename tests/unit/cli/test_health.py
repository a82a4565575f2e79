from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newscrawl.cli.health import describe
from newscrawl.health.judge import observe
from newscrawl.health.observations import CrawlFacts, Observations, Sample

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


def test_a_silence_while_nobody_crawls_is_not_the_source_s() -> None:
    seen, at = Observations(), BEGIN
    for hours in range(0, 24 * 14, 3):
        at = BEGIN + timedelta(hours=hours)
        observe(seen, CrawlFacts(at=at, samples=(Sample(at=at, kind="report", words=300),), found=1))
    crawled = describe("paper", seen, at + timedelta(days=3), 0, at + timedelta(days=3))
    assert crawled["state"] == "quiet"
    forgotten = describe("paper", seen, at, 0, at + timedelta(days=3))
    assert (forgotten["state"], forgotten["alarm"]) == ("fresh", False)
    assert forgotten["reason"].endswith("not crawled since 2026-01-18 21:00")
