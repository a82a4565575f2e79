from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bson import Timestamp

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Entry, Report

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://example.com/storm"
ID = report_id(URL)


async def save(store: Store, *bodies: str) -> None:
    for body in bodies:
        digest = content_hash("Storm", body)
        report = Report(id=ID, url=URL, source="example.com", headline="Storm", body=body, content_hash=digest)
        await store.reports.save([replace(report, first_seen_at=NOW, fetched_at=NOW)])


async def test_all_states_the_oldest_first(store: Store) -> None:
    await save(store, "One.", "Two.", "Three.")
    states = await store.revisions.states(ID)
    assert [(state["revision"], state["body"]) for state in states] == [(1, "One."), (2, "Two."), (3, "Three.")]
    assert await store.revisions.states("f" * 32) == []


async def test_a_revision_that_a_crash_left_is_told_once(store: Store) -> None:
    await save(store, "One.", "Two.")
    half = {"_id": {"report": ID, "n": 2}, "body": "Two.", "changed_fields": ["body"]}
    await store.connection.database.revisions.insert_one(half)
    assert [state["body"] for state in await store.revisions.states(ID)] == ["One.", "Two."]


async def test_a_report_is_found_by_all_its_names(store: Store) -> None:
    await save(store, "One.")
    ledger = store.crawl_ledger("example.com", "c1")
    (copy,) = await ledger.announce([Entry(url=URL + "-copy")], "feed")
    await ledger.close(copy.id, "duplicate", report=ID)
    gone = {"_id": "e" * 32, "event": "merged", "into": ID, "changed": Timestamp(0, 0)}
    await store.connection.database.tombstones.insert_one(gone)
    assert await store.revisions.resolve(ID) == (ID, [])
    assert await store.revisions.resolve(URL + "?utm_source=x") == (ID, [])
    assert await store.revisions.resolve(URL + "-copy") == (ID, [])
    assert await store.revisions.resolve("e" * 32) == (ID, ["e" * 32])
    assert await store.revisions.resolve("https://example.com/never") == (None, [])
