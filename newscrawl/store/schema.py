"""Collections, validators and indexes: made when missing, by every command that writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, TEXT, IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo.asynchronous.database import AsyncDatabase

SCHEMA_VERSION = 5

_STRING = {"bsonType": "string"}
_STRINGS = {"bsonType": "array", "items": _STRING}
_DATE = {"bsonType": "date"}
_INT = {"bsonType": ["int", "long"]}

VALIDATORS: dict[str, dict[str, Any]] = {
    "reports": {
        "required": ["_id", "url", "source", "body", "content_hash", "revision", "first_seen_at", "fetched_at"],
        "properties": {
            "_id": {"bsonType": "string", "pattern": "^[0-9a-f]{32}$"},
            "url": _STRING,
            "source": _STRING,
            "headline": _STRING,
            "summary": _STRING,
            "body": _STRING,
            "authors": _STRINGS,
            "also_at": _STRINGS,
            "sections": _STRINGS,
            "keywords": _STRINGS,
            "published_at": _DATE,
            "modified_at": _DATE,
            "first_seen_at": _DATE,
            "fetched_at": _DATE,
            "withdrawn_at": _DATE,
            "suspect": {"bsonType": "bool"},
            "language": _STRING,
            "content_hash": _STRING,
            "story_id": _STRING,
            "unplaced": {"bsonType": "bool"},
            "revision": _INT,
            "changed": {"bsonType": "timestamp"},
            "last_event": {"enum": ["created", "updated", "restoried", "withdrawn"]},
            "provenance": {"bsonType": "object"},
        },
    },
    "revisions": {"required": ["_id", "changed_fields"], "properties": {"changed_fields": _STRINGS}},
    "urls": {
        "required": ["_id", "url", "source", "kind"],
        "properties": {
            "kind": {"enum": ["report", "feed", "sitemap", "section"]},
            "outcome": {
                "enum": ["pending", "stored", "updated", "unchanged", "duplicate", "rejected", "failed"],
            },
        },
    },
    "tombstones": {
        "required": ["_id", "event", "into"],
        "properties": {"event": {"enum": ["merged"]}, "into": _STRING, "changed": {"bsonType": "timestamp"}},
    },
    "crawls": {"required": ["_id", "source", "state", "started_at"], "properties": {"started_at": _DATE}},
    "sources": {
        "required": ["_id"],
        "properties": {
            "boilerplate": {
                "bsonType": "object",
                "required": ["reports"],
                "properties": {"reports": _INT, "lines": {"bsonType": "object"}},
            },
        },
    },
    "observations": {
        "required": ["_id", "state", "reason", "alarm", "observed_at"],
        "properties": {
            "state": {"enum": ["fresh", "quiet", "failing", "blocked", "drifting"]},
            "reason": _STRING,
            "alarm": {"bsonType": "bool"},
            "observed_at": _DATE,
        },
    },
    "subscriptions": {"required": ["_id", "endpoint", "topic", "hub", "secret", "state"], "properties": {}},
    "splits": {"required": ["_id", "story_id"], "properties": {"story_id": _STRING}},
    "stop_keys": {"required": ["_id", "at"], "properties": {"_id": _INT, "at": _DATE}},
    "meta": {"required": ["_id"], "properties": {}},
}

INDEXES: dict[str, list[IndexModel]] = {
    "reports": [
        # Unique: two crawls of one source at once cannot both store one text.
        IndexModel([("content_hash", ASCENDING), ("source", ASCENDING)], unique=True),
        IndexModel([("source", ASCENDING), ("published_at", DESCENDING)]),
        IndexModel([("published_at", DESCENDING)]),
        IndexModel([("sections", ASCENDING), ("published_at", DESCENDING)]),
        IndexModel([("language", ASCENDING), ("published_at", DESCENDING)]),
        IndexModel([("story_id", ASCENDING), ("published_at", ASCENDING)], sparse=True),
        IndexModel([("unplaced", ASCENDING)], sparse=True),  # reports whose story a crash has left open: mostly none
        # Of suspect reports alone: mostly none.
        IndexModel([("suspect", ASCENDING), ("source", ASCENDING)], partialFilterExpression={"suspect": True}),
        IndexModel([("changed", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("source_link.key", ASCENDING)], sparse=True),
        IndexModel([("source_link.report_id", ASCENDING)], sparse=True),
        IndexModel([("locations.point", GEOSPHERE)], sparse=True),
        # `language` of a report is BCP 47, which the text index would take for one of its own languages.
        IndexModel(
            [("headline", TEXT), ("summary", TEXT)],
            weights={"headline": 5, "summary": 1},
            default_language="none",
            language_override="text_language",
        ),
    ],
    "urls": [
        IndexModel([("source", ASCENDING), ("outcome", ASCENDING), ("due_at", ASCENDING)]),
        # Of what is to be looked at again alone: after a week a URL leaves it.
        IndexModel(
            [("source", ASCENDING), ("due_at", ASCENDING)], partialFilterExpression={"due_at": {"$exists": True}}
        ),
        IndexModel(
            [("source", ASCENDING), ("poll_at", ASCENDING)], partialFilterExpression={"poll_at": {"$exists": True}}
        ),
        IndexModel([("crawl_id", ASCENDING)]),
        IndexModel([("key", ASCENDING)], sparse=True),
        IndexModel([("report", ASCENDING)], sparse=True),
        IndexModel([("redirect_key", ASCENDING)], sparse=True),
    ],
    "tombstones": [
        IndexModel([("changed", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("into", ASCENDING)]),
        IndexModel([("open", ASCENDING)], sparse=True),
    ],
    "subscriptions": [IndexModel([("endpoint", ASCENDING)], unique=True)],
    "splits": [IndexModel([("story_id", ASCENDING)])],
    # What was boilerplate two months ago may be a text again.
    "stop_keys": [IndexModel([("at", ASCENDING)], expireAfterSeconds=60 * 24 * 3600)],
    "crawls": [
        IndexModel([("forget_at", ASCENDING)], expireAfterSeconds=0),
        IndexModel([("started_at", DESCENDING)]),
        IndexModel([("source", ASCENDING), ("started_at", DESCENDING)]),
    ],
}


async def ensure_schema(database: AsyncDatabase[Any], migrate: Callable[[int], Awaitable[None]] | None = None) -> None:
    """Make what is missing. One read where all is there. Raises StoreError for a newer schema.

    `migrate` is given the version of an older database, to change what is stored in it; it may be repeated.
    """
    found = await database.meta.find_one({"_id": "schema"})
    if found and found.get("version", 0) > SCHEMA_VERSION:
        msg = (
            f"database {database.name!r} has schema version {found['version']}, this newscrawl knows {SCHEMA_VERSION}; "
            "use a newer newscrawl"
        )
        raise StoreError(msg)
    if found and found.get("version") == SCHEMA_VERSION:
        return
    for name, schema in VALIDATORS.items():
        await _ensure_collection(database, name, {"$jsonSchema": {"bsonType": "object", **schema}})
    for name, indexes in INDEXES.items():
        await database[name].create_indexes(indexes)
    if found and migrate is not None:
        await migrate(found.get("version", 1))
    await database.meta.update_one({"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION}}, upsert=True)


async def give_stories(database: AsyncDatabase[Any]) -> None:
    """Version 3: every report has a story, at first its own; those within the near-duplicate index are to be placed."""
    without = {"story_id": {"$exists": False}}
    recent = {"$gte": ["$first_seen_at", datetime.now(UTC) - timedelta(weeks=3)]}
    own = {"story_id": "$_id", "unplaced": {"$cond": [recent, True, "$$REMOVE"]}}
    await database.reports.update_many(without, [{"$set": own}])


async def _ensure_collection(database: AsyncDatabase[Any], name: str, validator: dict[str, Any]) -> None:
    try:
        await database.create_collection(name, validator=validator)
    except CollectionInvalid:  # it is there
        await database.command("collMod", name, validator=validator)
    except OperationFailure as error:
        if error.code != 48:  # NamespaceExists: made by another process meanwhile
            raise


async def check_schema(database: AsyncDatabase[Any]) -> list[str]:
    """What differs from the schema, one sentence each."""
    found = await database.meta.find_one({"_id": "schema"})
    problems = []
    if not found:
        problems.append("no schema: run `newscrawl db init`")
    elif found.get("version") != SCHEMA_VERSION:
        problems.append(f"schema version {found.get('version')} in place of {SCHEMA_VERSION}: run `newscrawl db init`")
    for name, indexes in INDEXES.items():
        there = await database[name].index_information()
        problems += [
            f"{name}: index {model.document['name']} is missing: run `newscrawl db init`"
            for model in indexes
            if model.document["name"] not in there
        ]
    return problems
