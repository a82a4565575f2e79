from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.health.judge import Verdict, observe
from newscrawl.health.observations import Alarm, CrawlFacts, Observations, Sample, Trouble
from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Report
from newscrawl.store.observations import Glance

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FRESH = Verdict(state="fresh", reason="last new report 2 hours ago")
DRIFTING = Verdict(state="drifting", reason="without authors: 12 of the last 12, before 2%", alarm=True)


def drifting() -> Observations:
    seen = Observations(first_at=NOW)
    observe(seen, CrawlFacts(at=NOW, samples=(Sample(at=NOW, kind="report", words=3),), found=1))
    seen.alarms["authors"] = Alarm(feature="authors", since=NOW, at=NOW, usual=0.0, now=1.0, reason="without authors")
    return seen


async def test_what_is_remembered_comes_back(store: Store) -> None:
    seen = drifting()
    seen.down, seen.down_since, seen.down_crawls = Trouble(kind="failing", reason="timeout"), NOW, 2
    await store.observations.save("paper", seen, DRIFTING, NOW)
    assert await store.observations.load("paper") == seen
    assert [source for source, _, _ in await store.observations.all()] == ["paper"]
    assert await store.observations.glance("paper", NOW) == Glance(drifting=True, calm=False)
    seen.down, seen.down_since, seen.down_crawls, seen.alarms = None, None, 0, {}
    await store.observations.save("paper", seen, FRESH, NOW)
    assert await store.observations.load("paper") == seen
    assert await store.observations.glance("paper", NOW) == Glance(drifting=False, calm=True)
    assert not (await store.observations.glance("paper", NOW + timedelta(hours=1))).calm


async def test_a_change_is_told_once(store: Store) -> None:
    await store.observations.save("paper", Observations(), FRESH, NOW)
    claim = store.observations.claim_telling
    assert await claim("paper", FRESH) is None  # nobody was worried
    assert [await claim("paper", DRIFTING), await claim("paper", DRIFTING)] == ["well", None]
    assert [await claim("paper", FRESH), await claim("paper", FRESH)] == ["drifting", None]


async def test_marks_are_set_once_and_taken_away(store: Store) -> None:
    for number in (1, 2):
        url, body = f"https://a.example/{number}", f"Text {number}"
        report = Report(id=report_id(url), url=url, source="paper", body=body, content_hash=content_hash(None, body),
                        first_seen_at=NOW + timedelta(hours=number), fetched_at=NOW)  # fmt: skip
        await store.reports.save([report])
    since = NOW + timedelta(hours=2)
    assert [await store.observations.suspect("paper", since) for _ in range(2)] == [1, 0]
    assert await store.observations.count_suspects() == {"paper": 1}
    assert await store.observations.trust("paper") == 1
    assert await store.observations.count_suspects() == {}


async def test_settled_either_way_the_alarms_end(store: Store) -> None:
    for as_normal in (True, False):
        await store.observations.save("paper", drifting(), DRIFTING, NOW)
        assert await store.observations.settle("paper", NOW, as_normal=as_normal)
        assert not (await store.observations.load("paper")).alarms
        assert not (await store.observations.glance("paper", NOW)).drifting
    assert not await store.observations.settle("nobody", NOW, as_normal=True)
