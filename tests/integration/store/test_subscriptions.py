from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.store.store import Store
    from newscrawl.store.subscriptions import Subscription

FEED, HUB = "http://gazette.example/feed", "http://hub.example/"
OURS = "https://crawler.example/websub"


async def begin(store: Store, hub: str = HUB) -> Subscription:
    return await store.subscriptions.begin(FEED, "gazette", FEED, hub, OURS)


async def test_a_verified_subscription_lives_as_long_as_its_lease(store: Store) -> None:
    begun = await begin(store)
    assert not begun.is_live(datetime.now(UTC))
    await store.subscriptions.verified(begun.id, timedelta(days=10))
    live = await store.subscriptions.find(begun.id)
    assert live is not None
    now = datetime.now(UTC)
    assert (live.is_live(now), live.is_live(now + timedelta(days=11))) == (True, False)
    assert (live.is_due(now), live.is_due(now + timedelta(days=8, hours=1))) == (False, True)


async def test_a_renewal_keeps_callback_and_secret_and_the_lease_until_it_is_verified(store: Store) -> None:
    begun = await begin(store)
    await store.subscriptions.verified(begun.id, timedelta(days=10))
    again = await begin(store)
    assert (again.id, again.secret) == (begun.id, begun.secret)
    assert again.is_live(datetime.now(UTC))


async def test_another_hub_is_another_subscription(store: Store) -> None:
    begun = await begin(store)
    other = await begin(store, "http://other.example/")
    assert other.id != begun.id
    assert await store.subscriptions.find(begun.id) is None


async def test_a_hub_that_refused_is_asked_again_after_a_day(store: Store) -> None:
    begun = await begin(store)
    await store.subscriptions.refused(begun.id, "answers http 403")
    refused = await store.subscriptions.of(FEED)
    assert refused is not None
    now = datetime.now(UTC)
    assert (refused.is_live(now), refused.is_due(now)) == (False, False)
    assert refused.is_due(now + timedelta(days=1, minutes=1))


async def test_a_hub_is_relied_on_that_pushes_and_not_when_it_has_missed_something(store: Store) -> None:
    begun = await begin(store)
    await store.subscriptions.verified(begun.id, timedelta(days=10))
    relied = []
    for event in (None, store.subscriptions.pushed, store.subscriptions.missed, store.subscriptions.pushed):
        if event is not None:
            await event(begun.id)
        found = await store.subscriptions.of(FEED)
        assert found is not None
        relied.append(found.is_relied_on(datetime.now(UTC)))
    assert relied == [False, True, False, True]


async def test_one_process_asks_the_hub(store: Store) -> None:
    begun = await begin(store)
    assert await store.subscriptions.ask(begun, "leaving")
    assert not await store.subscriptions.ask(begun, "leaving"), "it is asked already"
    (leaving,) = await store.subscriptions.all()
    assert (leaving.state, leaving.is_live(datetime.now(UTC))) == ("leaving", False)
