"""Aggregated reports and their originals, linked when both are stored, in whichever order they came.

`source_link.key` is the id that the original has by the URL of the link, so either side finds the other by an index.
A report is written first and looks second: of two that are saved at once, one at least sees the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo import UpdateOne

from newscrawl.identity.keys import report_id
from newscrawl.store.connection import Connection, Document, patiently
from newscrawl.store.documents import mark
from newscrawl.store.tombstones import Tombstones

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from newscrawl.store.merges import Placed
    from newscrawl.store.stories import StoryStore

MOST_HOPS = 3
"""Ledger entries that are followed: a URL that redirects to one whose text another report holds."""


class SourceLinkStore:
    """Sets `source_link.report_id`, and knows the copies of an original."""

    def __init__(self, connection: Connection, stories: StoryStore) -> None:
        self.connection = connection
        self.stories = stories
        self.tombstones = Tombstones(connection)
        self._reports = connection.database.reports
        self._urls = connection.database.urls

    async def resolve(self, pages: Iterable[Placed]) -> int:
        """Link the pages that were just saved to their originals and copies; the number of new links.

        A link is a change of the copy, which the change feed tells; the original is not written.
        """
        held = {page.entry_id: page.saved.report_id for page in pages}
        links = await self._links_between(held)
        if links:
            await self._write(links)
            for copy, original in links.items():
                await self.stories.join(copy, original)
        return len(links)

    @patiently
    async def _links_between(self, held: dict[str, str]) -> dict[str, str]:
        """Copy -> original. `held`: entry id -> report."""
        ids = list({*held.values()})
        unlinked = {"source_link.report_id": {"$exists": False}}
        wanted = {"source_link.key": 1}
        fresh = self._reports.find({"_id": {"$in": ids}, "source_link.key": {"$exists": True}, **unlinked}, wanted)
        copies = {document["_id"]: document["source_link"]["key"] async for document in fresh}
        holders = await self._holders(set(copies.values()))

        leading_here = {id_: id_ for id_ in ids} | held
        async for entry in self._urls.find({"report": {"$in": ids}}, {"report": 1}):
            leading_here[entry["_id"]] = entry["report"]
        async for document in self._reports.find({"_id": {"$in": ids}, "also_at": {"$exists": True}}, {"also_at": 1}):
            leading_here |= dict.fromkeys(map(report_id, document["also_at"]), document["_id"])
        waiting = self._reports.find({"source_link.key": {"$in": list(leading_here)}, **unlinked}, wanted)
        async for document in waiting:
            key = document["source_link"]["key"]
            copies[document["_id"]] = key
            holders.setdefault(key, leading_here[key])
        return {copy: holders[key] for copy, key in copies.items() if holders.get(key, copy) != copy}

    async def _holders(self, keys: Collection[str]) -> dict[str, str]:
        """Key -> the stored report that holds what is at that URL, for those that are stored."""
        now = {key: key for key in keys}
        found: dict[str, str] = {}
        for _ in range(MOST_HOPS):
            if not now:
                break
            now = {key: await self.tombstones.resolve(id_) for key, id_ in now.items()}
            query = {"_id": {"$in": list(now.values())}}
            stored = {document["_id"] async for document in self._reports.find(query, {"_id": 1})}
            found |= {key: id_ for key, id_ in now.items() if id_ in stored}
            entries = {entry["_id"]: entry.get("report") async for entry in self._urls.find(query, {"report": 1})}
            now = {
                key: holder for key, id_ in now.items() if key not in found and (holder := entries.get(id_)) is not None
            }
        return found

    @patiently
    async def _write(self, links: dict[str, str]) -> None:
        await self._reports.bulk_write(
            [
                UpdateOne(
                    {"_id": copy, "source_link.key": {"$exists": True}},
                    mark("updated", {"source_link.report_id": original}),
                )
                for copy, original in links.items()
            ],
            ordered=False,
        )

    @patiently
    async def copies(self, original: str) -> list[str]:
        """Ids of the stored reports that name this one as their original."""
        found = self._reports.find({"source_link.report_id": {"$eq": original}}, {"_id": 1})
        return sorted([document["_id"] async for document in found])

    @patiently
    async def unfollowed(self, source: str, limit: int) -> list[tuple[str, str]]:
        """Originals of a source's reports (URL, URL of the report) that nobody has looked at yet, the newest first."""
        query: Document = {
            "source": {"$eq": source},
            "source_link.key": {"$exists": True},
            "source_link.report_id": {"$exists": False},
        }
        links: dict[str, tuple[str, str]] = {}
        async for document in self._reports.find(query, {"url": 1, "source_link": 1}).sort("published_at", -1):
            links.setdefault(document["source_link"]["key"], (document["source_link"]["url"], document["url"]))
            if len(links) >= 20 * limit:  # most of them are known to be dead or refused
                break
        ended = {"_id": {"$in": list(links)}, "outcome": {"$ne": "pending"}}
        known = {entry["_id"] async for entry in self._urls.find(ended, {"_id": 1})}
        return [link for key, link in links.items() if key not in known][:limit]
