"""The change feed: reports and tombstones in the order of (`changed`, `_id`), from any place in it.

`changed` is a tick of the server's cluster time that a write gets when it begins. Ticks are unique and only go up, but
a write becomes visible when it is committed, and one with an earlier tick may be committed later: it waits for a lock,
for the disk, or with its batch. Whoever has read past its place by then has missed it. So a read goes no further than a
place before which everything is visible, and no clock or margin is trusted to find one:

1. Look up the last place there is. All writes with an earlier tick have begun.
2. Ask for the write operations that run now (`$currentOp`), and wait until none of those runs any more.
3. Read up to that place, what the majority has, not before the answer to the last question (a causal session).

Where the user may not see the operations of others (the privilege `inprog`), the read stays `MARGIN` seconds behind the
server's clock besides.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from bson import Timestamp
from pymongo import ASCENDING, DESCENDING, ReadPreference
from pymongo.errors import CursorNotFound, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from newscrawl.store.connection import Connection, Document, StoreError
from newscrawl.store.documents import to_report

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from datetime import datetime

    from pymongo.asynchronous.change_stream import AsyncDatabaseChangeStream
    from pymongo.asynchronous.client_session import AsyncClientSession
    from pymongo.asynchronous.collection import AsyncCollection

    from newscrawl.items import Report

MARGIN = 5
"""Seconds behind the server's clock, where running writes cannot be seen. None that took longer was seen in tests."""
LOOK_EVERY = 1.0
"""Seconds between two looks for changes that nothing has announced: two reads of one index entry each."""
_BATCH = 200
_NOT_ALLOWED = (13, 8000)  # Unauthorized; what hosted servers say instead
_READS = ("aggregate", "count", "distinct", "explain", "createIndexes", "collMod", "listIndexes", "listCollections")
_ORDER = [("changed", ASCENDING), ("_id", ASCENDING)]

logger = logging.getLogger(__name__)


class Place(NamedTuple):
    """A place in the order of changes: `changed` (seconds and increment) and `_id`."""

    seconds: int
    increment: int
    id: str

    @property
    def token(self) -> str:
        """The place as users see it. They are not to read anything in it."""
        return f"{self.seconds}-{self.increment}-{self.id}"

    @classmethod
    def parse(cls, token: str) -> Self:
        """The place that `token` means. Raises ValueError where it is none."""
        match = re.fullmatch(r"([0-9]{1,10})-([0-9]{1,10})-([0-9a-f]{32})", token)
        if match is None or max(int(match[1]), int(match[2])) >= 2**32:
            raise ValueError(f"{token!r:.80} is no token")
        return cls(int(match[1]), int(match[2]), match[3])


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """The last thing that happened to a report."""

    event: str
    """`created`, `updated`, `restoried`, `withdrawn`; `merged`: it is gone, and its URLs are those of `into`."""
    place: Place
    report: Report | None = None
    """Its newest state; None where it was merged."""
    into: str | None = None
    """Id of the report that it was merged into."""


