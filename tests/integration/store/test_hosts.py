from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.discovery.robots import parse_robots
from newscrawl.store.hosts import HostStore

if TYPE_CHECKING:
    from newscrawl.store.store import Store

BODY = b"User-agent: *\nDisallow: /a*b$\nAllow: /a/c\nCrawl-delay: 2.5\nSitemap: https://e.com/map.xml\n"


async def test_robots_are_what_they_were(store: Store) -> None:
    robots = parse_robots(BODY, "newscrawl")
    assert await store.hosts.robots("e.com", "newscrawl") is None
    await store.hosts.keep_robots("e.com", "newscrawl", robots, None)
    for held in (store.hosts, HostStore(store.connection)):
        assert await held.robots("e.com", "newscrawl") == robots
        assert await held.robots("e.com", "other") is None, "they are of one agent"


async def test_they_hold_no_longer_than_they_say(store: Store) -> None:
    await store.hosts.keep_robots("e.com", "newscrawl", parse_robots(BODY, "newscrawl"), 0)
    assert await store.hosts.robots("e.com", "newscrawl") is None


async def test_they_hold_a_day_at_most(store: Store) -> None:
    await store.hosts.keep_robots("e.com", "newscrawl", parse_robots(BODY, "newscrawl"), 10**9)
    found = await store.connection.database.hosts.find_one({"_id": "robots:e.com"})
    lives = await store.connection.database.aggregate([{"$documents": [{"now": "$$NOW"}]}])
    (now,) = [row["now"] async for row in lives]
    assert 23 < (found["until"] - now).total_seconds() / 3600 <= 24
