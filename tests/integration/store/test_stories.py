from __future__ import annotations

import asyncio
import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.identity.signature import make_signature
from newscrawl.items import Report, SourceLink
from newscrawl.store import stories
from newscrawl.store.signatures import STOP_AFTER
from newscrawl.store.store import Store, open_store
from newscrawl.store.stories import StoryError, Unplaced, credit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PIER = (
    "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars.",
    "Repairs will take until spring, the harbour master said, and the ferries move to the fish quay meanwhile.",
    "Shop owners fear for their winter trade, because the only bus to the fish quay runs once an hour.",
    "The pier was built of larch in the year in which the railway came, and had never been closed before.",
    "Nobody on the council wanted to say on Friday evening what all of it will cost the town in the end.",
)
ORCHARD = (
    "Nine orchards in the valley were sold to a cider maker whose trees carry fruit every second year only.",
    "The growers kept their houses and the right to pick cherries for as long as they live beside the trees.",
    "A press from Normandy arrives in August and will stand where the sawmill stood until the great flood.",
    "Schoolchildren are to plant a hedge of hazel around it, and each of them may name one of the bushes.",
)


def report(name: str, *lines: str, **values: Any) -> Report:
    source = name.partition("/")[0]
    url = f"https://{name}"
    made = Report(
        id=report_id(url), url=url, source=source, headline=lines[0][:40], body="\n\n".join(lines),
        first_seen_at=NOW, fetched_at=NOW, crawl_id="c1",
    )  # fmt: skip
    made = replace(made, **values)
    return replace(made, content_hash=content_hash(made.headline, made.body))


def unplaced(report: Report, *, new: bool) -> Unplaced:
    assert report.content_hash
    signature = make_signature(
        report.headline, report.body or "", source=report.source, published_at=report.published_at
    )
    return Unplaced(report_id=report.id, content_hash=report.content_hash, signature=signature, new=new)


async def store_all(store: Store, *reports: Report) -> None:
    results = await store.reports.save(reports)
    await store.stories.place(
        [unplaced(one, new=saved.outcome == "stored") for one, saved in zip(reports, results, strict=True)]
    )


async def story_of(store: Store, report: Report) -> str | None:
    return (await document(store, report))["story_id"]


async def document(store: Store, report: Report) -> dict[str, Any]:
    found: dict[str, Any] = await store.connection.database.reports.find_one({"_id": report.id})
    return found


ONE = report("one.example/pier", *PIER)
TWO = report("two.example/pier", *PIER[:4], "Our correspondent adds that gulls do not mind.")
THREE = report("three.example/pier", "(Agency) Divers at work.", *PIER)
OTHER = report("one.example/orchard", *ORCHARD)


async def test_near_copies_share_the_story_of_the_one_seen_first(store: Store) -> None:
    for one in (ONE, OTHER, TWO, THREE):
        await store_all(store, one)
    assert [await story_of(store, one) for one in (ONE, TWO, THREE, OTHER)] == [ONE.id, ONE.id, ONE.id, OTHER.id]
    assert await store.connection.database.reports.count_documents({"unplaced": True}) == 0


async def test_near_copies_of_one_batch_share_a_story(store: Store) -> None:
    await store_all(store, OTHER, ONE, TWO, THREE)
    assert [await story_of(store, one) for one in (ONE, TWO, THREE, OTHER)] == [ONE.id, ONE.id, ONE.id, OTHER.id]


@pytest.mark.parametrize("batches", [1, 3])
async def test_the_next_note_of_a_form_does_not_join_by_a_late_copy_of_the_last_one(store: Store, batches: int) -> None:
    def note(name: str, day: str, hour: int) -> Report:
        text = (
            f"The ferry of {day} does not sail, as the sound is frozen, said the harbour office in the morning. "
            "Those who have a ticket get their money back at the counter of the fish quay."
        )
        at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=hour)
        return report(name, text, headline="Ferry does not sail", published_at=at)

    first, copy = note("one.example/1", "monday", 0), note("two.example/1", "monday", 20)
    following = note("one.example/2", "tuesday", 24)
    for start in range(batches):
        await store_all(store, *[first, copy, following][start::batches])
    assert [await story_of(store, one) for one in (first, copy, following)] == [first.id, first.id, following.id]


