from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from bson import decode, encode
from bson.codec_options import CodecOptions

from newscrawl.discovery.hints import Hints
from newscrawl.schedule.rhythm import (
    JITTER,
    LEAST_PRICE,
    Bounds,
    Rhythm,
    demand,
    learn,
    next_poll,
    price_for,
    when_pushed,
)
from newscrawl.spiders.polls import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
BOUNDS = Bounds(floor=timedelta(minutes=1), ceiling=timedelta(hours=6))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def watched(
    publishes: Callable[[datetime], bool], days: float, *, every: timedelta = 10 * MINUTE, hints: Hints | None = None
) -> Rhythm:
    """The rhythm of a feed that was asked every so often, and had something new where `publishes` says so."""
    rhythm = Rhythm()
    for k in range(int(days * DAY / every) + 1):
        at = START + k * every
        new = (at,) if publishes(at) and k else ()
        outcome = "new" if new else "same"
        rhythm = learn(rhythm, Poll(at=at, outcome=outcome, appeared=new, hints=hints or Hints()), BOUNDS)  # type: ignore[arg-type]
    return rhythm


def always(at: datetime) -> bool:
    return True


def never(at: datetime) -> bool:
    return False


def interval(rhythm: Rhythm, at: datetime, bounds: Bounds = BOUNDS, **options: float) -> timedelta:
    return next_poll(rhythm, at, bounds, 0.5, **options) - at  # type: ignore[arg-type]


def test_more_reports_more_polls_but_less_than_in_proportion() -> None:
    often, seldom = watched(lambda at: at.minute % 20 == 0, 14), watched(lambda at: at.hour % 12 == 0 == at.minute, 14)
    now = START + 14 * DAY
    ratio = interval(seldom, now + 6 * HOUR) / interval(often, now + 6 * HOUR)
    assert 3 < ratio < 36


def test_hours_and_the_weekend_are_learned() -> None:
    rhythm = watched(lambda at: at.weekday() < 5 and 8 <= at.hour < 18, 28)
    monday, saturday = START + 28 * DAY, START + 33 * DAY
    noon = interval(rhythm, monday + 12 * HOUR)
    assert interval(rhythm, monday + 1 * HOUR) > 3 * noon
    assert interval(rhythm, saturday + 12 * HOUR) > 2 * noon


def test_a_quiet_night_ends_in_the_morning() -> None:
    rhythm = watched(lambda at: 8 <= at.hour < 20, 28)
    late = START + 28 * DAY + 7 * HOUR + 50 * MINUTE
    assert interval(rhythm, late) < interval(rhythm, late - 5 * HOUR)


def test_a_change_of_rate_is_followed_within_hours_and_a_burst_at_once() -> None:
    rhythm = watched(lambda at: at.hour % 6 == 0 == at.minute, 14)
    now = START + 14 * DAY + 10 * HOUR
    usual = interval(rhythm, now)
    for k in range(1, 25):
        at = START + 14 * DAY + 10 * HOUR + k * 5 * MINUTE
        rhythm = learn(rhythm, Poll(at=at, outcome="new", appeared=(at,)), BOUNDS)
    assert interval(rhythm, at) < usual / 2
    assert interval(rhythm, at) < interval(rhythm, at + 12 * HOUR)


def test_a_stated_hour_is_a_first_guess_that_gives_way_to_what_is_seen() -> None:
    ttl = Hints(every=3600.0)
    first = learn(Rhythm(), Poll(at=START, outcome="same", hints=ttl), BOUNDS)
    unstated = learn(Rhythm(), Poll(at=START, outcome="same"), BOUNDS)
    assert interval(first, START) > 2 * interval(unstated, START)
    busy = watched(always, 1, every=2 * MINUTE, hints=ttl)
    assert interval(busy, START + DAY) < 2 * MINUTE


def test_an_answer_without_the_feed_leaves_what_the_feed_has_said() -> None:
    said = Hints(every=3600.0, skip_days=(6,), hub="http://hub.example/")
    rhythm = learn(Rhythm(), Poll(at=START, outcome="same", hints=said), BOUNDS)
    rhythm = learn(rhythm, Poll(at=START + HOUR, outcome="not modified", hints=Hints(max_age=60.0)), BOUNDS)
    assert rhythm.hints == Hints(every=3600.0, skip_days=(6,), hub="http://hub.example/", max_age=60.0)
    assert learn(rhythm, Poll(at=START + 2 * HOUR, outcome="same"), BOUNDS).hints == Hints()


