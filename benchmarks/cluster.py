"""The figures of many machines: workers over a broker of their own, on a farm of sites.

    python -m benchmarks.cluster [kill] [urgent] [idle] [--redis] [--workers 2]

kill     one of the workers is killed in mid-crawl, as if its machine had gone: reports lost and stored double, pages
         fetched twice, time until its sources are crawled on, smallest gap between two requests to one domain
urgent   a source is asked for while a hundred others wait
idle     what a cluster costs in which nothing is due

Needs what `make services` installs. To look like machines of their own, workers get host names of their own: as root.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.brokers import NO_RABBITMQ, RabbitMQ, Redis, has_rabbitmq
from tests.cluster import Cluster
from tests.farm import Farm
from tests.web import Newscrawl

if TYPE_CHECKING:
    from newscrawl.store.store import Store

DELAY = 0.5
SHARED = ("north.shared.test", "south.shared.test")
"""Two sources of one registered domain."""


def say(name: str, value: object, goal: str = "") -> None:
    """Print one figure, and what it should be."""
    print(f"{name:60} {value!s:28} {goal}", flush=True)


def kill(folder: Path, broker: str, workers: int) -> None:
    """One worker of several is gone."""
    hosts = [f"www.press{n}.test" for n in range(10)] + [*SHARED]
    with Farm(hosts, reports=20, latency=0.05) as farm:
        program = Newscrawl(folder, farm.environment)
        farm.write_sources(folder / "sources")
        with Cluster(program, broker, f"DOWNLOAD_DELAY={DELAY}") as cluster:
            for _ in range(workers):
                cluster.start_worker(own_host=True)
            cluster.await_workers()
            cluster.start_beat()
            cluster.wait(lambda store: _stored(store, len(farm.urls) // 4), 120)
            killed = cluster.workers[0]
            cluster.kill(killed)
            at = time.monotonic()
            running = cluster.ask(lambda store: _running(store, killed.pid))
            asked = {one.host for one in farm.log}
            cluster.wait(lambda store: _stored(store, len(farm.urls)), 300)
            took = time.monotonic() - at
            time.sleep(2)
            reports = program.reports()
        urls = [report["url"] for report in reports]
        say("kill: sources in mid-crawl", len(running))
        say("kill: reports lost", len(farm.urls - set(urls)), "0")
        say("kill: reports stored double", len(urls) - len(set(urls)), "0")
        say("kill: pages fetched twice", len(farm.fetched_twice()), f"at most {2 * len(running)}: those in flight")
        on = [
            min((one.began for one in farm.log if one.host == host and one.began > at), default=float("nan")) - at
            for host in asked
            if host.removesuffix(".test").replace(".", "-") in running
        ]
        say("kill: crawled on after, first and last source", f"{min(on):.1f} s, {max(on):.1f} s", "60 s and a tick")
        say("kill: all stored after", f"{took:.1f} s")
        say("kill: smallest gap between requests to a domain", f"{farm.smallest_gap():.3f} s", f"{DELAY} s")


def urgent(folder: Path, broker: str, workers: int) -> None:
    """A source that is asked for overtakes those that wait."""
    hosts = [f"www.press{n}.test" for n in range(101)]
    with Farm(hosts, reports=2, latency=0.02) as farm:
        program = Newscrawl(folder, farm.environment)
        ids = farm.write_sources(folder / "sources")
        (folder / "sources" / f"{ids[-1]}.toml").rename(folder / "late.toml")
        with Cluster(program, broker, "DOWNLOAD_DELAY=1") as cluster:
            for _ in range(workers):
                cluster.start_worker("--concurrency=2")
            cluster.start_beat()
            cluster.wait(lambda store: _stored(store, 8), 120)
            (folder / "late.toml").rename(folder / "sources" / f"{ids[-1]}.toml")
            at = time.monotonic()
            before = len({one.host for one in farm.log})
            cluster.ask(lambda store: store.sources.ask(ids[-1], 100))
            while not any(one.host == hosts[-1] for one in farm.log):
                time.sleep(0.02)
            say("urgent: sources waiting", len(hosts) - before, "about 100")
            say("urgent: begun after", f"{time.monotonic() - at:.1f} s", "a tick, and the end of the next crawl")
            say("urgent: other sources that were begun before it", len({one.host for one in farm.log}) - before - 1)


def idle(folder: Path, broker: str, workers: int) -> None:
    """What waiting costs."""
    with Farm(["www.press0.test"], reports=1) as farm:
        program = Newscrawl(folder, farm.environment)
        farm.write_sources(folder / "sources")
        with Cluster(program, broker) as cluster:
            for _ in range(workers):
                cluster.start_worker()
            cluster.start_beat()
            cluster.wait(lambda store: _stored(store, 1), 60)
            time.sleep(3)
            pids = [one.pid for one in cluster.workers] + ([cluster.beat.pid] if cluster.beat else [])
            before = [_cpu(pid) for pid in pids]
            time.sleep(20)
            used = [100 * (_cpu(pid) - was) / 20 for pid, was in zip(pids, before, strict=True)]
            say("idle: % of a core, workers and beat", ", ".join(f"{one:.1f}" for one in used))


async def _stored(store: Store, number: int) -> bool:
    return int(await store.connection.database.reports.count_documents({})) >= number


async def _running(store: Store, pid: int) -> set[str]:
    found = store.connection.database.crawls.find({"state": "running", "host": {"$regex": f":{pid}$"}})
    return {document["source"] async for document in found}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["kill", "urgent", "idle"])
    parser.add_argument("--redis", action="store_true", help="Redis in place of RabbitMQ")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if not options.redis and not has_rabbitmq():
        parser.exit(1, NO_RABBITMQ + "\n")
    parts: dict[str, Any] = {"kill": kill, "urgent": urgent, "idle": idle}
    for part in options.parts:
        with tempfile.TemporaryDirectory(prefix="nc-") as name:
            folder = Path(name)
            with Redis(folder / "broker") if options.redis else RabbitMQ(folder / "broker") as broker:
                parts[part](folder, broker.url, options.workers)


if __name__ == "__main__":
    main()
