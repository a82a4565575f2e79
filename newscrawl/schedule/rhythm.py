"""When to ask an endpoint again, by what it has shown so far. Pure: no clock, no chance, no database.

How often something new appears is estimated as the rate of a Poisson process: a profile by hour of the day and day of
the week that is learned over weeks, corrected by the last days and by the last hours. All is in UTC; the night and the
weekend of a source show in its profile.

How often to ask follows from the rate, see `INTERVALS`; a price that is one for all endpoints of a schedule stretches
the intervals until all polls fit, see `price_for`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING, Any

from newscrawl.discovery.hints import Hints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

    from newscrawl.spiders.polls import Poll

INTERVALS = ((0.2, 4000.0), (2.0, 1500.0), (16.0, 155.0), (80.0, 140.0), (150.0, 40.0))
"""Reports a day, and the seconds between two polls where a poll costs `PRICE`; between and below by magnitude, beyond
the last by the root.

The share of all reports that are found within some time grows with the polls of a source, in proportion to its rate,
until the interval is that time, and no further. So half of them are found soonest if the busiest sources are asked as
often as may be, and nineteen of twenty if those of 16 to 80 a day, which then make the difference, are asked alike. Of
those with less even the last are found within an hour. `benchmarks.rhythm` shows what comes of it.
"""
PRICE = 1.0
"""With 500 sources of 0.2 to 200 reports a day, evenly by magnitude, all intervals fit into two polls a second."""
LEAST_PRICE = 0.5
"""However few the sources are: to bring one report a little earlier is worth no request to a publisher."""
SPARE, SPARE_SECONDS = 0.1, 2 * 86_400.0
"""By how much more polls an endpoint is planned to need of which nothing is known, for what will be learned of it; how
long one must have watched for half of that."""

FIRST_RATE = 6.0 / 86_400
"""Reports a second of an endpoint of which nothing is known: between a few a week and hundreds a day."""
FIRST_SECONDS = 4 * 3600.0
"""How long one must have watched for what was seen to count as much as the first guess, which is that of one report."""
USUALLY_STATED = 600.0
"""Seconds between updates that, if a feed states them, change nothing in the first guess."""
PROFILE_SECONDS = 28 * 86_400.0
"""What is older than about this no longer counts in the profile: four of each weekday."""
DAYS_SECONDS = 3 * 86_400.0
HOURS_SECONDS = 2 * 3600.0
DAY_WEIGHT, DAYS_WEIGHT, HOURS_WEIGHT = 4.0, 6.0, 8.0
"""Reports by which a day of the week, the last days, the last hours are drawn to what was expected of them."""
HOURS_AROUND = (
    ([(distance, 1.0 - abs(distance) / 5) for distance in range(-4, 5)], 3.0),
    ([(-1, 0.25), (0, 1.0), (1, 0.25)], 6.0),
)
"""An hour of the profile is drawn to those around it, and they to the mean of all. For each step: what a report counts
by its distance in hours, and the reports that the guess before counts for."""
SKIPPED = 0.1
"""Share of the rate that is expected in hours and on days that the feed says to skip, before it has shown otherwise."""

JITTER = 0.05
"""Polls are shifted by up to this share of the interval, so that endpoints do not march in step."""
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
"""A source that fails is asked less and less, and is never given up."""
LONGEST_REST = timedelta(days=7)
"""Retry-After beyond this is cut: a wrong number must not make us forget a source."""
LONGEST_GAP = timedelta(days=1)
"""After a longer pause, what appeared in it says little: endpoints show the last so many reports."""
LONGEST_HISTORY = 2 * timedelta(seconds=PROFILE_SECONDS)
LEAST_HISTORY = timedelta(hours=1)
"""Dates of a first answer that are all younger and closer together are taken for the time of its making."""
_HOUR = timedelta(hours=1)
_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
_FLAT_DAY, _FLAT_WEEK = (0.0,) * 24, (0.0,) * 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The shortest and the longest time between two polls. A Crawl-delay above the floor is the floor."""

    floor: timedelta = timedelta(minutes=1)
    ceiling: timedelta = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """What is known of one endpoint. Counts fade, so they are no whole numbers."""

    at: datetime | None = None
    """The last poll that was answered."""
    hours: tuple[float, ...] = _FLAT_DAY
    """Reports by hour of the day, and the seconds watched."""
    hours_watched: tuple[float, ...] = _FLAT_DAY
    days: tuple[float, ...] = _FLAT_WEEK
    """Reports by day of the week, Monday first, and the seconds watched."""
    days_watched: tuple[float, ...] = _FLAT_WEEK
    last_days: tuple[float, float] = (0.0, 0.0)
    """Reports of the last days, and the seconds watched, weighed by how busy the profile says they are."""
    last_hours: tuple[float, float] = (0.0, 0.0)
    """The same of the last hours."""
    fails: int = 0
    rest_until: datetime | None = None
    """The publisher has asked to be left in peace until then."""
    hints: Hints = field(default_factory=Hints)

    def to_document(self) -> dict[str, Any]:
        """As stored; `from_document` reads it."""
        document: dict[str, Any] = {
            "at": self.at,
            "hours": list(self.hours),
            "hours_watched": list(self.hours_watched),
            "days": list(self.days),
            "days_watched": list(self.days_watched),
            "last_days": list(self.last_days),
            "last_hours": list(self.last_hours),
            "fails": self.fails or None,
            "rest_until": self.rest_until,
            "max_age": self.hints.max_age,
            "every": self.hints.every,
            "skip_hours": list(self.hints.skip_hours) or None,
            "skip_days": list(self.hints.skip_days) or None,
            "hub": self.hints.hub,
            "topic": self.hints.topic,
        }
        return {key: value for key, value in document.items() if value is not None}

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> Self:
        """From what `to_document` gave; of an endpoint without one, a rhythm that knows nothing."""
        if not document:
            return cls()
        lists = ("hours", "hours_watched", "days", "days_watched", "last_days", "last_hours")
        return cls(
            at=document.get("at"),
            **{name: tuple(document[name]) for name in lists},
            fails=document.get("fails", 0),
            rest_until=document.get("rest_until"),
            hints=Hints(
                max_age=document.get("max_age"),
                every=document.get("every"),
                skip_hours=tuple(document.get("skip_hours", ())),
                skip_days=tuple(document.get("skip_days", ())),
                hub=document.get("hub"),
                topic=document.get("topic"),
            ),
        )


