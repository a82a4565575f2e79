"""Does health find what breaks, and leave alone what does not? Figures of issue 5, per kind of source and of fault.

    python -m benchmarks.health [--seeds 5] [--years 1] [--only KIND]

A simulator of its own makes the reports of a source hour by hour: rates of 0.2 to 200 a day with weekday, hour and day
effects, fields filled in 0 to 100 % of reports and unevenly between days, noisy body lengths, notes among long pieces.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.health.judge import accept, observe
from newscrawl.health.observations import CrawlFacts, Observations, Sample, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIELDS = ("authors", "published_at", "summary", "images", "sections", "keywords", "source_link")
GOAL_FOUND, GOAL_FALSE, WITHIN = 0.9, 0.5, 20


@dataclass(kw_only=True)
class Kind:
    """A kind of source."""

    name: str
    rate: float
    """Reports a day."""
    weekend: float = 0.5
    nights: bool = True
    """Whether it sleeps at night."""
    spread: float = 0.3
    """Of the rate between days, as the deviation of a logarithm."""
    weekly: bool = False
    """All reports of a week come in one morning."""
    season: bool = False
    notes: float = 0.0
    """Share of short notes."""
    noise: float = 0.5
    """Of body lengths."""
    uneven: float = 0.3
    """Of fill rates between days, in logits."""


KINDS = (
    Kind(name="agency, 200 a day", rate=200, weekend=0.7, notes=0.5, uneven=0.4),
    Kind(name="daily, 40 a day", rate=40),
    Kind(name="daily, notes and pieces", rate=25, notes=0.3, noise=0.8),
    Kind(name="local, 5 a day", rate=5, spread=0.5),
    Kind(name="weekdays only, 3 a day", rate=3, weekend=0.0),
    Kind(name="noisy, 12 a day", rate=12, spread=0.9, noise=1.0, uneven=1.0, notes=0.2),
    Kind(name="blog, 0.8 a day", rate=0.8, spread=0.8),
    Kind(name="slow, 0.2 a day", rate=0.2, spread=0.5, weekend=1.0),
    Kind(name="weekly magazine", rate=3, weekly=True),
    Kind(name="seasonal, 6 a day", rate=6, season=True),
)


class Site:
    """One source of a kind, drawn with a seed."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.kind = kind
        self.random = random.Random(f"{kind.name} {seed}")
        dice = self.random
        self.fill = {name: dice.choice((0.0, 0.1, 0.3, 0.6, 0.9, 0.97, 1.0, 1.0)) for name in FIELDS}
        self.fill["published_at"] = dice.choice((0.95, 1.0, 1.0))
        self.fill["authors"] = dice.choice((0.5, 0.8, 0.95, 1.0))
        self.own = {"headline": dice.choice((0.97, 1.0, 1.0)), "published_at": dice.choice((0.9, 1.0, 1.0))}
        self.feed = dice.choice((0.7, 0.95, 1.0))
        self.bad = {"rejected": dice.uniform(0, 0.12), "failed": dice.uniform(0, 0.03), "gone": dice.uniform(0, 0.02),
                    "wall": dice.choice((0, 0, 0.03)), "duplicate": dice.uniform(0, 0.05)}  # fmt: skip
        self.paywalled = dice.choice((0.0, 0.0, 0.2, 0.6))
        self.length, self.note = dice.uniform(250, 900), dice.uniform(40, 80)
        self.scale = 1.0
        self.volume = 1.0
        self.shift: dict[str, float] = {}
        self._day: int | None = None

    def hour(self, at: datetime, extra_notes: int = 0) -> list[Sample]:
        """The reports that one hour brings."""
        dice, kind = self.random, self.kind
        if at.date().toordinal() != self._day:
            self._day = at.date().toordinal()
            self.today = math.exp(dice.gauss(0, kind.spread) - kind.spread**2 / 2)
            self.shift = {name: dice.gauss(0, kind.uneven) for name in (*FIELDS, "notes")}
        if kind.weekly:
            wanted = kind.rate * 7 if (at.weekday(), at.hour) == (3, 6) else 0.0
        else:
            rate = kind.rate * 7 / (5 + 2 * kind.weekend) * (kind.weekend if at.weekday() >= 5 else 1.0)
            wanted = rate / 24 * ((0.2 if at.hour < 6 else 1.27) if kind.nights else 1.0)
        if kind.season and at.timetuple().tm_yday % 365 > 240:
            wanted *= 0.05
        number = _poisson(dice, wanted * self.today * self.volume)
        samples = [self.report(at, note=False) for _ in range(number)]
        return samples + [self.report(at, note=True) for _ in range(extra_notes)]

    def report(self, at: datetime, *, note: bool) -> Sample:
        dice = self.random
        for name, share in self.bad.items():
            if dice.random() < share:
                return Sample(at=at, kind=name)  # type: ignore[arg-type]
        flags = {"headline"}
        for name, share in self.fill.items():
            moved = (
                share if share in (0.0, 1.0) else 1 / (1 + math.exp(-math.log(share / (1 - share)) - self.shift[name]))
            )
            if dice.random() < moved:
                flags.add(name)
        if dice.random() < self.own["headline"]:
            flags.add("headline_own")
        if "published_at" in flags and dice.random() < self.own["published_at"]:
            flags.add("published_own")
        if dice.random() < self.feed:
            flags.add("in_feed")
        if dice.random() < self.paywalled:
            flags.add("paywalled")
        if dice.random() < 0.03:
            flags.add("furnished")
        short = note or dice.random() < self.kind.notes * math.exp(self.shift["notes"] / 2)
        # What breaks is told in shorter pieces; in notes where the source has notes at all.
        typical = self.note if short and self.kind.notes else self.length * (0.5 if short else 1)
        words = typical * self.scale * math.exp(dice.gauss(0, self.kind.noise * (0.5 if short else 1)))
        if words < 12:
            return Sample(at=at, kind="rejected")
        return Sample(at=at, kind="report", flags=frozenset(flags), words=int(words))


