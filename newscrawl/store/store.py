"""Everything the rest of newscrawl asks of the database, in one object."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from newscrawl.sources import RECHECK
from newscrawl.store.boilerplate import BoilerplateStore
from newscrawl.store.changes import ChangeFeed
from newscrawl.store.connection import Connection, Document, StoreError
from newscrawl.store.crawls import CrawlStore
from newscrawl.store.embedded import describe
from newscrawl.store.hosts import HostStore
from newscrawl.store.leases import LeaseStore
from newscrawl.store.ledger import CrawlLedger, Ledger
from newscrawl.store.merges import MergeStore
from newscrawl.store.observations import ObservationStore
from newscrawl.store.polls import PollStore
from newscrawl.store.rekey import rekey
from newscrawl.store.reports import ReportStore
from newscrawl.store.revisions import RevisionStore
from newscrawl.store.schema import SCHEMA_VERSION, check_schema, ensure_schema, give_stories
from newscrawl.store.source_links import SourceLinkStore
from newscrawl.store.sources import SourceStore
from newscrawl.store.stories import StoryStore
from newscrawl.store.subscriptions import SubscriptionStore
from newscrawl.store.withdrawals import WithdrawalStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import timedelta
    from pathlib import Path

logger = logging.getLogger(__name__)

__all__ = ["Store", "StoreError", "open_store"]


class Store:
    """The open database."""

    def __init__(self, connection: Connection, home: Path) -> None:
        self.connection = connection
        self.home = home
        self.reports = ReportStore(connection)
        self.changes = ChangeFeed(connection)
        self.revisions = RevisionStore(connection)
        self.withdrawals = WithdrawalStore(connection)
        self.stories = StoryStore(connection)
        self.merges = MergeStore(connection, self.stories)
        self.source_links = SourceLinkStore(connection, self.stories)
        self.ledger = Ledger(connection)
        self.crawls = CrawlStore(connection)
        self.leases = LeaseStore(connection)
        self.boilerplate = BoilerplateStore(connection)
        self.observations = ObservationStore(connection)
        self.subscriptions = SubscriptionStore(connection)
        self.sources = SourceStore(connection)
        self.polls = PollStore(connection)
        self.hosts = HostStore(connection)

    def crawl_ledger(self, source: str, crawl_id: str, recheck: Sequence[timedelta] = RECHECK) -> CrawlLedger:
        """The ledger for one crawl; `recheck`: the ages at which its reports are looked at again."""
        return CrawlLedger(self.connection, source, crawl_id, recheck)

    async def ensure_schema(self) -> None:
        """Make collections, validators and indexes where they are missing."""
        await self.connection.patiently(lambda: ensure_schema(self.connection.database, self._migrate))

    async def _migrate(self, version: int) -> None:
        if version < 3:
            logger.warning("the database is of an earlier version; bringing its ids to the URL keys of this one")
            await give_stories(self.connection.database)
            await rekey(self.connection.database, self.merges)

    async def problems(self) -> list[str]:
        """What is wrong with the schema, one sentence each."""
        found = await self.connection.patiently(lambda: check_schema(self.connection.database))
        if unplaced := await self.stories.count_unplaced():
            found.append(f"reports: {unplaced} have no story yet, unless a crawl runs: run `newscrawl db init`")
        return found

    async def info(self) -> Document:
        """Where the database is and what it holds."""
        database = self.connection.database
        build = await self.connection.patiently(self.connection.client.server_info)
        names = sorted(await self.connection.patiently(database.list_collection_names))
        counts = {name: await database[name].estimated_document_count() for name in names}
        found: dict[str, Any] | None = await database.meta.find_one({"_id": "schema"})
        private = describe(self.home) if self.connection.server else None
        return {
            "server": self.connection.where,
            "version": build["version"],
            "database": database.name,
            "schema_version": found.get("version") if found else None,
            "known_schema_version": SCHEMA_VERSION,
            "documents": counts,
            **({"private": private} if private else {}),
        }


def may_exist(uri: str, home: Path) -> bool:
    """Whether there may be something stored: with a server of one's own always, else where the private one has run."""
    return bool(uri) or (home / "mongod" / "data").is_dir()


@asynccontextmanager
async def open_store(uri: str, database: str, home: Path, patience: float) -> AsyncIterator[Store]:
    """The database, ready to use. Raises StoreError where it is not to be had within `patience` seconds."""
    connection = await Connection.open(uri, database, home, patience)
    try:
        store = Store(connection, home)
        await store.ensure_schema()
        yield store
    finally:
        await connection.close()