class ChangeFeed:
    """Reads changes, from the beginning or after a place. Survives a database that goes away for a while."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        database = connection.database
        settled: dict[str, Any] = {"read_concern": ReadConcern("majority"), "read_preference": ReadPreference.PRIMARY}
        self._reports = database.get_collection("reports", **settled)
        self._tombstones = database.get_collection("tombstones", **settled)
        self._admin = connection.client.get_database(
            "admin", read_concern=ReadConcern("local"), read_preference=ReadPreference.PRIMARY
        )
        self._sees_all = True

    async def read(
        self, after: Place | None = None, *, source: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Change]:
        """All changes after a place, in their order, up to now.

        Of a report that changed several times only the last change is there. `source` and `language` go by a
        report's newest state; merged reports are told whatever they were.
        """
        async with self.connection.client.start_session(causal_consistency=True) as session:
            bound = await self._bound(session)
            if bound is not None:
                query = _only(source=source, language=language)
                async with aclosing(self._read(after, bound, query, session)) as changes:
                    async for change in changes:
                        yield change

    async def follow(
        self, after: Place | None = None, *, source: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Change]:
        """The same, and then every further change, without an end."""
        query = _only(source=source, language=language)
        news = _News(self.connection)
        try:
            while True:
                async with self.connection.client.start_session(causal_consistency=True) as session:
                    bound = await self._bound(session, after)
                    covered = session.operation_time
                    if bound is not None:
                        async with aclosing(self._read(after, bound, query, session)) as changes:
                            async for change in changes:
                                yield change
                        after = Place(bound.time, bound.inc, "g")  # behind all ids, which are hexadecimal
                await news.wait(covered)
        finally:
            await news.close()

    async def reports(
        self,
        *,
        source: str | None = None,
        language: str | None = None,
        story: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Place | None = None,
    ) -> AsyncGenerator[tuple[Report, Place]]:
        """Reports in the order of the change feed, each with its place in it.

        `since` and `until` (aware datetimes) bound `published_at`, or `first_seen_at` where that is unknown.
        """
        query = _only(source=source, language=language, story_id=story)
        span = {op: at for op, at in (("$gte", since), ("$lt", until)) if at is not None}
        if span:
            unknown = {"published_at": {"$exists": False}, "first_seen_at": span}
            query["$and"] = [{"$or": [{"published_at": span}, unknown]}]
        async with self.connection.client.start_session(causal_consistency=True) as session:
            bound = await self._bound(session)
            if bound is not None:
                async with aclosing(self._documents(self._reports, query, after, bound, session)) as documents:
                    async for document in documents:
                        yield to_report(document), _place(document)

    # -- how far to read -----------------------------------------------------------------------------------------

    async def _bound(self, session: AsyncClientSession, after: Place | None = None) -> Timestamp | None:
        """A place before which every change is visible to `session`; None where there is nothing behind `after`."""
        last = await self.connection.patiently(lambda: self._last(session))
        if last is None or (after is not None and last <= Timestamp(after.seconds, after.increment)):
            return None
        running = await self._running(session)
        pause = 0.002
        while running:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.1)
            running &= await self._running(session)
        if self._sees_all:
            return last
        return min(last, await self.connection.patiently(self._behind))

    async def _last(self, session: AsyncClientSession) -> Timestamp | None:
        last = [
            document["changed"]
            for collection in (self._reports, self._tombstones)
            if (
                document := await collection.find_one(
                    {"changed": {"$gt": Timestamp(0, 0)}},
                    {"changed": 1},
                    sort=[("changed", DESCENDING), ("_id", DESCENDING)],
                    session=session,
                )
            )
        ]
        return max(last, default=None)

    async def _running(self, session: AsyncClientSession) -> set[Any]:
        """The operations and transactions that may be writing to this database now."""
        try:
            return await self.connection.patiently(lambda: self._operations(session))
        except StoreError as error:
            cause = error.__cause__
            if not self._sees_all or not isinstance(cause, OperationFailure) or cause.code not in _NOT_ALLOWED:
                raise
        logger.warning("this user lacks the privilege inprog: changes are read %d s after they were made", MARGIN)
        self._sees_all = False
        return await self._running(session)

    async def _operations(self, session: AsyncClientSession) -> set[Any]:
        name = re.escape(self.connection.database.name)
        writing = {
            "ns": {"$regex": rf"^{name}\."},
            "op": {"$nin": ["query", "getmore"]},
            **{f"command.{read}": {"$exists": False} for read in _READS},
        }
        in_transaction = {"transaction.parameters.autocommit": False}  # between two statements no operation runs
        cursor = await self._admin.aggregate(
            [
                {"$currentOp": {"allUsers": self._sees_all, "idleSessions": True, "truncateOps": True}},
                {"$match": {"$or": [writing, in_transaction]}},
                {"$project": {"opid": 1, "lsid.id": 1, "transaction.parameters": 1}},
            ],
            session=session,
        )
        return {_operation(found) async for found in cursor}

    async def _behind(self) -> Timestamp:
        at: datetime = (await self._admin.command("hello"))["localTime"]
        return Timestamp(int(at.timestamp()) - MARGIN, 0)

    # -- reading -------------------------------------------------------------------------------------------------

    async def _read(
        self, after: Place | None, bound: Timestamp, query: Document, session: AsyncClientSession
    ) -> AsyncGenerator[Change]:
        changed = self._documents(self._reports, query, after, bound, session)
        merged = self._documents(self._tombstones, {}, after, bound, session)
        async with aclosing(changed), aclosing(merged), aclosing(_in_order(changed, merged)) as documents:
            async for document in documents:
                yield _change(document)

    async def _documents(
        self,
        collection: AsyncCollection[Any],
        query: Document,
        after: Place | None,
        bound: Timestamp,
        session: AsyncClientSession,
    ) -> AsyncGenerator[Document]:
        """What matches `query` behind `after` and up to `bound`. Takes up where it was, should the database go away."""
        cursor: Any = None

        async def next_batch() -> list[Document]:
            nonlocal cursor
            for last_try in (False, True):
                try:
                    if cursor is None:
                        found = collection.find(query | _between(after, bound), session=session, batch_size=_BATCH)
                        cursor = found.sort(_ORDER)
                    documents: list[Document] = await cursor.to_list(_BATCH)
                except CursorNotFound:  # the server forgets a cursor that was not used for ten minutes
                    cursor = None
                    if last_try:
                        raise
                except PyMongoError:
                    cursor = None
                    raise
                else:
                    return documents
            raise AssertionError

        try:
            while documents := await self.connection.patiently(next_batch):
                for document in documents:
                    yield document
                after = _place(documents[-1])
        finally:
            if cursor is not None:
                await cursor.close()


class _News:
    """Tells that something may have changed: by a change stream, or every second where the server has none.

    It is an alarm and no source: what it tells of is read from the collections.
    """

    def __init__(self, connection: Connection) -> None:
        self._database = connection.database
        self._stream: AsyncDatabaseChangeStream[Any] | None = None
        self._has_streams = True

    async def wait(self, covered: Timestamp | None) -> None:
        """Wait for a change that was committed after `covered`, at most about `LOOK_EVERY` seconds."""
        if not self._has_streams:
            await asyncio.sleep(LOOK_EVERY)
            return
        try:
            if self._stream is None:  # what has happened before it listens is to be read first
                self._stream = await self._listen()
                return
            while event := await self._stream.try_next():
                if covered is None or event["clusterTime"] > covered:
                    return
        except PyMongoError as error:
            await self.close()
            if isinstance(error, OperationFailure) and not error.has_error_label("ResumableChangeStreamError"):
                self._has_streams = False
                logger.warning("this server gives no change stream: looking for changes every %g s", LOOK_EVERY)
            else:
                await asyncio.sleep(LOOK_EVERY)

    async def _listen(self) -> AsyncDatabaseChangeStream[Any]:
        return await self._database.watch(
            [{"$match": {"ns.coll": {"$in": ["reports", "tombstones"]}}}, {"$project": {"clusterTime": 1}}],
            max_await_time_ms=int(LOOK_EVERY * 1000),
        )

    async def close(self) -> None:
        """Stop listening."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()