async def test_a_report_that_comes_to_tell_another_story_makes_one_of_both(store: Store) -> None:
    await store_all(store, ONE, TWO, OTHER)
    before = await document(store, OTHER)
    await store_all(store, report("two.example/pier", *ORCHARD, "As of now.", crawl_id="c2"))
    after = await document(store, OTHER)
    assert (before["story_id"], after["story_id"], after["last_event"]) == (OTHER.id, ONE.id, "restoried")
    assert after["changed"] > before["changed"]


async def test_a_report_that_is_being_stored_is_created_and_not_restoried(store: Store) -> None:
    await store_all(store, ONE)
    await store_all(store, TWO)
    assert (await document(store, TWO)).get("last_event") != "restoried"
    assert (await document(store, ONE)).get("last_event") != "restoried"


async def test_a_new_text_keeps_the_story(store: Store) -> None:
    await store_all(store, ONE, TWO)
    await store_all(store, report("two.example/pier", *PIER[:3], "The gulls do mind after all.", crawl_id="c2"))
    assert await story_of(store, TWO) == ONE.id
    await store_all(store, report("two.example/pier", *ORCHARD, crawl_id="c3"), OTHER)
    assert (await document(store, TWO))["revision"] == 3
    assert await story_of(store, OTHER) == ONE.id


async def test_the_same_text_shares_a_story_at_any_age_and_length(store: Store) -> None:
    short = [report(f"{name}.example/short", "Ferries sail again.") for name in ("one", "two")]
    await store_all(store, ONE, short[0])
    for name in await store.connection.database.list_collection_names():
        if name.startswith("signatures_"):
            await store.connection.database.drop_collection(name)
    copy = report("late.example/pier", *PIER)
    await store_all(store, copy, short[1])
    assert [await story_of(store, one) for one in (copy, short[1])] == [ONE.id, short[0].id]
    await store_all(store, TWO)
    assert await story_of(store, TWO) == ONE.id


async def test_a_hundred_copies_are_one_story(store: Store) -> None:
    copies = [report(f"s{number}.example/pier", *PIER, f"Signed by desk {number}.") for number in range(100)]
    for start in range(0, 100, 20):
        await store_all(store, *copies[start : start + 20])
    assert {await story_of(store, copy) for copy in copies} == {copies[0].id}
    assert await store.connection.database.stop_keys.count_documents({}) == 0


async def test_a_phrase_of_many_stories_becomes_a_stop_key(store: Store) -> None:
    common = 12345
    notes = [report(f"one.example/{n}", " ".join(f"w{n}x{i}" for i in range(60))) for n in range(STOP_AFTER + 8)]
    await store.reports.save(notes)
    batch = [unplaced(note, new=True) for note in notes]
    signatures = [one.signature for one in batch if one.signature]
    await store.stories.place(
        [
            replace(one, signature=replace(signature, keys=(common, *signature.keys)))
            for one, signature in zip(batch, signatures, strict=True)
        ]
    )
    assert len({await story_of(store, note) for note in notes}) == len(notes)
    assert [key["_id"] async for key in store.connection.database.stop_keys.find()] == [common]


async def test_what_a_crash_has_left_is_placed_by_the_next_one(store: Store) -> None:
    await store_all(store, ONE)
    await store.reports.save([TWO, OTHER])
    assert await story_of(store, TWO) == TWO.id
    assert await store.problems() == ["reports: 2 have no story yet, unless a crawl runs: run `newscrawl db init`"]
    assert await store.stories.heal() == 2
    assert [await story_of(store, one) for one in (TWO, OTHER)] == [ONE.id, OTHER.id]
    assert await store.stories.heal() == 0


@pytest.mark.parametrize("step", ["relabel", "_restory", "heads_of", "stop"])
async def test_a_crash_while_stories_are_united_is_healed(
    store: Store, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store_all(store, ONE, TWO, OTHER, report("five.example/orchard", *ORCHARD[:3], "And more."))
    bridge = report("two.example/pier", *ORCHARD, "As of now.", crawl_id="c2")
    owner = store.stories if step == "_restory" else store.stories.index

    async def crash(*_: Any) -> None:
        raise KeyError(step)

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, crash)
        with pytest.raises(KeyError, match=step):
            await store_all(store, bridge)
    assert await store.stories.heal() == 1
    found = store.connection.database.reports.find({})
    assert {one["story_id"] async for one in found} == {ONE.id}


