from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.identity.keys import report_id
from newscrawl.items import Entry
from newscrawl.spiders.queue import NO_LIMIT, STALE, ReportQueue
from newscrawl.store.ledger import Taken

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def taken(name: str, *, day: int | None = None, certain: bool = True, report: str | None = None) -> Taken:
    published_at = datetime(2026, 11, day, tzinfo=UTC) if day else None
    entry = Entry(url=f"https://example.com/{name}", published_at=published_at, certain=certain)
    id_ = report_id(entry.url)
    return Taken(id=id_, url=entry.url, entry=entry, via="https://example.com/", first_seen_at=NOW, report=report)


def queue_of(entries: Iterable[Taken], *, budget: int = NO_LIMIT, window: int = NO_LIMIT) -> ReportQueue:
    queue = ReportQueue(budget, window)
    for one in entries:
        queue.add(one)
    return queue


def names(queue: ReportQueue) -> list[str]:
    found = []
    while (one := queue.pop()) is not None:
        found.append(one.url.rpartition("/")[2])
    return found


def test_certain_ones_first_then_the_newest() -> None:
    queue = queue_of(
        [taken("guess", day=20, certain=False), taken("undated"), taken("old", day=1), taken("new", day=9)]
    )
    assert names(queue) == ["new", "old", "undated", "guess"]


def test_equal_ones_in_the_order_they_came() -> None:
    assert names(queue_of(taken(name, day=1) for name in "badc")) == ["b", "a", "d", "c"]


def test_the_budget_is_an_end() -> None:
    assert names(queue_of([taken("a"), taken("b"), taken("c")], budget=2)) == ["a", "b"]


def test_only_so_many_are_in_flight() -> None:
    queue = queue_of([taken("a"), taken("b")], window=1)
    first = queue.pop()
    assert first is not None
    queue.in_flight.add(first.id)
    assert queue.pop() is None
    queue.fetched(first)
    assert names(queue) == ["b"]


def test_the_uncertain_rest_of_a_stale_page_is_left() -> None:
    queue = queue_of([taken("sure"), *(taken(f"guess{number}", certain=False) for number in range(3))])
    for number in range(STALE):
        queue.answered(taken(f"gone{number}"), gone=True)
    assert names(queue) == ["sure"]
    assert queue.left_stale == 3


def test_one_page_that_is_there_makes_an_endpoint_fresh_again() -> None:
    queue = queue_of([taken("guess", certain=False)])
    for number in range(STALE):
        queue.answered(taken(f"gone{number}"), gone=True)
    queue.answered(taken("there"), gone=False)
    assert names(queue) == ["guess"]


def test_rechecks_wait_for_what_is_new_and_have_a_budget() -> None:
    queue = ReportQueue(NO_LIMIT, NO_LIMIT, rechecks=1)
    for one in (taken("known", day=20, report="a"), taken("older", day=19, report="b"), taken("guess", certain=False)):
        queue.add(one)
    first = queue.pop(rechecks=False)
    assert first is not None
    assert first.url.endswith("/guess")
    assert queue.pop(rechecks=False) is None
    assert names(queue) == ["known"]
