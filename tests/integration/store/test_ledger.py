"""The frontier and ledger against a real mongod."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.items import Entry
from newscrawl.store.ledger import Fetched

if TYPE_CHECKING:
    from newscrawl.store.store import Store

FEED = "https://harbour.example/feed"
A, B = "https://harbour.example/a", "https://harbour.example/b"


async def test_entries_are_pending_until_closed(store: Store) -> None:
    ledger = store.crawl_ledger("harbour.example", "c1")
    one, two = await ledger.announce([Entry(url=A), Entry(url=B + "?utm_source=rss")], FEED)
    await ledger.close(one.id, "stored", report=one.id)

    assert ledger.summary() | {"discovered": 2, "stored": 1, "pending": 1} == ledger.summary()
    assert await ledger.outcomes() == {"stored": 1, "pending": 1}
    assert [taken.id for taken in await store.crawl_ledger("harbour.example", "c2").pending(10)] == [two.id]


async def test_what_is_known_is_not_taken_up_again(store: Store) -> None:
    first = store.crawl_ledger("harbour.example", "c1")
    (one,) = await first.announce([Entry(url=A)], FEED)
    await first.close(one.id, "stored")
    assert await store.crawl_ledger("harbour.example", "c2").announce([Entry(url=A)], FEED) == []


async def test_what_has_changed_by_the_endpoints_word_is_taken_up(store: Store) -> None:
    seen = datetime(2026, 3, 1, tzinfo=UTC)
    first = store.crawl_ledger("harbour.example", "c1")
    (one,) = await first.announce([Entry(url=A)], FEED)
    await first.announce([Entry(url=A, modified_at=seen)], "https://harbour.example/sitemap.xml")
    await first.close(one.id, "stored")

    later = store.crawl_ledger("harbour.example", "c2")
    assert await later.announce([Entry(url=A, modified_at=seen)], FEED) == []
    assert len(await later.announce([Entry(url=A, modified_at=seen + timedelta(hours=1))], FEED)) == 1


async def test_a_failure_is_tried_again_by_the_next_crawl_and_a_404_is_not(store: Store) -> None:
    ledger = store.crawl_ledger("harbour.example", "c1")
    one, two = await ledger.announce([Entry(url=A), Entry(url=B)], FEED)
    await ledger.close(one.id, "failed", "http 503", fetched=Fetched(status=503))
    await ledger.close(two.id, "failed", "http 404", fetched=Fetched(status=404))
    assert [taken.url for taken in await store.crawl_ledger("harbour.example", "c2").pending(10)] == [A]


async def test_a_fresh_report_is_due_again_within_the_hour_plan(store: Store) -> None:
    ledger = store.crawl_ledger("harbour.example", "c1")
    (one,) = await ledger.announce([Entry(url=A)], FEED)
    await ledger.close(one.id, "stored")
    entry = await store.ledger.find(A)
    assert entry is not None
    assert timedelta(minutes=59) < entry["due_at"] - datetime.now(UTC) <= timedelta(hours=1)


async def test_another_sites_url_does_not_block_its_own_crawl(store: Store) -> None:
    attacker = store.crawl_ledger("attacker.example", "c1")
    await attacker.refuse([(A, "leads to another site"), (A, "leads to another site")], FEED)
    assert (attacker.counts["rejected"], await attacker.outcomes()) == (1, {"rejected": 1})
    assert len(await store.crawl_ledger("harbour.example", "c2").announce([Entry(url=A)], FEED)) == 1


async def test_endpoints_are_remembered_with_their_validators(store: Store) -> None:
    ledger = store.crawl_ledger("harbour.example", "c1")
    await ledger.record_endpoint(FEED, "feed", Fetched(status=200, etag='"1"'))
    await ledger.note_endpoints([(FEED, "feed"), ("https://harbour.example/sitemap.xml", "sitemap")])
    known = {endpoint.url: endpoint for endpoint in await ledger.endpoints()}
    assert known[FEED].etag == '"1"'
    assert known["https://harbour.example/sitemap.xml"].checked_at is None


async def test_a_lease_keeps_a_second_crawl_out_until_it_ends(store: Store) -> None:
    assert await store.leases.acquire("harbour.example", "c1") is None
    assert (await store.leases.acquire("harbour.example", "c2") or {})["crawl_id"] == "c1"
    await store.leases.release("harbour.example", "c1")
    assert await store.leases.acquire("harbour.example", "c2") is None


async def test_the_lease_of_a_dead_process_is_taken_over_at_once(store: Store) -> None:
    await store.leases.acquire("harbour.example", "c1")
    hosts = store.connection.database.hosts
    await hosts.update_one({"_id": "harbour.example"}, {"$set": {"lease.pid": 2**22 + 1}})
    assert await store.leases.acquire("harbour.example", "c2") is None


async def test_a_crawl_that_was_broken_off_is_known(store: Store) -> None:
    await store.crawls.begin("20260101T000000-a", "harbour.example", "harbour.example", {})
    assert await store.crawls.was_broken_off("harbour.example", "harbour.example", before="20260102T000000-b")
    await store.crawls.end("20260101T000000-a", state="done", reason="finished", summary={})
    assert not await store.crawls.was_broken_off("harbour.example", "harbour.example", before="20260102T000000-b")


async def test_the_schema_is_whole_and_made_once(store: Store) -> None:
    await store.ensure_schema()
    assert await store.problems() == []