# -- learning ----------------------------------------------------------------------------------------------------------


def learn(rhythm: Rhythm, poll: Poll, bounds: Bounds) -> Rhythm:  # noqa: ARG001  part of the interface
    """What is known after a poll."""
    rest = timedelta(seconds=poll.retry_after) if poll.retry_after else None
    rest_until = poll.at + min(rest, LONGEST_REST) if rest else None
    if poll.outcome == "failed":
        return replace(rhythm, fails=rhythm.fails + 1, rest_until=rest_until)
    hints = poll.hints
    if poll.outcome == "not modified":  # such an answer has headers alone: what the feed itself has said still holds
        stated = {one.name: value for one in fields(Hints) if (value := getattr(poll.hints, one.name))}
        hints = replace(rhythm.hints, **stated)
    rhythm = replace(rhythm, fails=0, rest_until=rest_until, hints=hints)
    if rhythm.at is None:
        return _learn_history(rhythm, poll)
    if poll.at <= rhythm.at:
        return rhythm
    since = max(rhythm.at, poll.at - LONGEST_GAP)
    # What was not there at the last poll has appeared since, whatever its date says; without one, somewhen between.
    dated = [max(one.astimezone(UTC), since) for one in poll.appeared if one < poll.at]
    count = len(poll.appeared) - len(dated)
    return _watch(rhythm, since, poll.at, dated + _spread(since, poll.at, count))


def _learn_history(rhythm: Rhythm, poll: Poll) -> Rhythm:
    """A first answer lists the last reports with their dates: the oldest of them begins the time that was watched."""
    dates = sorted(one.astimezone(UTC) for one in poll.appeared if one <= poll.at)
    # One far older than the others is kept in its place by hand.
    while len(dates) > 4 and dates[1] - dates[0] > (poll.at - dates[0]) / 2:
        dates.pop(0)
    if not dates or (poll.at - dates[-1] < LEAST_HISTORY and dates[-1] - dates[0] < LEAST_HISTORY):
        return replace(rhythm, at=poll.at)
    since = max(dates[0], poll.at - LONGEST_HISTORY)
    appeared = [one for one in dates[1:] if one >= since]
    if len({one.timetz() for one in dates}) == 1:  # days without an hour
        appeared = _spread(since, poll.at, len(appeared))
    return _watch(rhythm, since, poll.at, appeared)


def _spread(since: datetime, until: datetime, count: int) -> list[datetime]:
    return [since + (until - since) * ((i + 0.5) / count) for i in range(count)]


