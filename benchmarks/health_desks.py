"""The second simulator of `benchmarks.health`: a source is some desks, each with a template and habits of its own.

Other assumptions than in `health_hours`: fields come with the desk (the wire has no authors, videos have no text),
desks grow and shrink over weeks, part of the output comes in batches, crawls are minutes or a day apart, faults hit one
template or some of the pages. No number in newscrawl/health is tuned with this one: it says whether the figures hold
elsewhere.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.health.observations import CrawlFacts, Sample, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

RATES = {
    "rare, 0.2 to 1 a day": (0.2, 1),
    "some, 1 to 5": (1, 5),
    "daily, 5 to 30": (5, 30),
    "busy, 30 to 200": (30, 200),
}
NAMES = tuple(RATES)
INTERVALS = (20, 60, 60, 240, 1440)
"""Minutes between crawls. A busy source is crawled every hour at least."""
FIELDS = ("authors", "published_at", "summary", "images", "sections", "keywords", "source_link")


@dataclass(kw_only=True)
class Desk:
    """One template of a site, and who fills it."""

    share: float
    """Of the reports of the source."""
    fill: dict[str, float]
    """Field -> share of this desk's reports that have it."""
    own: dict[str, float]
    feed: float
    paywalled: float
    rejected: float
    shape: float
    """Of the gamma distribution of body lengths."""
    mean: float
    weekend: float
    office: bool
    """Whether it works from 7 to 19 h only."""
    level: float = 0.0
    """Logarithm of how busy it is at present; moves from day to day."""


