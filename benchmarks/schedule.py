"""What `newscrawl schedule` costs and how well it keeps its times, over a farm of sites on loopback.

    python -m benchmarks.schedule [poll] [memory] [kill] [web] [--sources 200] [--every 20] [--seconds 60]
                                  [--crawls 5000]

`poll`    all sources polled every `--every` seconds for `--seconds`, nothing new: CPU of a poll (crawler and parsing
          workers), share of one core for 500 sources every five minutes, lateness, requests answered 304, and how
          long a crawl on demand takes meanwhile, from the request to its end.
`memory`  resident memory after `--crawls` crawls against after a tenth of them.
`kill`    two schedules on one database; the one that crawls `--sources` (50 at most) is killed with -9 in the middle of
          all of them, and the other takes over: reports lost, stored double, pages fetched twice, seconds until then.
`web`     the replay web with `--sources` hosts, of which a third of the reports appear while the schedule runs: what is
          stored, what is missing, and how long after it appeared. Needs the replay web beside the repository.

The private mongod and the farm run beside it and are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.replay import choose_hosts
from newscrawl.cli.on_demand import PRIORITY
from newscrawl.store.store import open_store
from tests.farm import Farm
from tests.web import NO_REPLAY, REPLAY, Newscrawl, ReplayWeb, bare, missing_reports, wrong_reports

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newscrawl.store.store import Store

PARTS = ("poll", "memory", "kill", "web")
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU of a process and of all that it has started and that still runs."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS + sum(map(cpu_seconds, children(pid)))


def children(pid: int) -> list[int]:
    """Its child processes, but the private mongod and what keeps it."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return [
        int(child) for child in found if "mongod" not in words(int(child)) and "supervisor" not in words(int(child))
    ]


def words(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Running:
    """A schedule over a farm, with a home of its own."""

    def __init__(self, sources: int, every: float, *, reports: int = 1, delay: float = 0.05) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="newscrawl-schedule-"))
        self.farm = Farm([f"www.press{n}.test" for n in range(sources)], reports, latency=0.005, validators=True)
        self.ids = self.farm.write_sources(self.home / "sources")
        places = {"NEWSCRAWL_HOME": str(self.home / "data"), "NEWSCRAWL_SOURCES": str(self.home / "sources")}
        self.environment = {**os.environ, **self.farm.environment, **places}
        self.every, self.delay = every, delay
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Running:
        self.farm.__enter__()
        self.process = self.start()
        return self

    def start(self) -> subprocess.Popen[bytes]:
        """A schedule, in a process group of its own."""
        times = ("-s", f"NEWSCRAWL_POLL_FLOOR={self.every / 1.1:.3f}", "-s", f"NEWSCRAWL_POLL_CEILING={self.every}")
        command = [sys.executable, "-m", "newscrawl", "schedule", "-s", f"DOWNLOAD_DELAY={self.delay}", *times]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True)

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        status = self.process.wait(60)
        line("ended on SIGTERM: status, seconds", f"{status}, {time.monotonic() - began:.1f}", "0, 30")
        self.farm.__exit__()

    def polls(self) -> int:
        return sum(one.path == "/" for one in self.farm.log)

    def ask(self, question: Callable[[Store], Awaitable[Any]]) -> Any:
        async def asking() -> Any:
            async with open_store("", "newscrawl", self.home / "data", 30) as store:
                return await question(store)

        return asyncio.run(asking())

    def await_first_crawls(self) -> None:
        while self.polls() < len(self.ids) * 1.05:
            time.sleep(0.5)


def poll(sources: int, every: float, seconds: float) -> None:
    with Running(sources, every) as running:
        running.await_first_crawls()
        began, cpu, asked, logged = (
            time.time(),
            cpu_seconds(running.process.pid),
            running.polls(),
            len(running.farm.log),
        )
        waits = running.ask(lambda store: on_demand(store, running.ids[:10]))
        time.sleep(max(0.0, seconds - (time.time() - began)))
        took = time.time() - began
        used, polls = cpu_seconds(running.process.pid) - cpu, running.polls() - asked
        line("polls a second", f"{polls / took:.1f}")
        line("CPU of a poll that finds nothing new", f"{1000 * used / polls:.1f} ms", "25 ms")
        line("500 sources every 5 minutes: share of a core", f"{100 * used / polls * 500 / 300:.1f} %", "6 %")
        late = running.ask(lambda store: lateness(store, began))
        line("lateness, p50 / p95", f"{late[len(late) // 2]:.2f} / {late[int(len(late) * 0.95)]:.2f} s", "1 / 10 s")
        statuses = [one.status for one in running.farm.log[logged:] if one.path == "/"]
        line("polls answered 304", f"{100 * statuses.count(304) / len(statuses):.1f} %", "99 %")
        line("on demand, request to end, median / worst of 10", f"{waits[5]:.2f} / {waits[-1]:.2f} s", "1 s")


async def on_demand(store: Store, ids: list[str]) -> list[float]:
    """Seconds from the request to the end of a crawl, sorted."""
    found = []
    for source in ids:
        began = time.monotonic()
        number = await store.sources.ask(source, PRIORITY)
        while (await store.sources.state(source)).get("answered", 0) < number:
            await asyncio.sleep(0.01)
        found.append(time.monotonic() - began)
    return sorted(found)


async def lateness(store: Store, since: float) -> list[float]:
    crawls = store.connection.database.crawls.find({"options.due_at": {"$exists": True}})
    return sorted(
        [
            max(0.0, (crawl["started_at"] - crawl["options"]["due_at"]).total_seconds())
            async for crawl in crawls
            if crawl["started_at"].timestamp() > since
        ]
    )