async def test_reports_that_are_joined_before_they_are_placed_stay_joined(store: Store) -> None:
    await store_all(store, ONE)
    await store.reports.save([OTHER])
    assert await store.stories.join(OTHER.id, ONE.id)
    await store.stories.place([unplaced(OTHER, new=True)])
    await store_all(store, report("nine.example/orchard", *ORCHARD, "More."))
    found = store.connection.database.reports.find({})
    assert {one["story_id"] async for one in found} == {ONE.id}


async def test_placing_again_changes_nothing(store: Store) -> None:
    await store_all(store, ONE, TWO, OTHER)
    before = [await document(store, one) for one in (ONE, TWO, OTHER)]
    await store.stories.place([unplaced(one, new=True) for one in (TWO, ONE, OTHER)])
    assert [await document(store, one) for one in (ONE, TWO, OTHER)] == before


# -- races -----------------------------------------------------------------------------------------------------------


def race(home: Path, database: str, number: int, rounds: int, barrier: Any) -> None:
    async def run() -> None:
        async with open_store("", database, home, 20) as store:
            for turn in range(rounds):
                copy = racing(number, turn)
                await store.reports.save([copy])
                await asyncio.to_thread(barrier.wait, 30)
                await store.stories.place([unplaced(copy, new=True)])

    asyncio.run(run())


def racing(number: int, turn: int) -> Report:
    words = [f"{word}{turn}" for line in PIER for word in line.split()]
    return report(f"s{number}.example/{turn}", " ".join(words), f"Printed by {number}.")