def test_hours_to_skip_are_quiet_until_seen_otherwise() -> None:
    skip = Hints(skip_hours=tuple(range(6)))
    first = learn(Rhythm(), Poll(at=START, outcome="same", hints=skip), BOUNDS)
    assert interval(first, START) > 2 * interval(first, START + 12 * HOUR)
    seen = watched(lambda at: at.minute == 0, 14, hints=skip)
    assert interval(seen, START + 14 * DAY) < 1.3 * interval(seen, START + 14 * DAY + 12 * HOUR)


def test_the_dates_of_a_first_answer_count() -> None:
    dates = tuple(START - k * 15 * MINUTE for k in range(40))
    busy = learn(Rhythm(), Poll(at=START, outcome="new", appeared=dates), BOUNDS)
    unknown = learn(Rhythm(), Poll(at=START, outcome="new"), BOUNDS)
    stamped = learn(Rhythm(), Poll(at=START, outcome="new", appeared=(START,) * 40), BOUNDS)
    assert interval(busy, START) < interval(unknown, START) / 2
    assert interval(stamped, START) == interval(unknown, START)


def first_answer(*dates: datetime) -> Rhythm:
    return learn(Rhythm(), Poll(at=START, outcome="new", appeared=dates), BOUNDS)


def test_a_first_answer_whose_reports_are_all_old_is_of_a_rare_endpoint() -> None:
    unknown = interval(Rhythm(), START)
    assert interval(first_answer(START - 10 * DAY), START) > 3 * unknown
    assert interval(first_answer(*(START - (100 + k) * DAY for k in range(30))), START) > 3 * unknown


def test_an_old_report_that_is_kept_on_top_does_not_make_an_endpoint_look_rare() -> None:
    dates = [START - k * 15 * MINUTE for k in range(40)]
    usual = interval(first_answer(*dates), START)
    for age in (20, 400):
        assert interval(first_answer(*dates, START - age * DAY), START) == pytest.approx(usual, rel=0.05)  # type: ignore[comparison-overlap]


