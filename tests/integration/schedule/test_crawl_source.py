from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

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
