from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from newscrawl.store.crawls import new_crawl_id

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def begin(store: Store, crawl_id: str, source: str = "example.com") -> None:
    await store.crawls.begin(crawl_id, source, source, {"limit": 5})


def test_ids_sort_by_time() -> None:
    ids = [new_crawl_id(NOW + timedelta(seconds=number)) for number in range(3)]
    assert ids == sorted(ids)
    assert ids[0].startswith("20261124T120000-")
    assert new_crawl_id(NOW.astimezone(timezone(timedelta(hours=2)))).startswith("20261124T120000-")
    assert new_crawl_id(NOW) != new_crawl_id(NOW)


async def test_a_crawl_from_its_beginning_to_its_end(store: Store) -> None:
    await begin(store, "c1")
    running = await store.crawls.find("c1")
    assert running is not None
    assert (running["state"], running["options"]) == ("running", {"limit": 5})
    await store.crawls.beat("c1", {"stored": 3})
    assert (await store.crawls.find("c1") or {})["counts"] == {"stored": 3}
    await store.crawls.end("c1", state="done", reason="finished", summary={"counts": {"stored": 7}})
    ended = await store.crawls.find("c1")
    assert ended is not None
    assert (ended["state"], ended["reason"], ended["counts"]) == ("done", "finished", {"stored": 7})
    assert ended["finished_at"] >= ended["started_at"]
    assert "heartbeat_at" not in ended


async def test_a_beginning_that_is_written_twice(store: Store) -> None:
    await begin(store, "c1")
    await store.crawls.end("c1", state="done", reason="finished", summary={})
    await begin(store, "c1")
    assert (await store.crawls.find("c1") or {})["state"] == "done"


async def test_a_late_beat_does_not_change_a_crawl_that_has_ended(store: Store) -> None:
    await begin(store, "c1")
    await store.crawls.end("c1", state="done", reason="finished", summary={"counts": {"stored": 7}})
    await store.crawls.beat("c1", {"stored": 3})
    assert (await store.crawls.find("c1") or {})["counts"] == {"stored": 7}


async def test_crawls_that_found_nothing_new_are_forgotten_soon(store: Store) -> None:
    days = {}
    for number, summary in enumerate(({"counts": {"discovered": 0}}, {"counts": {"discovered": 2}}, {"errors": ["x"]})):
        await begin(store, f"c{number}")
        await store.crawls.end(f"c{number}", state="done", reason="finished", summary=summary)
        ended = await store.crawls.find(f"c{number}") or {}
        days[number] = (ended["forget_at"] - ended["finished_at"]).days
    assert days == {0: 2, 1: 400, 2: 400}


async def test_the_newest_first(store: Store) -> None:
    for crawl_id, source in (("c1", "example.com"), ("c2", "example.org"), ("c3", "example.com")):
        await begin(store, crawl_id, source)
        await asyncio.sleep(0.002)  # times in MongoDB have milliseconds
    assert [one["_id"] for one in await store.crawls.latest()] == ["c3", "c2", "c1"]
    assert [one["_id"] for one in await store.crawls.latest(source="example.com")] == ["c3", "c1"]
    assert [one["_id"] for one in await store.crawls.latest(limit=1)] == ["c3"]
    assert await store.crawls.find("c9") is None


async def test_a_crawl_that_was_broken_off(store: Store) -> None:
    assert not await store.crawls.was_broken_off("example.com", "example.com", before="c1")
    await begin(store, "c1")
    assert await store.crawls.was_broken_off("example.com", "example.com", before="c2")
    await store.crawls.end("c1", state="done", reason="finished", summary={})
    assert not await store.crawls.was_broken_off("example.com", "example.com", before="c2")
