from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest
from pymongo.errors import AutoReconnect, OperationFailure

from newscrawl.store.connection import Connection
from newscrawl.store.store import StoreError, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.store.store import Store


async def test_an_unreachable_server_is_one_clear_line(tmp_path: Path) -> None:
    # A socket of the file system: pymongo leaks one of TCP where it is closed while it connects.
    where = f"mongodb://{quote_plus(str(tmp_path / 'nobody.sock'))}/"
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        async with open_store(where.replace("//", "//user:secret@"), "newscrawl", tmp_path, 1):
            pass
    assert time.monotonic() - began < 20
    message = str(caught.value)
    assert message.startswith(f"MongoDB at {where} cannot be reached: ")
    assert "\n" not in message
    assert "secret" not in message
    assert "Topology" not in message


@pytest.mark.parametrize(
    ("uri", "database"),
    [
        ("http://localhost/", "newscrawl"),
        ("mongodb://", "newscrawl"),
        ("mongodb://localhost:port/", "newscrawl"),
        ("mongodb://localhost/", "news crawl"),
        ("mongodb://localhost/", "news.crawl"),
        ("mongodb://localhost/", ""),
    ],
)
async def test_a_bad_uri_or_name(uri: str, database: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="MONGODB_URI or MONGODB_DATABASE cannot be used: ") as caught:
        async with open_store(uri, database, tmp_path, 1):
            pass
    assert "\n" not in str(caught.value)


async def test_an_operation_is_repeated_until_the_database_is_back(store: Store) -> None:
    tries = 0

    async def come_back() -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise AutoReconnect("connection closed")
        return tries

    assert await store.connection.patiently(come_back) == 3


async def test_what_does_not_pass_is_not_repeated(store: Store) -> None:
    tries = 0

    async def refuse() -> None:
        nonlocal tries
        tries += 1
        raise OperationFailure("not authorized", code=13)

    with pytest.raises(StoreError, match="the private mongod refuses: not authorized"):
        await store.connection.patiently(refuse)
    assert tries == 1


@pytest.mark.parametrize(
    ("uri", "where"),
    [
        ("mongodb://user:p%40ss@db.example:27017/?tls=false", "mongodb://db.example:27017/?tls=false"),
        ("db.example:27017", "db.example:27017"),
    ],
)
async def test_where_it_is_without_the_password(uri: str, where: str) -> None:
    connection = Connection(uri, "newscrawl", 1)
    assert connection.where == f"MongoDB at {where}"
    await connection.close()


async def test_two_stores_share_the_private_server(store: Store, mongodb_home: Path, database: str) -> None:
    async with open_store("", database, mongodb_home, 20) as other:
        await store.crawls.begin("c1", "example.com", "example.com", {})
        assert await other.crawls.find("c1") is not None