@dataclass
class Source:
    """One source, drawn with a seed."""

    kind: str
    seed: int
    desks: list[Desk] = field(default_factory=list)
    volume: float = 1.0
    down_until: datetime | None = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        dice = self.random = random.Random(f"desks {self.kind} {self.seed}")
        low, high = RATES[self.kind]
        self.rate = math.exp(dice.uniform(math.log(low), math.log(high)))
        self.interval = timedelta(minutes=min(dice.choice(INTERVALS), 60 if self.rate > 30 else 1440))
        self.batch = dice.choice((0.0, 0.0, 0.5))
        weights = [dice.gammavariate(1.5, 1) + 0.1 for _ in range(dice.randint(1, 4))]
        self.desks = [_draw_desk(dice, weight / sum(weights)) for weight in weights]
        self.duplicate, self.gone, self.failed = dice.uniform(0, 0.04), dice.uniform(0, 0.02), dice.uniform(0, 0.02)
        self.last: datetime | None = None
        self.fault: str | None = None
        self.events: dict[int, list[str]] = {}
        self._until: dict[str, int] = {}
        self.began: datetime | None = None
        self._day: date | None = None

    # -- harmless ----------------------------------------------------------------------------------------------------

    def begin_year(self, at: datetime, days: int, seed: int) -> None:
        """From now on a year happens to it."""
        dice = random.Random(f"desks year {self.kind} {seed}")
        self.began = at
        often = {"holiday": 3, "wire mostly": 2, "half": 2, "double": 2, "ticker": 6, "redesign": 2, "new desk": 1,
                 "outage": 8, "refused": 4}  # fmt: skip
        for name, number in often.items():
            for _ in range(round(number * days / 365)):
                self.events.setdefault(dice.randrange(days), []).append(name)

    def _live(self, at: datetime, day: int) -> None:
        """A new day."""
        dice = self.random
        for desk in self.desks:
            desk.level = 0.9 * desk.level + dice.gauss(0, 0.2)
        for name in self.events.pop(day, ()):
            match name:
                case "redesign":
                    self.scale *= dice.uniform(0.87, 1.15)
                    for desk in self.desks:
                        desk.fill = {key: share ** dice.uniform(0.8, 1.25) for key, share in desk.fill.items()}
                        desk.fill[dice.choice(FIELDS)] = 0.98
                case "new desk":
                    self.desks.append(_draw_desk(dice, 0.12))
                case "outage":
                    self.down_until = at + timedelta(hours=dice.uniform(0.2, 1))
                case _:
                    days = {"ticker": (1, 1), "refused": (1, 1), "holiday": (2, 14), "wire mostly": (2, 9)}
                    self._until[name] = day + dice.randint(*days.get(name, (10, 40)))

    def _has(self, name: str, day: int) -> bool:
        return self._until.get(name, -1) > day

    # -- reports -----------------------------------------------------------------------------------------------------

    def crawl(self, at: datetime) -> tuple[CrawlFacts, int]:
        """What a crawl sees, and how many reports there were since the last one."""
        since, self.last = self.last or at - self.interval, at
        samples: list[Sample] = []
        hour = since
        while hour < at:
            end = min(at, hour + timedelta(hours=1))
            samples += self._between(hour, end)
            hour = end
        number = len(samples)
        if self.fault in WHOLE:
            return CrawlFacts(at=at, trouble=WHOLE[self.fault]), number
        if self.down_until and at < self.down_until:
            return CrawlFacts(at=at, trouble=Trouble(kind="failing", reason="timeout")), number
        # A report is met when the crawl comes.
        return CrawlFacts(at=at, samples=tuple(replace(one, at=at) for one in samples), found=number), number

    def _between(self, since: datetime, until: datetime) -> list[Sample]:
        dice = self.random
        day = (since - (self.began or since)).days
        if since.date() != self._day:
            self._day = since.date()
            self._live(since, day)
        hours = (until - since) / timedelta(hours=1)
        found = []
        quiet = 0.1 if self._has("holiday", day) else 1.0
        changed = (0.5 if self._has("half", day) else 1) * (2 if self._has("double", day) else 1)
        for index, desk in enumerate(self.desks):
            active = (7 <= since.hour < 19) if desk.office else True
            daily = self.rate * desk.share * quiet * changed * math.exp(desk.level)
            daily *= desk.weekend if since.weekday() >= 5 else 1.0
            daily *= 0.3 if self._has("wire mostly", day) and index else 1.0
            wanted = daily * (1 - self.batch) * hours / (12 if desk.office else 24) * active
            if since.hour == 5:
                wanted += daily * self.batch * hours
            found += [self.report(since, desk) for _ in range(_poisson(dice, wanted))]
        if self._has("ticker", day) and 10 <= since.hour < 16:
            live = replace(self.desks[0], mean=60, shape=3.0)
            found += [self.report(since, live) for _ in range(_poisson(dice, min(40, self.rate * 2) / 6 * hours))]
        if self._has("refused", day) and since.hour == 14 and since.minute < 30:
            found = [Sample(at=since, kind="blocked") for _ in found]
        dice.shuffle(found)
        return found

    def report(self, at: datetime, desk: Desk) -> Sample:
        dice = self.random
        for kind, share in (("duplicate", self.duplicate), ("gone", self.gone), ("failed", self.failed)):
            if dice.random() < share:
                return Sample(at=at, kind=kind)  # type: ignore[arg-type]
        words = int(dice.gammavariate(desk.shape, desk.mean * self.scale / desk.shape))
        flags = {"headline"} | {name for name, share in desk.fill.items() if dice.random() < share}
        flags |= {f"{name.removesuffix('_at')}_own" for name in ("headline", "published_at")
                  if name in flags and dice.random() < desk.own[name]}  # fmt: skip
        for name, share in (("in_feed", desk.feed), ("paywalled", desk.paywalled), ("furnished", 0.02)):
            if dice.random() < share:
                flags.add(name)
        found = Sample(at=at, kind="report", flags=frozenset(flags), words=words)
        if dice.random() < desk.rejected:
            found = Sample(at=at, kind="rejected")
        if self.fault in FAULTS:
            found = FAULTS[self.fault][0](found, dice, desk is max(self.desks, key=lambda one: one.share))
        if found.kind == "report" and found.words < 10:
            return Sample(at=at, kind="rejected")
        return found

    def break_(self, fault: str) -> bool:
        """From now on this is broken; False where this source cannot break so."""
        self.fault = fault
        field_of = {"authors vanish": "authors", "authors vanish from 80 %": "authors", "summaries vanish": "summary",
                    "images vanish": "images", "keywords vanish": "keywords"}.get(fault)  # fmt: skip
        if field_of is not None:
            return sum(desk.share * desk.fill[field_of] for desk in self.desks) >= 0.5
        if fault.startswith("largest template"):
            return max(desk.share for desk in self.desks) >= 0.4
        if fault == "feed stops":
            return sum(desk.share * desk.feed for desk in self.desks) >= 0.5
        return True


def _draw_desk(dice: random.Random, share: float) -> Desk:
    def fill() -> float:
        return dice.choice((0.0, 0.02, dice.uniform(0.2, 0.9), 0.97, 1.0, 1.0))

    wanted = {name: fill() for name in FIELDS} | {"published_at": dice.choice((0.97, 1.0, 1.0))}
    own = {"headline": dice.choice((0.0, 0.98, 1.0, 1.0)), "published_at": dice.choice((0.0, 0.95, 1.0, 1.0))}
    return Desk(
        share=share, fill=wanted, own=own, feed=dice.choice((0.0, 0.9, 1.0, 1.0)), paywalled=dice.choice((0, 0, 0.5)),
        rejected=dice.choice((0.0, 0.01, 0.05)), shape=dice.uniform(1.2, 6), mean=math.exp(dice.uniform(4.2, 7)),
        weekend=dice.choice((0.0, 0.5, 1.0)), office=dice.random() < 0.6,
    )  # fmt: skip