def _poisson(dice: random.Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(dice.gauss(mean, mean**0.5)))
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number


# -- faults ----------------------------------------------------------------------------------------------------------


def _without(*names: str) -> Callable[[Sample, random.Random], Sample]:
    return lambda s, _: replace(s, flags=s.flags - set(names)) if s.kind == "report" else s


def _words(change: Callable[[int], float]) -> Callable[[Sample, random.Random], Sample]:
    def apply(s: Sample, _: random.Random) -> Sample:
        words = int(change(s.words))
        if s.kind != "report":
            return s
        return replace(s, words=words) if words >= 12 else replace(s, kind="rejected", words=0)

    return apply


def _furniture(s: Sample, _: random.Random) -> Sample:
    return replace(s, words=s.words + 150, flags=s.flags | {"furnished"}) if s.kind == "report" else s


def _as(kind: str, share: float = 1.0) -> Callable[[Sample, random.Random], Sample]:
    def apply(s: Sample, dice: random.Random) -> Sample:
        target = "other.example" if kind == "moved" else None
        return Sample(at=s.at, kind=kind, target=target) if dice.random() < share else s  # type: ignore[arg-type]

    return apply


FAULTS: dict[str, tuple[Callable[[Sample, random.Random], Sample], tuple[str, ...]]] = {
    "bodies shrink to a teaser": (_words(lambda n: min(n, 30 + n * 0.05)), ("drifting",)),
    "bodies lose two thirds": (_words(lambda n: n / 3), ("drifting",)),
    "bodies grow threefold": (_words(lambda n: n * 3), ("drifting",)),
    "bodies with furniture": (_furniture, ("drifting",)),
    "bodies empty": (_as("rejected", 0.95), ("drifting",)),
    "authors vanish": (_without("authors"), ("drifting",)),
    "dates vanish": (_without("published_at", "published_own"), ("drifting",)),
    "headline from elsewhere": (_without("headline_own"), ("drifting",)),
    "consent pages": (_as("wall"), ("blocked",)),
    "challenge on 70 %": (_as("wall", 0.7), ("blocked",)),
    "blocked pages": (_as("blocked"), ("blocked",)),
    "moved": (_as("moved"), ("failing",)),
    "feed stops": (_without("in_feed"), ("failing",)),
}
WHOLE = {
    "site blocked": Trouble(kind="blocked", reason="answers http 403"),
    "home moved": Trouble(kind="moved", reason="redirects to another site", target="other.example"),
}


