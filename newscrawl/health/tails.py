"""How surprising a count is, given what was counted before."""

from __future__ import annotations

from math import exp, lgamma, log, log1p, sqrt
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


def surprise(bad: int, of: int, before: int, before_of: int, spread: float) -> float:
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


def spread_of(days: Sequence[tuple[int, int]]) -> float:
    """Correlation of two reports of one day, from (bad, all) of each day, by the method of moments.

    Drawn to `PRIOR_SPREAD` where days are few, or have few reports each: then chance makes them differ.
    """
    days = [(bad, of) for bad, of in days if of]
    bad, of = sum(one for one, _ in days), sum(n for _, n in days)
    more = of - len(days)
    if 0 < bad < of and len(days) > 1 and more > 0:
        share = bad / of
        chi = sum((one - n * share) ** 2 / (n * share * (1 - share)) for one, n in days)
        own = (chi - (len(days) - 1)) / more
        error = sqrt(2 * len(days)) / more
        weight = 1 / (1 + (error / PRIOR_ERROR) ** 2)
        return min(MOST_SPREAD, max(LEAST_SPREAD, weight * own + (1 - weight) * PRIOR_SPREAD))
    return PRIOR_SPREAD


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_of_tests(a_year: float, features: int, alarms: float) -> float:
    """The surprise that `a_year` looks a year at `features` features reach `alarms` times by chance (Bonferroni)."""
    return log1p(a_year * features / alarms)
