"""The figures of many machines: workers over a broker of their own, on a farm of sites.

    python -m benchmarks.cluster [kill] [kills] [queue] [broker] [urgent] [idle] [--redis] [--workers 2]

kill     one of the workers is killed in mid-crawl, as if its machine had gone: reports lost and stored double, pages
         fetched twice, time until its sources are crawled on, smallest gap between two requests to one domain
kills    the same with one worker more, and one of the others is killed a little later
queue    the same as kill, while tasks wait in the queue and in the workers
broker   the broker is stopped in mid-run while tasks wait, and another started that knows nothing of them
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
from typing import TYPE_CHECKING

from tests.brokers import NO_RABBITMQ, RabbitMQ, Redis, has_rabbitmq
from tests.cluster import Cluster
from tests.farm import Farm
from tests.web import Newscrawl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newscrawl.store.store import Store

Broker = RabbitMQ | Redis

DELAY = 0.5
SHARED = ("north.shared.test", "south.shared.test")
"""Two sources of one registered domain."""


def say(name: str, value: object, goal: str = "") -> None:
    """Print one figure, and what it should be."""
    print(f"{name:60} {value!s:28} {goal}", flush=True)


def kill(folder: Path, broker: Broker, workers: int) -> None:
    """One worker of several is gone."""
    disturbed("kill", folder, broker, workers, (0.25,))


def kills(folder: Path, broker: Broker, workers: int) -> None:
    """Two workers of several are gone, one after the other."""
    disturbed("kills", folder, broker, workers + 1, (0.25, 0.5))


def queue(folder: Path, broker: Broker, workers: int) -> None:
    """One worker of several is gone while tasks wait."""
    disturbed("queue", folder, broker, workers, (0.25,), "--concurrency=2")


def lost(folder: Path, broker: Broker, workers: int) -> None:
    """The broker is gone, and with it all messages."""
    disturbed("broker", folder, broker, workers, (), "--concurrency=2")


def disturbed(name: str, folder: Path, broker: Broker, workers: int, kills: Sequence[float], *options: str) -> None:
    """Workers with `options` crawl all; when so much of it is stored (`kills`), one of them is killed, each time.

    Without kills, the broker is.
    """
    hosts = [f"www.press{n}.test" for n in range(10)] + [*SHARED]
    with Farm(hosts, reports=20, latency=0.05) as farm:
        program = Newscrawl(folder, farm.environment)
        farm.write_sources(folder / "sources")
        with Cluster(program, broker.url, f"DOWNLOAD_DELAY={DELAY}") as cluster:
            for _ in range(workers):
                cluster.start_worker(*options, own_host=True)
            cluster.await_workers()
            cluster.start_beat()
            for share, killed in zip(kills, cluster.workers, strict=False):
                cluster.wait(lambda store, share=share: _stored(store, int(len(farm.urls) * share)), 300)
                cluster.kill(killed)
                at = time.monotonic()
                running = cluster.ask(lambda store, pid=killed.pid: _running(store, pid))
                say(f"{name}: sources in mid-crawl", len(running))
                say(f"{name}: sources not begun", len(hosts) - len({one.host for one in farm.log}))
            if not kills:
                cluster.wait(lambda store: _stored(store, len(farm.urls) // 4), 300)
                broker.stop()
                at, running = time.monotonic(), set()
                say(f"{name}: sources not begun", len(hosts) - len({one.host for one in farm.log}))
                time.sleep(5)
                broker.forget()
                broker.start()
            cluster.wait(lambda store: _stored(store, len(farm.urls)), 600)
            took = time.monotonic() - at
            time.sleep(2)
            reports = program.reports()
        urls = [report["url"] for report in reports]
        say(f"{name}: reports lost", len(farm.urls - set(urls)), "0")
        say(f"{name}: reports stored double", len(urls) - len(set(urls)), "0")
        say(
            f"{name}: pages fetched twice",
            len(farm.fetched_twice()),
            "those in flight: at most 2 a source in mid-crawl",
        )
        on = [
            min((one.began for one in farm.log if one.host == host and one.began > at), default=float("nan")) - at
            for host in hosts
            if host.removesuffix(".test").replace(".", "-") in running
        ]
        if on:
            first_last = f"{min(on):.1f} s, {max(on):.1f} s"
            say(f"{name}: crawled on after (the last kill), first and last source", first_last, "60 s and a tick")
        say(f"{name}: all stored after", f"{took:.1f} s")
        say(f"{name}: smallest gap between requests to a domain", f"{farm.smallest_gap():.3f} s", f"{DELAY} s")


def urgent(folder: Path, broker: Broker, workers: int) -> None:
    """A source that is asked for overtakes those that wait."""
    hosts = [f"www.press{n}.test" for n in range(101)]
    with Farm(hosts, reports=2, latency=0.02) as farm:
        program = Newscrawl(folder, farm.environment)
        ids = farm.write_sources(folder / "sources")
        (folder / "sources" / f"{ids[-1]}.toml").rename(folder / "late.toml")
        with Cluster(program, broker.url, "DOWNLOAD_DELAY=1") as cluster:
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


def idle(folder: Path, broker: Broker, workers: int) -> None:
    """What waiting costs."""
    with Farm(["www.press0.test"], reports=1) as farm:
        program = Newscrawl(folder, farm.environment)
        farm.write_sources(folder / "sources")
        with Cluster(program, broker.url) as cluster:
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


PARTS: dict[str, Callable[[Path, Broker, int], None]] = {
    "kill": kill,
    "kills": kills,
    "queue": queue,
    "broker": lost,
    "urgent": urgent,
    "idle": idle,
}


def main() -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=[*PARTS])
    parser.add_argument("--redis", action="store_true", help="Redis in place of RabbitMQ")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if not options.redis and not has_rabbitmq():
        parser.exit(1, NO_RABBITMQ + "\n")
    for part in options.parts:
        with tempfile.TemporaryDirectory(prefix="nc-") as name:
            folder = Path(name)
            with Redis(folder / "broker") if options.redis else RabbitMQ(folder / "broker") as broker:
                PARTS[part](folder, broker, options.workers)


if __name__ == "__main__":
    main()