def found_after(kind: Kind, fault: str, seed: int) -> tuple[int | None, str | None]:
    """Reports after which the fault was found (None: not within the limit), and the state."""
    site, seen, at = Site(kind, seed), Observations(), BEGIN
    total = 0
    while at < BEGIN + timedelta(days=28) or total < 12:
        samples = site.hour(at)
        total += len(samples)
        observe(seen, CrawlFacts(at=at, samples=tuple(samples), found=len(samples)))
        at += HOUR
    affected, until = 0, at + timedelta(days=400)
    while at < until:
        samples = site.hour(at)
        affected += len(samples)
        if fault in WHOLE:
            facts = CrawlFacts(at=at, trouble=WHOLE[fault])
        else:
            samples = [FAULTS[fault][0](sample, site.random) for sample in samples]
            facts = CrawlFacts(at=at, samples=tuple(samples), found=len(samples))
        said = observe(seen, facts)
        if said.alarm and said.state != "quiet":
            return affected, said.state
        # A crawl that brings many is judged as a whole: what it brought beyond the limit counts for the next one.
        if affected - len(samples) >= WITHIN:
            return None, None
        at += HOUR
    return None, None


def false_alarms(kind: Kind, seed: int, years: int) -> list[str]:
    """Alarms of a year in which nothing breaks."""
    site, seen, at = Site(kind, seed), Observations(), BEGIN
    dice = random.Random(f"year {kind.name} {seed}")
    days = 365 * years
    quiet_days = {
        d
        for _ in range(2 * years)
        for start in [dice.randrange(days)]
        for d in range(start, start + dice.randint(2, 12))
    }
    volume = [(dice.randrange(days), dice.randint(10, 40), dice.choice((0.5, 2.0))) for _ in range(4 * years)]
    bursts = {dice.randrange(days): dice.randint(10, 60) for _ in range(5 * years)}
    redesigns = {dice.randrange(days) for _ in range(2 * years)}
    alarms: list[str] = []
    before = False
    while at < BEGIN + timedelta(days=days):
        day = (at - BEGIN).days
        site.volume = 0.05 if day in quiet_days else math.prod(f for start, n, f in volume if start <= day < start + n)
        if day in redesigns and at.hour == 0:
            site.scale *= dice.uniform(0.9, 1.1)
            site.fill = {
                name: share if share in (0.0, 1.0) else min(0.99, share * dice.uniform(0.95, 1.1))
                for name, share in site.fill.items()
            }
        extra = 0
        if day in bursts and 9 <= at.hour < 15:
            extra = _poisson(dice, min(bursts[day], kind.rate * 2) / 6)
        samples = site.hour(at, extra)
        down = dice.random() < 1 / 700  # an hour's outage, once a month
        if down:
            facts = CrawlFacts(at=at, trouble=Trouble(kind="failing", reason="timeout"))
        else:
            facts = CrawlFacts(at=at, samples=tuple(samples), found=len(samples))
        said = observe(seen, facts)
        if said.alarm and not before:
            alarms.append(f"day {day}: {said.state}: {said.reason}")
            if said.state != "quiet":
                accept(seen, at)
        before = said.alarm and said.state == "quiet"
        at += HOUR
    return alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--only", default="", help="part of a kind's name")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if options.only in kind.name]
    faults = (*FAULTS, *WHOLE)
    by_fault: dict[str, Counter[bool]] = defaultdict(Counter)
    right: Counter[bool] = Counter()
    print(f"{'kind of source':26} found within 20 | false alarms a year")
    for kind in kinds:
        found: Counter[bool] = Counter()
        missed: Counter[str] = Counter()
        for fault in faults:
            for seed in range(options.seeds):
                after, state = found_after(kind, fault, seed)
                ok = after is not None
                found[ok] += 1
                by_fault[fault][ok] += 1
                missed[fault] += not ok
                if state:
                    wanted = FAULTS[fault][1] if fault in FAULTS else ("blocked", "failing")
                    right[state in wanted] += 1
        alarms = [alarm for seed in range(options.seeds) for alarm in false_alarms(kind, seed, options.years)]
        rate = len(alarms) / options.seeds / options.years
        print(f"{kind.name:26} {found[True] / found.total():14.0%} | {rate:.2f}   missed: {dict(+missed)}", flush=True)
        if options.verbose:
            for alarm in alarms:
                print("   ", alarm)
    print(f"\n{'fault':26} found within 20   (goal {GOAL_FOUND:.0%}; false alarms goal {GOAL_FALSE})")
    for fault, counts in by_fault.items():
        print(f"{fault:26} {counts[True] / counts.total():14.0%}")
    total = sum((counts for counts in by_fault.values()), Counter())
    print(
        f"{'all':26} {total[True] / total.total():14.0%}; of the right state {right[True] / max(1, right.total()):.0%}"
    )


if __name__ == "__main__":
    main()
