"""Learned boilerplate, in the collection `sources`: one document per source, with a bounded number of lines.

A crawl loads it, counts in memory, and adds what it has counted now and then. A crawl that is killed loses a few counts
and nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from newscrawl.extraction.body.boilerplate import Memory, Seen, least_worth, with_story
from newscrawl.store.connection import Connection, patiently

if TYPE_CHECKING:
    from collections.abc import Mapping

FORGET_AFTER = timedelta(days=180)
"""A line that no report had for so long belongs to an earlier design of the site."""


class BoilerplateStore:
    """What is known of the lines of each source."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sources = connection.database.sources

    @patiently
    async def load(self, source: str) -> Memory:
        """What crawls have learned of a source so far; an empty memory where there were none."""
        return _read(await self._sources.find_one({"_id": {"$eq": source}}, {"boilerplate": 1}))

    async def save(self, source: str, memory: Memory) -> None:
        """Add what `memory` has counted since it was last saved.

        Counters are added to, so crawls of one source at once lose nothing of each other's. Where the answer is lost on
        the way, a batch may be counted twice; the stories, which decide, are a set.
        """
        reports, lines = memory.take_fresh()
        if reports:
            stored = await self._add(source, reports, lines)
            await self._forget_least(source, stored.lines)

    @patiently
    async def _add(self, source: str, reports: int, lines: Mapping[str, tuple[int, Seen]]) -> Memory:
        change = _Change()
        change.add("$inc", "boilerplate.reports", reports)
        for key, (times, seen) in lines.items():
            at = f"boilerplate.lines.{key}"
            change.add("$inc", f"{at}.reports", times)
            change.add("$set", f"{at}.sample", seen.sample)
            change.add("$addToSet", f"{at}.headlines", {"$each": list(seen.headlines)})
            change.add("$min", f"{at}.first_report", seen.first_report)
            change.add("$min", f"{at}.first_seen_at", seen.first_seen_at)
            change.add("$max", f"{at}.last_seen_at", seen.last_seen_at)
            if seen.learned_at is not None:
                change.add("$min", f"{at}.learned_at", seen.learned_at)
        after = ReturnDocument.AFTER
        return _read(
            await self._sources.find_one_and_update({"_id": source}, change, upsert=True, return_document=after)
        )

    @patiently
    async def _forget_least(self, source: str, lines: Mapping[str, Seen]) -> None:
        """Forget what was not seen for long, and what is above the limit."""
        oldest = datetime.now(UTC) - FORGET_AFTER
        recent = {key: seen for key, seen in lines.items() if seen.last_seen_at >= oldest}
        gone = [*(lines.keys() - recent.keys()), *least_worth(recent)]
        if gone:
            await self._sources.update_one(
                {"_id": source}, {"$unset": {f"boilerplate.lines.{key}": "" for key in gone}}
            )

    @patiently
    async def forget(self, source: str) -> bool:
        """Forget everything that was learned of a source. False where nothing was."""
        done = await self._sources.update_one(
            {"_id": {"$eq": source}, "boilerplate": {"$exists": True}}, {"$unset": {"boilerplate": ""}}
        )
        return bool(done.modified_count)


class _Change(dict[str, dict[str, Any]]):
    """An update by operator and field; MongoDB refuses an operator without fields."""

    def add(self, operator: str, name: str, value: Any) -> None:
        self.setdefault(operator, {})[name] = value


def _read(document: Mapping[str, Any] | None) -> Memory:
    found = (document or {}).get("boilerplate", {})
    return Memory(
        reports=found.get("reports", 0),
        lines={key: _read_line(values) for key, values in found.get("lines", {}).items()},
    )


def _read_line(values: Mapping[str, Any]) -> Seen:
    # Crawls at once may each have added headlines of the same stories.
    headlines: tuple[str, ...] = ()
    for headline in values["headlines"]:
        headlines = with_story(headlines, headline)
    return Seen(**{**values, "headlines": headlines})
