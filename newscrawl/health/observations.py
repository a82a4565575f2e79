"""What is remembered of a source: its last reports one by one, its past by quarters of a day, its silences."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Key = TypeVar("_Key", str, int)

Kind = Literal["report", "wall", "blocked", "moved", "failed", "gone", "rejected", "duplicate"]
KINDS: tuple[Kind, ...] = ("report", "wall", "blocked", "moved", "failed", "gone", "rejected", "duplicate")
FLAGS = (
    *("headline", "headline_own", "authors", "published_at", "published_own", "summary", "images", "sections"),
    *("keywords", "source_link", "in_feed", "paywalled", "furnished"),
)  # fmt: skip
"""What is true of a report. Their order is that of the bits in the store: only ever add at the end.

`*_own`: the page itself gave it, in its markup; not the feed, the URL or a guess from the text. `in_feed`: a feed of
the source announced it when it was met. `furnished`: its text holds lines that earlier reports had too."""

RING = 48
"""Attempts kept one by one: enough for twenty reports among as many walls."""
MEMORY = timedelta(days=28)
FEWEST = 60
"""A past that is longer than 28 days is kept where those hold fewer reports."""
MOST_PARTS = 120
"""Quarters of days kept at most, and with them the size of the document."""
QUARTER = 6
"""Hours: what a desk at night brings is no measure for the day."""
SILENCES = 12
"""Longest silences kept."""
SILENCES_FOR = timedelta(days=400)
"""Holidays come once a year."""
STEPS = 4
"""Classes of body length an octave: a quarter each, about 19 %."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What became of one newly announced URL."""

    at: datetime
    kind: Kind
    flags: frozenset[str] = frozenset()
    """Of `FLAGS`; of a report only."""
    words: int = 0
    """Of the body."""
    target: str | None = None
    """Registered domain it redirected to."""

    def to_document(self) -> list[Any]:
        mask = sum(1 << i for i, name in enumerate(FLAGS) if name in self.flags)
        return [self.at, self.kind, mask, self.words, *([self.target] if self.target else [])]

    @classmethod
    def from_document(cls, values: list[Any]) -> Sample:
        flags = frozenset(name for i, name in enumerate(FLAGS) if values[2] >> i & 1)
        target = values[4] if len(values) > 4 else None
        return cls(at=values[0], kind=values[1], flags=flags, words=values[3], target=target)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """Why a crawl as a whole saw nothing of the source."""

    kind: Literal["failing", "blocked", "moved"]
    reason: str
    target: str | None = None
    """Registered domain that the source redirects to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CrawlFacts:
    """What one crawl saw."""

    at: datetime
    samples: tuple[Sample, ...] = ()
    """In the order met."""
    trouble: Trouble | None = None
    found: int = 0
    """New URLs announced: what volume and silence are measured by."""


@dataclass(slots=True)
class Part:
    """Counts of a quarter of a day (UTC)."""

    kinds: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    words: Counter[int] = field(default_factory=Counter)
    """Reports by class of body length (`length_class`)."""
    peaks: dict[str, float] = field(default_factory=dict)
    """Feature -> the largest surprise that made no alarm; of the whole day, in its first part."""

    def add(self, sample: Sample) -> None:
        self.kinds[sample.kind] += 1
        if sample.kind == "report":
            self.flags.update(sample.flags)
            self.words[length_class(sample.words)] += 1

    def merge(self, other: Part) -> None:
        _add(self.kinds, other.kinds)
        _add(self.flags, other.flags)
        _add(self.words, other.words)

    def to_document(self) -> dict[str, Any]:
        """Counts as text, in the order of `KINDS` and `FLAGS`: a third of the size."""
        values = {
            "kinds": " ".join(str(self.kinds[name]) for name in KINDS) if self.kinds else "",
            "flags": " ".join(str(self.flags[name]) for name in FLAGS) if self.flags else "",
            "words": " ".join(f"{key}:{n}" for key, n in sorted(self.words.items())),
            "peaks": self.peaks,
        }
        return {key: value for key, value in values.items() if value}

    @classmethod
    def from_document(cls, values: Mapping[str, Any]) -> Part:
        kinds = dict(zip(KINDS, map(int, values.get("kinds", "").split()), strict=False))
        flags = dict(zip(FLAGS, map(int, values.get("flags", "").split()), strict=False))
        words = [pair.partition(":") for pair in values.get("words", "").split()]
        return cls(
            kinds=Counter({name: n for name, n in kinds.items() if n}),
            flags=Counter({name: n for name, n in flags.items() if n}),
            words=Counter({int(key): int(n) for key, _, n in words}),
            peaks=dict(values.get("peaks", {})),
        )


def _add(to: Counter[_Key], more: Counter[_Key]) -> None:
    for key, n in more.items():
        to[key] += n


@dataclass(slots=True)
class Alarm:
    """A feature that is not what it was."""

    feature: str
    since: datetime
    """First of the bad reports that gave it away."""
    at: datetime
    usual: float
    """Share of bad reports before, and in that window."""
    now: float
    reason: str
    target: str | None = None


@dataclass(slots=True)
class Observations:
    """All that is remembered of one source."""

    first_at: datetime | None = None
    recent: list[Sample] = field(default_factory=list)
    """The last attempts, in order; older ones are in `past`."""
    past: dict[str, Part] = field(default_factory=dict)
    """By the hour it begins (`2026-01-05T06`)."""
    week: list[float] = field(default_factory=lambda: [0.0] * 168)
    """New URLs by hour of the week (Monday 0 h UTC first), older ones fading over 28 days."""
    week_weight: float = 0.0
    """Weeks that `week` stands for."""
    week_at: datetime | None = None
    last_new_at: datetime | None = None
    silences: list[tuple[datetime, float, float]] = field(default_factory=list)
    """(end, days, reports that would have been expected meanwhile) of the longest silences."""
    down_since: datetime | None = None
    down_crawls: int = 0
    down: Trouble | None = None
    outages: list[tuple[datetime, float]] = field(default_factory=list)
    """(end, hours) of the longest outages that ended."""
    empty: list[str] = field(default_factory=list)
    """Endpoints that listed no report when they were read last."""
    alarms: dict[str, Alarm] = field(default_factory=dict)

    @property
    def reports_seen(self) -> int:
        return sum(part.kinds.total() for part in self.past.values()) + len(self.recent)

    def to_document(self) -> dict[str, Any]:
        """As MongoDB keeps it; at most some 25 kB."""
        plain = ("first_at", "week_weight", "week_at", "last_new_at", "down_since", "down_crawls", "empty")
        values: dict[str, Any] = {name: getattr(self, name) for name in plain}
        values["recent"] = [sample.to_document() for sample in self.recent]
        values["past"] = {key: part.to_document() for key, part in self.past.items()}
        values["week"] = [round(n, 3) for n in self.week] if any(self.week) else []
        values["silences"] = [list(one) for one in self.silences]
        values["outages"] = [list(one) for one in self.outages]
        values["alarms"] = [{k: getattr(one, k) for k in Alarm.__slots__} for one in self.alarms.values()]
        if self.down:
            values["down"] = {"kind": self.down.kind, "reason": self.down.reason, "target": self.down.target}
        return {key: value for key, value in values.items() if value not in (None, [], {})}

    @classmethod
    def from_document(cls, values: Mapping[str, Any]) -> Observations:
        plain = ("first_at", "week_weight", "week_at", "last_new_at", "down_since", "down_crawls", "empty")
        self = cls(**{name: values[name] for name in plain if name in values})
        self.recent = [Sample.from_document(one) for one in values.get("recent", [])]
        self.past = {key: Part.from_document(part) for key, part in values.get("past", {}).items()}
        self.week = list(values.get("week") or [0.0] * 168)
        self.silences = [(one[0], one[1], one[2]) for one in values.get("silences", [])]
        self.outages = [(one[0], one[1]) for one in values.get("outages", [])]
        self.alarms = {one["feature"]: Alarm(**one) for one in values.get("alarms", [])}
        self.down = Trouble(**values["down"]) if "down" in values else None
        return self


def length_class(words: int) -> int:
    """Class of a body length: equal steps of the logarithm."""
    return round(STEPS * math.log2(words + 1))


def remember(seen: Observations, facts: CrawlFacts) -> None:
    """Add what one crawl saw. Bounded: the oldest goes."""
    seen.first_at = seen.first_at or facts.at
    _remember_outage(seen, facts)
    _remember_volume(seen, facts)
    seen.recent += facts.samples
    frozen = bool(seen.alarms)  # what is under alarm is no past to compare with
    while len(seen.recent) > RING:
        sample = seen.recent.pop(0)
        if not frozen:
            seen.past.setdefault(part_of(sample.at), Part()).add(sample)
    _forget_past(seen, facts.at)


def _remember_outage(seen: Observations, facts: CrawlFacts) -> None:
    if facts.trouble is not None:
        seen.down_since = seen.down_since or facts.at
        seen.down_crawls += 1
        seen.down = facts.trouble
    elif seen.down_since is not None:
        hours = (facts.at - seen.down_since) / timedelta(hours=1)
        kept = [one for one in seen.outages if facts.at - one[0] < SILENCES_FOR]
        seen.outages = sorted([*kept, (facts.at, hours)], key=lambda one: -one[1])[:SILENCES]
        seen.down_since, seen.down_crawls, seen.down = None, 0, None


def _remember_volume(seen: Observations, facts: CrawlFacts) -> None:
    at = facts.at
    weeks = (at - seen.week_at) / timedelta(weeks=1) if seen.week_at else 0.0
    if facts.found and seen.last_new_at is not None:
        silent = (at - seen.last_new_at) / timedelta(days=1)
        kept = [one for one in seen.silences if at - one[0] < SILENCES_FOR]
        missed = expected(seen, seen.last_new_at, at)
        seen.silences = _longest([*kept, (at, silent, missed)])
    # Silence teaches no rhythm: a source that stops for a month is compared with what it was before.
    if facts.found:
        fade = math.exp(-weeks / 4)
        seen.week = [n * fade for n in seen.week]
        seen.week_weight = seen.week_weight * fade + 4 * (1 - fade)
        if seen.last_new_at is not None:  # the first crawl finds what lay there
            seen.week[hour_of_week(at)] += facts.found
        seen.week_at = seen.last_new_at = at
    elif seen.week_at is None:
        seen.week_at = at


def _longest(silences: list[tuple[datetime, float, float]]) -> list[tuple[datetime, float, float]]:
    """The longest in days, and the one in which most was missed."""
    by_days = sorted(silences, key=lambda one: -one[1])[: SILENCES - 1]
    most = max(silences, key=lambda one: one[2])
    return by_days if most in by_days else [*by_days, most]


def hour_of_week(at: datetime) -> int:
    at = at.astimezone(UTC)
    return at.weekday() * 24 + at.hour


def expected(seen: Observations, since: datetime, until: datetime) -> float:
    """New URLs that would have been announced in between, by the weekday and hour of the last weeks."""
    if until <= since or seen.week_weight <= 0.02:
        return 0.0
    weeks, rest = divmod((until - since) / _HOUR, 168)
    begin = hour_of_week(since)
    whole = int(rest)
    hours = seen.week[begin : begin + whole + 1]
    hours += seen.week[: whole + 1 - len(hours)]
    total = (sum(seen.week) * weeks if weeks else 0.0) + sum(hours[:whole]) + hours[whole] * (rest - whole)
    return total / max(seen.week_weight, 1.0)


_HOUR = timedelta(hours=1)


def part_of(at: datetime) -> str:
    """Key of the quarter of a day."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%d}T{at.hour // QUARTER * QUARTER:02}"


def slot_of(key: str) -> str:
    """What a part of a day is compared with: the same quarter of working days, or of weekends."""
    weekend = date.fromisoformat(key[:10]).weekday() >= 5
    return f"{'weekend' if weekend else 'week'}{key[10:]}"


def _forget_past(seen: Observations, now: datetime) -> None:
    oldest = f"{now - MEMORY:%Y-%m-%d}"
    keys = sorted(seen.past)
    if not keys or (keys[0] >= oldest and len(keys) <= MOST_PARTS):
        return
    total = sum(seen.past[key].kinds.total() for key in keys)
    for key in keys:
        held = seen.past[key].kinds.total()
        if (key < oldest and total - held >= FEWEST) or len(seen.past) > MOST_PARTS:
            total -= held
            del seen.past[key]


def reports_of(samples: Iterable[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.kind == "report"]
