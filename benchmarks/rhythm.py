"""How soon reports are stored after they appear, and at what cost: the rhythm on simulated webs, and fixed 5 minutes.

    python -m benchmarks.rhythm [WEB...] [--sources 500] [--days 7] [--learn 14] [--seeds 2] [--polls-per-second 2]

A web is a list of sources, each with the times at which its reports appear; the clock is simulated. Webs differ in how
rates are spread, in the hours at which sources publish, in bursts and batches: `WEBS`. The price of a poll follows the
demand, as in the schedule. A report counts as stored `SECONDS_TO_STORE` after the poll that finds it. The first two
days, when little is learned yet, are reported apart; the goals are for the days after `--learn`.

With fewer sources than 500 the polls allowed are fewer in proportion.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import sys
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.discovery.hints import Hints
from newscrawl.schedule.rhythm import JITTER, PRICE, Bounds, Rhythm, _worth, demand, learn, next_poll, price_for
from newscrawl.spiders.polls import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    Shape = Callable[[float, int], float]

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
DAY = 86_400.0
BOUNDS = Bounds()
SECONDS_TO_STORE = 3.0
"""Feed, the polite second, page, extraction, batch."""
PRICE_EVERY = 600.0

GOALS = {"p50": 45.0, "p95": 160.0, "24 and more": 180.0, "2 to 24": 900.0, "fewer": 3600.0}


@dataclass(kw_only=True)
class Source:
    """When its reports appear: seconds from `START`, in order; negative ones are what its feed lists at first."""

    rate: float
    appears: list[float]
    truth: list[float]
    """The rate that made them, in reports a second, by the hour from `START`."""
    dated: bool = True
    listed: int = 30
    """Reports that its feed lists."""
    hints: Hints = field(default_factory=Hints)


# -- webs --------------------------------------------------------------------------------------------------------------


def flat(hour: float, day: int) -> float:  # noqa: ARG001
    return 1.0


def daily(depth: float, weekend: float) -> Shape:
    """Most at 13 o'clock, least at 1."""
    return lambda hour, day: (1.0 - depth * math.cos((hour - 1) / 24 * 2 * math.pi)) * (weekend if day >= 5 else 1.0)


def office(begin: float, end: float, rest: float, weekend: float) -> Shape:
    return lambda hour, day: (1.0 if begin <= hour < end else rest) * (weekend if day >= 5 else 1.0)


def two_peaks(hour: float, day: int) -> float:
    """A morning paper: a sharp peak at 6, a broad one at 18."""
    peaks = 4 * math.exp(-(((hour - 6) / 0.8) ** 2)) + math.exp(-(((hour - 18) / 3) ** 2))
    return (0.1 + peaks) * (0.6 if day >= 5 else 1.0)


SHAPES = [flat, daily(0.6, 0.8), daily(0.95, 0.5), office(8, 18, 0.1, 0.2), office(6, 23, 0.15, 0.8), two_peaks]