def test_dates_without_a_time_say_how_many_but_not_at_which_hour() -> None:
    days = [START - (k // 10) * DAY for k in range(60)]
    rhythm = first_answer(*days)
    assert 9 < sum(rhythm.hours) / sum(rhythm.hours_watched) * 86_400 < 13
    assert max(rhythm.hours) < 2 * min(rhythm.hours)


def test_failures_back_off_to_a_day_and_are_forgotten_at_the_first_answer() -> None:
    rhythm = watched(lambda at: at.minute == 0, 2)
    before = interval(rhythm, START + 2 * DAY)
    pauses = []
    for _ in range(20):
        rhythm = learn(rhythm, Poll(at=START + 2 * DAY, outcome="failed"), BOUNDS)
        pauses.append(interval(rhythm, START + 2 * DAY))
    assert pauses[:3] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE]
    assert pauses[-1] == DAY
    rhythm = learn(rhythm, Poll(at=START + 2 * DAY + MINUTE, outcome="not modified"), BOUNDS)
    assert interval(rhythm, START + 2 * DAY + MINUTE) < before * 1.2


@pytest.mark.parametrize("outcome", ["failed", "same"])
def test_retry_after_binds_beyond_the_ceiling_but_not_for_ever(outcome: str) -> None:
    for seconds, rest in ((20 * 3600.0, 20 * HOUR), (1e12, 7 * DAY)):
        poll = Poll(at=START, outcome=outcome, retry_after=seconds)  # type: ignore[arg-type]
        assert interval(learn(Rhythm(), poll, BOUNDS), START) == max(rest, 5 * MINUTE)


def test_polls_stay_between_floor_and_ceiling() -> None:
    busy, dead = watched(always, 1, every=MINUTE), watched(never, 28, every=HOUR)
    bounds = Bounds(floor=5 * MINUTE, ceiling=30 * MINUTE)
    assert interval(busy, START + DAY, bounds) == 5 * MINUTE
    assert 27 * MINUTE <= interval(dead, START + 28 * DAY, bounds) <= 30 * MINUTE


def test_jitter_is_what_chance_says_and_stays_below_the_ceiling() -> None:
    rhythm, bounds = watched(never, 28, every=HOUR), Bounds(floor=MINUTE, ceiling=30 * MINUTE)
    now = START + 28 * DAY
    early, late = (next_poll(rhythm, now, bounds, chance) - now for chance in (0.0, 1.0))
    assert late == bounds.ceiling
    assert early / late == pytest.approx((1 - JITTER) / (1 + JITTER))


def test_a_hub_spares_polls_and_its_push_is_due_at_once_but_not_below_the_floor() -> None:
    rhythm = watched(always, 1)
    now = START + DAY
    assert next_poll(rhythm, now, BOUNDS, 0.5, pushed=True) > now + BOUNDS.ceiling * 0.8
    assert when_pushed(rhythm, now + HOUR, BOUNDS) == now + HOUR
    assert when_pushed(rhythm, now, BOUNDS) == now + BOUNDS.floor
    resting = learn(rhythm, Poll(at=now + MINUTE, outcome="failed", retry_after=7200.0), BOUNDS)
    assert when_pushed(resting, now + HOUR, BOUNDS) == now + MINUTE + 2 * HOUR


def test_the_price_makes_all_polls_fit() -> None:
    chance = random.Random(1)
    at_times = [lambda at, p=p: chance.random() < p and at is not None for p in (0.0, 0.02, 0.1, 0.3, 0.6)]
    rhythms = [watched(publishes, 3) for publishes in at_times]
    price = 5.0
    for _ in range(5):
        price = price_for(sum(demand(one, BOUNDS, price) for one in rhythms), 0.01)
    assert price > LEAST_PRICE
    polls = 0
    for one in rhythms:
        at = START + 3 * DAY
        while at < START + 10 * DAY:
            at, polls = next_poll(one, at, BOUNDS, 0.5, price=price), polls + 1
    assert polls / (7 * 86_400) == pytest.approx(0.01, rel=0.15)


def test_what_is_planned_for_a_working_day_does_not_count_on_the_weekend() -> None:
    rhythm = watched(lambda at: at.weekday() >= 5 and at.minute % 20 == 0, 28)
    friday, saturday = (learn(rhythm, Poll(at=START + n * DAY, outcome="same"), BOUNDS) for n in (32, 33))
    assert demand(saturday, BOUNDS) > 2 * demand(friday, BOUNDS)


def test_few_sources_do_not_use_up_all_polls() -> None:
    assert price_for(demand(Rhythm(), BOUNDS), 2.0) == LEAST_PRICE


def test_the_clock_may_go_back_and_dates_may_lie() -> None:
    rhythm = watched(lambda at: at.minute == 0, 2)
    now = START + 2 * DAY
    back = learn(rhythm, Poll(at=now - HOUR, outcome="new", appeared=(now,)), BOUNDS)
    assert back.hours == rhythm.hours
    odd = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    lied = learn(rhythm, Poll(at=now + 5 * MINUTE, outcome="new", appeared=odd), BOUNDS)
    assert sum(lied.hours) == pytest.approx(sum(rhythm.hours) + 2, rel=0.01)


def test_a_rhythm_survives_the_database() -> None:
    hints = Hints(max_age=60.0, every=3600.0, skip_hours=(1,), skip_days=(6,), hub="http://hub.example/", topic="x")
    rhythm = watched(lambda at: at.minute == 0, 1, hints=hints)
    rhythm = learn(rhythm, Poll(at=START + DAY + MINUTE, outcome="failed", retry_after=600.0), BOUNDS)
    stored = encode(rhythm.to_document())
    assert len(stored) < 1500
    assert Rhythm.from_document(decode(stored, CodecOptions(tz_aware=True, tzinfo=UTC))) == rhythm
    assert Rhythm.from_document(None) == Rhythm()
    assert json.dumps(Rhythm().to_document())