def _watch(rhythm: Rhythm, since: datetime, until: datetime, appeared: list[datetime]) -> Rhythm:
    """With the time from `since` to `until` watched and what appeared in it counted."""
    fade = exp(-(until - since).total_seconds() / PROFILE_SECONDS)
    hours, hours_watched = [n * fade for n in rhythm.hours], [n * fade for n in rhythm.hours_watched]
    days, days_watched = [n * fade for n in rhythm.days], [n * fade for n in rhythm.days_watched]
    pieces = _pieces(since, until)
    for begin, end in pieces:
        watched = (end - begin).total_seconds() * exp(-(until - end).total_seconds() / PROFILE_SECONDS)
        hours_watched[begin.hour] += watched
        days_watched[begin.weekday()] += watched
    for one in appeared:
        weight = exp(-(until - one).total_seconds() / PROFILE_SECONDS)
        hours[one.hour] += weight
        days[one.weekday()] += weight
    profile = _Profile(rhythm)
    ages = [(until - one).total_seconds() for one in appeared]
    busy = [
        ((until - begin).total_seconds(), (until - end).total_seconds(), profile.shape(begin)) for begin, end in pieces
    ]
    return replace(
        rhythm,
        at=until,
        hours=tuple(hours),
        hours_watched=tuple(hours_watched),
        days=tuple(days),
        days_watched=tuple(days_watched),
        last_days=_faded(rhythm.last_days, DAYS_SECONDS, ages, busy),
        last_hours=_faded(rhythm.last_hours, HOURS_SECONDS, ages, busy),
    )


def _faded(
    pair: tuple[float, float], memory: float, ages: list[float], busy: list[tuple[float, float, float]]
) -> tuple[float, float]:
    """Reports, and seconds by how busy they are, each counting the less the older it is."""
    fade = exp(-busy[0][0] / memory)
    seen = sum(exp(-age / memory) for age in ages)
    seconds = sum(shape * memory * (exp(-end / memory) - exp(-begin / memory)) for begin, end, shape in busy)
    return pair[0] * fade + seen, pair[1] * fade + seconds


def _pieces(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The time between, cut at full hours."""
    pieces = []
    while since < until:
        end = min(since.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        pieces.append((since, end))
        since = end
    return pieces


# -- rates -------------------------------------------------------------------------------------------------------------


class _Profile:
    """How busy an hour of the day, a day of the week is: factors of the level, computed when they are asked for."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self.level = (sum(rhythm.hours) + _first_rate(rhythm.hints) * FIRST_SECONDS) / (
            sum(rhythm.hours_watched) + FIRST_SECONDS
        )
        """Reports a second in the mean of all hours."""
        self._hours: dict[int, float] = {}
        self._days: dict[int, float] = {}

    def shape(self, moment: datetime) -> float:
        """By how much this hour of this day is busier than the mean."""
        hour, day = moment.hour, moment.weekday()
        if hour not in self._hours:
            self._hours[hour] = self._of_hour(hour)
        if day not in self._days:
            self._days[day] = self._of_day(day)
        return self._hours[hour] * self._days[day]

    def _of_hour(self, hour: int) -> float:
        """What was seen in an hour is drawn to what was seen around it, that to the mean; the more the less it is."""
        n, t = self._rhythm.hours, self._rhythm.hours_watched
        guess = SKIPPED if hour in self._rhythm.hints.skip_hours else 1.0
        for kernel, weight in HOURS_AROUND:
            seen = time = 0.0
            for distance, share in kernel:
                near = (hour + distance) % 24
                seen += share * n[near]
                time += share * t[near]
            guess = (seen + weight * guess) / (self.level * time + weight)
        return guess

    def _of_day(self, day: int) -> float:
        guess = SKIPPED if day in self._rhythm.hints.skip_days else 1.0
        return (self._rhythm.days[day] + DAY_WEIGHT * guess) / (
            self.level * self._rhythm.days_watched[day] + DAY_WEIGHT
        )


def _lately(rhythm: Rhythm, level: float) -> tuple[float, float]:
    """By how much the last days are busier than the profile, and the last hours than the last days."""
    by_days = _factor(rhythm.last_days, level, DAYS_WEIGHT)
    return by_days, _factor(rhythm.last_hours, level * by_days, HOURS_WEIGHT)


def _factor(pair: tuple[float, float], level: float, weight: float) -> float:
    return (pair[0] + weight) / (pair[1] * level + weight)


def _first_rate(hints: Hints) -> float:
    """The stated time between updates counts by its root: an hour is often stated where reports come every minute."""
    stated = hints.every or hints.max_age
    return FIRST_RATE * sqrt(USUALLY_STATED / min(max(stated, 60.0), 86_400.0)) if stated else FIRST_RATE


# -- when to ask -------------------------------------------------------------------------------------------------------


