from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newscrawl.cli.why import steps
from newscrawl.identity.keys import report_id
from newscrawl.items import Report

URL = "https://example.com/storm"
FOUND = datetime(2026, 11, 24, 8, tzinfo=UTC)
LOOKED = datetime(2026, 11, 24, 8, 0, 5, tzinfo=UTC)


def entry(**values: Any) -> dict[str, Any]:
    return {
        "_id": report_id(URL),
        "url": URL,
        "source": "example.com",
        "kind": "report",
        "outcome": "pending",
        "via": "https://example.com/feed.xml",
        "first_seen_at": FOUND,
        **values,
    }


def test_a_url_that_waits() -> None:
    said = {"title": "Storm", "modified_at": None, "certain": False}
    assert steps(entry(entry=said), None) == [
        "https://example.com/storm (source example.com)",
        "2026-11-24 08:00:00  announced by https://example.com/feed.xml (title Storm)",
        "outcome: pending",
        "the next crawl of the source takes it up first",
    ]


def test_a_url_that_is_stored() -> None:
    report = Report(
        id=report_id(URL), url=URL, source="example.com", headline="Storm", revision=2, also_at=(URL + "-2",)
    )
    values = {"outcome": "updated", "checked_at": LOOKED, "status": 200, "crawl_id": "c1", "due_at": FOUND}
    values["report"] = report.id
    assert steps(entry(**values), report)[2:] == [
        "2026-11-24 08:00:05  looked at by crawl c1: http 200",
        "outcome: updated",
        "due to be looked at again at 2026-11-24 08:00:00",
        f"report {report.id}, revision 2: Storm",
        f"`newscrawl history {report.id}` shows what has changed",
        "also at https://example.com/storm-2",
    ]


def test_a_url_that_was_refused() -> None:
    values = {"outcome": "rejected", "reason": "robots.txt", "checked_at": LOOKED, "crawl_id": "c1"}
    assert steps(entry(**values), None)[2:] == [
        "2026-11-24 08:00:05  looked at by crawl c1: not fetched",
        "outcome: rejected: robots.txt",
    ]


def test_a_url_that_redirects() -> None:
    lines = steps(entry(outcome="duplicate", redirected_to="https://example.com/b"), None)
    assert "redirects to https://example.com/b" in lines


def test_an_endpoint() -> None:
    feed = {"url": "https://example.com/feed.xml", "source": "example.com", "kind": "feed", "first_seen_at": FOUND}
    assert steps(feed, None)[1:] == ["2026-11-24 08:00:00  found as an endpoint: feed", "never asked so far"]
    asked = {**feed, "checked_at": LOOKED, "status": 304}
    assert steps(asked, None)[-1] == "2026-11-24 08:00:05  last asked: http 304"
    assert steps({**asked, "reason": "is no feed"}, None)[-1].endswith("last asked: is no feed")


def test_a_page_that_is_withdrawn() -> None:
    report = Report(id=report_id(URL), url=URL, source="example.com", headline="Storm", withdrawn_at=LOOKED)
    values = {"outcome": "updated", "reason": "withdrawn: http 410", "checked_at": LOOKED, "status": 410}
    told = steps(entry(**values, crawl_id="c1", report=report.id, gone_since=LOOKED), report)
    assert told[3:] == [
        "outcome: updated: withdrawn: http 410",
        "2026-11-24 08:00:05  found gone; not seen since",
        "not looked at again unless an endpoint says that it has changed",
        f"report {report.id}, revision 1: Storm",
        "2026-11-24 08:00:05  marked as withdrawn: its page is gone",
    ]
