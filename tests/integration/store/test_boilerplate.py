from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.extraction.body.boilerplate import MAX_LINES, STORIES, Memory
from newscrawl.identity.keys import content_hash, line_key, report_id
from newscrawl.items import Report, Suspect
from newscrawl.store.reports import Saved

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
TYPO = "Report a typo: write to our desk and we will put it right."
HEADLINES = (
    "Harbour council votes for a second ferry",
    "Hospital opens its new children's ward",
    "Storm tears roofs from forty houses",
    "Brewery celebrates two hundred years",
)
KEY = line_key(TYPO)


def note(memory: Memory, headline: str, line: str = TYPO, at: datetime = NOW) -> None:
    memory.note(headline, [Suspect(key=line_key(line), sample=line)], at)


async def test_nothing_is_known_of_a_new_source(store: Store) -> None:
    assert await store.boilerplate.load("paper") == Memory()
    await store.boilerplate.save("paper", Memory())
    assert await store.connection.database.sources.count_documents({}) == 0


async def test_a_line_is_learned_over_several_crawls(store: Store) -> None:
    for headline in HEADLINES:
        memory = await store.boilerplate.load("paper")
        note(memory, headline)
        await store.boilerplate.save("paper", memory)

    memory = await store.boilerplate.load("paper")
    assert (memory.reports, memory.known) == (STORIES, {KEY})
    seen = memory.lines[KEY]
    assert (seen.sample, seen.reports, seen.first_report, seen.headlines) == (TYPO, STORIES, 1, HEADLINES)
    assert seen.first_seen_at == seen.last_seen_at == seen.learned_at == NOW


async def test_what_is_saved_is_saved_once(store: Store) -> None:
    memory = await store.boilerplate.load("paper")
    note(memory, HEADLINES[0])
    await store.boilerplate.save("paper", memory)
    await store.boilerplate.save("paper", memory)
    note(memory, HEADLINES[1])
    await store.boilerplate.save("paper", memory)
    stored = await store.boilerplate.load("paper")
    assert (stored.reports, stored.lines[KEY].reports) == (2, 2)


async def test_crawls_at_once_lose_nothing_of_each_other(store: Store) -> None:
    async def crawl(name: str) -> None:
        memory = await store.boilerplate.load("paper")
        for headline in HEADLINES:
            note(memory, headline)
            note(memory, headline, f"A line of its own, that of crawl {name}.")
            await store.boilerplate.save("paper", memory)

    await asyncio.gather(*(crawl(name) for name in "abcd"))
    memory = await store.boilerplate.load("paper")
    assert (memory.reports, memory.lines[KEY].reports) == (4 * 2 * STORIES, 4 * STORIES)
    assert (len(memory.lines), memory.lines[KEY].headlines) == (5, HEADLINES)


async def test_the_document_is_bounded_and_what_is_old_is_forgotten(store: Store) -> None:
    memory = await store.boilerplate.load("paper")
    note(memory, HEADLINES[0], "An imprint of the old design, long gone.", NOW - timedelta(days=200))
    for headline in HEADLINES:
        note(memory, headline)
    for number in range(MAX_LINES):
        note(memory, HEADLINES[0], f"Nobody will ever read this sentence again, number {number}.")
    await store.boilerplate.save("paper", memory)
    stored = await store.boilerplate.load("paper")
    assert len(stored.lines) <= MAX_LINES
    assert KEY in stored.lines
    assert not [seen for seen in stored.lines.values() if "old design" in seen.sample]


async def test_forgetting_leaves_the_rest_of_the_source(store: Store) -> None:
    await store.connection.database.sources.insert_one({"_id": "paper", "health": "fresh"})
    memory = await store.boilerplate.load("paper")
    note(memory, HEADLINES[0])
    await store.boilerplate.save("paper", memory)
    assert await store.boilerplate.forget("paper")
    assert not await store.boilerplate.forget("paper")
    assert await store.connection.database.sources.find_one({}) == {"_id": "paper", "health": "fresh"}


# -- what it means for stored reports --------------------------------------------------------------------------------

FERRY = "The council has voted for a second ferry.\n\nIslanders had asked for it for years."


def report(body: str, path: str = "ferry") -> Report:
    url = f"https://paper.example/{path}"
    digest = content_hash(HEADLINES[0], body)
    return Report(
        id=report_id(url), url=url, source="paper", headline=HEADLINES[0], body=body, content_hash=digest,
        first_seen_at=NOW, fetched_at=NOW, crawl_id="c1", story_id=report_id(url),
    )  # fmt: skip


async def test_a_report_stored_with_a_line_has_not_changed_when_read_without(store: Store) -> None:
    old = report(f"{FERRY}\n\n{TYPO}")
    await store.reports.save([old])
    read_again = replace(report(FERRY), crawl_id="c2")
    assert await store.reports.save([read_again], {KEY}) == [Saved("unchanged", old.id)]
    assert await store.reports.find(old.id) == old
    assert await store.reports.save([read_again]) == [Saved("updated", old.id)]


async def test_a_real_change_is_a_change(store: Store) -> None:
    old = report(f"{FERRY}\n\n{TYPO}")
    await store.reports.save([old])
    assert await store.reports.save([report(f"{FERRY}\n\nIt sails in May.")], {KEY}) == [Saved("updated", old.id)]


async def test_a_copy_read_without_the_line_is_a_duplicate(store: Store) -> None:
    old = report(f"{FERRY}\n\n{TYPO}")
    await store.reports.save([old])
    copy = report(FERRY, "copy")
    assert await store.reports.find_same(copy, old.content_hash) == Saved("duplicate", old.id)
    assert await store.reports.find_same(report(FERRY), old.content_hash) == Saved("unchanged", old.id)
