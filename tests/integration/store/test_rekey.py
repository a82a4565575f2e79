"""A database that an earlier version has filled: its ids were of plainer keys."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Entry, Report, SourceLink
from newscrawl.store import rekey as module
from newscrawl.store.store import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URLS = tuple(f"https://www.example.com/2025/report-{n}/" for n in range(6))


def old_id(url: str) -> str:
    return hashlib.blake2b(url.partition("://")[2].encode(), digest_size=16).hexdigest()


def report(url: str, **values: Any) -> Report:
    made = Report(
        id=old_id(url), url=url, source="example.com", headline="A headline", body=f"Text of {url}.",
        first_seen_at=NOW, fetched_at=NOW, crawl_id="c1",
    )  # fmt: skip
    made = replace(made, **values)
    return replace(made, content_hash=content_hash(made.headline, made.body))


async def fill(store: Store, *reports: Report) -> None:
    """Write reports and their entries as the earlier version did."""
    await store.reports.save(reports)
    database = store.connection.database
    await database.reports.update_many({}, {"$unset": {"story_id": "", "unplaced": ""}})
    for one in reports:
        entry = {"_id": one.id, "url": one.url, "source": one.source, "kind": "report", "outcome": "stored"}
        await database.urls.insert_one({**entry, "via": "feed", "entry": {}, "report": one.id, "first_seen_at": NOW})
    await database.meta.update_one({"_id": "schema"}, {"$set": {"version": 2}})


async def reopened(store: Store, home: Path) -> None:
    async with open_store("", store.connection.database.name, home, 20) as again:
        await again.stories.heal()
        assert await again.problems() == []


async def check(store: Store) -> None:
    database = store.connection.database
    ids = sorted(report_id(url) for url in URLS)
    assert [d["_id"] async for d in database.reports.find({}, {"_id": 1}).sort("_id", 1)] == ids
    assert [(d["_id"], d["report"]) async for d in database.urls.find().sort("_id", 1)] == [(id_, id_) for id_ in ids]
    for url in URLS:
        found = await store.reports.find(old_id(url))
        assert found == replace(report(url), id=report_id(url), story_id=report_id(url))
    assert await database.tombstones.count_documents({"event": "merged", "changed": {"$exists": True}}) == len(URLS)


async def test_ids_become_those_of_todays_keys(store: Store, mongodb_home: Path) -> None:
    await fill(store, *map(report, URLS))
    await reopened(store, mongodb_home)
    await check(store)
    later = [replace(report(url), id=report_id(url), crawl_id="c2") for url in URLS]
    assert {saved.outcome for saved in await store.reports.save(later)} == {"unchanged"}
    ledger = store.crawl_ledger("example.com", "c2")
    assert await ledger.announce([Entry(url=url) for url in URLS], "feed") == [], "nothing is fetched anew"


async def test_two_processes_may_do_it_at_once(store: Store, mongodb_home: Path) -> None:
    await fill(store, *map(report, URLS))
    await asyncio.gather(*(reopened(store, mongodb_home) for _ in range(3)))
    await check(store)


@pytest.mark.parametrize("calls", range(1, 8))
async def test_it_goes_on_where_it_broke_off(
    store: Store, mongodb_home: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """Broken off before its first, second, ... write in bulk."""
    await fill(store, *map(report, URLS))
    monkeypatch.setattr(module, "BATCH", 3)
    with pytest.raises(RuntimeError):
        await module.rekey(Breaking(store.connection.database, calls), store.merges)  # type: ignore[arg-type]
    await reopened(store, mongodb_home)
    await check(store)


class Breaking:
    """A database that breaks off before a certain write."""

    def __init__(self, database: Any, calls: int) -> None:
        self.database = database
        self.calls = calls

    def __getattr__(self, name: str) -> Any:
        return BreakingCollection(self, self.database[name])


class BreakingCollection:
    def __init__(self, owner: Breaking, collection: Any) -> None:
        self.owner = owner
        self.collection = collection

    def __getattr__(self, name: str) -> Any:
        if name == "bulk_write":
            self.owner.calls -= 1
            if self.owner.calls == 0:
                raise RuntimeError
        return getattr(self.collection, name)


async def test_reports_that_have_one_key_now_become_one(store: Store, mongodb_home: Path) -> None:
    first = report("https://www.example.com/a/")
    second = report("https://m.example.com/a", first_seen_at=NOW + timedelta(hours=1))
    copy = report("https://example.org/c", source="example.org", source_link=SourceLink(url=second.url))
    await fill(store, first, second, copy)
    await reopened(store, mongodb_home)
    found = await store.reports.find(report_id(first.url))
    assert found is not None
    assert (found.body, {found.url, *found.also_at}) == (second.body, {first.url, second.url})
    assert [r["body"] for r in await store.reports.revisions(found.id)] == [first.body]
    assert await store.reports.count("example.com") == 1
    assert await store.reports.find(old_id(second.url)) == found
    entry = await store.ledger.find(second.url)
    assert entry is not None
    assert entry["report"] == found.id
    linked = await store.connection.database.reports.find_one({"source": "example.org"})
    assert linked["source_link"]["key"] == found.id
