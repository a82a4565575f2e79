"""When to ask an endpoint again, by what it has shown so far. Pure: no clock, no chance, no database.

How often something new appears is estimated as the rate of a Poisson process: a profile by hour of the day and day of
the week that is learned over weeks, corrected by the last days and by the last hours. All is in UTC; the night and the
weekend of a source show in its profile.

How often to ask follows from the rate. With `rate` reports a second and `interval` seconds between polls, reports wait
`interval / 2` each; if a poll costs as much as `price` seconds of waiting of one report, then the least
`rate * interval / 2 + price / interval` is at `interval = sqrt(2 * price / rate)`. One price for all endpoints of a
schedule is what makes the polls of the whole bring the most: see `price_for`. `_worth` departs a little from that root,
for the sake of the reports that wait longest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

from newscrawl.discovery.hints import Hints

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from newscrawl.spiders.polls import Poll

PRICE = 5.0
"""Report-seconds that a poll costs: with 500 sources of 0.2 to 200 reports a day, evenly by magnitude, that is about
two polls a second."""
LEAST_PRICE = 1.0
"""However few the sources are: to bring one report one second earlier is worth no request to a publisher."""

RARE = 0.5 / 86_400
"""Reports a second: below about this, more polls find nothing, and are better spent on others."""
OFTEN = 50.0 / 86_400
FLATTER = 0.05
"""By how much the exponent of the rate is below a half. At a half the mean delay is least; a little below, those of ten
to fifty reports a day, on which the 95th percentile depends, get more, and the mean stays the same."""

FIRST_RATE = 6.0 / 86_400
"""Reports a second of an endpoint of which nothing is known: between a few a week and hundreds a day."""
FIRST_SECONDS = 6 * 3600.0
"""How long one must have watched for what was seen to count as much as the first guess."""
PROFILE_SECONDS = 28 * 86_400.0
"""What is older than about this no longer counts in the profile: four of each weekday."""
DAYS_SECONDS = 3 * 86_400.0
HOURS_SECONDS = 2 * 3600.0
PROFILE_WEIGHT, DAYS_WEIGHT, HOURS_WEIGHT = 1.0, 6.0, 8.0
"""Reports by which an hour of the profile, the last days, the last hours are drawn to what was expected of them."""
NEIGHBOUR = 0.25
"""What a report in the hour before or after counts for an hour of the profile."""
SKIPPED = 0.1
"""Share of the rate that is expected in hours and on days that the feed says to skip, before it has shown otherwise."""

JITTER = 0.1
"""Polls are shifted by up to this share of the interval, so that endpoints do not march in step."""
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
"""A source that fails is asked less and less, and is never given up."""
LONGEST_REST = timedelta(days=7)
"""Retry-After beyond this is cut: a wrong number must not make us forget a source."""
LONGEST_GAP = timedelta(days=1)
"""After a longer pause, what appeared in it says little: endpoints show the last so many reports."""
LEAST_HISTORY = timedelta(hours=1)
"""Dates of a first answer that lie closer together are taken for the time of its making."""
_HOUR = timedelta(hours=1)
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
    appeared = dated + [since + (poll.at - since) * ((i + 0.5) / count) for i in range(count)]
    return _watch(rhythm, since, poll.at, appeared)


def _learn_history(rhythm: Rhythm, poll: Poll) -> Rhythm:
    """A first answer lists the last reports with their dates: the oldest of them begins the time that was watched."""
    dates = sorted(
        one.astimezone(UTC)
        for one in poll.appeared
        if poll.at - 2 * timedelta(seconds=PROFILE_SECONDS) < one <= poll.at
    )
    if not dates or dates[-1] - dates[0] < LEAST_HISTORY:
        return replace(rhythm, at=poll.at)
    return _watch(rhythm, dates[0], poll.at, dates[1:])


def _watch(rhythm: Rhythm, since: datetime, until: datetime, appeared: list[datetime]) -> Rhythm:
    """With the time from `since` to `until` watched and what appeared in it counted."""
    seconds = (until - since).total_seconds()
    busy = _busy_seconds(rhythm, since, until)
    fade = exp(-seconds / PROFILE_SECONDS)
    hours, hours_watched = [n * fade for n in rhythm.hours], [n * fade for n in rhythm.hours_watched]
    days, days_watched = [n * fade for n in rhythm.days], [n * fade for n in rhythm.days_watched]
    for begin, end in _pieces(since, until):
        watched = (end - begin).total_seconds() * exp(-(until - end).total_seconds() / PROFILE_SECONDS)
        hours_watched[begin.hour] += watched
        days_watched[begin.weekday()] += watched
    for one in appeared:
        weight = exp(-(until - one).total_seconds() / PROFILE_SECONDS)
        hours[one.hour] += weight
        days[one.weekday()] += weight
    return replace(
        rhythm,
        at=until,
        hours=tuple(hours),
        hours_watched=tuple(hours_watched),
        days=tuple(days),
        days_watched=tuple(days_watched),
        last_days=_faded(rhythm.last_days, seconds, DAYS_SECONDS, len(appeared), busy),
        last_hours=_faded(rhythm.last_hours, seconds, HOURS_SECONDS, len(appeared), busy),
    )


def _faded(pair: tuple[float, float], seconds: float, memory: float, seen: int, busy: float) -> tuple[float, float]:
    # What came within the time itself fades by half of it, about.
    before, within = exp(-seconds / memory), exp(-seconds / memory / 2)
    return pair[0] * before + seen * within, pair[1] * before + busy * within


def _busy_seconds(rhythm: Rhythm, since: datetime, until: datetime) -> float:
    profile = _profile(rhythm)
    return sum(profile.shape(begin) * (end - begin).total_seconds() for begin, end in _pieces(since, until))


def _pieces(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The time between, cut at full hours."""
    pieces = []
    while since < until:
        end = min(since.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        pieces.append((since, end))
        since = end
    return pieces


# -- rates -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Profile:
    level: float
    """Reports a second in the mean of all hours."""
    hours: list[float]
    days: list[float]
    """Factors: how busy an hour of the day, a day of the week is."""

    def shape(self, moment: datetime) -> float:
        return self.hours[moment.hour] * self.days[moment.weekday()]


def _profile(rhythm: Rhythm) -> _Profile:
    """What was seen in an hour and beside it is drawn to the mean of all hours, the more so the less was seen."""
    hints = rhythm.hints
    seen, watched = sum(rhythm.hours), sum(rhythm.hours_watched)
    level = (seen + _first_rate(hints) * FIRST_SECONDS) / (watched + FIRST_SECONDS)
    n, t = rhythm.hours, rhythm.hours_watched
    hours = []
    for hour in range(24):
        before, after = hour - 1, (hour + 1) % 24
        near = n[hour] + NEIGHBOUR * (n[before] + n[after])
        time = t[hour] + NEIGHBOUR * (t[before] + t[after])
        hours.append(_drawn(near, level * time, SKIPPED if hour in hints.skip_hours else 1.0))
    days = [
        _drawn(rhythm.days[day], level * rhythm.days_watched[day], SKIPPED if day in hints.skip_days else 1.0)
        for day in range(7)
    ]
    return _Profile(level=level, hours=hours, days=days)


def _drawn(seen: float, expected: float, guess: float) -> float:
    return (seen + PROFILE_WEIGHT * guess) / (expected + PROFILE_WEIGHT)


def _lately(rhythm: Rhythm, level: float) -> tuple[float, float]:
    """By how much the last days are busier than the profile, and the last hours than the last days."""
    by_days = _factor(rhythm.last_days, level, DAYS_WEIGHT)
    return by_days, _factor(rhythm.last_hours, level * by_days, HOURS_WEIGHT)


def _factor(pair: tuple[float, float], level: float, weight: float) -> float:
    return (pair[0] + weight) / (pair[1] * level + weight)


def _first_rate(hints: Hints) -> float:
    """The stated time between updates counts by its root: an hour is often stated where reports come every minute."""
    stated = hints.every or hints.max_age
    usual = sqrt(2 * PRICE / FIRST_RATE)
    return FIRST_RATE * usual / min(max(stated, 60.0), 86_400.0) if stated else FIRST_RATE


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
    profile = _profile(rhythm)
    by_days, by_hours = _lately(rhythm, profile.level)
    level = profile.level * by_days
    root = sqrt(price)
    # The latest that jitter makes of it is the ceiling; the earliest is not below the floor, see `next_poll`.
    least, most = (1.0 + JITTER) / bounds.ceiling.total_seconds(), 1.0 / bounds.floor.total_seconds()
    moment, ahead = now, 0.0
    while True:
        burst = 1.0 + (by_hours - 1.0) * exp(-ahead / HOURS_SECONDS)  # says the less the further one looks ahead
        rate = level * burst * profile.shape(moment)
        frequency = min(max(_worth(rate) / root, least), most)
        left = 3600.0 - moment.minute * 60 - moment.second - moment.microsecond * 1e-6
        if frequency * left >= polls:
            return moment + timedelta(seconds=polls / frequency)
        polls -= frequency * left
        moment, ahead = moment + timedelta(seconds=left), ahead + left


def _worth(rate: float) -> float:
    """Polls a second for a rate of reports a second, where the price is 1."""
    return sqrt(rate / 2.0 * rate / (rate + RARE)) * exp(-FLATTER * log(rate / OFTEN))


# -- the price ---------------------------------------------------------------------------------------------------------


def demand(rhythm: Rhythm, bounds: Bounds, price: float = PRICE) -> float:
    """Polls a second that the endpoint is worth in a usual week, times the root of the price: what `price_for` adds up.

    A failing endpoint counts as if it did not fail, so that the price of the others does not jump with it.
    """
    profile = _profile(rhythm)
    level = profile.level * _lately(rhythm, profile.level)[0] * sum(profile.days) / 7
    root = sqrt(price)
    least, most = root / bounds.ceiling.total_seconds(), root / bounds.floor.total_seconds()
    return sum(min(max(_worth(level * hour), least), most) for hour in profile.hours) / 24


def price_for(demands: float, polls_per_second: float) -> float:
    """The price at which endpoints with that sum of demands are polled so often in all.

    Demands may have been taken at earlier prices: taking price and demands in turn ends where both fit.
    """
    return max(LEAST_PRICE, (demands / polls_per_second) ** 2)
