from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Entry, Report, SourceLink
from newscrawl.store.merges import Placed
from newscrawl.store.reports import Saved

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORIGINAL = "https://www.gazette.example/harbour-opens"


def report(url: str, **values: Any) -> Report:
    made = Report(
        id=report_id(url), url=url, source=url.split("/")[2], headline="A headline", body=f"Text at {url}.",
        first_seen_at=NOW, fetched_at=NOW, crawl_id="c1",
    )  # fmt: skip
    made = replace(made, **values)
    return replace(made, content_hash=content_hash(made.headline, made.body))


def copy(name: str = "copy", link: str = ORIGINAL) -> Report:
    return report(f"https://wire.example/{name}", source_link=SourceLink(url=link, outlet="Gazette"))


async def save(store: Store, *reports: Report) -> int:
    saved = await store.reports.save(reports)
    return await store.source_links.resolve(
        Placed(report_id(r.url), r.id, one) for r, one in zip(reports, saved, strict=True)
    )


async def found(store: Store, id_: str) -> Report:
    stored = await store.reports.find(id_)
    assert stored is not None
    return stored


async def original_of(store: Store, one: Report) -> str | None:
    link = (await found(store, one.id)).source_link
    assert link is not None
    return link.report_id


async def test_the_original_comes_first(store: Store) -> None:
    original = report(ORIGINAL)
    assert await save(store, original) == 0
    assert await save(store, copy()) == 1
    assert await original_of(store, copy()) == original.id
    assert await store.source_links.copies(original.id) == [copy().id]
    assert await found(store, original.id) == replace(original, story_id=original.id), "the original is not written"


async def test_the_original_comes_last(store: Store) -> None:
    assert await save(store, copy(), copy("other", ORIGINAL + "?utm_source=wire")) == 0
    before = await store.connection.database.reports.find_one({"_id": copy().id})
    assert await save(store, report(ORIGINAL)) == 2
    after = await store.connection.database.reports.find_one({"_id": copy().id})
    assert after["source_link"]["report_id"] == report_id(ORIGINAL)
    assert (after["changed"] > before["changed"], after["revision"]) == (True, 1)
    assert await save(store, report(ORIGINAL)) == 0, "once"


async def test_both_in_one_batch(store: Store) -> None:
    assert await save(store, copy(), report(ORIGINAL)) == 1


async def test_a_new_revision_keeps_the_link(store: Store) -> None:
    await save(store, copy(), report(ORIGINAL))
    assert await save(store, replace(copy(), body="Later.", content_hash=content_hash("A headline", "Later."))) == 0
    assert await original_of(store, copy()) == report_id(ORIGINAL)
    (earlier,) = await store.reports.revisions(copy().id)
    assert earlier["changed_fields"] == ["body"]


async def test_a_link_to_another_address_of_the_original(store: Store) -> None:
    """Its text is stored under the first address; the ledger and `also_at` know the second."""
    mobile = "https://www.gazette.example/17/harbour"
    await save(store, copy("before", mobile))
    ledger = store.crawl_ledger("www.gazette.example", "c1")
    (taken,) = await ledger.announce([Entry(url=mobile)], "feed")
    await ledger.close(taken.id, "duplicate", "redirects", report=report_id(ORIGINAL), redirected_to=ORIGINAL)
    assert await save(store, report(ORIGINAL)) == 1
    assert await save(store, copy("after", mobile)) == 1
    for name in ("before", "after"):
        assert await original_of(store, copy(name)) == report_id(ORIGINAL)


async def test_imported_addresses_count_too(store: Store) -> None:
    await save(store, copy("copy", "https://www.gazette.example/17"))
    assert await save(store, report(ORIGINAL, also_at=("https://www.gazette.example/17",))) == 1


async def test_an_original_that_was_merged(store: Store) -> None:
    old, young = report(ORIGINAL), report("https://www.gazette.example/young")
    await save(store, old, young)
    lives = await store.merges.merge(young.id, old.id, "redirect")
    gone = young if lives == old.id else old
    assert await save(store, copy("copy", gone.url)) == 1
    assert await original_of(store, copy()) == lives


async def test_a_report_is_not_its_own_original(store: Store) -> None:
    assert await save(store, copy("copy", "https://wire.example/copy/")) == 0


async def test_the_stories_become_one(store: Store) -> None:
    await save(store, copy(), report(ORIGINAL))
    stories = {(await found(store, id_)).story_id for id_ in (copy().id, report_id(ORIGINAL))}
    assert len(stories) == 1


async def test_what_is_left_to_follow(store: Store) -> None:
    links = [f"https://www.gazette.example/{n}" for n in range(3)]
    await save(store, *[copy(f"copy{n}", link) for n, link in enumerate(links)])
    ledger = store.crawl_ledger("www.gazette.example", "c1")
    dead, pending = await ledger.announce([Entry(url=links[0]), Entry(url=links[1])], "feed")
    await ledger.close(dead.id, "failed", "http 404")
    found = await store.source_links.unfollowed("wire.example", 10)
    assert sorted(found) == [(links[n], f"https://wire.example/copy{n}") for n in (1, 2)]
    assert pending.url == links[1]
    await store.source_links.resolve([Placed(report_id(links[2]), copy().id, Saved("unchanged", copy("copy0").id))])
    assert [url for url, _ in await store.source_links.unfollowed("wire.example", 10)] == [links[1]]
