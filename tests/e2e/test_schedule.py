"""`newscrawl schedule`, as an operator runs it, over a farm of sites."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.farm import Farm
from tests.mongod import Server
from tests.web import Newscrawl

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web import Newscrawl

HOSTS = tuple(f"www.press{n}.test" for n in range(3))
NEW = "/news/1-the-harbour-opens-again-after-a-year"
FAST = ("-s", "DOWNLOAD_DELAY=0.1")


@pytest.fixture
def farm(program: Newscrawl) -> Iterator[Farm]:
    with Farm(HOSTS, reports=4) as farm:
        farm.write_sources(program.home / "sources")
        program.environment |= farm.environment
        yield farm


@contextmanager
def running(program: Newscrawl, *options: str) -> Iterator[subprocess.Popen[str]]:
    schedule = program.start("schedule", *FAST, *options)
    try:
        yield schedule
    finally:
        if schedule.poll() is None:
            os.killpg(schedule.pid, signal.SIGKILL)
        schedule.wait()


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def fetched(farm: Farm) -> int:
    return sum(one.path.startswith("/news/") for one in farm.log)


def test_once_crawls_what_is_due_and_nothing_a_second_time(program: Newscrawl, farm: Farm) -> None:
    done = program.run("schedule", "--once", *FAST)
    assert (done.returncode, sorted(one["url"] for one in program.reports())) == (0, sorted(farm.urls)), done.stderr
    assert Counter(one.path for one in farm.log)["/robots.txt"] == len(HOSTS)
    asked = len(farm.log)
    assert program.run("schedule", "--once", *FAST).returncode == 0
    assert len(farm.log) == asked, "nothing is due"


def test_a_running_schedule_polls_crawls_on_demand_takes_up_files_and_ends_in_order(
    program: Newscrawl, farm: Farm
) -> None:
    with running(program, "-s", "NEWSCRAWL_POLL_FLOOR=2", "-s", "NEWSCRAWL_POLL_CEILING=3") as schedule:
        until(lambda: fetched(farm) == len(farm.pages))
        asked = Counter(one.host for one in farm.log if one.path == "/")
        until(lambda: all(n > asked[host] for host, n in Counter(o.host for o in farm.log if o.path == "/").items()))
        assert Counter(one.path for one in farm.log)["/robots.txt"] == len(HOSTS), "robots.txt holds for a day"

        status, (result,), errors = program.crawl("www-press0")
        assert (status, result["state"], result["counts"]["stored"]) == (0, "done", 0), errors
        assert program.run("crawl", "www-press1", "--detach").returncode == 0

        farm.pages[("new.press9.test", NEW)] = 1
        (program.home / "sources" / "new.toml").write_text('sections = ["http://new.press9.test/"]\ndiscover = false\n')
        until(lambda: ("new.press9.test", NEW) in {(one.host, one.path) for one in farm.log})

        schedule.send_signal(signal.SIGTERM)
        assert schedule.wait(30) == 0
    assert {one["url"] for one in program.reports()} == farm.urls
    assert farm.fetched_twice() == []
    assert farm.smallest_gap() > 0.09
    assert "running" not in program.run("crawls", "list").stdout


def test_after_kill_9_another_schedule_takes_over_and_nothing_is_lost(program: Newscrawl, farm: Farm) -> None:
    with running(program) as schedule:
        until(lambda: fetched(farm) >= 3)
        os.killpg(schedule.pid, signal.SIGKILL)
        schedule.wait()
    with running(program) as schedule:
        until(lambda: len(program.reports()) == len(farm.pages), 120)
        schedule.send_signal(signal.SIGTERM)
        assert schedule.wait(30) == 0
    urls = [one["url"] for one in program.reports()]
    assert sorted(urls) == sorted(farm.urls)
    assert len(farm.fetched_twice()) <= 2 * len(HOSTS), "in-flight pages only"


def test_signals_do_not_wait_for_a_database_that_is_away(program: Newscrawl, farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "database").mkdir()
    server = Server(tmp_path / "database", replica_set=True)
    program.environment["MONGODB_URI"] = server.uri
    try:
        for signals, status in (([signal.SIGTERM], 0), ([signal.SIGTERM, signal.SIGINT], 130)):
            with running(program, "-s", "NEWSCRAWL_POLL_FLOOR=1", "-s", "NEWSCRAWL_POLL_CEILING=2") as schedule:
                asked = len(farm.log)
                until(lambda: len(farm.log) > asked + 3)  # noqa: B023
                os.kill(server.process.pid, signal.SIGSTOP)
                time.sleep(1)
                for one in signals:
                    schedule.send_signal(one)
                    time.sleep(0.5)
                assert schedule.wait(45) == status, "30 s, and what a busy machine takes"
            os.kill(server.process.pid, signal.SIGCONT)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
        server.stop()


def test_detach_without_a_schedule_is_an_error(program: Newscrawl, farm: Farm) -> None:
    done = program.run("crawl", "www-press0", "--detach")
    assert (done.returncode, len(farm.log)) == (2, 0)
    assert "--detach needs a running `newscrawl schedule`" in done.stderr


def test_no_sources_are_an_error(program: Newscrawl) -> None:
    done = program.run("schedule")
    assert (done.returncode, "has no source files" in done.stderr) == (2, True)


def test_a_source_that_fails_waits_longer_and_the_others_go_on(program: Newscrawl, farm: Farm) -> None:
    (program.home / "sources" / "broken.toml").write_text("home = 1\n")
    lost = 'sections = ["http://nowhere.invalid/news"]\ndiscover = false\n'
    (program.home / "sources" / "lost.toml").write_text(lost)
    done = program.run("schedule", "--once", *FAST)
    assert done.returncode == 1
    assert "broken.toml: home = 1 must be a non-empty string" in done.stderr
    assert {one["url"] for one in program.reports()} == farm.urls
    assert program.run("schedule", "--once", *FAST).returncode == 0, "not due again yet"


def test_one_rate_over_all_crawls_of_a_process(program: Newscrawl) -> None:
    """Two dry runs of one registered domain hold no lease: the gate alone keeps them apart."""
    with Farm(("north.shared.test", "south.shared.test"), reports=3) as farm:
        sources = farm.write_sources(program.home / "sources")
        program.environment |= farm.environment
        done = program.run("crawl", "--dry-run", "-s", "DOWNLOAD_DELAY=0.3", *sources)
        assert done.returncode == 0, done.stderr
        assert {f"http://{one.host}{one.path}" for one in farm.log} >= farm.urls
        assert farm.smallest_gap() > 0.2
