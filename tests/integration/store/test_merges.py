from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Entry, Report, SourceLink
from newscrawl.store.ledger import Fetched
from newscrawl.store.merges import MOST_MERGED, Placed
from newscrawl.store.store import Store, open_store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def report(name: str, *, age: int = 0, **values: Any) -> Report:
    """`age` in hours."""
    url = f"https://example.com/{name}"
    seen = NOW - timedelta(hours=age)
    made = Report(
        id=report_id(url), url=url, source="example.com", headline=name, body=f"Text of {name}.", first_seen_at=seen,
        fetched_at=seen, crawl_id="c1",
    )  # fmt: skip
    made = replace(made, **values)
    return replace(made, content_hash=content_hash(made.headline, made.body))


def showing(page: Report, text: Report) -> Report:
    """A page as it is when it shows the text of another."""
    now = {"headline": text.headline, "body": text.body, "content_hash": text.content_hash}
    return replace(page, **now, crawl_id="c2", fetched_at=NOW)


async def save(store: Store, *reports: Report) -> list[str]:
    """Save as the pipelines do: what it ended as, and the id that lives."""
    saved = await store.reports.save(reports)
    placed = [Placed(report_id(r.url), r.id, one) for r, one in zip(reports, saved, strict=True)]
    return [f"{one.outcome} {one.report_id}" for one in await store.merges.settle(placed)]


async def documents(store: Store, collection: str) -> list[dict[str, Any]]:
    return [document async for document in store.connection.database[collection].find().sort("_id", 1)]


async def announce(store: Store, *reports: Report) -> None:
    ledger = store.crawl_ledger("example.com", "c1")
    for one in await ledger.announce([Entry(url=report.url) for report in reports], "feed"):
        await ledger.close(one.id, "stored", fetched=Fetched(status=200), report=one.id)


async def check_whole(store: Store, old: Report, young: Report) -> None:
    """The young one is part of the old one, and nothing dangles."""
    (stored,) = await documents(store, "reports")
    (tombstone,) = await documents(store, "tombstones")
    assert stored["_id"] == old.id
    assert {stored["url"], *stored["also_at"]} == {old.url, young.url}
    assert stored["last_event"] == "updated"
    assert {k: v for k, v in tombstone.items() if k != "changed"} == {
        "_id": young.id, "event": "merged", "into": old.id, "why": tombstone["why"],
    }  # fmt: skip
    assert tombstone["changed"].time > 0
    assert {entry["report"] for entry in await documents(store, "urls")} <= {old.id}
    found = await store.reports.find(young.id)
    assert found is not None
    assert found.id == old.id