def next_poll(
    rhythm: Rhythm, now: datetime, bounds: Bounds, chance: float, *, price: float = PRICE, pushed: bool = False
) -> datetime:
    """When to ask next. `chance`: a random number in [0, 1). `pushed`: a hub tells us what is new (WebSub)."""
    jitter = 1.0 + JITTER * (2.0 * chance - 1.0)
    if rhythm.fails:
        pause = min(FIRST_RETRY * (1 << min(rhythm.fails - 1, 20)), max(LONGEST_RETRY, bounds.ceiling))
        due = now + max(pause, bounds.floor) * jitter
    elif pushed:
        due = now + bounds.ceiling * (jitter / (1.0 + JITTER))
    else:
        due = _walk(rhythm, now, bounds, price, jitter)
    due = max(due, now + bounds.floor)
    return max(due, rhythm.rest_until) if rhythm.rest_until else due


def when_pushed(rhythm: Rhythm, now: datetime, bounds: Bounds) -> datetime:
    """When to ask an endpoint of which a hub says that it has something new: now, if floor and publisher allow it."""
    return max(now, rhythm.at + bounds.floor if rhythm.at else now, rhythm.rest_until or now)


def _walk(rhythm: Rhythm, now: datetime, bounds: Bounds, price: float, polls: float) -> datetime:
    """The time until which `polls` polls are worth it: a quiet night ends with the first poll of the morning."""
    # The latest that jitter makes of it is the ceiling; the earliest is not below the floor, see `next_poll`.
    least, most = (1.0 + JITTER) / bounds.ceiling.total_seconds(), 1.0 / bounds.floor.total_seconds()
    moment = now
    for seconds, rate in _ahead(rhythm, now, HOURS_SECONDS):
        frequency = min(max(_worth(rate) / price, least), most)
        if frequency * seconds >= polls:
            return moment + timedelta(seconds=polls / frequency)
        polls -= frequency * seconds
        moment += timedelta(seconds=seconds)
    raise AssertionError("there is always a next hour")


def _ahead(rhythm: Rhythm, now: datetime, memory: float) -> Iterator[tuple[float, float]]:
    """Seconds and the rate expected in them: the rest of this hour, then hour by hour for ever.

    `memory`: seconds after which what the last hours were like says nothing more.
    """
    profile = _Profile(rhythm)
    by_days, by_hours = _lately(rhythm, profile.level)
    level = profile.level * by_days
    moment, ahead = now, 0.0
    while True:
        burst = 1.0 + (by_hours - 1.0) * exp(-ahead / memory)
        seconds = 3600.0 - moment.minute * 60 - moment.second - moment.microsecond * 1e-6
        yield seconds, level * burst * profile.shape(moment)
        moment, ahead = moment + timedelta(seconds=seconds), ahead + seconds


def _worth(rate: float) -> float:
    """Polls a second for a rate of reports a second, where the price is 1."""
    magnitude = log(max(rate, 1e-12))
    begin, start, slope = next((step for step in reversed(_STEPS) if magnitude >= step[0]), _STEPS[0])
    return exp(start + slope * (magnitude - begin))


def _steps() -> list[tuple[float, float, float]]:
    """For each of `INTERVALS` the logarithms of rate and frequency, and the slope to the next."""
    points = [(log(rate / 86_400), -log(interval)) for rate, interval in INTERVALS]
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairwise(points)]
    return [(x, y, slope) for (x, y), slope in zip(points, [*slopes, 0.5], strict=True)]


_STEPS = _steps()


# -- the price ---------------------------------------------------------------------------------------------------------


def demand(rhythm: Rhythm, bounds: Bounds, price: float = PRICE) -> float:
    """Polls a second that the endpoint is worth in the next 24 hours, times the price: what `price_for` adds up.

    A failing endpoint counts as if it did not fail, so that the price of the others does not jump with it.
    """
    least, most = price / bounds.ceiling.total_seconds(), price / bounds.floor.total_seconds()
    # Other endpoints will have their bursts when this one's is over: in the sum it counts as if it went on.
    hours = islice(_ahead(rhythm, rhythm.at or _MONDAY, inf), 24)
    spare = 1.0 + SPARE * SPARE_SECONDS / (SPARE_SECONDS + sum(rhythm.hours_watched))
    return spare * sum(min(max(_worth(rate), least), most) for _, rate in hours) / 24


def price_for(demands: float, polls_per_second: float) -> float:
    """The price at which endpoints with that sum of demands are polled so often in all.

    Demands may have been taken at earlier prices, for the sake of floor and ceiling: taking price and demands in turn
    ends where both fit.
    """
    return max(LEAST_PRICE, demands / polls_per_second)
