"""Ids by the URL keys of schema version 3: AMP and mobile addresses, `www.` and default documents have one key.

Reports and ledger entries get the id that today's key gives, so that nothing is stored a second time under it. An id
that changes leaves a tombstone, and the report comes again in the change feed. Reports that have one key now are
merged. Every step may be repeated: a migration that was broken off goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson import Timestamp
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from newscrawl.identity.keys import identity_url, report_id
from newscrawl.store.ledger import refused_id
from newscrawl.store.reports import DUPLICATE_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.connection import Document
    from newscrawl.store.merges import MergeStore

BATCH = 500
_MOVED = "moved:"
"""Before the content hash of a report that is about to be deleted: the new one needs its place in the unique index."""


async def rekey(database: AsyncDatabase[Any], merges: MergeStore) -> None:
    """Bring reports and ledger of an older database to today's keys."""
    await _rekey_reports(database, merges)
    await _rekey_ledger(database)


# -- reports ---------------------------------------------------------------------------------------------------------


async def _rekey_reports(database: AsyncDatabase[Any], merges: MergeStore) -> None:
    by_key: dict[str, list[str]] = {}
    wanted = {"url": 1, "canonical_url": 1, "source_link": 1, "content_hash": 1}
    half_moved = set()
    async for batch in _batches(database.reports.find({}, wanted, sort=[("first_seen_at", 1)], allow_disk_use=True)):
        for document in batch:
            by_key.setdefault(_key_of(document), []).append(document["_id"])
            if document["content_hash"].startswith(_MOVED):
                half_moved.add(document["_id"])
        linked = [document for document in batch if "key" not in document.get("source_link", {"key": 1})]
        if linked:
            await database.reports.bulk_write([_link_key(document) for document in linked], ordered=False)
    moves = {}
    for key, ids in by_key.items():
        for old in [ids[0]] if key not in ids else half_moved.intersection(ids):
            moves[old] = key
    pairs = list(moves.items())
    for start in range(0, len(pairs), BATCH):
        await _move(database, dict(pairs[start : start + BATCH]))
    for key, ids in by_key.items():
        for other in ids:
            if other not in moves and other != key:  # the same page a second time: the one met later is shown now
                await merges.merge(key, other, "canonical")


def _key_of(document: Document) -> str:
    return report_id(identity_url(document["url"], document.get("canonical_url")))


def _link_key(document: Document) -> UpdateOne:
    key = report_id(document["source_link"]["url"])
    return UpdateOne({"_id": document["_id"]}, {"$set": {"source_link.key": key}})


async def _move(database: AsyncDatabase[Any], moves: dict[str, str]) -> None:
    """Give reports other ids (old -> new)."""
    reports = database.reports
    documents = [document async for document in reports.find({"_id": {"$in": list(moves)}})]
    hashes = {document["_id"]: document["content_hash"].removeprefix(_MOVED) for document in documents}
    if not documents:
        return
    await reports.bulk_write(
        [UpdateOne({"_id": old}, {"$set": {"content_hash": _MOVED + digest}}) for old, digest in hashes.items()]
    )
    fresh = {"changed": Timestamp(0, 0), "last_event": "updated"}
    renamed = [  # before this version, every report was a story of its own
        {**d, **fresh, "_id": moves[d["_id"]], "content_hash": hashes[d["_id"]], "story_id": moves[d["_id"]]}
        for d in documents
    ]
    await _insert(reports, renamed)
    told = {"$currentDate": {"changed": {"$type": "timestamp"}}}
    await database.tombstones.bulk_write(
        [
            UpdateOne(
                {"_id": old}, {"$set": {"event": "merged", "into": moves[old], "why": "key"}, **told}, upsert=True
            )
            for old in hashes
        ]
    )
    linked = {"source_link.report_id": {"$in": list(hashes)}}
    async for one in reports.find(linked, {"source_link.report_id": 1}):
        into = {"source_link.report_id": moves[one["source_link"]["report_id"]]}
        await reports.update_one({"_id": one["_id"]}, {"$set": into, **told})
    await reports.bulk_write([DeleteOne({"_id": old}) for old in hashes])


# -- the ledger ------------------------------------------------------------------------------------------------------


async def _rekey_ledger(database: AsyncDatabase[Any]) -> None:
    async for batch in _batches(database.urls.find({})):
        named = [document["report"] for document in batch if document.get("report")]
        moved = {
            stone["_id"]: stone["into"]
            async for stone in database.tombstones.find({"_id": {"$in": named}}, {"into": 1})
        }
        fresh: list[Document] = []
        operations: list[ReplaceOne[Document] | DeleteOne] = []
        for document in batch:
            new = _rekeyed(document, moved)
            if new == document:
                continue
            if new["_id"] == document["_id"]:
                operations.append(ReplaceOne({"_id": new["_id"]}, new))
            else:
                fresh.append(new)
                operations.append(DeleteOne({"_id": document["_id"]}))
                if new.get("report"):  # of two entries of one page, the one that has brought a report stays
                    unheard: Document = {"_id": new["_id"], "report": {"$exists": False}}
                    operations.append(ReplaceOne(unheard, new))
        await _insert(database.urls, fresh)
        if operations:
            await database.urls.bulk_write(operations)


def _rekeyed(document: Document, moved: dict[str, str]) -> Document:
    new, key = dict(document), report_id(document["url"])
    prefix = document["_id"].rpartition(":")[0]
    new["_id"] = {"": key, "endpoint": f"endpoint:{key}"}.get(prefix) or refused_id(document["source"], document["url"])
    if "key" in document:
        new["key"] = key
    if document.get("redirected_to") and document.get("outcome") == "duplicate":
        new["redirect_key"] = report_id(document["redirected_to"])
    if document.get("report") in moved:
        new["report"] = moved[document["report"]]
    return new


# -- both ------------------------------------------------------------------------------------------------------------


async def _insert(collection: Any, documents: Iterable[Document]) -> None:
    """Insert what is not there already."""
    operations = [InsertOne(document) for document in documents]
    if not operations:
        return
    try:
        await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
            raise


async def _batches(cursor: Any) -> AsyncIterator[list[Document]]:
    batch: list[Document] = []
    async for document in cursor:
        batch.append(document)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