async def test_a_page_that_shows_an_older_report_becomes_part_of_it(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await announce(store, old, young)
    assert await save(store, showing(young, old)) == [f"duplicate {old.id}"]
    await check_whole(store, old, young)
    (earlier,) = await store.reports.revisions(old.id)
    assert (earlier["_id"], earlier["body"]) == ({"report": young.id, "n": 1}, young.body)
    assert earlier["changed_fields"] == ["body", "headline"]


async def test_an_older_page_that_shows_a_younger_report_takes_it_in(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await announce(store, old, young)
    assert await save(store, showing(old, young)) == [f"duplicate {old.id}"]
    await check_whole(store, old, young)
    found = await store.reports.find(old.id)
    assert found is not None
    assert (found.body, found.revision, found.first_seen_at) == (young.body, 2, old.first_seen_at)
    (earlier,) = await store.reports.revisions(old.id)
    assert (earlier["_id"], earlier["body"]) == ({"report": old.id, "n": 1}, old.body)


async def test_revisions_of_both_are_found(store: Store) -> None:
    old, young = report("old", age=5), report("young", age=2)
    await save(store, old, young)
    newer = replace(young, body="Later.", content_hash=content_hash("young", "Later."), fetched_at=NOW)
    await save(store, newer)
    await save(store, showing(young, old))
    assert [r["body"] for r in await store.reports.revisions(young.id)] == [young.body, "Later."]


async def test_a_redirect_between_stored_reports(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await announce(store, old, young)
    assert await store.merges.redirected(old.id, young.id) == old.id
    await check_whole(store, old, young)
    # What the page says from now on is a state of the one report.
    later = replace(young, body="Later.", content_hash=content_hash("young", "Later."))
    assert await save(store, later) == [f"updated {old.id}"]
    found = await store.reports.find(old.id)
    assert found is not None
    assert (found.body, found.url, found.also_at) == ("Later.", young.url, (old.url,))


async def test_a_redirect_to_what_is_stored_later(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old)
    ledger = store.crawl_ledger("example.com", "c2")
    (taken,) = await ledger.announce([Entry(url=old.url)], "feed")
    assert await store.merges.redirected(old.id, young.id) == old.id  # nothing to merge yet
    await ledger.close(taken.id, "duplicate", "redirects", report=old.id, redirected_to=young.url)
    assert await save(store, young) == [f"stored {old.id}"]
    await check_whole(store, old, young)
    assert [entry["report"] for entry in await documents(store, "urls")] == [old.id]


async def test_a_canonical_link_that_names_another_report(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await announce(store, old, young)
    claims = replace(showing(young, old), id=old.id, canonical_url=old.url)
    assert await save(store, claims) == [f"unchanged {old.id}"]
    await check_whole(store, old, young)


async def test_a_canonical_link_that_names_another_text_merges_nothing(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    claims = replace(young, id=old.id, canonical_url=old.url, crawl_id="c2")
    assert await save(store, claims) == [f"unchanged {young.id}"]
    assert len(await documents(store, "reports")) == 2


async def test_texts_that_differ_again_are_two_reports_again(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await save(store, showing(young, old))
    again = replace(young, body="Its own again.", content_hash=content_hash("young", "Its own again."))
    assert await save(store, again) == [f"stored {young.id}"]
    found = await store.reports.find(young.id)
    assert found is not None
    assert found.body == "Its own again."


async def test_a_notice_swallows_few(store: Store) -> None:
    pages = [report(f"page{n}", age=9) for n in range(MOST_MERGED + 4)]
    notice = report("notice", age=10)
    await save(store, notice, *pages)
    for page in pages:
        await save(store, showing(page, notice))
    assert len(await documents(store, "tombstones")) == MOST_MERGED
    assert len(await documents(store, "reports")) == 1 + len(pages) - MOST_MERGED


async def test_reports_of_two_sources_stay_two(store: Store) -> None:
    one, other = report("one"), report("other", source="example.org")
    await save(store, one, other)
    assert await store.merges.merge(one.id, other.id, "redirect") == other.id
    assert len(await documents(store, "reports")) == 2


async def test_what_names_the_one_that_is_gone_names_the_other(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    link = SourceLink(url=young.url, report_id=young.id)
    copy = replace(report("copy"), source="example.org", source_link=link)
    older = report("older", age=9)
    await save(store, older, old, young, copy)
    await store.merges.merge(young.id, old.id, "redirect")
    await store.merges.merge(old.id, older.id, "redirect")
    found = await store.reports.find(copy.id)
    assert found is not None
    assert found.source_link is not None
    assert found.source_link.report_id == older.id
    assert {stone["into"] for stone in await documents(store, "tombstones")} == {older.id}


STEPS = ("opened", "deleted", "joined", "ledger", "source links", "tombstones")


@pytest.mark.parametrize("last", STEPS)
@pytest.mark.parametrize("old_is_shown", [True, False])
async def test_a_merge_that_broke_off_is_ended_later(store: Store, last: str, *, old_is_shown: bool) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await announce(store, old, young)
    database = store.connection.database
    shown = old if old_is_shown else young
    gone = await database.reports.find_one({"_id": young.id})
    await store.merges._open(gone, old.id, shown.id, "redirect", None)
    if last != "opened":
        async for step in store.merges.steps(young.id):  # without a transaction
            if step == last:
                break
    assert await database.tombstones.count_documents({"changed": {"$exists": True}}) == 0, "not told before it is done"
    assert await store.merges.finish() == 1
    assert await store.merges.finish() == 0
    await check_whole(store, old, young)
    found = await store.reports.find(old.id)
    assert found is not None
    assert (found.body, found.revision) == (shown.body, 1 if old_is_shown else 2)
    bodies = {found.body, *(earlier["body"] for earlier in await store.reports.revisions(old.id))}
    assert bodies == {old.body, young.body}


async def test_a_report_that_changes_while_it_is_merged_loses_nothing(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    gone = await store.connection.database.reports.find_one({"_id": young.id})
    await store.merges._open(gone, old.id, young.id, "redirect", None)
    await store.reports.save([replace(young, body="Later.", content_hash=content_hash("young", "Later."))])
    await store.merges.finish()
    found = await store.reports.find(young.id)
    assert found is not None
    assert (found.id, found.body) == (old.id, "Later.")
    assert {r["body"] for r in await store.reports.revisions(old.id)} == {old.body, young.body}


@pytest.mark.parametrize("transactions", [True, False])
async def test_racing_merges_agree(store: Store, mongodb_home: Path, database: str, *, transactions: bool) -> None:
    store.merges._transactions = transactions
    chains = [[report(f"{name}{n}", age=9 - n) for n in range(3)] for name in "abc"]
    await save(store, *[one for chain in chains for one in chain])
    async with open_store("", database, mongodb_home, 20) as other:
        other.merges._transactions = transactions
        await asyncio.gather(
            *(
                who.merges.merge(one.id, two.id, "canonical")
                for chain in chains
                for i, one in enumerate(chain)
                for j, two in enumerate(chain)
                for who in (store, other)
                if i != j
            )
        )
    stored = await documents(store, "reports")
    assert [d["_id"] for d in stored] == sorted(chain[0].id for chain in chains)
    for chain in chains:
        (kept,) = (d for d in stored if d["_id"] == chain[0].id)
        assert {kept["url"], *kept["also_at"]} == {one.url for one in chain}
        bodies = {kept["body"], *(r["body"] for r in await store.reports.revisions(kept["_id"]))}
        assert bodies == {one.body for one in chain}
    assert {stone["into"] for stone in await documents(store, "tombstones")} == {d["_id"] for d in stored}
    assert not [stone for stone in await documents(store, "tombstones") if "open" in stone]


async def test_the_stories_become_one_and_the_signature_goes(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    copy = report("copy", source="other.example")
    await save(store, old, young, copy)
    await store.stories.heal()
    await store.stories.join(young.id, copy.id)
    await store.merges.merge(old.id, young.id, "redirect")
    assert {d["_id"]: d["story_id"] for d in await documents(store, "reports")} == {old.id: old.id, copy.id: old.id}
    (week,) = [name for name in await store.connection.database.list_collection_names() if "signatures" in name]
    assert {d["_id"].hex() for d in await documents(store, week)} == {old.id, copy.id}


async def test_a_withdrawn_report_whose_page_is_elsewhere_is_back(store: Store) -> None:
    old, young = report("old", age=5), report("young")
    await save(store, old, young)
    await store.withdrawals.mark([old.id], NOW)
    await store.merges.merge(old.id, young.id, "redirect")
    found = await store.reports.find(young.id)
    assert found is not None
    assert (found.id, found.withdrawn_at) == (old.id, None)