def _poisson(dice: random.Random, mean: float) -> int:
    total, number = dice.expovariate(1), 0
    while total < mean:
        total += dice.expovariate(1)
        number += 1
    return number


# -- faults ----------------------------------------------------------------------------------------------------------


def _reports(change: Callable[[Sample, random.Random], Sample], *, only_largest: bool = False) -> Callable[..., Sample]:
    def apply(sample: Sample, dice: random.Random, largest: bool) -> Sample:
        return change(sample, dice) if sample.kind == "report" and (largest or not only_largest) else sample

    return apply


def _without(*names: str, share: float = 1.0) -> Callable[..., Sample]:
    return _reports(lambda one, dice: replace(one, flags=one.flags - set(names)) if dice.random() < share else one)


def _as(kind: str, share: float = 1.0, *, only_largest: bool = False) -> Callable[..., Sample]:
    target = "elsewhere.example" if kind == "moved" else None

    def apply(sample: Sample, dice: random.Random, largest: bool) -> Sample:
        hit = dice.random() < share and (largest or not only_largest)
        return Sample(at=sample.at, kind=kind, target=target) if hit else sample  # type: ignore[arg-type]

    return apply


def _times(factor: float) -> Callable[..., Sample]:
    return _reports(lambda one, _: replace(one, words=int(one.words * factor)))


def _teaser(one: Sample, dice: random.Random) -> Sample:
    return replace(one, words=min(one.words, dice.randint(20, 45)))


def _box(one: Sample, dice: random.Random) -> Sample:
    return replace(one, words=dice.randint(70, 85), flags=one.flags | {"furnished"})


def _paywall(one: Sample, dice: random.Random) -> Sample:
    return replace(one, words=min(one.words, dice.randint(40, 90)), flags=one.flags | {"paywalled"})


def _bare(one: Sample, _: random.Random) -> Sample:
    return replace(one, flags=one.flags & {"in_feed", "headline"})


FAULTS: dict[str, tuple[Callable[..., Sample], tuple[str, ...]]] = {
    "bodies shrink to a teaser": (_reports(_teaser), ("drifting",)),
    "bodies lose 70 %": (_times(0.3), ("drifting",)),
    "bodies grow threefold": (_times(3), ("drifting",)),
    "a box in place of the body": (_reports(_box), ("drifting",)),
    "bodies empty": (_as("rejected"), ("drifting",)),
    "largest template empty": (_as("rejected", only_largest=True), ("drifting",)),
    "largest template a teaser": (_reports(_teaser, only_largest=True), ("drifting",)),
    "largest template without all fields": (_reports(_bare, only_largest=True), ("drifting",)),
    "authors vanish": (_without("authors"), ("drifting",)),
    "authors vanish from 80 %": (_without("authors", share=0.8), ("drifting",)),
    "dates vanish": (_without("published_at", "published_own"), ("drifting",)),
    "dates vanish from 60 %": (_without("published_at", "published_own", share=0.6), ("drifting",)),
    "summaries vanish": (_without("summary"), ("drifting",)),
    "images vanish": (_without("images"), ("drifting",)),
    "keywords vanish": (_without("keywords"), ("drifting",)),
    "one text on all pages": (_as("duplicate", 0.95), ("drifting",)),
    "consent pages": (_as("wall"), ("blocked",)),
    "walls on 50 %": (_as("wall", 0.5), ("blocked",)),
    "walls on 35 %": (_as("wall", 0.35), ("blocked",)),
    "paywall on all": (_reports(_paywall), ("blocked", "drifting")),
    "403 on all pages": (_as("blocked"), ("blocked",)),
    "429 on 60 %": (_as("blocked", 0.6), ("blocked",)),
    "404 on all pages": (_as("gone"), ("failing",)),
    "pages move": (_as("moved"), ("failing",)),
    "feed stops": (_without("in_feed"), ("failing",)),
}  # fmt: skip
WHOLE = {
    "site answers 403": Trouble(kind="blocked", reason="answers http 403"),
    "site answers 429": Trouble(kind="blocked", reason="answers http 429"),
    "site answers 404": Trouble(kind="failing", reason="answers http 404"),
    "site moves": Trouble(kind="moved", reason="redirects to another site", target="elsewhere.example"),
}
ALL_FAULTS = (*FAULTS, *WHOLE)


def make(kind: str, seed: int) -> Source:
    return Source(kind, seed)


def states_of(fault: str) -> tuple[str, ...]:
    """The right states of a source that broke so."""
    if fault in FAULTS:
        return FAULTS[fault][1]
    return ("blocked",) if WHOLE[fault].kind == "blocked" else ("failing",)