async def _in_order(*feeds: AsyncGenerator[Document]) -> AsyncGenerator[Document]:
    """Several ordered feeds as one."""
    heads = [(document, feed) for feed in feeds if (document := await anext(feed, None)) is not None]
    while heads:
        first = min(range(len(heads)), key=lambda n: _place(heads[n][0]))
        document, feed = heads[first]
        yield document
        following = await anext(feed, None)
        if following is None:
            del heads[first]
        else:
            heads[first] = following, feed


def _only(**wanted: str | None) -> Document:
    return {name: {"$eq": value} for name, value in wanted.items() if value is not None}


def _between(after: Place | None, bound: Timestamp) -> Document:
    if after is None:
        return {"changed": {"$lte": bound, "$gt": Timestamp(0, 0)}}
    start = Timestamp(after.seconds, after.increment)
    behind = [{"changed": {"$gt": start}}, {"_id": {"$gt": after.id}}]
    return {"changed": {"$gte": start, "$lte": bound}, "$or": behind}


def _place(document: Document) -> Place:
    changed = document["changed"]
    return Place(changed.time, changed.inc, document["_id"])


def _change(document: Document) -> Change:
    if document.get("event") == "merged":
        return Change(event="merged", place=_place(document), into=document["into"])
    # A report that an earlier version of newscrawl wrote says nothing of its last change.
    event = document.get("last_event") or ("created" if document["revision"] == 1 else "updated")
    return Change(event=event, place=_place(document), report=to_report(document))


def _operation(found: Mapping[str, Any]) -> Any:
    transaction = found.get("transaction", {}).get("parameters", {})
    if transaction.get("autocommit") is False:
        return repr(found["lsid"]["id"]), transaction["txnNumber"]
    return found.get("opid")
