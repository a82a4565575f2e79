from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.store.leases import LostError

if TYPE_CHECKING:
    from newscrawl.store.store import Store

DOMAIN = "example.com"


async def set_lease(store: Store, **values: Any) -> None:
    changes = {f"lease.{key}": value for key, value in values.items()}
    await store.connection.database.hosts.update_one({"_id": DOMAIN}, {"$set": changes}, upsert=True)


async def test_one_crawl_a_domain(store: Store) -> None:
    assert await store.leases.acquire(DOMAIN, "c1") is None
    holder = await store.leases.acquire(DOMAIN, "c2")
    assert holder is not None
    assert (holder["crawl_id"], holder["host"]) == ("c1", socket.gethostname())
    assert await store.leases.acquire("example.org", "c2") is None


async def test_a_crawl_may_ask_for_its_own_lease_again(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    assert await store.leases.acquire(DOMAIN, "c1") is None


async def test_a_released_lease_is_free(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    await store.leases.release(DOMAIN, "c2")
    assert await store.leases.acquire(DOMAIN, "c2") is not None
    await store.leases.release(DOMAIN, "c1")
    assert await store.leases.acquire(DOMAIN, "c2") is None


async def test_the_lease_of_a_dead_process_is_taken_over_at_once(store: Store) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    await store.leases.acquire(DOMAIN, "c1")
    await set_lease(store, pid=int(ended.stdout), began="1")
    assert await store.leases.acquire(DOMAIN, "c2") is None
    assert not await store.leases.renew(DOMAIN, "c1")


async def test_a_new_process_with_an_old_number_is_another_one(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    await set_lease(store, began="1")
    assert await store.leases.acquire(DOMAIN, "c2") is None


async def test_the_lease_of_another_machine_runs_out(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    await set_lease(store, host="elsewhere", pid=1, began="1")
    assert await store.leases.acquire(DOMAIN, "c2") is not None
    await set_lease(store, until=datetime.now(UTC) - timedelta(seconds=1))
    assert await store.leases.acquire(DOMAIN, "c2") is None


async def test_a_lease_is_renewed(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    await set_lease(store, until=datetime.now(UTC) - timedelta(seconds=1))
    assert await store.leases.renew(DOMAIN, "c1")
    assert await store.leases.acquire(DOMAIN, "c2") is not None


async def test_of_many_only_one_gets_it(store: Store) -> None:
    answers = await asyncio.gather(*(store.leases.acquire(DOMAIN, f"c{number}") for number in range(10)))
    assert answers.count(None) == 1


async def test_waiting_for_a_lease(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    waiting = asyncio.create_task(store.leases.wait(DOMAIN, "c2"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await store.leases.release(DOMAIN, "c1")
    await asyncio.wait_for(waiting, 5)
    assert await store.leases.renew(DOMAIN, "c2")


async def test_a_domain_rests_after_its_last_crawl(store: Store) -> None:
    await store.leases.wait("example.com", "one", 0.5)
    await store.leases.release("example.com", "one", 0.5)
    released = datetime.now(UTC)
    await store.leases.wait("example.com", "two", 0.5)
    assert datetime.now(UTC) - released >= timedelta(seconds=0.4)


async def test_a_domain_rests_as_long_as_a_killed_crawl_kept(store: Store) -> None:
    await store.leases.wait("example.com", "one")
    assert await store.leases.renew("example.com", "one", 0.5)
    dead = {"$set": {"lease.began": "0"}}
    await store.connection.database.hosts.update_one({"_id": "example.com"}, dead)
    killed = datetime.now(UTC)
    await store.leases.wait("example.com", "two", 0.1)
    assert datetime.now(UTC) - killed >= timedelta(seconds=0.5)


async def test_who_has_lost_a_domain_is_told(store: Store) -> None:
    await store.leases.acquire(DOMAIN, "c1")
    await store.leases.check([DOMAIN], "c1")
    await set_lease(store, until=datetime.now(UTC) - timedelta(seconds=1))
    await store.leases.check([DOMAIN], "c1")  # nobody has taken it
    await store.leases.acquire(DOMAIN, "c2")
    with pytest.raises(LostError, match=r"example\.com: another crawl has taken over"):
        await store.leases.check([DOMAIN], "c1")
