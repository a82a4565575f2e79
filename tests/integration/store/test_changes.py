from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from bson import Timestamp

from newscrawl.identity.keys import report_id
from newscrawl.store.changes import Change, Place
from newscrawl.store.documents import mark
from newscrawl.store.store import Store, open_store
from tests.integration.store.test_reports import report
from tests.mongod import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(params=[True, False], ids=["replica set", "standalone"])
def server(request: pytest.FixtureRequest, mongodb_home: Path, tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path, replica_set=request.param)
    yield running
    running.stop()


@asynccontextmanager
async def opened(server: Server, folder: Path) -> AsyncIterator[Store]:
    async with open_store(server.uri, "feed", folder, 20) as store:
        yield store


async def changes(store: Store, after: Place | None = None, **only: Any) -> list[Change]:
    return [change async for change in store.changes.read(after, **only)]


def told(found: list[Change]) -> list[tuple[str, str]]:
    names = {report_id(f"https://example.com/{name}"): name for name in "abcde"}
    return [(change.event, names[change.place.id]) for change in found]


async def merge(store: Store, gone: str, into: str) -> None:
    """What the change feed is promised of a merge."""
    database = store.connection.database
    stone = {"_id": report(gone).id, "event": "merged", "into": report(into).id, "changed": Timestamp(0, 0)}
    await database.tombstones.insert_one(stone)
    await database.reports.delete_one({"_id": report(gone).id})


async def happen(store: Store, name: str, event: str) -> None:
    await store.connection.database.reports.update_one({"_id": report(name).id}, mark(event))


async def test_every_kind_of_change_in_its_order(store: Store) -> None:
    assert await changes(store) == []
    for name in "abcd":
        await store.reports.save([report(name)])
    assert told(await changes(store)) == [("created", name) for name in "abcd"]
    await store.reports.save([report("a", crawl="c2", body="Another text.")])
    await happen(store, "b", "restoried")
    await merge(store, "d", "a")
    await happen(store, "c", "withdrawn")
    found = await changes(store)
    assert told(found) == [("updated", "a"), ("restoried", "b"), ("merged", "d"), ("withdrawn", "c")]
    assert [change.into for change in found] == [None, None, report("a").id, None]
    assert found[0].report == await store.reports.find(report("a").id)
    assert found[0].report.body == "Another text."


async def test_a_copy_at_another_url_is_an_update(store: Store) -> None:
    await store.reports.save([report("a"), report("b")])
    await store.reports.save([report("c", headline=report("a").headline, body=report("a").body)])
    assert told(await changes(store)) == [("created", "b"), ("updated", "a")]


async def test_tokens_go_on_anywhere(store: Store) -> None:
    await store.reports.save([report(name) for name in "abcde"])
    await merge(store, "c", "a")
    whole = await changes(store)
    assert [change.place for change in whole] == sorted(change.place for change in whole)
    for number, change in enumerate(whole):
        assert await changes(store, Place.parse(change.place.token)) == whole[number + 1 :]


async def test_what_happened_last_is_kept_out_of_reports(store: Store) -> None:
    await store.reports.save([report()])
    await store.reports.save([report(crawl="c2", body="Another text.")])
    assert (await store.connection.database.reports.find_one({}))["last_event"] == "updated"
    (revision,) = await store.reports.revisions(report().id)
    assert not {"last_event", "changed_at"} & set(revision)
    assert "last_event" not in revision["changed_fields"]


async def test_a_report_of_an_older_version_has_an_event_too(store: Store) -> None:
    await store.reports.save([report("a"), report("b")])
    await store.reports.save([report("b", crawl="c2", body="Another text.")])
    await store.connection.database.reports.update_many({}, {"$unset": {"last_event": ""}})
    assert told(await changes(store)) == [("created", "a"), ("updated", "b")]


async def test_by_source_and_language(store: Store) -> None:
    await store.reports.save(
        [report("a", language="en"), report("b", language="de", source="example.org"), report("c")]
    )
    await merge(store, "c", "a")
    assert told(await changes(store, source="example.com")) == [("created", "a"), ("merged", "c")]
    assert told(await changes(store, language="de")) == [("created", "b"), ("merged", "c")]


async def test_more_than_one_batch(store: Store) -> None:
    many = [report(f"page{number}") for number in range(450)]
    await store.reports.save(many)
    found = await changes(store)
    assert sorted(change.place.id for change in found) == sorted(one.id for one in many)
    assert [change.place for change in found] == sorted(change.place for change in found)


@pytest.mark.parametrize("token", ["", "5-", "a-3-", "5-x-", "-5-3-", "²-1-", "5000000000-1-", "9" * 5000 + "-1-"])
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(ValueError, match="is no token"):
        Place.parse(token + report().id)


# -- writes that are committed late ----------------------------------------------------------------------------------


async def test_a_write_that_is_committed_late_is_waited_for(server: Server, tmp_path: Path) -> None:
    async with opened(server, tmp_path) as store:
        await store.reports.save([report("a")])
        try:
            server.hold_inserts("feed.reports", "alwaysOn")
            late = asyncio.create_task(store.reports.save([report("b")]))
            await asyncio.sleep(0.3)
            await happen(store, "a", "restoried")  # begun later, committed earlier
            reading = asyncio.create_task(changes(store))
            await asyncio.sleep(0.5)
            waited = not reading.done()
        finally:
            server.hold_inserts("feed.reports", "off")
        await late
        assert waited
        assert told(await reading) == [("created", "b"), ("restoried", "a")]


async def test_a_transaction_is_waited_for(store: Store) -> None:
    await store.reports.save([report("a"), report("b")])
    reports = store.connection.database.reports
    async with store.connection.client.start_session() as session:
        await session.start_transaction()
        await reports.update_one({"_id": report("a").id}, mark("restoried"), session=session)
        await happen(store, "b", "withdrawn")
        reading = asyncio.create_task(changes(store))
        await asyncio.sleep(0.4)
        assert not reading.done()
        await session.commit_transaction()
    assert told(await reading) == [("restoried", "a"), ("withdrawn", "b")]


# -- following -------------------------------------------------------------------------------------------------------


async def follow(store: Store, found: list[Change]) -> None:
    async with aclosing(store.changes.follow()) as feed:
        async for change in feed:
            found.append(change)  # noqa: PERF401  one by one: it never ends


async def eventually(found: list[Change], number: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while len(found) < number:
        assert time.monotonic() < deadline, told(found)
        await asyncio.sleep(0.02)


async def test_following_with_and_without_change_streams(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[Change] = []
    async with opened(server, tmp_path) as store:
        await store.reports.save([report("a")])
        following = asyncio.create_task(follow(store, found))
        await eventually(found, 1)
        await asyncio.sleep(1.2)
        await store.reports.save([report("b")])
        await eventually(found, 2)
        await merge(store, "b", "a")
        await eventually(found, 3)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    assert told(found) == [("created", "a"), ("created", "b"), ("merged", "b")]
    said = [record.message for record in caplog.records if "change stream" in record.message]
    assert len(said) == (0 if server.replica_set else 1)


async def test_following_over_a_restart_of_the_server(server: Server, tmp_path: Path) -> None:
    found: list[Change] = []
    async with opened(server, tmp_path) as store:
        await store.reports.save([report("a")])
        following = asyncio.create_task(follow(store, found))
        await eventually(found, 1)
        for name in "bc":
            server.stop()
            await asyncio.sleep(0.5)
            server.start()
            await store.reports.save([report(name)])
            await eventually(found, len(found) + 1)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    assert told(found) == [("created", "a"), ("created", "b"), ("created", "c")]
