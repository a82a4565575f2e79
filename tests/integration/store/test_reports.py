from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Image, Location, Rating, Report, SourceLink
from newscrawl.store.changes import Place
from newscrawl.store.reports import Saved
from newscrawl.store.store import Store, StoreError, open_store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def report(name: str = "storm", *, crawl: str = "c1", **values: Any) -> Report:
    url = f"https://example.com/{name}"
    made = Report(
        id=report_id(url),
        url=url,
        source="example.com",
        headline=f"Headline of {name}",
        body=f"Text of {name}.",
        first_seen_at=NOW,
        fetched_at=NOW,
        crawl_id=crawl,
        story_id=report_id(url),
    )
    made = replace(made, **values)
    return replace(made, content_hash=content_hash(made.headline, made.body))


async def saved(store: Store, *reports: Report) -> list[str]:
    return [result.outcome for result in await store.reports.save(reports)]


async def changed(store: Store, id_: str) -> Any:
    return (await store.connection.database.reports.find_one({"_id": id_}))["changed"]


async def test_a_report_comes_back_as_it_was_stored(store: Store) -> None:
    full = report(
        authors=("Ada Pell",),
        published_at=NOW,
        images=(Image(url="https://example.com/1.jpg", credit="Jo Vance"),),
        source_link=SourceLink(url="https://wire.example/1", outlet="Wire"),
        locations=(Location(name="Quay", point=(-6.25, 53.35)),),
        rating=Rating(count=0),
        free_access=False,
        comment_count=0,
        provenance={"headline": "jsonld"},
    )
    assert await store.reports.save([full]) == [Saved("stored", full.id)]
    assert await store.reports.find(full.id) == full


async def test_unchanged_writes_nothing(store: Store) -> None:
    await saved(store, report())
    before = await changed(store, report().id)
    later = report(crawl="c2", fetched_at=NOW + timedelta(days=1), summary="new", headline="HEADLINE of “storm”")
    assert await saved(store, later) == ["unchanged"]
    assert await changed(store, report().id) == before
    assert await store.reports.find(report().id) == report()


async def test_a_changed_text_is_a_new_revision(store: Store) -> None:
    old = report(authors=("Ada Pell",), summary="It rains.")
    new = report(crawl="c2", body="Another text.", first_seen_at=NOW + timedelta(days=1), keywords=("storm",))
    await saved(store, old)
    before = await changed(store, old.id)
    assert await saved(store, new) == ["updated"]
    assert await store.reports.find(old.id) == replace(new, revision=2, first_seen_at=NOW)
    assert await changed(store, old.id) > before
    (revision,) = await store.reports.revisions(old.id)
    assert revision["_id"] == {"report": old.id, "n": 1}
    assert revision["changed_fields"] == ["authors", "body", "keywords", "summary"]
    assert (revision["body"], revision["authors"]) == (old.body, ["Ada Pell"])


async def test_metadata_alone_make_no_revision(store: Store) -> None:
    await saved(store, report(authors=("Ada Pell",), keywords=("a", "b")))
    before = await changed(store, report().id)
    later = NOW + timedelta(days=1)
    other = report(
        crawl="c2",
        authors=("ADA PELL",),
        keywords=("b", "a"),
        images=(Image(url="https://example.com/1.jpg"),),
        modified_at=later,
        published_at=later,
        comment_count=7,
    )
    assert await saved(store, other) == ["unchanged"]
    assert await store.reports.find_same(other) == Saved("unchanged", other.id)
    assert await changed(store, report().id) == before
    assert await store.reports.revisions(other.id) == []


async def test_other_authors_are_a_revision(store: Store) -> None:
    await saved(store, report(authors=("Ada Pell",)))
    corrected = report(crawl="c2", authors=("Jo Vance",))
    assert await store.reports.find_same(corrected) is None
    assert await saved(store, corrected) == ["updated"]
    (revision,) = await store.reports.revisions(corrected.id)
    assert (revision["changed_fields"], revision["authors"]) == (["authors"], ["Ada Pell"])


async def test_every_change_is_kept(store: Store) -> None:
    for number in range(4):
        await saved(store, report(crawl=f"c{number}", body=f"Text {number}."))
    found = await store.reports.find(report().id)
    assert found is not None
    assert (found.revision, found.body) == (4, "Text 3.")
    assert [old["body"] for old in await store.reports.revisions(found.id)] == ["Text 0.", "Text 1.", "Text 2."]


async def test_a_duplicate_joins_the_older_report(store: Store) -> None:
    first, copy = report(), report("copy", headline=report().headline, body=report().body)
    await saved(store, first)
    assert await store.reports.save([copy]) == [Saved("duplicate", first.id)]
    assert await store.reports.save([copy]) == [Saved("duplicate", first.id)]
    found = await store.reports.find(first.id)
    assert found is not None
    assert found.also_at == (copy.url,)
    assert await store.reports.find(copy.id) is None


async def test_the_same_text_of_another_source_is_a_report_of_its_own(store: Store) -> None:
    other = report("copy", headline=report().headline, body=report().body, source="example.org")
    assert await saved(store, report(), other) == ["stored", "stored"]
    assert await store.reports.count() == 2
    assert await store.reports.count("example.org") == 1


