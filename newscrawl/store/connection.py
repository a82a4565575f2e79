"""One database: connected to with patience, made ready, handed out as one `Store`."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from pymongo import AsyncMongoClient, WriteConcern
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    ConnectionFailure,
    InvalidName,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from newscrawl.store.embedded import EmbeddedError, PrivateServer, start_private_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from pathlib import Path

    from pymongo.asynchronous.database import AsyncDatabase

P = ParamSpec("P")
T = TypeVar("T")
Document = dict[str, Any]
logger = logging.getLogger(__name__)

# Codes of a server that is going away, starting, electing a primary, or out of disk for now.
_PASSING_CODES = frozenset((6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031))


class StoreError(RuntimeError):
    """The database cannot be reached or used; the message says which, why and what to do."""


class Connection:
    """A client of one database, and how long to wait for it."""

    def __init__(self, uri: str, database: str, patience: float, server: PrivateServer | None = None) -> None:
        self.patience = patience
        self.server = server
        select_ms = int(1000 * min(5.0, max(0.5, patience)))
        try:
            self.client: AsyncMongoClient[Mapping[str, Any]] = AsyncMongoClient(
                uri, tz_aware=True, serverSelectionTimeoutMS=select_ms, connectTimeoutMS=5000, appname="newscrawl"
            )
            self.database: AsyncDatabase[Any] = self.client.get_database(
                database, write_concern=WriteConcern(w="majority")
            )
        except (InvalidName, InvalidURI, ConfigurationError, ValueError) as error:
            raise StoreError(f"MONGODB_URI or MONGODB_DATABASE cannot be used: {error}") from error
        self.where = "the private mongod" if server else f"MongoDB at {_without_password(uri)}"

    @classmethod
    async def open(cls, uri: str, database: str, home: Path, patience: float) -> Connection:
        """A connection to `uri`, or where that is empty to the private server of `home`. Raises StoreError."""
        if uri:
            return cls(uri, database, patience)
        try:
            server = await asyncio.to_thread(start_private_server, home)
        except EmbeddedError as error:
            raise StoreError(str(error)) from error
        return cls(server.uri, database, patience, server)

    async def patiently(self, operation: Callable[[], Awaitable[T]]) -> T:
        """The result of `operation`, tried again while the database is away, for `patience` seconds.

        `operation` must be safe to repeat: an answer can be lost after the work was done. Raises StoreError.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        pause = 0.2
        while True:
            try:
                return await operation()
            except PyMongoError as error:
                if not _passes(error):
                    raise StoreError(f"{self.where} refuses: {_first_line(error)}") from error
                if loop.time() + pause > deadline:
                    raise StoreError(f"{self.where} cannot be reached: {_first_line(error)}") from error
                logger.warning("%s is away, trying again: %s", self.where, _first_line(error))
                await self._revive()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _revive(self) -> None:
        """Start the private server again, where it was killed together with its supervisor."""
        if self.server is not None:
            try:
                await asyncio.to_thread(self.server.ensure_running)
            except EmbeddedError as error:
                raise StoreError(str(error)) from error

    async def close(self) -> None:
        """Close the client, and let go of the private server."""
        await self.client.close()
        if self.server:
            self.server.close()


def patiently(
    method: Callable[Concatenate[Any, P], Awaitable[T]],
) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """Method decorator: see `Connection.patiently`. The object has its connection as `connection`."""

    @functools.wraps(method)
    async def patient(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        connection: Connection = self.connection
        return await connection.patiently(lambda: method(self, *args, **kwargs))

    return patient


def _passes(error: PyMongoError) -> bool:
    if isinstance(error, ConnectionFailure | AutoReconnect | WTimeoutError):
        return True
    return isinstance(error, OperationFailure) and error.code in _PASSING_CODES


def _first_line(error: Exception) -> str:
    """The error without pymongo's description of the whole topology."""
    return str(error).split(", Timeout:")[0].split(", Topology")[0].splitlines()[0][:300]


def _without_password(uri: str) -> str:
    scheme, separator, _ = uri.partition("://")
    host = uri.rpartition("@")[2].rpartition("://")[2]
    return f"{scheme}://{host}" if separator else host  # pymongo takes a host alone, too
