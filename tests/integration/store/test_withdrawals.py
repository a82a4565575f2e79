from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Entry, Report
from newscrawl.store.reports import Saved

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)


def report(name: str = "storm", body: str = "It rains.") -> Report:
    url = f"https://example.com/{name}"
    made = Report(id=report_id(url), url=url, source="example.com", headline="Storm", body=body)
    return replace(made, first_seen_at=NOW, fetched_at=NOW, content_hash=content_hash("Storm", body))


async def document(store: Store, id_: str) -> dict[str, Any]:
    found: dict[str, Any] | None = await store.connection.database.reports.find_one({"_id": id_})
    assert found is not None
    return found


async def test_a_mark_keeps_its_first_time_and_moves_the_change_feed(store: Store) -> None:
    await store.reports.save([report()])
    before = (await document(store, report().id))["changed"]
    await store.withdrawals.mark([report().id], NOW)
    await store.withdrawals.mark([report().id], NOW + timedelta(days=1))
    found = await document(store, report().id)
    assert (found["withdrawn_at"], found["last_event"], found["revision"]) == (NOW, "withdrawn", 1)
    assert found["changed"] > before
    assert await store.withdrawals.marked([report().id, "f" * 32]) == {report().id}


async def test_the_mark_goes_when_the_page_is_back(store: Store) -> None:
    await store.reports.save([report()])
    assert await store.withdrawals.restore(report().id) is False
    await store.withdrawals.mark([report().id], NOW)
    assert await store.reports.find_same(report()) == Saved("updated", report().id)
    found = await document(store, report().id)
    assert ("withdrawn_at" in found, found["last_event"]) == (False, "updated")
    assert await store.reports.find_same(report()) == Saved("unchanged", report().id)


async def test_the_mark_goes_with_a_new_text_and_with_another_address(store: Store) -> None:
    await store.reports.save([report()])
    await store.withdrawals.mark([report().id], NOW)
    assert await store.reports.save([report(body="It snows.")]) == [Saved("updated", report().id)]
    assert "withdrawn_at" not in await document(store, report().id)
    await store.withdrawals.mark([report().id], NOW)
    moved = replace(report("moved", body="It snows."), source="example.com")
    assert await store.reports.find_same(moved) == Saved("duplicate", report().id)
    assert "withdrawn_at" not in await document(store, report().id)


async def test_a_report_at_another_address_is_not_withdrawn_before_that_is_asked(store: Store) -> None:
    copy = report("copy")
    await store.reports.save([report()])
    await store.reports.save([copy])
    ledger = store.crawl_ledger("example.com", "c1")
    for taken in await ledger.announce([Entry(url=report().url), Entry(url=copy.url)], "feed"):
        outcome: Any = "stored" if taken.id == report().id else "duplicate"
        await ledger.close(taken.id, outcome, report=report().id)
    gone = [(report().id, report().url)]
    assert await store.withdrawals.gone_everywhere(gone, NOW) == set()
    (due,) = await store.crawl_ledger("example.com", "c2").rechecks(10)
    assert due.url == copy.url
    assert await store.withdrawals.gone_everywhere([*gone, (report().id, copy.url)], NOW) == {report().id}
