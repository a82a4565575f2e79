"""A private MongoDB for the tests that need one, and an empty database in it for each of them."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newscrawl.store.embedded import EmbeddedError, find_mongod, start_private_server
from newscrawl.store.locks import is_held
from newscrawl.store.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from newscrawl.store.store import Store


@pytest.fixture(scope="session")
def mongodb_home() -> Iterator[Path]:
    """A folder with a private mongod that runs as long as the tests."""
    try:
        find_mongod()
    except EmbeddedError as reason:
        pytest.skip(str(reason))
    home = Path(tempfile.mkdtemp(prefix="nc"))
    server = start_private_server(home, idle_s=0.3)
    yield home
    server.close()
    deadline = time.monotonic() + 20
    while is_held(home / "mongod" / "supervisor.lock") and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def database() -> str:
    """A name that no other test uses."""
    return f"test_{secrets.token_hex(6)}"


@pytest.fixture
async def store(mongodb_home: Path, database: str) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    async with open_store("", database, mongodb_home, 20) as opened:
        yield opened
        await opened.connection.client.drop_database(database)
