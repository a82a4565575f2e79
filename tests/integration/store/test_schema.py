from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pymongo.errors import WriteError

from newscrawl.identity.keys import report_id
from newscrawl.store.schema import INDEXES, SCHEMA_VERSION, VALIDATORS
from newscrawl.store.store import StoreError, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.store.store import Store


async def test_an_opened_store_is_ready(store: Store) -> None:
    assert await store.problems() == []
    assert set(VALIDATORS) <= set(await store.connection.database.list_collection_names())
    info = await store.info()
    assert (info["schema_version"], info["known_schema_version"]) == (SCHEMA_VERSION, SCHEMA_VERSION)


async def test_it_may_be_made_again(store: Store) -> None:
    await store.connection.database.meta.delete_many({})
    assert await store.problems() == ["no schema: run `newscrawl db init`"]
    await store.ensure_schema()
    await store.ensure_schema()
    assert await store.problems() == []


async def test_many_processes_may_make_it_at_once(mongodb_home: Path, database: str) -> None:
    async def open_it() -> list[str]:
        async with open_store("", database, mongodb_home, 20) as store:
            return await store.problems()

    assert await asyncio.gather(*(open_it() for _ in range(4))) == [[], [], [], []]
    async with open_store("", database, mongodb_home, 20) as store:
        await store.connection.client.drop_database(database)


async def test_a_newer_schema_is_refused(store: Store, mongodb_home: Path, database: str) -> None:
    newer = SCHEMA_VERSION + 1
    await store.connection.database.meta.update_one({"_id": "schema"}, {"$set": {"version": newer}})
    with pytest.raises(StoreError, match=f"{database}' has schema version {newer}, .*; use a newer newscrawl"):
        async with open_store("", database, mongodb_home, 20):
            pass


async def test_reports_of_an_older_schema_get_stories(store: Store) -> None:
    database = store.connection.database
    ages = {"https://e.com/a": timedelta(days=2), "https://e.com/b": timedelta(days=60)}
    for url, age in ages.items():
        id_, seen = report_id(url), datetime.now(UTC) - age
        await database.reports.insert_one(
            {"_id": id_, "url": url, "source": "e.com", "body": "Text.", "content_hash": id_,
             "revision": 1, "first_seen_at": seen, "fetched_at": seen}
        )  # fmt: skip
    await database.meta.update_one({"_id": "schema"}, {"$set": {"version": 2}})
    await store.ensure_schema()
    assert {report["story_id"] async for report in database.reports.find()} == {report_id(url) for url in ages}
    assert await store.stories.heal() == 1, "the other one is older than the index remembers"
    assert (await store.info())["schema_version"] == SCHEMA_VERSION


async def test_a_missing_index_is_a_problem(store: Store) -> None:
    name = INDEXES["urls"][0].document["name"]
    await store.connection.database.urls.drop_index(name)
    assert await store.problems() == [f"urls: index {name} is missing: run `newscrawl db init`"]


async def test_what_is_no_report_is_not_stored(store: Store) -> None:
    with pytest.raises(WriteError, match="failed validation"):
        await store.connection.database.reports.insert_one({"_id": "f" * 32, "url": "https://example.com/"})
