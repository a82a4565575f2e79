from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.health.judge import Verdict, accept, observe, reject, verdict
from newscrawl.health.observations import CrawlFacts, Observations, Sample, Trouble

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
FLAGS = frozenset({"headline", "headline_own", "authors", "published_at", "published_own", "in_feed"})


def report(at: datetime, dice: random.Random, *, flags: frozenset[str] = FLAGS, words: float = 1) -> Sample:
    return Sample(at=at, kind="report", flags=flags, words=int(words * 400 * dice.lognormvariate(0, 0.4)))


def healthy(seen: Observations, *, days: int = 28, begin: datetime = MONDAY) -> datetime:
    """Eight reports a day, one every three hours."""
    dice = random.Random(1)
    at = begin
    while at < begin + timedelta(days=days):
        said = observe(seen, CrawlFacts(at=at, samples=(report(at, dice),), found=1))
        assert not said.alarm, said
        at += timedelta(hours=3)
    return at


def after_fault(seen: Observations, at: datetime, sample: object, number: int = 20) -> tuple[Verdict, int]:
    """The state once it is an alarm, and how many reports that took."""
    dice = random.Random(2)
    for count in range(1, number + 1):
        said = observe(seen, CrawlFacts(at=at, samples=(sample(at, dice),), found=1))  # type: ignore[operator]
        if said.alarm:
            return said, count
        at += timedelta(hours=3)
    return said, number


@pytest.mark.parametrize(
    ("state", "word", "fault"),
    [
        ("drifting", "without authors", lambda at, dice: report(at, dice, flags=FLAGS - {"authors"})),
        ("drifting", "headline", lambda at, dice: report(at, dice, flags=FLAGS - {"headline_own"})),
        ("drifting", "short", lambda at, dice: report(at, dice, words=0.15)),
        ("drifting", "long", lambda at, dice: report(at, dice, words=6)),
        ("drifting", "lines", lambda at, dice: report(at, dice, flags=FLAGS | {"furnished"})),
        ("drifting", "no report", lambda at, _: Sample(at=at, kind="rejected")),
        ("blocked", "consent", lambda at, _: Sample(at=at, kind="wall")),
        ("blocked", "refused", lambda at, _: Sample(at=at, kind="blocked")),
        ("failing", "moved to other.example", lambda at, _: Sample(at=at, kind="moved", target="other.example")),
        ("failing", "in no feed", lambda at, dice: report(at, dice, flags=FLAGS - {"in_feed"})),
    ],
)
def test_a_break_is_found_within_twenty_reports(state: str, word: str, fault: object) -> None:
    seen = Observations()
    said, number = after_fault(seen, healthy(seen), fault)
    assert (said.state, said.alarm) == (state, True)
    assert word in said.reason
    assert number < 20


def test_silence_is_quiet_and_an_alarm_only_far_beyond_the_longest() -> None:
    seen = Observations()
    last = healthy(seen)
    assert verdict(seen, last + timedelta(hours=6)).state == "fresh"
    said = verdict(seen, last + timedelta(days=3))
    assert (said.state, said.alarm) == ("quiet", False)
    assert "3 days" in said.reason
    assert verdict(seen, last + timedelta(days=30)).alarm


def test_an_outage_is_told_after_an_hour_and_ends() -> None:
    seen = Observations()
    at = healthy(seen)
    facts = [
        CrawlFacts(at=at + timedelta(minutes=m), trouble=Trouble(kind="blocked", reason="http 403"))
        for m in (0, 10, 20, 70)
    ]
    assert [observe(seen, one).state for one in facts] == ["fresh", "fresh", "fresh", "blocked"]
    assert observe(seen, CrawlFacts(at=at + timedelta(hours=2))).state == "fresh"


def test_who_has_moved_is_failing_and_says_where() -> None:
    seen = Observations()
    at = healthy(seen)
    trouble = Trouble(kind="moved", reason="redirects to another site", target="other.example")
    for hours in range(3):
        said = observe(seen, CrawlFacts(at=at + timedelta(hours=hours), trouble=trouble))
    assert said.state == "failing"
    assert said.reason.startswith("moved to other.example")


def test_half_and_double_output_and_a_surviving_redesign_are_no_alarm() -> None:
    seen, dice = Observations(), random.Random(3)
    at = healthy(seen)
    for hour in range(14 * 24):
        number = 2 if hour < 7 * 24 else dice.random() < 1 / 6
        samples = tuple(report(at, dice, words=1.1) for _ in range(int(number) if hour % 3 == 0 else 0))
        said = observe(seen, CrawlFacts(at=at, samples=samples, found=len(samples)))
        assert not said.alarm, said
        at += timedelta(hours=1)


def drifting() -> tuple[Observations, datetime]:
    seen = Observations()
    at = healthy(seen)
    after_fault(seen, at, lambda at, dice: report(at, dice, flags=FLAGS - {"authors"}))
    assert seen.alarms
    return seen, at + timedelta(days=3)


def test_what_is_accepted_is_normal() -> None:
    seen, at = drifting()
    accept(seen, at)
    dice = random.Random(4)
    for hour in range(0, 24 * 28, 3):
        now = at + timedelta(hours=hour)
        said = observe(seen, CrawlFacts(at=now, samples=(report(now, dice, flags=FLAGS - {"authors"}),), found=1))
        assert said.state == "fresh", said


def test_what_is_rejected_is_found_again() -> None:
    seen, at = drifting()
    reject(seen)
    said, number = after_fault(seen, at, lambda at, dice: report(at, dice, flags=FLAGS - {"authors"}))
    assert (said.state, number < 20) == ("drifting", True)


def test_an_alarm_ends_by_itself_where_the_site_is_mended() -> None:
    seen, at = drifting()
    dice = random.Random(5)
    for hour in range(0, 60, 3):
        now = at + timedelta(hours=hour)
        said = observe(seen, CrawlFacts(at=now, samples=(report(now, dice),), found=1))
    assert said.state == "fresh"


def test_the_document_is_small_and_comes_back_as_it_was() -> None:
    seen, _ = drifting()
    seen = Observations.from_document(seen.to_document())  # the week is rounded
    document = seen.to_document()
    assert Observations.from_document(document) == seen
    assert len(str(document)) < 40_000
