"""What counts as a change of a report, and the collection `revisions` that keeps its earlier states.

A revision is made where the content is another one: the words of headline and body (`content_hash`), or who signs. All
else (times, keywords, pictures, ratings, comments) changes with every visit of many sites and makes none; it is brought
up to date with the next change of content.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pymongo import UpdateOne

from newscrawl.identity.keys import report_id, url_key
from newscrawl.store.connection import Connection, Document, patiently

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newscrawl.items import Report

MOST_MERGES = 10
"""Merges that are followed from one id to the next."""

LASTING = ("_id", "first_seen_at", "also_at", "story_id", "revision", "changed", "discovered_via")
"""What the store keeps of a report from one state to the next; all else is the newer state's."""

# What is not listed among the changed fields: it says nothing about the content, or follows from another field.
_UNTOLD = {
    *(*LASTING, "fetched_at", "crawl_id", "extractor", "schema_version", "provenance"),
    *("content_hash", "word_count", "last_event", "withdrawn_at", "changed_fields", "unplaced", "suspect"),
}
_SETS = ("keywords", "sections")


def other_authors(old: Mapping[str, Any], report: Report) -> bool:
    """Whether the page is signed by others than the stored state `old` of this very page.

    A state without authors says nothing: bylines come and go with the layout. Order and case do not count.
    """
    if not old.get("authors") or not report.authors or url_key(old["url"]) != url_key(report.url):
        return False
    return _names(old["authors"]) != _names(report.authors)


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which two states (documents) differ, sorted.

    Another order of keywords and sections is no difference, nor is another size of the same pictures.
    """
    names = {*old, *new} - _UNTOLD
    return sorted(name for name in names if _comparable(name, old.get(name)) != _comparable(name, new.get(name)))


def keep_revision(old: Mapping[str, Any], new: Mapping[str, Any]) -> UpdateOne:
    """Write the state that is about to be replaced by `new`. Safe to repeat."""
    key = {"report": old["_id"], "n": old["revision"]}
    untold = ("_id", "also_at", "story_id", "unplaced", "last_event")
    kept = {name: value for name, value in old.items() if name not in untold}
    change = {"$setOnInsert": {**kept, "changed_fields": changed_fields(old, new)}}
    return UpdateOne({"_id": key}, change, upsert=True)


def _names(authors: Iterable[str]) -> set[str]:
    return {" ".join(name.casefold().split()) for name in authors}


def _comparable(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)  # MongoDB keeps milliseconds
    if not isinstance(value, list):
        return value
    if name in _SETS:
        return sorted(item.casefold() for item in value)
    if name == "authors":
        return _names(value)
    if name == "images":  # one picture is asked for in many sizes, by parameters of its URL
        return [(urlsplit(image["url"]).path, image.get("caption"), image.get("credit")) for image in value]
    return value


class RevisionStore:
    """The states of reports, as people ask for them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._database = connection.database

    @patiently
    async def resolve(self, url_or_id: str) -> tuple[str | None, list[str]]:
        """The id of the stored report that a URL or an id means, and the ids that were merged on the way to it.

        By its own id, as a page whose text another report holds (`urls.report`), or as a report that was merged into
        an older one. None where no report is stored.
        """
        id_ = url_or_id if "://" not in url_or_id else report_id(url_or_id)
        merged: list[str] = []
        for _ in range(MOST_MERGES):
            if await self._database.reports.find_one({"_id": {"$eq": id_}}, {"_id": 1}):
                return id_, merged
            if tombstone := await self._database.tombstones.find_one({"_id": {"$eq": id_}}):
                merged.append(id_)
                id_ = tombstone["into"]
                continue
            entry = await self._database.urls.find_one({"_id": {"$eq": id_}}, {"report": 1})
            if not entry or entry.get("report") in (None, id_):
                break
            id_ = entry["report"]
        return None, merged

    @patiently
    async def states(self, id_: str) -> list[Document]:
        """All states of a report as documents, oldest first, the stored one last.

        Those of reports that were merged into it are among them. Each but the last has `changed_fields`, the fields
        that were different in the next one.
        """
        current: Document | None = await self._database.reports.find_one({"_id": {"$eq": id_}})
        if current is None:
            return []
        merged = [stone["_id"] async for stone in self._database.tombstones.find({"into": {"$eq": id_}}, {"_id": 1})]
        found = self._database.revisions.find({"_id.report": {"$in": [id_, *merged]}})
        # A crash between revision and report leaves a revision of the state that is still the stored one.
        earlier = [d async for d in found if d["_id"]["report"] != id_ or d["_id"]["n"] < current["revision"]]
        return [*sorted(earlier, key=lambda state: (state["fetched_at"], state["_id"]["n"])), current]
