"""Reports against a real mongod: each once, each change kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Location, Report
from newscrawl.store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def report(path: str, body: str, *, source: str = "harbour.example", crawl: str = "c1", **values: Any) -> Report:
    url = f"https://{source}/{path}"
    return Report(
        **{"id": report_id(url), "headline": "Pier", "first_seen_at": NOW, "fetched_at": NOW, **values},
        url=url,
        source=source,
        body=body,
        content_hash=content_hash("Pier", body),
        crawl_id=crawl,
    )


async def outcomes(store: Store, *reports: Report) -> list[str]:
    return [saved.outcome for saved in await store.reports.save(reports)]


async def test_a_report_comes_back_as_it_was(store: Store) -> None:
    one = report("a", "It closed.", authors=("Ada",), locations=(Location(name="Aldra", point=(10.4, 63.4)),))
    assert await outcomes(store, one) == ["stored"]
    assert await store.reports.find(one.id) == one


async def test_the_same_again_writes_nothing(store: Store) -> None:
    await store.reports.save([report("a", "It closed.")])
    before = [place async for _, place in store.reports.read()]
    assert await outcomes(store, report("a", "It closed.", crawl="c2")) == ["unchanged"]
    assert [place async for _, place in store.reports.read()] == before


async def test_a_change_keeps_the_old_state(store: Store) -> None:
    old = report("a", "It closed.", language="en")
    await store.reports.save([old])
    assert await outcomes(store, report("a", "It opened again.", crawl="c2", authors=("Ada",))) == ["updated"]

    now = await store.reports.find(old.id)
    assert now is not None
    assert (now.revision, now.body, now.language, now.first_seen_at) == (2, "It opened again.", None, NOW)
    (revision,) = await store.reports.revisions(old.id)
    assert (revision["body"], revision["changed_fields"]) == ("It closed.", ["authors", "body", "language"])


async def test_the_same_text_elsewhere_in_the_source_is_a_duplicate(store: Store) -> None:
    first, copy = report("a", "It closed."), report("b", "It closed.")
    assert await outcomes(store, first, copy) == ["stored", "duplicate"]
    kept = await store.reports.find(first.id)
    assert kept is not None
    assert kept.also_at == (copy.url,)


async def test_the_same_text_of_another_source_is_a_report_of_its_own(store: Store) -> None:
    assert await outcomes(store, report("a", "It closed."), report("a", "It closed.", source="coast.example")) == [
        "stored",
        "stored",
    ]


async def test_a_wrong_canonical_link_does_not_merge_two_texts(store: Store) -> None:
    await store.reports.save([report("a", "It closed.")])
    claims = report("b", "Another story.", id=report("a", "").id)
    assert await outcomes(store, claims) == ["stored"]
    assert await store.reports.count("harbour.example") == 2


async def test_racing_writers_store_each_text_once(store: Store, mongodb_home: Path) -> None:
    reports = [report(f"{n}", f"Text {n % 10}.") for n in range(40)]
    async with open_store("", store.connection.database.name, mongodb_home, 20) as other:
        await asyncio.gather(*(side.reports.save(reports) for side in (store, other)))
    texts = [found.body async for found, _ in store.reports.read()]
    assert sorted(texts) == sorted({one.body for one in reports})


async def test_read_goes_on_after_a_place(store: Store) -> None:
    await store.reports.save([report(f"{n}", f"Text {n}.") for n in range(5)])
    places = [place async for _, place in store.reports.read()]
    rest = [found async for found, _ in store.reports.read(after=places[2])]
    assert len(rest) == 2