async def test_a_report_that_comes_to_show_what_another_shows(store: Store) -> None:
    await saved(store, report("a"), report("b"))
    later = report("b", crawl="c2", headline=report("a").headline, body=report("a").body)
    assert await store.reports.save([later]) == [Saved("duplicate", report("a").id)]
    assert (await store.reports.find(report("b").id)) == report("b")


async def test_duplicates_within_one_batch(store: Store) -> None:
    copy = report("copy", headline=report().headline, body=report().body)
    assert sorted(await saved(store, report(), copy)) == ["duplicate", "stored"]
    assert await store.reports.count() == 1


async def test_one_report_twice_in_one_batch(store: Store) -> None:
    newer = report(body="Another text.")
    assert await saved(store, report(), newer, report("other")) == ["stored", "updated", "stored"]
    assert len(await store.reports.revisions(report().id)) == 1


async def test_two_pages_that_name_one_canonical_url_are_both_kept(store: Store) -> None:
    first = report("a")
    other = replace(report("b"), id=first.id, canonical_url=first.url)
    assert await saved(store, first) == ["stored"]
    assert await store.reports.save([other]) == [Saved("stored", report_id(other.url))]
    assert await store.reports.find(first.id) == first
    assert await store.reports.count("example.com") == 2


async def test_a_batch_may_be_saved_again(store: Store) -> None:
    batch = [report("a"), report("b")]
    assert await saved(store, *batch) == ["stored", "stored"]
    assert await saved(store, *batch) == ["stored", "stored"]  # the answer to the first was lost
    assert await saved(store, *[replace(one, crawl_id="c2") for one in batch]) == ["unchanged", "unchanged"]


async def test_racing_writers_store_once(store: Store, mongodb_home: Path, database: str) -> None:
    pages = [report(f"page{number}") for number in range(20)]
    copies = [report(f"copy{number}", headline=one.headline, body=one.body) for number, one in enumerate(pages)]
    async with open_store("", database, mongodb_home, 20) as other:
        results = await asyncio.gather(
            saved(store, *pages),
            saved(other, *[replace(one, crawl_id="c2") for one in pages]),
            saved(store, *copies),
            saved(other, *[replace(one, crawl_id="c2") for one in copies]),
        )
    outcomes = [outcome for result in results for outcome in result]
    assert outcomes.count("stored") == 20
    assert set(outcomes) <= {"stored", "unchanged", "duplicate"}
    assert await store.reports.count("example.com") == 20


async def test_racing_updates_keep_every_state(store: Store, mongodb_home: Path, database: str) -> None:
    await saved(store, report())
    async with open_store("", database, mongodb_home, 20) as other:
        await asyncio.gather(
            *(saved(one, report(crawl=f"c{n}", body=f"Text {n}.")) for n, one in enumerate([store, other] * 3))
        )
    found = await store.reports.find(report().id)
    assert found is not None
    assert found.revision == 7
    bodies = {old["body"] for old in await store.reports.revisions(found.id)} | {found.body}
    assert bodies == {report().body, *(f"Text {n}." for n in range(6))}


async def test_what_the_validator_refuses_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="the private mongod refuses a report: Document failed validation"):
        await store.reports.save([replace(report(), id="no id")])


async def test_find_same(store: Store) -> None:
    copy = report("copy", headline=report().headline, body=report().body)
    assert await store.reports.find_same(report()) is None
    await saved(store, report())
    assert await store.reports.find_same(report()) == Saved("unchanged", report().id)
    assert await store.reports.find_same(copy) == Saved("duplicate", report().id)
    assert await store.reports.find_same(report(body="Another text.")) is None


async def test_reading_in_the_order_of_change(store: Store) -> None:
    for name in ("a", "b", "c"):
        await saved(store, report(name))
    await saved(store, report("a", crawl="c2", body="Another text."))
    found = [(one.url.rpartition("/")[2], place) async for one, place in store.changes.reports()]
    assert [name for name, _ in found] == ["b", "c", "a"]
    rest = [one.url.rpartition("/")[2] async for one, _ in store.changes.reports(after=found[0][1])]
    assert rest == ["c", "a"]
    assert [one async for one in store.changes.reports(after=found[-1][1])] == []


async def test_reading_by_source_language_and_time(store: Store) -> None:
    await saved(
        store,
        report("a", language="en", published_at=NOW - timedelta(days=5)),
        report("b", language="de", published_at=NOW),
        report("c", source="example.org"),
    )

    async def names(**query: Any) -> list[str]:
        return sorted([one.url.rpartition("/")[2] async for one, _ in store.changes.reports(**query)])

    assert await names(source="example.com") == ["a", "b"]
    assert await names(language="de") == ["b"]
    assert await names(since=NOW) == ["b", "c"]  # c: when it was first seen
    assert await names(until=NOW) == ["a"]
    assert await names(since=NOW - timedelta(days=6), until=NOW, after=Place(0, 0, "")) == ["a"]
