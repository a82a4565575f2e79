"""Due times and claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.store.store import Store

IDS = ("gazette", "courier", "herald")


async def test_a_source_is_claimed_once_and_again_when_its_claim_has_run_out(store: Store) -> None:
    await store.sources.define(IDS)
    first = await store.sources.claim(IDS, 10, seconds=60)
    assert sorted(claim.source for claim in first) == sorted(IDS)
    assert await store.sources.claim(IDS, 10, seconds=60) == []
    for claim in first:
        assert await store.sources.renew(claim.source, claim.fence, -1)
    again = await store.sources.claim(IDS, 10, seconds=60)
    assert {claim.fence for claim in again} == {2}
    assert not await store.sources.take_up("gazette", 1, 60)
    assert not await store.sources.renew("gazette", 1, 60)


async def test_a_message_that_comes_twice_is_taken_up_once(store: Store) -> None:
    await store.sources.define(IDS)
    (claim,) = await store.sources.claim(["gazette"], 10, seconds=60)
    assert await store.sources.take_up(claim.source, claim.fence, 60)
    assert not await store.sources.take_up(claim.source, claim.fence, 60)
    await store.sources.finish(claim.source, claim.fence, datetime.now(UTC) + timedelta(minutes=5))
    assert not await store.sources.take_up(claim.source, claim.fence, 60)
    assert await store.sources.claim(["gazette"], 10, seconds=60) == []


async def test_a_claim_of_a_dead_process_is_taken_up_by_another(store: Store) -> None:
    await store.sources.define(IDS)
    (claim,) = await store.sources.claim(["gazette"], 10, seconds=60)
    assert await store.sources.take_up(claim.source, claim.fence, 60)
    dead = {"$set": {"claim.holder.began": "0"}}
    await store.connection.database.sources.update_one({"_id": "gazette"}, dead)
    assert await store.sources.take_up(claim.source, claim.fence, 60)


async def test_what_is_asked_for_comes_first_and_is_claimed_anew_while_it_waits(store: Store) -> None:
    await store.sources.define(IDS)
    await store.sources.ask("herald", 100)
    first = await store.sources.claim(IDS, 10, seconds=60)
    assert [claim.priority for claim in first] == [100, 0, 0]
    await store.sources.ask("courier", 100)
    (again,) = await store.sources.claim(IDS, 10, seconds=60)
    assert (again.source, again.fence) == ("courier", 2)
