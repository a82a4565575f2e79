from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.identity.keys import report_id
from newscrawl.items import Entry
from newscrawl.sources import RECHECK
from newscrawl.store.ledger import GIVE_UP_AFTER, Fetched
from newscrawl.store.rechecks import GONE_APART

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.store.ledger import CrawlLedger, Taken
    from newscrawl.store.store import Store

FEED = "https://example.com/feed.xml"
NOW = datetime.now(UTC).replace(microsecond=0)


def entry(name: str, **values: Any) -> Entry:
    return Entry(url=f"https://example.com/{name}", **values)


def crawl(store: Store, crawl_id: str = "c1", source: str = "example.com") -> CrawlLedger:
    return store.crawl_ledger(source, crawl_id)


def names(taken: Iterable[Taken]) -> list[str]:
    return [one.url.rpartition("/")[2] for one in taken]


async def document(store: Store, name: str) -> dict[str, Any]:
    found = await store.ledger.find(f"https://example.com/{name}")
    assert found is not None
    return found


async def stored(store: Store, name: str, **values: Any) -> None:
    """A page whose report an earlier crawl has stored."""
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry(name, published_at=NOW)], FEED)
    await ledger.close(taken.id, "stored", fetched=Fetched(status=200, etag='"1"', raw_hash="ab"), report=taken.id)
    await set_fields(store, name, **values)


async def set_fields(store: Store, name: str, **values: Any) -> None:
    """What only time could do."""
    key = report_id(f"https://example.com/{name}")
    await store.connection.database.urls.update_one({"_id": key}, {"$set": values})


async def test_what_is_announced_is_written_before_it_is_fetched(store: Store) -> None:
    said = entry("a", title="Storm", published_at=NOW, authors=("Ada Pell",), certain=False)
    (taken,) = await crawl(store).announce([said], FEED)
    assert (taken.entry, taken.via, taken.new) == (said, FEED, True)
    found = await document(store, "a")
    assert (found["outcome"], found["source"], found["via"]) == ("pending", "example.com", FEED)


async def test_an_entry_is_taken_once(store: Store) -> None:
    ledger = crawl(store)
    assert names(await ledger.announce([entry("a"), entry("b"), entry("a?utm_source=x")], FEED)) == ["a", "b"]
    assert names(await ledger.announce([entry("b"), entry("c")], FEED)) == ["c"]


async def test_outcomes_add_up(store: Store) -> None:
    ledger = crawl(store)
    taken = await ledger.announce([entry(f"page{number}") for number in range(8)], FEED)
    outcomes = ("stored", "updated", "unchanged", "duplicate", "rejected", "failed", "pending")
    for one, outcome in zip(taken, outcomes, strict=False):  # the last stays open
        await ledger.close(one.id, outcome, "no body" if outcome == "rejected" else None)
    await ledger.refuse([("https://example.org/x", "another site")], FEED)
    summary = ledger.summary()
    assert summary["discovered"] == 9
    assert (summary["stored"], summary["rejected"], summary["pending"]) == (1, 2, 2)
    assert await ledger.outcomes() == {name: n for name, n in summary.items() if n and name != "discovered"}
    assert ledger.reasons == {"rejected: no body": 1, "rejected: another site": 1}


async def test_an_entry_is_closed_once(store: Store) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a")], FEED)
    await ledger.close(taken.id, "stored", report=taken.id)
    await ledger.close(taken.id, "failed", "timeout")
    assert (await document(store, "a"))["outcome"] == "stored"
    assert ledger.summary()["failed"] == 0


async def test_what_a_crawl_leaves_is_taken_up_by_the_next(store: Store) -> None:
    first = crawl(store)
    await first.announce([entry("old", published_at=NOW - timedelta(days=2)), entry("new", published_at=NOW)], FEED)
    second = crawl(store, "c2")
    taken = await second.pending(10)
    assert names(taken) == ["new", "old"]
    assert not any(one.new for one in taken)
    assert await second.outcomes() == {"pending": 2}
    assert await first.outcomes() == {}


async def test_a_limit_of_what_is_taken_up(store: Store) -> None:
    await crawl(store).announce([entry(f"page{number}") for number in range(5)], FEED)
    assert len(await crawl(store, "c2").pending(3)) == 3
    assert await crawl(store, "c3", source="example.org").pending(3) == []


async def test_a_stored_report_is_looked_at_again_when_it_is_due(store: Store) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a", published_at=NOW)], FEED)
    await ledger.close(taken.id, "stored", fetched=Fetched(status=200, etag='"1"', raw_hash="ab"), report=taken.id)
    found = await document(store, "a")
    assert (found["born_at"], found["due_at"]) == (NOW, NOW + RECHECK[0])
    assert await crawl(store, "c2").rechecks(10) == []
    await set_fields(store, "a", due_at=NOW - timedelta(minutes=1))
    assert await store.ledger.due_rechecks("example.com", datetime.now(UTC)) == 1
    third = crawl(store, "c3")
    assert await third.pending(10) == []
    (again,) = await third.rechecks(10)
    assert (again.etag, again.raw_hash, again.new, again.report) == ('"1"', "ab", False, taken.id)


