"""How surprising a count is, given what was counted before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PRIOR_SPREAD = 0.015
"""Correlation of reports of one day, before a source has shown its own: one desk, one author, one event."""
PRIOR_ERROR = 0.03
"""How far off that guess may be; what the days say weighs as much where it may be as far off."""
LEAST_SPREAD = 0.005
MOST_SPREAD = 0.15
"""Above this hardly any window of twenty could say anything; what is left is for the source's own peaks."""


def surprise(
    bad: int, of: int, before: float, before_of: float, spread: float, prior: tuple[float, float] = (0.5, 1.0)
) -> float:
    """`-ln P(at least `bad` of `of`)`, where `before` of `before_of` were bad in the past.

    The chance is beta-binomial: the share is known from `before_of` reports only, and differs between days (`spread`,
    the correlation of two reports of one day). So few reports, and unsteady ones, never make a large surprise. `prior`:
    (bad, all) that are added to the past.
    """
    if bad <= 0 or of <= 0:
        return 0.0
    share, known = (before + prior[0]) / (before_of + prior[1]), before_of + prior[1]
    strength = 1 / (1 / known + spread)
    a, b = share * strength, (1 - share) * strength
    logs = [_log_choose(of, k) + _log_beta(a + k, b + of - k) - _log_beta(a, b) for k in range(bad, of + 1)]
    top = max(logs)
    return max(0.0, -(top + log(sum(exp(one - top) for one in logs))))


@dataclass(frozen=True, slots=True)
class Habit:
    """How often something was bad in the past."""

    bad: float
    of: int
    by_slot: dict[str, tuple[float, float]]
    """Slot of the week -> (share, reports that this is known from)."""

    @property
    def share(self) -> float:
        return self.bad / self.of if self.of else 0.0

    def at(self, slot: str) -> tuple[float, float]:
        return self.by_slot.get(slot, (self.share, float(self.of)))


def habit_of(slots: Mapping[str, tuple[float, int]], variance: float | None = None) -> Habit:
    """From slot of the week -> (bad, all).

    A slot has a share of its own as far as slots differ by more than chance (empirical Bayes). For a mean in place of a
    share, `bad` is the sum, and `variance` that of one report.
    """
    bad, of = sum(one for one, _ in slots.values()), sum(n for _, n in slots.values())
    if not (variance or 0 < bad < of):
        return Habit(bad, of, {})
    share = bad / max(of, 1)
    one_of = share * (1 - share) if variance is None else variance
    own, error = _correlation([(one, n * share, n * one_of, n) for one, n in slots.values() if n])
    strength = 1 / max(own - error, SLOTS_ALIKE) - 1
    return Habit(bad, of, {
        slot: ((one + strength * share) / (n + strength), min(of, n + strength)) for slot, (one, n) in slots.items()
    })  # fmt: skip


def spread_of(habit: Habit, parts: Iterable[tuple[str, str, float, int]], variance: float | None = None) -> float:
    """Correlation of two reports of one day, beyond what slots of the week explain.

    From (day, slot, bad, all) of each part of the past, in order of time. Drawn to `PRIOR_SPREAD` where days are few,
    or have few reports each: then chance makes them differ.
    """
    if not (variance or 0 < habit.bad < habit.of):
        return PRIOR_SPREAD
    blocks: list[tuple[float, float, float, int]] = []
    day_before = ""
    for day, slot, bad, n in parts:
        if not n:
            continue
        here = habit.at(slot)[0]
        block = (bad, n * here, n * (here * (1 - here) if variance is None else variance), n)
        if day == day_before and blocks[-1][3] < BLOCK:
            last = blocks[-1]
            blocks[-1] = (last[0] + bad, last[1] + block[1], last[2] + block[2], last[3] + n)
        else:
            blocks.append(block)
        day_before = day
    own, error = _correlation(blocks)
    weight = 1 / (1 + (error / PRIOR_ERROR) ** 2)
    return min(MOST_SPREAD, max(LEAST_SPREAD, weight * own + (1 - weight) * PRIOR_SPREAD))


def surprise_of_sum(ratio: float, of: float, before_of: float, spread: float) -> float:
    """`-ln P` of a sum of log likelihood ratios, from `of` reports, where days differ and the past is short.

    So many reports of one day say as much as fewer that know nothing of each other (design effect).
    """
    return max(0.0, ratio) / (1 + max(0.0, of - 1) * spread + of / before_of)


BLOCK = 12
"""Reports that make a block of their own: parts of a day with fewer are taken together."""
SLOTS_ALIKE = 0.001
"""Least correlation of the reports of a slot."""


def _correlation(blocks: Sequence[tuple[float, float, float, int]]) -> tuple[float, float]:
    """(correlation of two reports of one block, its standard error) from (bad, expected, variance by chance, all).

    By the method of moments.
    """
    more = sum(one[3] for one in blocks) - len(blocks)
    if len(blocks) < 2 or more <= 0:
        return 0.0, math.inf
    chi = sum((bad - mean) ** 2 / variance for bad, mean, variance, _ in blocks if variance > 0)
    return (chi - (len(blocks) - 1)) / more, math.sqrt(2 * len(blocks)) / more


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_of_tests(a_year: float, features: float, alarms: float) -> float:
    """The surprise that `a_year` looks a year at `features` features reach `alarms` times by chance (Bonferroni)."""
    return log1p(a_year * features / alarms)
