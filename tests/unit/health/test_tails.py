from __future__ import annotations

import math

import pytest

from newscrawl.health.tails import habit_of, spread_of, surprise


def test_a_long_even_past_makes_it_binomial() -> None:
    assert surprise(5, 5, 1000, 10_000, 0.0) == pytest.approx(-math.log(0.1**5), rel=0.02)


def test_a_short_or_uneven_past_surprises_less() -> None:
    sure = surprise(10, 10, 10, 1000, 0.005)
    assert surprise(10, 10, 0, 10, 0.005) < sure
    assert surprise(10, 10, 10, 1000, 0.1) < sure


def test_nothing_bad_is_no_surprise() -> None:
    assert surprise(0, 20, 5, 100, 0.01) == 0


def spread(counts: list[tuple[int, int]]) -> float:
    days = [(f"{n}", "week", float(bad), of) for n, (bad, of) in enumerate(counts)]
    return spread_of(habit_of({"week": (sum(one[0] for one in counts), sum(one[1] for one in counts))}), days)


def test_days_that_differ_spread_more() -> None:
    assert spread([(0, 20), (20, 20)] * 14) > spread([(10, 20)] * 28)


def test_the_night_has_a_share_of_its_own_where_it_differs() -> None:
    habit = habit_of({"day": (0, 560), "night": (560, 560)})
    assert habit.at("day")[0] < 0.02
    assert habit.at("night")[0] > 0.98
    assert habit.at("weekend")[0] == 0.5
    assert spread_of(habit, [("1", "day", 0.0, 20), ("1", "night", 20.0, 20)] * 28) < 0.02
    alike = habit_of({"day": (290, 560), "night": (270, 560)})
    assert abs(alike.at("day")[0] - alike.at("night")[0]) < 0.02