async def test_what_one_crawl_has_taken_up_no_other_finds_due(store: Store) -> None:
    await stored(store, "a", due_at=NOW)
    first, second = crawl(store, "c2"), crawl(store, "c3")
    assert names(await first.rechecks(10)) == ["a"]
    assert await store.ledger.due_rechecks("example.com", datetime.now(UTC)) == 0
    await first.close(report_id("https://example.com/a"), "unchanged")
    assert await second.rechecks(10) == []


async def test_a_recheck_that_was_broken_off_is_one_still(store: Store) -> None:
    await stored(store, "a", due_at=NOW)
    await crawl(store, "c2").rechecks(10)
    third = crawl(store, "c3")
    assert await third.pending(10) == []
    assert names(await third.rechecks(10)) == ["a"]


@pytest.mark.parametrize(("outcome", "report"), [("duplicate", "f" * 32), ("unchanged", "f" * 32), ("rejected", None)])
async def test_only_the_page_of_a_stored_report_is_looked_at_again(store: Store, outcome: Any, report: Any) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a", published_at=NOW)], FEED)
    await ledger.close(taken.id, outcome, report=report)
    assert "due_at" not in await document(store, "a")
    assert await store.ledger.next_recheck("example.com") is None


async def test_a_source_has_ages_of_its_own(store: Store) -> None:
    for ages, due in (((timedelta(hours=2),), NOW + timedelta(hours=2)), ((), None)):
        ledger = store.crawl_ledger("example.com", "c1", ages)
        (taken,) = await ledger.announce([entry("a", published_at=NOW)], FEED, force=True)
        await ledger.close(taken.id, "stored", report=taken.id)
        assert await store.ledger.next_recheck("example.com") == due


async def test_a_failed_recheck_keeps_what_is_stored(store: Store) -> None:
    await stored(store, "a", due_at=NOW)
    ledger = crawl(store, "c2")
    (taken,) = await ledger.rechecks(10)
    await ledger.close(taken.id, "failed", "timeout")
    found = await document(store, "a")
    assert (found["report"], found["etag"], found["fails"]) == (taken.id, '"1"', 1)
    assert names(await crawl(store, "c3").rechecks(10)) == ["a"]


async def test_a_rejected_recheck_forgets_the_validators_and_goes_on(store: Store) -> None:
    await stored(store, "a", due_at=NOW)
    ledger = crawl(store, "c2")
    (taken,) = await ledger.rechecks(10)
    await ledger.close(taken.id, "rejected", "consent or bot wall", fetched=Fetched(status=200, etag='"2"'))
    found = await document(store, "a")
    assert (found["report"], found["due_at"]) == (taken.id, NOW + RECHECK[0])
    assert "etag" not in found


async def test_a_stored_page_that_is_gone_is_looked_at_hours_later(store: Store) -> None:
    await stored(store, "a", due_at=NOW)
    ledger = crawl(store, "c2")
    (taken,) = await ledger.rechecks(10)
    await ledger.close(taken.id, "failed", "http 404", fetched=Fetched(status=404), gone_since=NOW)
    found = await document(store, "a")
    assert (found["gone_since"], found["due_at"] - found["checked_at"]) == (NOW, GONE_APART)
    await set_fields(store, "a", due_at=NOW)
    ledger = crawl(store, "c3")
    (taken,) = await ledger.rechecks(10)
    assert taken.gone_since == NOW
    await ledger.close(taken.id, "unchanged")
    assert "gone_since" not in await document(store, "a")


async def test_an_old_report_is_not_looked_at_again(store: Store) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a", published_at=NOW - timedelta(days=30))], FEED)
    await ledger.close(taken.id, "stored")
    assert "due_at" not in await document(store, "a")


async def test_what_an_endpoint_says_has_changed_is_fetched_again(store: Store) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a", modified_at=NOW - timedelta(hours=2))], FEED)
    await ledger.close(taken.id, "stored")
    second = crawl(store, "c2")
    assert await second.announce([entry("a", modified_at=NOW - timedelta(hours=2))], FEED) == []
    (again,) = await second.announce([entry("a", modified_at=NOW - timedelta(hours=1))], FEED)
    assert not again.new
    await second.close(again.id, "unchanged")
    assert await crawl(store, "c3").announce([entry("a", modified_at=NOW - timedelta(hours=1))], FEED) == []


async def test_known_urls_are_fetched_again_by_force(store: Store) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a")], FEED)
    await ledger.close(taken.id, "stored")
    assert await crawl(store, "c2").announce([entry("a")], FEED) == []
    assert names(await crawl(store, "c3").announce([entry("a")], "target", force=True)) == ["a"]


async def test_a_failure_is_tried_again_by_the_next_crawl_and_then_less_often(store: Store) -> None:
    (taken,) = await crawl(store).announce([entry("a")], FEED)
    for number in range(3):
        ledger = crawl(store, f"c{number + 2}")
        (taken,) = await ledger.pending(10)
        assert taken.fails == number
        await ledger.close(taken.id, "failed", "timeout")
        found = await document(store, "a")
        assert found["fails"] == number + 1
        wait = (found["due_at"] - found["checked_at"]).total_seconds()
        assert wait == (300 * 2**number if number else 0)
        await set_fields(store, "a", due_at=NOW - timedelta(minutes=1))


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_is_left_alone(store: Store, status: int) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a")], FEED)
    await ledger.close(taken.id, "failed", f"http {status}", fetched=Fetched(status=status))
    assert await crawl(store, "c2").pending(10) == []


