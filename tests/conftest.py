"""A real mongod for the tests: the private one, started once, in a folder of its own."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from newscrawl.store.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(scope="session")
def mongodb_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mongodb")


@pytest_asyncio.fixture
async def store(mongodb_home: Path) -> AsyncIterator[Store]:
    """An open store on a database of its own."""
    async with open_store("", f"test_{secrets.token_hex(4)}", mongodb_home, 20) as opened:
        yield opened
        await opened.connection.client.drop_database(opened.connection.database.name)
