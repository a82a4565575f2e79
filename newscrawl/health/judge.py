"""Observations -> state and reason. docs/health.md explains the rules and their limits."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.health.features import MOST_CLASSES, STANDING, Feature, State, length_features
from newscrawl.health.observations import (
    Alarm,
    CrawlFacts,
    Observations,
    Part,
    Sample,
    expected,
    length_class,
    part_of,
    remember,
    reports_of,
    slot_of,
)
from newscrawl.health.tails import LEAST_SPREAD, Habit, habit_of, log_of_tests, spread_of, surprise, surprise_of_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOWS = (5, 8, 12, 16, 20)
"""Last reports that are compared with all before them: a hard break shows in five, a soft one in twenty."""
ALARMS_A_YEAR = 0.2
"""Alarms by chance of a source and year that the tests are set for; what no model foresees has the rest of 0.5.

In three equal parts: for what is rare in a source, for what is common in it (where twenty bad ones are not much more
than usual, and the few such features should not pay for the many others), and for body lengths."""
COMMON = 0.2
"""Share of the past from which on a feature is common."""
LENGTH_TESTS = 9
"""Features of body length."""
LOOK_APART = 10
"""Windows overlap: only after so many reports is a look at them nearly a new one."""
LEAST_PAST = 8
"""Reports before the window below which nothing is known."""
LEAST_BAD = 3
LEAST_SHORT = 10
"""Reports of unusual length that are needed: what a text is about changes its length too."""
RHYTHM_KNOWN = 0.5
"""Weeks of volume from which on a burst can be told."""
BURST_OVER = (timedelta(hours=3), timedelta(days=1))
LEARNING = timedelta(days=7)
"""Every day of the week once."""
NOTABLE = 2.0
"""Surprise that is worth remembering."""
PEAK_ROOM = 1.25
"""How much more surprising than ever before a window must be: a source with odd days has had some."""
SETTLED = 10
"""Reports after which an alarm may end by itself."""
SHORTEST_OUTAGE = timedelta(hours=1)
"""Less is maintenance, and over before a person has looked."""
MANY = 12
"""Pages refused in one crawl that are no hiccup, where the next reports are long in coming: a magazine's whole week."""
LEAST_CRAWLS = 3
RARELY_CRAWLED = timedelta(hours=6)
"""Two crawls are enough where they are so far apart."""
LONGEST_EXPLAINED = timedelta(days=3)
"""Past outages excuse later ones of this length at most."""
QUIET_AFTER = 5.0
"""Expected reports that did not come: by chance alone one silence in 150."""
SILENCE_ROOM = 1.5
LONG_SILENCE = timedelta(days=16)
"""Two weeks of holidays and a weekend."""
ALARMING_ROOM = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The state of a source."""

    state: State
    reason: str
    alarm: bool = False
    """Whether somebody should look. A source that is merely `quiet` is no alarm."""
    since: datetime | None = None


def observe(seen: Observations, facts: CrawlFacts) -> Verdict:
    """Add what a crawl saw to `seen`, alarms begun or ended with it; the state of the source after that."""
    remember(seen, facts)
    if facts.samples:
        compare(seen, facts.at)
    return verdict(seen, facts.at)


def verdict(seen: Observations, now: datetime) -> Verdict:
    """The state, from what is known; changes nothing."""
    if (down := _down(seen, now)) is not None:
        return down
    if seen.alarms:
        alarm = min(seen.alarms.values(), key=lambda one: _rank(one.feature))
        more = len(seen.alarms) - 1
        reason = alarm.reason + (f" (and {more} more)" if more else "")
        return Verdict(state=_state(alarm.feature), reason=reason, alarm=True, since=alarm.since)
    if (silent := _silent(seen, now)) is not None:
        return silent
    if seen.last_new_at is None:
        return Verdict(state="fresh", reason="no report seen yet")
    since = _span(now - seen.last_new_at)
    if not _may_judge(seen, now):
        return Verdict(state="fresh", reason=f"last new report {since} ago; {seen.reports_seen} seen, still learning")
    return Verdict(state="fresh", reason=f"last new report {since} ago")


# -- outages ---------------------------------------------------------------------------------------------------------


def _down(seen: Observations, now: datetime) -> Verdict | None:
    if seen.down is None or seen.down_since is None:
        return None
    longest = min(max((hours for _, hours in seen.outages), default=0.0) * SILENCE_ROOM, LONGEST_EXPLAINED / _HOUR)
    lasting = now - seen.down_since
    enough = SHORTEST_OUTAGE if seen.down_crawls >= LEAST_CRAWLS else RARELY_CRAWLED
    if lasting < enough or lasting / _HOUR < longest:
        return None
    state: State = "blocked" if seen.down.kind == "blocked" else "failing"
    moved = f"moved to {seen.down.target}: " if seen.down.kind == "moved" and seen.down.target else ""
    reason = f"{moved}{seen.down.reason}; {seen.down_crawls} crawls in {_span(lasting)} saw nothing else"
    return Verdict(state=state, reason=reason, alarm=True, since=seen.down_since)


# -- silence ---------------------------------------------------------------------------------------------------------


def _silent(seen: Observations, now: datetime) -> Verdict | None:
    """Quiet: much was expected, more than in any silence before. An alarm only far beyond the longest of those."""
    if seen.last_new_at is None or seen.first_at is None or seen.last_new_at - seen.first_at < LEARNING:
        return None
    lasting, missed = now - seen.last_new_at, expected(seen, seen.last_new_at, now)
    longest = max((days for _, days, _ in seen.silences), default=0.0)
    most = max((expect for _, _, expect in seen.silences), default=0.0)
    if missed < max(QUIET_AFTER, SILENCE_ROOM * most):
        return None
    alarm = lasting > max(LONG_SILENCE, ALARMING_ROOM * timedelta(days=longest)) and missed > ALARMING_ROOM * most
    usual = f"its longest silence was {_span(timedelta(days=longest))}" if longest else "it was never silent before"
    reason = f"no new report for {_span(lasting)}, about {missed:.0f} were due; {usual}"
    return Verdict(state="quiet", reason=reason, alarm=alarm, since=seen.last_new_at)


# -- comparison with the past ----------------------------------------------------------------------------------------


def compare(seen: Observations, now: datetime) -> None:
    """Begin and end alarms, and remember how odd the last reports were."""
    _end_alarms(seen, now)
    if not _may_judge(seen, now):
        return
    looks = _looks(seen)
    past = Past(seen)
    needs = _Needs(seen, past, now)
    for feature in (*STANDING, *length_features(_words_before(seen))):
        if feature.name in seen.alarms:
            continue
        mine = [one for one in looks if not feature.of_reports or one.sample.kind == "report"]
        found = _most_surprising(past, feature, mine)
        if found is None:
            continue
        score, window, bad, usual = found
        samples = [one.sample for one in mine[-window:]]
        need = needs.of(feature, usual)
        if score >= max(need, PEAK_ROOM * _peak(seen, feature, samples[0].at)) and _lasts(seen, feature, samples, now):
            seen.alarms[feature.name] = _alarm(feature, _of(seen.recent, feature), (window, bad, usual), now)
        elif not seen.alarms and score > NOTABLE:
            first = seen.past.setdefault(f"{now.astimezone(UTC):%Y-%m-%d}T00", Part())
            first.peaks[feature.name] = round(max(first.peaks.get(feature.name, 0.0), min(score, need)), 1)


class _Look(NamedTuple):
    """One of the last attempts."""

    sample: Sample
    weight: float
    slot: str


def _looks(seen: Observations) -> list[_Look]:
    """The last attempts, each with its weight in a burst and its slot of the week."""
    slots = {at: slot_of(part_of(at)) for at in {one.at for one in seen.recent}}
    return [_Look(one, weight, slots[one.at]) for one, weight in zip(seen.recent, _weights(seen), strict=True)]


def _may_judge(seen: Observations, now: datetime) -> bool:
    return seen.first_at is not None and now - seen.first_at >= LEARNING


class _Needs:
    """The surprise that makes an alarm: more, the more reports of a year are looked at, and the more features."""

    def __init__(self, seen: Observations, past: Past, now: datetime) -> None:
        first = min([datetime.fromisoformat(day).replace(tzinfo=UTC) for day, _, _ in past.parts[:1]]
                    + [one.at for one in seen.recent[:1]] + [now])  # fmt: skip
        days = max(7.0, (now - first) / timedelta(days=1))
        self.looks = max(10.0, seen.reports_seen / days * 365 / LOOK_APART)
        shares = [past.habit(feature).share for feature in STANDING]
        # What is always so can not become more.
        self.common = max(1, sum(COMMON <= share < 1 for share in shares))
        self.rare = sum(share < COMMON for share in shares)

    def of(self, feature: Feature, usual: float) -> float:
        tests = LENGTH_TESTS if feature.of_length else self.common if usual >= COMMON else self.rare
        return log_of_tests(self.looks, tests, ALARMS_A_YEAR / 3)


class Past:
    """What came before the last attempts: by part of a day, and by slot of the week."""

    def __init__(self, seen: Observations) -> None:
        self.parts = [(key[:10], slot_of(key), part) for key, part in sorted(seen.past.items()) if part.kinds]
        self.slots: dict[str, Part] = {}
        for _, slot, part in self.parts:
            self.slots.setdefault(slot, Part()).merge(part)

    def habit(self, feature: Feature) -> Habit:
        slots = {slot: (feature.badness(part), feature.all_of(part)) for slot, part in self.slots.items()}
        return habit_of(slots, feature.variance)

    def share(self, feature: Feature) -> float:
        """How many were bad."""
        of = sum(feature.all_of(part) for part in self.slots.values())
        return sum(feature.count(part) for part in self.slots.values()) / of if of else 0.0

    def spread(self, feature: Feature, habit: Habit) -> float:
        counts = ((day, slot, feature.badness(part), feature.all_of(part)) for day, slot, part in self.parts)
        return spread_of(habit, counts, feature.variance)


def _most_surprising(past: Past, feature: Feature, looks: list[_Look]) -> tuple[float, int, int, float] | None:
    """(surprise, window, bad in it, usual share) of the window that surprises most."""
    flags = [feature.is_bad(one.sample) for one in looks]
    if sum(flags[-WINDOWS[-1] :]) < LEAST_BAD:
        return None
    ratios: Sequence[float] = flags
    if feature.ratio:
        ratios = [feature.ratio[min(length_class(one.sample.words), MOST_CLASSES - 1)] for one in looks]
    habit = past.habit(feature)
    best: tuple[float, int, int, float] | None = None
    spread: float | None = None
    for window in WINDOWS:
        past_of = habit.of + len(looks) - window
        if len(looks) < window or past_of < LEAST_PAST:
            break
        last = looks[-window:]
        weights = [one.weight if feature.state == "drifting" else 1.0 for one in last]
        bad = sum(flags[-window:])
        counted = sum(weight for weight, is_bad in zip(weights, flags[-window:], strict=True) if is_bad)
        if bad < LEAST_BAD or round(counted, 2) < (LEAST_SHORT if feature.of_length else LEAST_BAD):
            continue
        slots = [(one.slot, weight) for one, weight in zip(last, weights, strict=True)]
        usual, known = _usual(habit, habit.bad + sum(ratios[:-window]), past_of, slots)
        if feature.ratio:
            beyond = usual - (habit.bad + sum(ratios[:-window])) / past_of
            total = sum(weight * (one - beyond) for weight, one in zip(weights, ratios[-window:], strict=True))
            score_at = partial(surprise_of_sum, total, sum(weights), known)
            usual = past.share(feature)
        else:
            counts = round(counted), max(round(counted), round(sum(weights)))
            usual = min(1.0, max(0.0, usual))
            score_at = partial(surprise, *counts, usual * known, known, prior=feature.prior)
        if bad / window < 1.3 * usual or score_at(LEAST_SPREAD) < NOTABLE:
            continue
        spread = past.spread(feature, habit) if spread is None else spread
        score = score_at(spread)
        if best is None or score > best[0]:
            best = (score, window, bad, usual)
    return best


def _usual(habit: Habit, bad: float, of: int, slots: list[tuple[str, float]]) -> tuple[float, float]:
    """Share that is usual at these slots of the week, and from how many reports that is known."""
    total = sum(weight for _, weight in slots)
    shift = sum(weight * (habit.at(slot)[0] - habit.share) for slot, weight in slots) / total
    known = sum(weight * habit.at(slot)[1] for slot, weight in slots) / total + of - habit.of
    return bad / of + shift, known


def _weights(seen: Observations) -> list[float]:
    """How much each of the last attempts counts: less where more came within a day or three hours than is usual.

    A live ticker of forty notes is one event, and says as much as the few reports that come in an hour otherwise.
    """
    times = [sample.at for sample in seen.recent]
    if seen.week_weight < RHYTHM_KNOWN:
        return [1.0] * len(times)
    found: dict[datetime, float] = {}
    ordered = sorted(times)
    for at in set(times):
        factor = 1.0
        for horizon in BURST_OVER:
            for begin, end in ((at - horizon, at), (at, min(at + horizon, ordered[-1]))):
                came = bisect_right(ordered, end) - bisect_left(ordered, begin)
                if came < 2:
                    continue
                # What the week knows by now has the burst in it already.
                usual = max(0.0, expected(seen, begin, end + _HOUR) - came / max(seen.week_weight, 1.0))
                factor = max(factor, came / (usual + math.sqrt(usual) + 1))
        found[at] = 1 / factor
    return [found[at] for at in times]


def _peak(seen: Observations, feature: Feature, before: datetime) -> float:
    """How odd the same feature was before this window."""
    day = f"{before.astimezone(UTC):%Y-%m-%d}"
    return max((one.peaks.get(feature.name, 0.0) for key, one in seen.past.items() if key < day), default=0.0)


def _lasts(seen: Observations, feature: Feature, samples: list[Sample], now: datetime) -> bool:
    """Whether it is more than an outage: what the site refuses for some minutes is tried again."""
    if feature.name not in ("failed", "blocked"):
        return True
    bad = [sample.at for sample in samples if feature.is_bad(sample)]
    if bad[-1] - bad[0] >= SHORTEST_OUTAGE:
        return True
    return len(bad) >= MANY and expected(seen, now + _HOUR, now + RARELY_CRAWLED) < LEAST_BAD


def _alarm(feature: Feature, recent: list[Sample], found: tuple[int, int, float], now: datetime) -> Alarm:
    window, bad, usual = found
    samples = recent[-window:]
    # It may have begun before the window did.
    start = next(i for i in range(len(recent) - window, len(recent)) if feature.is_bad(recent[i]))
    while start and feature.is_bad(recent[start - 1]):
        start -= 1
    target = None
    reason = f"{feature.what}: {bad} of the last {len(samples)}, before {usual:.0%}"
    if feature.name == "moved":
        targets = Counter(sample.target for sample in samples if sample.target)
        target = targets.most_common(1)[0][0] if targets else None
        reason = f"moved to {target}: {reason}" if target else reason
    return Alarm(
        feature=feature.name,
        since=recent[start].at,
        at=now,
        usual=usual,
        now=bad / len(samples),
        reason=reason,
        target=target,
    )


def _end_alarms(seen: Observations, now: datetime) -> None:
    """An alarm ends where the last reports are as they were. (Marks stay: see `newscrawl sources accept`.)"""
    if not seen.alarms:
        return
    features = {feature.name: feature for feature in (*STANDING, *length_features(_words_before(seen)))}
    for name, alarm in list(seen.alarms.items()):
        feature = features.get(name)
        if feature is None:
            continue
        samples = [one for one in _of(seen.recent, feature) if one.at > alarm.at][-SETTLED:]
        bad = sum(map(feature.is_bad, samples))
        if len(samples) == SETTLED and bad / SETTLED <= (alarm.usual + alarm.now) / 2:
            del seen.alarms[name]
    if not seen.alarms:  # the bad ones are no past either
        seen.recent = seen.recent[-SETTLED:]
        seen.first_at = min(seen.first_at or now, now)


def reject(seen: Observations) -> None:
    """End the alarms, and keep the past as the measure: what the source showed meanwhile is no part of it."""
    since = min((alarm.since for alarm in seen.alarms.values()), default=None)
    seen.recent = [sample for sample in seen.recent if since is None or sample.at < since]
    seen.alarms = {}


def accept(seen: Observations, now: datetime) -> None:
    """Take what the source shows now for normal: what came before the alarm is forgotten."""
    since = min((alarm.since for alarm in seen.alarms.values()), default=now)
    seen.recent = [sample for sample in seen.recent if sample.at >= since]
    seen.past, seen.alarms = {}, {}
    seen.first_at = min(now, *(sample.at for sample in seen.recent)) if seen.recent else now


def _of(samples: list[Sample], feature: Feature) -> list[Sample]:
    return reports_of(samples) if feature.of_reports else samples


def _words_before(seen: Observations) -> Counter[int]:
    """Body lengths of the past, without the last twenty, or the later half where there are few."""
    words: Counter[int] = Counter()
    for part in seen.past.values():
        words.update(part.words)
    recent = [length_class(sample.words) for sample in reports_of(seen.recent)]
    words.update(recent[: -min(WINDOWS[-1], (words.total() + len(recent)) // 2) or None])
    return words


def _rank(name: str) -> int:
    names = [feature.name for feature in STANDING]
    return names.index(name) if name in names else len(names)


def _state(name: str) -> State:
    return next((feature.state for feature in STANDING if feature.name == name), "drifting")


_HOUR = timedelta(hours=1)


def _span(time: timedelta) -> str:
    """`3 days`, `5 hours`, `12 minutes`."""
    for unit, seconds in (("day", 86400), ("hour", 3600)):
        if time.total_seconds() >= 2 * seconds:
            return f"{time.total_seconds() / seconds:.0f} {unit}s"
    return f"{time.total_seconds() / 60:.0f} minutes"
