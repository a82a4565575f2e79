from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.store.store import Store


async def claim_of(store: Store, *ids: str, least: int = 0) -> list[str]:
    return [claim.source for claim in await store.sources.claim(ids, 10, 60, least=least)]


async def test_what_is_due_is_claimed_once_the_urgent_first(store: Store) -> None:
    await store.sources.define(["a", "b", "c"])
    await store.sources.ask("b", 100)
    assert await claim_of(store, "a", "b") == ["b", "a"], "c is not among ours"
    assert await claim_of(store, "a", "b", "c", least=1) == []
    assert await claim_of(store, "a", "b", "c") == ["c"]


async def test_what_was_asked_for_during_a_crawl_is_due_at_its_end(store: Store) -> None:
    await store.sources.define(["a"])
    (claim,) = await store.sources.claim(["a"], 1, 60)
    assert await store.sources.take_up("a", claim.fence, 60)
    number = await store.sources.ask("a", 100)
    later = datetime.now(UTC) + timedelta(hours=1)
    await store.sources.finish("a", claim.fence, later)
    assert (await store.sources.state("a"))["answered"] < number
    (again,) = await store.sources.claim(["a"], 1, 60)
    assert (again.priority, again.fence) == (100, claim.fence + 1)
    await store.sources.finish("a", again.fence, later, {"last_crawl": "c2"})
    state = await store.sources.state("a")
    assert (state["answered"], state["priority"], state["last_crawl"]) == (number, 0, "c2")
    assert await claim_of(store, "a") == []


async def test_who_has_lost_a_claim_writes_nothing(store: Store) -> None:
    await store.sources.define(["a"])
    (old,) = await store.sources.claim(["a"], 1, -1)
    (new,) = await store.sources.claim(["a"], 1, 60)
    assert not await store.sources.take_up("a", old.fence, 60)
    assert not await store.sources.renew("a", old.fence, 60)
    await store.sources.finish("a", old.fence, datetime.now(UTC) + timedelta(days=1))
    assert await store.sources.take_up("a", new.fence, 60)


async def test_the_claim_of_a_dead_process_is_free_at_once(store: Store) -> None:
    await store.sources.define(["a", "b"])
    dead, alive = await store.sources.claim(["a", "b"], 2, 60)
    for claim in (dead, alive):
        assert await store.sources.take_up(claim.source, claim.fence, 60)
    gone = {"claim.holder.began": "1", "claim.holder.pid": 2**22}
    await store.connection.database.sources.update_one({"_id": dead.source}, {"$set": gone})
    await store.sources.free_dead()
    assert await claim_of(store, "a", "b") == [dead.source]


async def test_who_serves_a_source(store: Store) -> None:
    assert not await store.sources.is_served("a")
    await store.sources.sign_in(["a"], 60)
    assert (await store.sources.is_served("a"), await store.sources.is_served("b")) == (True, False)
    await store.sources.sign_out()
    assert not await store.sources.is_served("a")
    await store.sources.sign_in(["a"], -1)
    assert not await store.sources.is_served("a"), "it was silent for too long"


async def test_each_schedule_says_for_itself_what_it_serves(store: Store) -> None:
    await store.sources.sign_in(["a"], 60)
    meta = store.connection.database.meta
    other = {"until": datetime.now(UTC) + timedelta(minutes=1), "sources": ["b"], "host": "elsewhere", "pid": 7}
    gone = {**other, "until": datetime.now(UTC) - timedelta(minutes=1), "sources": ["c"]}
    await meta.insert_many([{"_id": "schedule:elsewhere:7", **other}, {"_id": "schedule:elsewhere:8", **gone}])
    assert [await store.sources.is_served(one) for one in "abc"] == [True, True, False]
    assert await store.sources.served() == {"a", "b"}
    await store.sources.sign_in(["a"], 60)
    assert await meta.find_one({"_id": "schedule:elsewhere:8"}) is None, "who has run out is forgotten"
    await store.sources.sign_out()
    assert await store.sources.served() == {"b"}


async def test_a_push_during_a_crawl_makes_the_source_due_after_it(store: Store) -> None:
    await store.sources.define(["a"])
    now = datetime.now(UTC).replace(microsecond=0)
    later, rest = now + timedelta(hours=1), now + timedelta(minutes=1)
    for not_before, expected in ((None, now), (rest, rest)):
        (claim,) = await store.sources.claim(["a"], 1, 60)
        await store.sources.make_due("a", now)
        assert await claim_of(store, "a") == [], "it is being crawled"
        await store.sources.finish("a", claim.fence, later, not_before=not_before)
        assert (await store.sources.state("a"))["due_at"] == expected
    await store.sources.make_due("a", now)
    (claim,) = await store.sources.claim(["a"], 1, 60)
    await store.sources.finish("a", claim.fence, later)
    assert (await store.sources.state("a"))["due_at"] == later, "that push was before this crawl"
