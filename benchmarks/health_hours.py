"""The first simulator of `benchmarks.health`: a source brings its reports hour by hour.

Rates of 0.2 to 200 a day with weekday, hour and day effects, fields filled in 0 to 100 % of reports and unevenly
between days, noisy body lengths, notes among long pieces. The rules of newscrawl/health were made with this one.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.health.observations import CrawlFacts, Sample, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = timedelta(hours=1)
FIELDS = ("authors", "published_at", "summary", "images", "sections", "keywords", "source_link")


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
        self.break_with: Callable[[Sample, random.Random], Sample] | None = None
        self.trouble: Trouble | None = None
        self._harmless: Harmless | None = None

    @property
    def interval(self) -> timedelta:
        return INTERVAL

    def begin_year(self, at: datetime, days: int, seed: int) -> None:
        """From now on holidays, halved and doubled output, bursts, outages of an hour, redesigns that are survived."""
        self._harmless = Harmless(at, days, random.Random(f"year {self.kind.name} {seed}"))

    def break_(self, fault: str) -> bool:
        """From now on this is broken; False where this source cannot break so."""
        if fault in WHOLE:
            self.trouble = WHOLE[fault]
        else:
            self.break_with = FAULTS[fault][0]
        return True

    def crawl(self, at: datetime) -> tuple[CrawlFacts, int]:
        """What a crawl sees that asks every hour, and how many reports there were."""
        extra, down = self._harmless.apply(self, at) if self._harmless else (0, False)
        samples = self.hour(at, extra)
        number = len(samples)
        if self.trouble or down:
            return CrawlFacts(at=at, trouble=self.trouble or Trouble(kind="failing", reason="timeout")), number
        if self.break_with:
            samples = [self.break_with(sample, self.random) for sample in samples]
        return CrawlFacts(at=at, samples=tuple(samples), found=number), number

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


class Harmless:
    """What happens in a year in which nothing breaks."""

    def __init__(self, begin: datetime, days: int, dice: random.Random) -> None:
        self.begin, self.dice = begin, dice
        years = round(days / 365)
        self.quiet_days = {
            d
            for _ in range(2 * years)
            for start in [dice.randrange(days)]
            for d in range(start, start + dice.randint(2, 12))
        }
        self.volume = [(dice.randrange(days), dice.randint(10, 40), dice.choice((0.5, 2.0))) for _ in range(4 * years)]
        self.bursts = {dice.randrange(days): dice.randint(10, 60) for _ in range(5 * years)}
        self.redesigns = {dice.randrange(days) for _ in range(2 * years)}

    def apply(self, site: Site, at: datetime) -> tuple[int, bool]:
        """Notes of a burst, and whether the site is down."""
        dice, day = self.dice, (at - self.begin).days
        halved = math.prod(factor for start, n, factor in self.volume if start <= day < start + n)
        site.volume = 0.05 if day in self.quiet_days else halved
        if day in self.redesigns and at.hour == 0:
            site.scale *= dice.uniform(0.9, 1.1)
            site.fill = {
                name: share if share in (0.0, 1.0) else min(0.99, share * dice.uniform(0.95, 1.1))
                for name, share in site.fill.items()
            }
        extra = 0
        if day in self.bursts and 9 <= at.hour < 15:
            extra = _poisson(dice, min(self.bursts[day], site.kind.rate * 2) / 6)
        return extra, dice.random() < 1 / 700


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


def make(kind: str, seed: int) -> Site:
    return Site(next(one for one in KINDS if one.name == kind), seed)


NAMES = tuple(kind.name for kind in KINDS)
ALL_FAULTS = (*FAULTS, *WHOLE)


def states_of(fault: str) -> tuple[str, ...]:
    """The right states of a source that broke so."""
    return FAULTS[fault][1] if fault in FAULTS else ("blocked", "failing")
