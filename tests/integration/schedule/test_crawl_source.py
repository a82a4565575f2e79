from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from newscrawl.schedule import crawl_source
from tests.integration.schedule.conftest import begun, page, site_of, until

if TYPE_CHECKING:
    from tests.integration.schedule.conftest import Scheduled


async def take_lease(scheduled: Scheduled, domain: str) -> None:
    lease = {"lease.crawl_id": "of another"}
    await scheduled.store.connection.database.hosts.update_one({"_id": domain}, {"$set": lease})


async def take_claim(scheduled: Scheduled, source: str) -> None:
    await scheduled.store.connection.database.sources.update_one({"_id": source}, {"$inc": {"fence": 1}})


@pytest.mark.parametrize("lost", ["lease", "claim"])
def test_a_crawl_that_was_taken_over_stores_nothing_more(scheduled: Scheduled, lost: str) -> None:
    with site_of("abc") as site:
        site.gates = {page(name): threading.Event() for name in "abc"}
        scheduled.write_source(lost, site)
        result = begun(lambda: scheduled.crawl(lost, scheduled.claim(lost)))
        until(lambda: len(site.reports_asked) == 1)
        first = site.reports_asked[0]
        site.gates[first].set()
        until(lambda: scheduled.urls(lost)[first] == "stored" and len(site.reports_asked) == 2)
        domain = site.url[7:].partition(":")[0]
        scheduled.do(*((take_lease, scheduled, domain) if lost == "lease" else (take_claim, scheduled, lost)))
        for gate in site.gates.values():
            gate.set()
        assert result().state == "failed"
    assert sorted(scheduled.urls(lost).values()) == ["pending", "pending", "stored"]
    assert scheduled.urls(lost)[first] == "stored"
    (crawl,) = scheduled.crawls(lost)
    assert (crawl["state"], "has taken over" in crawl["reason"]) == ("failed", True)
    assert scheduled.do(scheduled.store.reports.count, lost) == 1


def test_a_crawl_that_does_not_end_is_cut_off(scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl_source, "PATIENCE", 0.2)
    settings = scheduled.thread.process.settings
    users = scheduled.users()
    with site_of("ab") as site:
        site.gates = {page(name): threading.Event() for name in "ab"}
        scheduled.write_source("slow", site)
        settings.set("CLOSESPIDER_TIMEOUT", 2, priority="cmdline")
        try:
            result = scheduled.crawl("slow", scheduled.claim("slow"))
        finally:
            settings.set("CLOSESPIDER_TIMEOUT", 3600, priority="cmdline")
        domain = site.url[7:].partition(":")[0]
        assert scheduled.do(scheduled.store.leases.acquire, domain, "next") is None
        for gate in site.gates.values():
            gate.set()
    assert (result.state, "was cut off" in result.reason) == ("failed", True)
    (crawl,) = scheduled.crawls("slow")
    assert (crawl["state"], "was cut off" in crawl["reason"], "finished_at" in crawl) == ("failed", True, True)
    state = scheduled.state("slow")
    assert (state["fails"], "claim" in state) == (1, False)
    until(lambda: scheduled.users() == users)
    until(lambda: not scheduled.thread.process.crawlers)
    assert set(scheduled.urls("slow").values()) == {"pending"}, "also when the pages have come at last"


def test_an_error_of_ours_waits_longer_and_longer(scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(crawl_source, "result_of", broken)
    with site_of("a") as site:
        scheduled.write_source("broken", site)
        for fails, minutes in ((1, 5), (2, 10)):
            result = scheduled.crawl("broken", scheduled.claim("broken"))
            state = scheduled.state("broken")
            assert (result.state, state["fails"], "claim" in state) == ("failed", fails, False)
            assert abs(state["due_at"] - datetime.now(UTC) - timedelta(minutes=minutes)) < timedelta(minutes=1)
            scheduled.do(scheduled.store.sources.make_due, "broken", datetime.now(UTC))


@pytest.mark.parametrize(("path", "fails"), [(page("b"), 0), ("/", 1), ("/robots.txt", 1)])
def test_a_publisher_that_asks_for_peace_is_left_in_peace(scheduled: Scheduled, path: str, fails: int) -> None:
    name = f"peace{len(path)}"
    with site_of("abc") as site:
        site.answers[path] = 429
        site.retry_after[path] = "3600"
        for source in (name, f"{name}-too"):
            scheduled.write_source(source, site, "delay = 0.3")
        result = scheduled.crawl(name, scheduled.claim(name))
        assert (result.state, result.unavailable) == ("done", True)
        assert "the publisher of 127." in result.reason
        assert site.asked.index(path) == len(site.asked) - 1, "nothing after it"
        outcomes = scheduled.urls(name)
        assert outcomes.pop(path, "failed") == "failed"
        assert set(outcomes.values()) <= {"stored", "pending"}
        state, later = scheduled.state(name), datetime.now(UTC) + timedelta(hours=1)
        assert abs(state["due_at"] - later) < timedelta(minutes=1)
        assert (state["fails"] if fails else state.get("fails", 0)) == fails

        asked = len(site.asked)
        other = scheduled.crawl(f"{name}-too", scheduled.claim(f"{name}-too"))
        assert (len(site.asked), other.requests, other.unavailable) == (asked, 0, True)
        assert "asks for peace until" in other.reason
        state = scheduled.state(f"{name}-too")
        assert abs(state["due_at"] - later) < timedelta(minutes=1)
        assert "discovered_at" not in state

        site.answers.clear()
        domain = site.url[7:].partition(":")[0]
        scheduled.do(end_peace, scheduled, domain)
        for source in (name, f"{name}-too"):
            scheduled.do(scheduled.store.sources.make_due, source, datetime.now(UTC))
        assert scheduled.crawl(name, scheduled.claim(name)).state == "done"
        assert list(scheduled.urls(name).values()) == ["stored"] * 3


async def end_peace(scheduled: Scheduled, domain: str) -> None:
    past = {"peace_until": datetime.now(UTC) - timedelta(seconds=1)}
    await scheduled.store.connection.database.hosts.update_one({"_id": domain}, {"$set": past})


def test_a_source_whose_domain_is_busy_is_put_back(scheduled: Scheduled) -> None:
    with site_of("a") as site:
        site.gates[page("a")] = threading.Event()
        for source in ("busy", "busy-too"):
            scheduled.write_source(source, site)
        first = begun(lambda: scheduled.crawl("busy", scheduled.claim("busy")))
        until(lambda: site.reports_asked)
        number = scheduled.do(scheduled.store.sources.ask, "busy-too", 100)
        assert scheduled.crawl("busy-too", scheduled.claim("busy-too")) is None
        state = scheduled.state("busy-too")
        assert ("claim" in state, state["priority"], state.get("answered", 0)) == (False, 100, 0)
        assert state["due_at"] - datetime.now(UTC) < timedelta(seconds=1)
        site.gates[page("a")].set()
        assert first().state == "done"
        until(lambda: scheduled.do(scheduled.store.sources.claim, ["busy-too"], 1, 0.0))
        assert scheduled.crawl("busy-too", scheduled.state("busy-too")["fence"]).state == "done"
        assert scheduled.state("busy-too")["answered"] == number

        domain = site.url[7:].partition(":")[0]
        scheduled.do(scheduled.store.leases.acquire, domain, "by hand")
        scheduled.do(scheduled.store.sources.make_due, "busy", datetime.now(UTC))
        assert scheduled.crawl("busy", scheduled.claim("busy")) is None
        assert scheduled.crawls("busy")[0]["state"] == "done", "no other crawl was begun"
