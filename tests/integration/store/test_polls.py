from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.identity.keys import report_id
from newscrawl.store.polls import Plan

if TYPE_CHECKING:
    from newscrawl.store.store import Store

FEED = "http://gazette.example/feed"


async def test_what_a_hub_says_during_a_crawl_is_not_overruled_by_its_plan(store: Store) -> None:
    await store.connection.database.urls.insert_one(
        {"_id": "endpoint:" + report_id(FEED), "source": "gazette", "url": FEED, "kind": "feed"}
    )
    now = datetime.now(UTC).replace(microsecond=0)
    plan = Plan({"at": now}, at=now + timedelta(hours=6), if_pushed=now + timedelta(minutes=1), demand=0.5)
    await store.polls.plan({FEED: plan}, now)
    assert await store.polls.next_at("gazette") == plan.at
    await store.polls.due(FEED, now)
    assert await store.polls.next_at("gazette") == now
    await store.polls.plan({FEED: plan}, now - timedelta(minutes=1))
    assert await store.polls.next_at("gazette") == plan.if_pushed
    await store.polls.plan({FEED: plan}, datetime.now(UTC) + timedelta(seconds=1))
    assert await store.polls.next_at("gazette") == plan.at, "this crawl began after the push"
    assert (await store.polls.rhythms([FEED]), await store.polls.demand()) == ({FEED: {"at": now}}, 0.5)
