"""The program as a user runs it, with the mongod of all tests and a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from newscrawl.store.embedded import start_private_server
from tests.web import Newscrawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def program(tmp_path: Path, mongodb_home: Path, database: str) -> Iterator[Newscrawl]:
    """Its sources are in `tmp_path / "sources"`."""
    yield Newscrawl(tmp_path, {"NEWSCRAWL_HOME": str(mongodb_home), "MONGODB_DATABASE": database})
    server = start_private_server(mongodb_home)
    with MongoClient[Any](server.uri) as client:
        client.drop_database(database)
    server.close()
