"""The order of report pages, and when to leave them."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.items import Entry
from newscrawl.spiders.queue import STALE, ReportQueue
from newscrawl.store.ledger import Taken


def taken(name: str, *, day: int | None = None, certain: bool = True) -> Taken:
    at = datetime(2026, 11, day, tzinfo=UTC) if day else None
    url = f"https://harbour.example/{name}"
    entry = Entry(url=url, published_at=at, certain=certain)
    return Taken(id=name, url=url, entry=entry, via="front", first_seen_at=datetime(2026, 11, 24, tzinfo=UTC))


def test_certain_entries_come_first_then_the_newest() -> None:
    queue = ReportQueue(budget=10, window=10)
    for one in (taken("guess", day=20, certain=False), taken("old", day=1), taken("undated"), taken("new", day=9)):
        queue.add(one)
    assert [found.id for found in iter(queue.pop, None)] == ["new", "old", "undated", "guess"]


def test_budget_and_window_hold() -> None:
    queue = ReportQueue(budget=2, window=1)
    for name in "abc":
        queue.add(taken(name))
    first = queue.pop()
    assert first is not None
    queue.in_flight.add(first.id)
    assert queue.pop() is None
    queue.fetched(first)
    assert queue.pop() is not None
    assert queue.pop() is None


def test_a_stale_listing_is_left_where_only_urls_speak_for_it() -> None:
    queue = ReportQueue(budget=100, window=100)
    for n in range(STALE):
        queue.answered(taken(f"gone{n}"), gone=True)
    queue.add(taken("guess", certain=False))
    queue.add(taken("sure"))
    assert [found.id for found in iter(queue.pop, None)] == ["sure"]
    assert queue.left_stale == 1