async def test_racing_writers_agree_on_a_story(store: Store, mongodb_home: Path, database: str) -> None:
    writers, rounds = 4, 15
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(writers)
    processes = [
        spawn.Process(target=race, args=(mongodb_home, database, number, rounds, barrier)) for number in range(writers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join, 120)
    assert [process.exitcode for process in processes] == [0] * writers
    stories_of = [{await story_of(store, racing(number, turn)) for number in range(writers)} for turn in range(rounds)]
    assert [len(found) for found in stories_of] == [1] * rounds
    assert len(set.union(*stories_of)) == rounds


async def test_a_story_moved_meanwhile_is_moved_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One writer moves c to b while another, who has not seen c, moves b to a."""
    c = report("three.example/x", "Ferries sail again.")
    a, b = ONE, OTHER
    await store_all(store, a, b, c)
    index = store.stories.index
    relabel = index.relabel

    async def late(moves: Any, now: datetime) -> None:
        monkeypatch.setattr(index, "relabel", relabel)
        assert await store.stories.join(a.id, b.id)
        await relabel(moves, now)

    monkeypatch.setattr(index, "relabel", late)
    assert await store.stories.join(b.id, c.id)
    assert {await story_of(store, one) for one in (a, b, c)} == {a.id}


# -- by hand ---------------------------------------------------------------------------------------------------------


async def test_what_is_split_stays_split(store: Store) -> None:
    await store_all(store, ONE, TWO, THREE)
    assert await store.stories.split([TWO.id]) == (ONE.id, TWO.id)
    assert [await story_of(store, one) for one in (ONE, TWO, THREE)] == [ONE.id, TWO.id, ONE.id]
    assert (await document(store, TWO))["last_event"] == "restoried"
    newer = report("two.example/pier", *PIER, crawl_id="c2")
    copy = report("four.example/pier", *PIER, "Copied by four.")
    await store_all(store, newer, copy)
    await store_all(store, report("one.example/pier", *PIER, "New at one.", crawl_id="c2"))
    await store.stories.place([unplaced(one, new=False) for one in (newer, ONE, copy)], again=True)
    assert not await store.stories.join(ONE.id, TWO.id)
    assert [await story_of(store, one) for one in (ONE, TWO, THREE, copy)] == [ONE.id, TWO.id, ONE.id, ONE.id]


async def test_the_report_that_heads_a_story_can_leave_it(store: Store) -> None:
    await store_all(store, ONE, TWO, THREE)
    assert await store.stories.split([ONE.id]) == (TWO.id, ONE.id)
    await store_all(store, report("one.example/pier", *PIER, "Once more.", crawl_id="c2"))
    await store_all(store, report("three.example/pier", *PIER, "Twice more.", crawl_id="c2"))
    assert [await story_of(store, one) for one in (ONE, TWO, THREE)] == [ONE.id, TWO.id, TWO.id]


async def test_what_leaves_together_is_a_story_which_new_copies_join(store: Store) -> None:
    second = report("six.example/orchard", *ORCHARD[:3], "The cider is for export.")
    await store_all(store, ONE, TWO, OTHER, second)
    await store.stories.join(ONE.id, OTHER.id)
    assert await story_of(store, second) == ONE.id
    assert await store.stories.split([OTHER.id, second.id]) == (ONE.id, OTHER.id)
    copy = report("seven.example/orchard", "From our agency.", *ORCHARD)
    await store_all(store, copy)
    assert [await story_of(store, one) for one in (OTHER, second, copy, TWO)] == [OTHER.id] * 3 + [ONE.id]


async def test_a_split_is_remembered_longer_than_signatures(store: Store) -> None:
    await store_all(store, ONE, TWO)
    await store.stories.split([TWO.id])
    for name in await store.connection.database.list_collection_names():
        if name.startswith("signatures_"):
            await store.connection.database.drop_collection(name)
    newer = [report(f"{name}.example/pier", *PIER, f"Update of {name}.", crawl_id="c2") for name in ("one", "two")]
    await store_all(store, *newer)
    assert [await story_of(store, one) for one in newer] == [ONE.id, TWO.id]


async def test_what_cannot_be_split(store: Store) -> None:
    await store_all(store, ONE, TWO, OTHER)
    with pytest.raises(StoryError, match="alone in its story"):
        await store.stories.split([OTHER.id])
    with pytest.raises(StoryError, match="all 2 reports of the story"):
        await store.stories.split([ONE.id, TWO.id])
    with pytest.raises(StoryError, match="different stories"):
        await store.stories.split([ONE.id, OTHER.id])


# -- reading ---------------------------------------------------------------------------------------------------------


def ids(found: Iterable[dict[str, Any]]) -> list[str]:
    return [story["story_id"] for story in found]


async def test_stories_of_several_reports_are_listed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    day = timedelta(days=1)
    orchard = report("two.example/orchard", *ORCHARD, "A line.", published_at=NOW - 5 * day, language="en")
    await store_all(
        store, replace(ONE, published_at=NOW - 3 * day), TWO, OTHER, orchard, report("one.example/solo", "Alone here.")
    )  # fmt: skip
    latest = store.stories.latest
    assert ids(await latest()) == [ONE.id, OTHER.id]
    assert ids(await latest(limit=1)) == [ONE.id]
    assert ids(await latest(language="en")) == [OTHER.id]
    assert ids(await latest(until=NOW - 4 * day)) == [OTHER.id]
    assert ids(await latest(since=NOW - 4 * day, until=NOW - 2 * day, source="one.example")) == [ONE.id]
    assert await latest(source="three.example") == []


async def test_a_story_is_shown_by_its_id_a_reports_id_or_a_url(store: Store) -> None:
    signed = report("zero.example/pier", *PIER, "More.", authors=("AFP",), first_seen_at=NOW - timedelta(days=1))
    await store_all(store, ONE)
    await store_all(store, TWO, signed)
    story = await store.stories.show(ONE.id)
    assert story is not None
    assert [member["id"] for member in story["members"]] == [ONE.id, signed.id, TWO.id]
    assert (story["headline"], story["credit"]) == (ONE.headline, "AFP")
    assert story["sources"] == ["one.example", "zero.example", "two.example"]
    assert (story["first_at"], story["last_at"]) == (NOW - timedelta(days=1), NOW)
    for name in (TWO.id, TWO.url, "http://two.example/pier?utm_source=x"):
        assert await store.stories.show(name) == story
    for name in ("", "f" * 32, "https://two.example/none", "two"):
        assert await store.stories.show(name) is None


def test_the_credit_is_a_source_link_an_agency_or_a_common_byline() -> None:
    assert credit([{"source": "a", "authors": ["Jo Vance"]}, {"source": "b"}]) is None
    same = [{"source": name, "authors": ["Wire Service", name]} for name in ("one", "two")]
    assert credit(same) == "Wire Service"
    assert credit([*same, {"source": "c", "authors": ["DPA"]}]) == "DPA"
    assert credit([*same, {"source": "c", "source_link": {"url": "https://w.example/1"}}]) == "https://w.example/1"
    assert SourceLink(url="https://w.example/1").outlet is None


def test_heads_that_are_connected_go_to_the_smallest() -> None:
    a, b, c, d, e = (stories.Head(number, bytes(16)) for number in range(5))
    connected = stories.Connected()
    for group in ((c, d), (d, e), (b, c), (a,)):
        connected.add(group)
    assert connected.moves() == {c: b, d: b, e: b}
    connected.add((e, a))
    assert connected.moves() == dict.fromkeys((b, c, d, e), a)