async def test_what_always_fails_is_given_up(store: Store) -> None:
    await crawl(store).announce([entry("a")], FEED)
    await set_fields(store, "a", fails=GIVE_UP_AFTER)
    ledger = crawl(store, "c2")
    (taken,) = await ledger.pending(10)
    await ledger.close(taken.id, "failed", "timeout")
    assert await crawl(store, "c3").pending(10) == []


async def test_a_success_forgets_the_failures(store: Store) -> None:
    await crawl(store).announce([entry("a")], FEED)
    await set_fields(store, "a", fails=3, reason="timeout")
    ledger = crawl(store, "c2")
    (taken,) = await ledger.pending(10)
    await ledger.close(taken.id, "stored")
    found = await document(store, "a")
    assert "fails" not in found
    assert "reason" not in found


async def test_a_refused_url_does_not_keep_its_own_site_from_it(store: Store) -> None:
    await crawl(store, source="example.org").refuse([("https://example.com/a", "another site")], "https://example.org/")
    assert (await document(store, "a"))["reason"] == "another site"
    assert names(await crawl(store, "c2").announce([entry("a")], FEED)) == ["a"]
    assert (await document(store, "a"))["outcome"] == "pending"


async def test_a_refused_url_is_counted_by_the_crawl_that_met_it_first(store: Store) -> None:
    refused = [("https://example.org/x", "another site"), ("https://example.org/x", "another site")]
    first, second = crawl(store), crawl(store, "c2")
    await first.refuse(refused, FEED)
    await first.refuse(refused, FEED)
    await second.refuse(refused, FEED)
    assert (first.summary()["rejected"], second.summary()["rejected"]) == (1, 0)


async def test_where_a_url_led_is_written_down(store: Store) -> None:
    ledger = crawl(store)
    (taken,) = await ledger.announce([entry("a")], FEED)
    await ledger.close(taken.id, "duplicate", report="f" * 32, redirected_to="https://example.com/b")
    found = await document(store, "a")
    assert (found["report"], found["redirected_to"]) == ("f" * 32, "https://example.com/b")


async def test_two_crawls_that_announce_one_url(store: Store) -> None:
    first, second = crawl(store), crawl(store, "c2")
    assert names(await first.announce([entry("a")], FEED)) == ["a"]
    assert await second.announce([entry("a")], FEED) == []
    assert second.summary()["discovered"] == 0


async def test_many_entries_at_once(store: Store) -> None:
    ledger = crawl(store)
    assert len(await ledger.announce([entry(f"page{number}") for number in range(1201)], FEED)) == 1201
    assert await ledger.outcomes() == {"pending": 1201}


async def test_endpoints_are_remembered(store: Store) -> None:
    ledger = crawl(store)
    await ledger.record_endpoint(FEED, "feed", Fetched(status=200, etag='"1"', raw_hash="ab"))
    await ledger.note_endpoints([(FEED, "feed"), ("https://example.com/world", "section")])
    known = {one.url: one for one in await crawl(store, "c2").endpoints()}
    assert (known[FEED].kind, known[FEED].etag, known[FEED].raw_hash) == ("feed", '"1"', "ab")
    assert known["https://example.com/world"].checked_at is None
    assert await crawl(store, "c3", source="example.org").endpoints() == []
    assert await ledger.outcomes() == {}


async def test_an_endpoint_that_fails_and_recovers(store: Store) -> None:
    ledger = crawl(store)
    await ledger.record_endpoint(FEED, "feed", Fetched(status=200, etag='"1"'))
    for _ in range(2):
        await ledger.record_endpoint(FEED, "feed", Fetched(status=503), error="http 503")
    (known,) = await ledger.endpoints()
    assert (known.fails, known.etag) == (2, '"1"')
    await ledger.record_endpoint(FEED, "feed", Fetched(status=200))
    (known,) = await ledger.endpoints()
    assert (known.fails, known.etag) == (0, None)


async def test_a_url_that_nobody_met(store: Store) -> None:
    assert await store.ledger.find("https://example.com/never") is None


async def test_what_another_crawl_has_taken_up_is_that_ones_to_end(store: Store) -> None:
    first, second = crawl(store), crawl(store, "c2")
    lost, kept = await first.announce([entry("a"), entry("b")], FEED)
    await second.announce([entry("a")], FEED, force=True)
    await first.close(lost.id, "failed", "timeout")
    await first.close(kept.id, "stored", report=kept.id)
    assert (await document(store, "a"))["outcome"] == "pending"
    assert await first.outcomes() == {"stored": 1}
    assert {name: n for name, n in first.summary().items() if n} == {"discovered": 1, "stored": 1}
    await second.close(lost.id, "stored", report=lost.id)
    assert await second.outcomes() == {"stored": 1}
