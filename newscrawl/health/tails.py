"""How surprising a count is, given what was counted before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PRIOR_SPREAD = 0.015
"""Correlation of reports of one day, before a source has shown its own: one desk, one author, one event."""
PRIOR_ERROR = 0.03
"""How far off that guess may be; what the days say weighs as much where it may be as far off."""
LEAST_SPREAD = 0.005
MOST_SPREAD = 0.15
"""Above this hardly any window of twenty could say anything; what is left is for the source's own peaks."""


def surprise(bad: int, of: int, before: float, before_of: float, spread: float) -> float:
    """`-ln P(at least `bad` of `of`)`, where `before` of `before_of` were bad in the past.

    The chance is beta-binomial: the share is known from `before_of` reports only, and differs between days (`spread`,
    the correlation of two reports of one day). So few reports, and unsteady ones, never make a large surprise.
    """
    if bad <= 0 or of <= 0:
        return 0.0
    share = (before + 0.5) / (before_of + 1)
    strength = 1 / (1 / (before_of + 1) + spread)
    a, b = share * strength, (1 - share) * strength
    logs = [_log_choose(of, k) + _log_beta(a + k, b + of - k) - _log_beta(a, b) for k in range(bad, of + 1)]
    top = max(logs)
    return max(0.0, -(top + log(sum(exp(one - top) for one in logs))))


@dataclass(frozen=True, slots=True)
class Habit:
    """How often something was bad in the past."""

    bad: int
    of: int
    by_slot: dict[str, tuple[float, float]]
    """Slot of the week -> (share, reports that this is known from)."""
    spread: float

    @property
    def share(self) -> float:
        return self.bad / self.of if self.of else 0.0

    def at(self, slot: str) -> tuple[float, float]:
        return self.by_slot.get(slot, (self.share, float(self.of)))


def habit_of(parts: Sequence[tuple[str, str, int, int]]) -> Habit:
    """From (day, slot, bad, all) of each part of the past, in order of time.

    A slot has a share of its own as far as slots differ by more than chance (empirical Bayes). What days still differ by
    is the spread.
    """
    parts = [one for one in parts if one[3]]
    bad, of = sum(one[2] for one in parts), sum(one[3] for one in parts)
    if not 0 < bad < of:
        return Habit(bad, of, {}, PRIOR_SPREAD)
    share = bad / of
    slots: dict[str, tuple[int, int]] = {}
    for _, slot, n_bad, n in parts:
        held = slots.get(slot, (0, 0))
        slots[slot] = held[0] + n_bad, held[1] + n
    own, error = _correlation([(one, n * share, n * share * (1 - share), n) for one, n in slots.values()])
    strength = 1 / max(own - error, SLOTS_ALIKE) - 1
    by_slot = {
        slot: ((one + strength * share) / (n + strength), min(of, n + strength)) for slot, (one, n) in slots.items()
    }
    blocks: list[tuple[str, int, float, float, int]] = []
    for day, slot, n_bad, n in parts:
        here = by_slot[slot][0]
        added = (day, n_bad, n * here, n * here * (1 - here), n)
        if blocks and blocks[-1][0] == day and blocks[-1][4] < BLOCK:
            last = blocks.pop()
            added = (day, last[1] + n_bad, last[2] + added[2], last[3] + added[3], last[4] + n)
        blocks.append(added)
    return Habit(bad, of, by_slot, _spread([one[1:] for one in blocks]))


BLOCK = 12
"""Reports that make a block of their own: parts of a day with fewer are taken together."""
SLOTS_ALIKE = 0.001
"""Least correlation of the reports of a slot."""


def _spread(blocks: Sequence[tuple[int, float, float, int]]) -> float:
    """Correlation of two reports of one block.

    Drawn to `PRIOR_SPREAD` where blocks are few, or have few reports each: then chance makes them differ.
    """
    own, error = _correlation(blocks)
    weight = 1 / (1 + (error / PRIOR_ERROR) ** 2)
    return min(MOST_SPREAD, max(LEAST_SPREAD, weight * own + (1 - weight) * PRIOR_SPREAD))


def _correlation(blocks: Sequence[tuple[int, float, float, int]]) -> tuple[float, float]:
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


def log_of_tests(a_year: float, features: int, alarms: float) -> float:
    """The surprise that `a_year` looks a year at `features` features reach `alarms` times by chance (Bonferroni)."""
    return log1p(a_year * features / alarms)