def make_source(
    rate: float,
    shape: Shape,
    days: int,
    chance: random.Random,
    *,
    zone: int = 0,
    batch: float = 1.0,
    follow: float = 0.0,
    level: Callable[[float], float] = lambda _: 1.0,
) -> Source:
    """A Poisson process of `rate * level(day)` reports a day with that shape by local hour.

    `batch`: reports that appear at one moment, in the mean. `follow`: how many further ones each sets off, in the mean,
    within half an hour or so (a Hawkes process). Both keep the rate.
    """
    week = [shape((h + zone) % 24, (h + zone) // 24 % 7) for h in range(168)]
    mean = sum(week) / 168
    before = -28 * 24
    rates = [rate * level(h / 24) * week[h % 168] / mean / 24 for h in range(before, days * 24)]
    found: list[float] = []
    for hour, per_hour in enumerate(rates, before):
        for _ in range(_poisson(per_hour * (1 - follow) / batch, chance)):
            generation = [hour * 3600.0 + chance.random() * 3600.0]
            while generation:
                found += generation
                generation = [
                    at + chance.expovariate(1 / 1800.0) for at in generation for _ in range(_poisson(follow, chance))
                ]
    if batch > 1:
        found = [at for at in found for _ in range(1 + _poisson(batch - 1, chance))]
    return Source(rate=rate, appears=sorted(found), truth=[one / 3600.0 for one in rates[-before:]])


def _poisson(mean: float, chance: random.Random) -> int:
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    count, product, least = 0, chance.random(), math.exp(-mean)
    while product > least:
        count, product = count + 1, product * chance.random()
    return count


def rates_between(least: float, most: float, count: int) -> list[float]:
    """Evenly by magnitude."""
    return [least * (most / least) ** ((i + 0.5) / count) for i in range(count)]


def rates_of(count: int) -> list[float]:
    """As in the goal."""
    return rates_between(0.2, 200, count)


def poisson_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Flat all day: nothing can be won but by rate."""
    return [make_source(rate, flat, days, chance) for rate in rates_of(count)]


def daily_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """One country: all sleep at once."""
    return [make_source(rate, daily(0.8, 0.7), days, chance) for rate in rates_of(count)]


def office_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Desks that work 17 hours, less at the weekend, in zones from America to Asia."""
    shape = office(6, 23, 0.05, 0.5)
    return [make_source(rate, shape, days, chance, zone=some_zone(chance)) for rate in rates_of(count)]


def mixed_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """All shapes, zones, some bursts and batches, a fifth without dates."""
    web = []
    for rate in rates_of(count):
        batch, follow = chance.choice([1, 1, 1, 2]), chance.choice([0, 0, 0.3])
        shape, zone = chance.choice(SHAPES), some_zone(chance)
        web.append(make_source(rate, shape, days, chance, zone=zone, batch=batch, follow=follow))
        web[-1].dated = chance.random() < 0.8
    return web


def bursty_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Half of all reports follow another one within the hour."""
    shape = daily(0.6, 0.8)
    return [make_source(rate, shape, days, chance, zone=some_zone(chance), follow=0.5) for rate in rates_of(count)]


def batches_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Five reports at once."""
    shape = daily(0.6, 0.8)
    return [make_source(rate, shape, days, chance, zone=some_zone(chance), batch=5) for rate in rates_of(count)]


def changing_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Every source changes its rate up to five times up or down about every five days."""
    web = []
    for rate in rates_of(count):
        steps, phase = (
            [min(200 / rate, max(0.2 / rate, 5 ** chance.uniform(-1, 1))) for _ in range(40)],
            chance.random(),
        )
        level = lambda day, steps=steps, phase=phase: steps[int((day + 28) / 5 + phase) % 40]  # noqa: E731
        web.append(make_source(rate, chance.choice(SHAPES), days, chance, zone=some_zone(chance), level=level))
    return web


def lognormal_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Rates lognormal about 12 a day: few sources have most of the reports."""
    rates = [min(200, max(0.2, 12 * math.exp(chance.gauss(0, 1.2)))) for _ in range(count)]
    return [make_source(rate, chance.choice(SHAPES), days, chance, zone=some_zone(chance)) for rate in rates]


def hourly_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """Feeds without dates that all state a ttl of an hour, whatever they do."""
    web = mixed_web(count, days, chance)
    for source in web:
        source.hints, source.dated = Hints(every=3600.0), False
    return web


def unlike_web(count: int, days: int, chance: random.Random) -> list[Source]:
    """What no rule was fitted to: other spreads of rates and desks, busy and quiet weeks, full quarters."""
    web = []
    for middle in rates_of(count):
        begin, length = chance.uniform(4, 11), chance.uniform(6, 19)
        rest, weekend = chance.uniform(0, 0.5), chance.uniform(0, 1.2)
        shape = office(begin, begin + length, rest, weekend)
        weeks = [math.exp(chance.gauss(-0.245, 0.7)) for _ in range(days // 7 + 6)]
        level = lambda day, weeks=weeks: weeks[int(day + 28) // 7]  # noqa: E731
        rate = middle * math.exp(chance.gauss(-0.125, 0.5))
        zone = chance.randrange(24)
        web.append(make_source(rate, shape, days, chance, zone=zone, follow=chance.uniform(0, 0.5), level=level))
        web[-1].listed, web[-1].dated = chance.choice([10, 20, 50, 100]), chance.random() < 0.7
        if chance.random() < 0.3:
            web[-1].appears = [round(at / 900) * 900 + chance.random() for at in web[-1].appears]
            web[-1].appears.sort()
    return web


def some_zone(chance: random.Random) -> int:
    """Hours from UTC."""
    return chance.randrange(-8, 11)


WEBS = {
    "poisson": poisson_web,
    "daily": daily_web,
    "office": office_web,
    "mixed": mixed_web,
    "bursty": bursty_web,
    "batches": batches_web,
    "changing": changing_web,
    "lognormal": lognormal_web,
    "ttl": hourly_web,
    "unlike": unlike_web,
}


# -- the clock ---------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Result:
    polls: list[float] = field(default_factory=list)
    delays: list[tuple[float, float, float]] = field(default_factory=list)
    """(when it appeared, rate of its source, seconds until stored)."""
    prices: list[float] = field(default_factory=list)


def run_rhythm(web: list[Source], days: float, polls_per_second: float, chance: random.Random) -> Result:
    """Ask all sources by their rhythm."""
    result, price = Result(), PRICE
    rhythms = [Rhythm() for _ in web]
    # A new schedule meets its sources one after the other.
    due = [(chance.random() * 300.0, i) for i in range(len(web))]
    heapq.heapify(due)
    before: list[float | None] = [None] * len(web)
    price_at = 0.0
    while due[0][0] < days * DAY:
        now, i = due[0]
        if now >= price_at:
            demands = sum(demand(rhythm, BOUNDS, price) for rhythm in rhythms)
            price, price_at = price_for(demands, polls_per_second), price_at + PRICE_EVERY
            result.prices.append(price)
        source, at = web[i], START + timedelta(seconds=now)
        end = bisect_right(source.appears, now)
        since = before[i]
        begin = max(0, end - source.listed) if since is None else bisect_right(source.appears, since)
        fresh = source.appears[begin:end]
        if since is not None:
            result.delays += [(one, source.rate, now - one + SECONDS_TO_STORE) for one in fresh]
        times = tuple(START + timedelta(seconds=one) for one in fresh) if source.dated else (at,) * len(fresh)
        poll = Poll(at=at, outcome="new" if fresh else "not modified", appeared=times, hints=source.hints)
        rhythms[i] = learn(rhythms[i], poll, BOUNDS)
        before[i] = now
        result.polls.append(now)
        next_at = next_poll(rhythms[i], at, BOUNDS, chance.random(), price=price)
        heapq.heapreplace(due, ((next_at - START).total_seconds(), i))
    return result


def run_known(web: list[Source], days: float, polls_per_second: float, chance: random.Random) -> Result:
    """The same rule with the true rates, which nobody knows: what is lost to that is lost by the estimate."""
    least, most = 0.01, 10_000.0
    for _ in range(40):
        price = math.sqrt(least * most)
        polls = sum(frequency(rate, price) for source in web for rate in source.truth) / len(web[0].truth)
        least, most = (price, most) if polls > polls_per_second else (least, price)
    result = Result()
    for source in web:
        now, seen = chance.random() * 300.0, bisect_left(source.appears, 0.0)
        while now < days * DAY:
            result.polls.append(now)
            end = bisect_right(source.appears, now)
            result.delays += [(at, source.rate, now - at + SECONDS_TO_STORE) for at in source.appears[seen:end]]
            seen = end
            left = chance.uniform(1.0 - JITTER, 1.0 + JITTER)
            while now < days * DAY and left > 0:
                step = min(
                    left / (often := frequency(source.truth[int(now / 3600)], price)), 3600.0 - now % 3600 + 0.001
                )
                now, left = now + step, left - step * often - 1e-9
    return result


def frequency(rate: float, price: float) -> float:
    """Polls a second."""
    worth = _worth(rate) / price
    return min(max(worth, 1 / BOUNDS.ceiling.total_seconds()), 1 / BOUNDS.floor.total_seconds())


def run_fixed(web: list[Source], days: float, chance: random.Random, interval: float = 300.0) -> Result:
    """Ask all sources every 5 minutes."""
    result = Result()
    for source in web:
        phase = chance.random() * interval
        for one in source.appears[bisect_left(source.appears, 0.0) :]:
            wait = (phase - one) % interval
            result.delays.append((one, source.rate, wait + SECONDS_TO_STORE))
        result.polls += [phase + k * interval for k in range(int(days * DAY / interval))]
    return result


# -- figures -----------------------------------------------------------------------------------------------------------


def percentile(values: list[float], share: float) -> float:
    """Of sorted values; not a number where there are none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else math.nan


def figures(result: Result, begin: float, end: float) -> dict[str, float]:
    """Of what appeared between two days."""
    inside = [(rate, delay) for at, rate, delay in result.delays if begin * DAY <= at < end * DAY]
    waits = sorted(delay for _, delay in inside)
    polls = [at for at in result.polls if begin * DAY <= at < end * DAY]
    return {
        "polls/s": len(polls) / ((end - begin) * DAY),
        "mean": sum(waits) / max(1, len(waits)),
        "p50": percentile(waits, 0.5),
        "p95": percentile(waits, 0.95),
        "24 and more": percentile(sorted(d for rate, d in inside if rate >= 24), 0.95),
        "2 to 24": percentile(sorted(d for rate, d in inside if 2 <= rate < 24), 0.95),
        "fewer": percentile(sorted(d for rate, d in inside if rate < 2), 0.95),
    }


def main() -> None:
    """Run the webs and print their figures beside the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("webs", nargs="*", default=list(WEBS), metavar="WEB", help=", ".join(WEBS))
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--learn", type=int, default=14)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--polls-per-second", type=float, default=2.0)
    options = parser.parse_args()
    allowed = options.polls_per_second * options.sources / 500
    names = ["polls/s", "mean", *GOALS]
    print(f"{'web':<12}{'':<22}" + "".join(f"{name:>13}" for name in names) + f"{'price':>8}{'CPU us':>8}")
    print(f"{'goal':<34}{allowed:>13.2f}{'':>13}" + "".join(f"{goal:>13.0f}" for goal in GOALS.values()))
    missed = 0
    for name in options.webs:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            missed += show(name, seed, options.sources, options.learn, options.days, allowed)
    sys.exit(1 if missed else 0)


def show(name: str, seed: int, count: int, learn_days: int, days: int, allowed: float) -> int:
    """Run one web; returns how many goals it misses."""
    end = learn_days + days
    web = WEBS[name](count, end, random.Random(seed))
    fixed = run_fixed(web, end, random.Random(seed))
    began = time.process_time()
    result = run_rhythm(web, end, allowed, random.Random(seed))
    cpu = (time.process_time() - began) / len(result.polls) * 1e6
    print_line(name, seed, "fixed 5 minutes", figures(fixed, learn_days, end))
    print_line(name, seed, "rates known", figures(run_known(web, end, allowed, random.Random(seed)), learn_days, end))
    print_line(name, seed, "first day", figures(result, 0, 1))
    if learn_days > 2:
        print_line(name, seed, "second day", figures(result, 1, 2))
    found = figures(result, learn_days, end)
    missed = [goal for goal, most in GOALS.items() if found[goal] > most]
    if found["polls/s"] > allowed:
        missed.append("polls/s")
    note = f"{result.prices[-1]:>8.2f}{cpu:>8.0f}  " + (f"misses {', '.join(missed)}" if missed else "")
    print_line(name, seed, f"from day {learn_days + 1} on", found, note)
    return len(missed)


def print_line(name: str, seed: int, what: str, found: dict[str, float], note: str = "") -> None:
    """One row of the table."""
    print(
        f"{name:<12}{seed:<3}{what:<19}{found['polls/s']:>13.3f}"
        + "".join(f"{v:>13.0f}" for k, v in found.items() if k != "polls/s")
        + note,
        flush=True,
    )


if __name__ == "__main__":
    main()
