"""What a host's robots.txt says, remembered in the collection `hosts` for a day at most (RFC 9309, section 2.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.discovery.robots import Robots, Rule
from newscrawl.store.connection import Connection, Document, patiently

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = timedelta(hours=24)
MOST_RULES = 5000
"""Files with more rules are asked for every time: a document of MongoDB has an end."""


class HostStore:
    """robots.txt by host."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._hosts = connection.database.hosts
        self._read: dict[tuple[str, str], tuple[datetime, Robots]] = {}

    @patiently
    async def robots(self, host: str, agent: str) -> Robots | None:
        """What a host's robots.txt, read within the last day, asks of `agent`; None where it is to be asked."""
        now = datetime.now(UTC)
        if (held := self._read.get((host, agent))) and held[0] > now:
            return held[1]
        found: Document | None = await self._hosts.find_one({"_id": _id(host), "agent": agent, "until": {"$gt": now}})
        if found is None:
            self._read.pop((host, agent), None)
            return None
        robots = _from_document(found)
        self._read[host, agent] = found["until"], robots
        return robots

    @patiently
    async def keep_robots(self, host: str, agent: str, robots: Robots, seconds: float | None) -> None:
        """Remember it for `seconds` (what Cache-Control says), a day at most."""
        until = datetime.now(UTC) + min(LONGEST, timedelta(seconds=seconds) if seconds is not None else LONGEST)
        if len(robots.rules) <= MOST_RULES:
            values = {**_to_document(robots), "agent": agent, "until": until}
            await self._hosts.replace_one({"_id": _id(host)}, values, upsert=True)
            self._read[host, agent] = until, robots


def _id(host: str) -> str:
    return f"robots:{host}"


def _to_document(robots: Robots) -> Document:
    rules = [[rule.allow, list(rule.pieces), rule.anchored, rule.length] for rule in robots.rules]
    return {"rules": rules, "crawl_delay": robots.crawl_delay, "sitemaps": list(robots.sitemaps)}


def _from_document(document: Mapping[str, Any]) -> Robots:
    rules = (Rule(allow, tuple(pieces), anchored, length) for allow, pieces, anchored, length in document["rules"])
    return Robots(rules=tuple(rules), crawl_delay=document["crawl_delay"], sitemaps=tuple(document["sitemaps"]))
