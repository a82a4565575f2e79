"""Two workers on a RabbitMQ of their own: `make services` installs it."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.brokers import NO_RABBITMQ, NO_REDIS, RabbitMQ, Redis, has_rabbitmq, has_redis
from tests.cluster import Cluster
from tests.farm import Farm
from tests.hub import Hub, free_address, publish
from tests.web import PageSite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newscrawl.store.store import Store
    from tests.web import Newscrawl

needs_rabbitmq = pytest.mark.skipif(not has_rabbitmq(), reason=NO_RABBITMQ)
needs_redis = pytest.mark.skipif(not has_redis(), reason=NO_REDIS)
DELAY = 0.3


@pytest.fixture(scope="module")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    with RabbitMQ(tmp_path_factory.mktemp("rabbitmq")) as broker:
        yield broker


def cluster_of(program: Newscrawl, farm: Farm, broker: str) -> Cluster:
    program.environment |= farm.environment
    farm.write_sources(program.home / "sources")
    return Cluster(program, broker, f"DOWNLOAD_DELAY={DELAY}")


async def stored(store: Store) -> int:
    return int(await store.connection.database.reports.count_documents({}))


@needs_rabbitmq
def test_a_killed_worker_loses_nothing_and_no_domain_is_asked_too_soon(program: Newscrawl, rabbitmq: RabbitMQ) -> None:
    hosts = ["www.press0.test", "www.press1.test", "www.press2.test", "north.shared.test", "south.shared.test"]
    with Farm(hosts, reports=6, latency=0.05) as farm, cluster_of(program, farm, rabbitmq.url) as cluster:
        first = cluster.start_worker()
        cluster.start_worker()
        cluster.await_workers()
        cluster.start_beat()
        cluster.wait(lambda store: at_least(store, 6), 60)
        cluster.kill(first)
        cluster.wait(lambda store: at_least(store, len(farm.urls)), 60)
        cluster.stop()
        reports = program.reports()
    assert sorted(report["url"] for report in reports) == sorted(farm.urls)
    assert len(farm.fetched_twice()) <= 2 * len(hosts)  # a crawl has one page in flight, and one in the writer's batch
    assert farm.smallest_gap() >= DELAY
    assert [line.split() for line in rabbitmq.ask("list_queues", "name", "messages").splitlines()[1:]] == [
        ["newscrawl", "0"]
    ]


async def at_least(store: Store, number: int) -> bool:
    return await stored(store) >= number


@needs_rabbitmq
def test_sigterm_ends_crawls_in_order_and_another_worker_goes_on(program: Newscrawl, rabbitmq: RabbitMQ) -> None:
    with Farm(["www.press0.test"], reports=8, latency=0.05) as farm, cluster_of(program, farm, rabbitmq.url) as cluster:
        first = cluster.start_worker()
        cluster.start_beat()
        cluster.wait(lambda store: at_least(store, 2), 60)
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0
        (broken_off,) = cluster.ask(lambda store: store.crawls.latest())
        assert broken_off["state"] == "interrupted"
        cluster.start_worker()
        cluster.wait(lambda store: at_least(store, len(farm.urls)), 60)
        cluster.stop()
    assert farm.fetched_twice() == []


@needs_rabbitmq
def test_what_is_asked_for_overtakes_what_waits(program: Newscrawl, rabbitmq: RabbitMQ) -> None:
    hosts = [f"www.press{n}.test" for n in range(30)]
    with Farm(hosts, reports=1) as farm, cluster_of(program, farm, rabbitmq.url) as cluster:
        cluster.start_worker("--concurrency=1")
        cluster.start_beat()
        cluster.wait(lambda store: at_least(store, 2), 60)
        begun = list(dict.fromkeys(one.host for one in list(farm.log)))
        wanted = next(host for host in reversed(hosts) if host not in begun)
        cluster.ask(lambda store: store.sources.ask(wanted.removesuffix(".test").replace(".", "-"), 100))
        deadline = time.monotonic() + 30
        while wanted not in (order := list(dict.fromkeys(one.host for one in list(farm.log)))):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert order.index(wanted) <= len(begun) + 4


@needs_rabbitmq
def test_a_crawl_on_demand_goes_through_the_cluster(program: Newscrawl, rabbitmq: RabbitMQ) -> None:
    with Farm(["www.press0.test"], reports=1) as farm, cluster_of(program, farm, rabbitmq.url) as cluster:
        worker = cluster.start_worker()
        cluster.start_beat()
        cluster.wait(lambda store: at_least(store, 1), 60)
        status, (result,), trouble = program.crawl("www-press0")
        assert (status, result["state"]) == (0, "done"), trouble
        latest, first = cluster.ask(lambda store: store.crawls.latest())
    assert latest["_id"] == result["crawl_id"] != first["_id"]
    assert latest["host"].endswith(f":{worker.pid}")


@needs_rabbitmq
def test_any_worker_hears_from_hubs(program: Newscrawl, rabbitmq: RabbitMQ) -> None:
    address = free_address()
    program.environment |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "")
    program.environment |= {"NEWSCRAWL_CALLBACK_URL": f"http://{address}/hubs", "NEWSCRAWL_LISTEN": address}
    program.environment |= {"NEWSCRAWL_ALLOW_NETWORKS": "127.0.0.0/8", "NEWSCRAWL_POLL_FLOOR": "1"}
    sources = program.home / "sources"
    sources.mkdir()
    with Hub() as hub, PageSite({}) as site, Cluster(program, rabbitmq.url, "DOWNLOAD_DELAY=0.1") as cluster:
        publish(site, hub, 0)
        (sources / "harbour.toml").write_text(f'feeds = ["{site.url}/feed"]\ndiscover = false\n')
        first = cluster.start_worker()
        cluster.start_worker()
        cluster.await_workers()
        cluster.start_beat()
        cluster.wait(is_subscribed_and_idle, 60)
        cluster.kill(first)
        (sources / "touch").touch()  # the other looks around at once, and listens if it does not yet
        publish(site, hub, 1)
        deadline = time.monotonic() + 60
        while hub.push() != 202:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        cluster.wait(lambda store: at_least(store, 2), 60)


async def is_subscribed_and_idle(store: Store) -> bool:
    live = [one for one in await store.subscriptions.all() if one.state == "live"]
    idle = await store.connection.database.sources.find_one({"claim": None, "last_crawl": {"$ne": None}})
    return bool(live) and idle is not None


@needs_redis
def test_redis_is_a_broker_too(program: Newscrawl, tmp_path: Path) -> None:
    hosts = ["www.press0.test", "www.press1.test"]
    with (
        Redis(tmp_path / "redis") as redis,
        Farm(hosts, reports=2) as farm,
        cluster_of(program, farm, redis.url) as cluster,
    ):
        cluster.start_worker()
        cluster.start_beat()
        cluster.wait(lambda store: at_least(store, len(farm.urls)), 60)
        cluster.stop()
    assert farm.fetched_twice() == []