def memory(sources: int, crawls: int) -> None:
    with Running(sources, 2.2) as running:
        sizes = []
        for number in (crawls // 10, crawls):
            while running.polls() < number:
                time.sleep(1)
            sizes.append(resident_mb(running.process.pid))
        line(f"memory after {crawls // 10} and {crawls} crawls", f"{sizes[0]:.0f}, {sizes[1]:.0f} MB")
        line("  ratio", f"{sizes[1] / sizes[0]:.2f}", "1.1")


def kill(sources: int) -> None:
    """The second schedule runs before the first is killed: nothing but the leases tells it what has happened."""
    with Running(sources, 3600.0, reports=20, delay=2.0) as running:
        farm, pages = running.farm, len(running.farm.pages)

        def asked() -> set[tuple[str, str]]:
            return {(one.host, one.path) for one in farm.log if (one.host, one.path) in farm.pages}

        while len({host for host, _ in asked()}) < sources:
            time.sleep(0.05)
        second = running.start()
        while not running.ask(lambda store: is_signed_in(store, second.pid)):
            time.sleep(0.2)
        while len(asked()) < pages // 3:
            time.sleep(0.05)
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
        killed, before, running.process = time.monotonic(), len(asked()), second
        in_flight = before - len(running.ask(stored_urls))
        while len(asked()) < pages:
            time.sleep(0.2)
        waited = time.monotonic()
        while len(reports := running.ask(stored_urls)) < pages and time.monotonic() < waited + 120:
            time.sleep(1)
        taken = {one.host: one.began - killed for one in reversed(farm.log) if one.began > killed + 1.0}
        line("killed with -9 in mid-crawl: sources, pages fetched of", f"{sources}, {before} of {pages}")
        line(
            "reports lost / stored double", f"{pages - len(set(reports))} / {len(reports) - len(set(reports))}", "0 / 0"
        )
        line("pages fetched twice", str(len(farm.fetched_twice())), f"{in_flight} were in flight")
        first, last = min(taken.values()), max(taken.values())
        line("seconds until the first, the last was taken over", f"{first:.0f}, {last:.0f}", "60")
        line("smallest gap between requests to a domain", f"{farm.smallest_gap():.2f} s", f"{running.delay} s")


async def is_signed_in(store: Store, pid: int) -> bool:
    return await store.connection.database.meta.find_one({"pid": pid, "until": {"$exists": True}}) is not None


async def stored_urls(store: Store) -> list[str]:
    return [one["url"] async for one in store.connection.database.reports.find({}, {"url": 1})]


def web(sources: int, seconds: float) -> None:
    """The reports appear within `seconds`; then the schedule has as long again to find them."""
    if not REPLAY.exists():
        line("web", NO_REPLAY)
        return
    home = Path(tempfile.mkdtemp(prefix="newscrawl-schedule-"))
    staged = ("--staged", "0.35", "--staged-window", str(seconds), "--seed", "5")
    with ReplayWeb("--latency", "20-60", *staged) as replay:
        program = Newscrawl(home, replay.environment)
        hosts = choose_hosts(replay.control("truth.json"), sources, 5)
        (home / "sources").mkdir()
        for host in hosts:
            (home / "sources" / f"{host}.toml").write_text(f'home = "https://{host}/"\n', encoding="utf-8")
        floor, ceiling = min(60.0, seconds / 3), seconds
        times = ("-s", f"NEWSCRAWL_POLL_FLOOR={floor}", "-s", f"NEWSCRAWL_POLL_CEILING={ceiling}")
        replay.control("reset")
        schedule = program.start("schedule", *times, "-s", "DOWNLOAD_DELAY=0.2")
        time.sleep(2 * seconds)
        schedule.send_signal(signal.SIGTERM)
        status = schedule.wait(60)
        truth, reports = replay.control("truth.json"), program.reports()
        stored = {bare(one["url"]): datetime.fromisoformat(one["first_seen_at"]).timestamp() for one in reports}
        fresh = sorted(
            stored[bare(article["url"])] - datetime.fromisoformat(article["appears_at"]).timestamp()
            for host in hosts
            for article in truth["hosts"][host]["articles"]
            if article["appears_after_s"] and bare(article["url"]) in stored
        )
        missing, wrong = missing_reports(truth, reports, hosts), wrong_reports(truth, reports, hosts)
        line("web: hosts; ended on SIGTERM with status", f"{len(hosts)}; {status}")
        line("web: stored / missing / wrong", f"{len(reports)} / {len(missing)} / {len(wrong)}")
        for url in (*missing[:5], *wrong[:5]):
            line(f"  {url}", "")
        if fresh:
            middle, late = fresh[len(fresh) // 2], fresh[int(len(fresh) * 0.95)]
            line("web: seconds from appearance to stored, p50 / p95", f"{middle:.0f} / {late:.0f} of {len(fresh)}")
        line("web: disallowed paths asked", str(replay.control("stats.json")["disallowed_requests"]), "0")


def line(name: str, value: str, goal: str = "") -> None:
    sys.stdout.write(f"{name:58}{value:>20}  {goal}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--every", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--crawls", type=int, default=5000)
    options = parser.parse_args()
    if "poll" in options.parts:
        poll(options.sources, options.every, options.seconds)
    if "memory" in options.parts:
        memory(min(options.sources, 50), options.crawls)
    if "kill" in options.parts:
        kill(min(options.sources, 50))
    if "web" in options.parts:
        web(options.sources, options.seconds)


if __name__ == "__main__":
    main()
