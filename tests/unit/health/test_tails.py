from __future__ import annotations

import math
import random

import pytest

from newscrawl.health.tails import habit_of, surprise


def test_a_long_even_past_makes_it_binomial() -> None:
    assert surprise(5, 5, 1000, 10_000, 0.0) == pytest.approx(-math.log(0.1**5), rel=0.02)


def test_a_short_or_uneven_past_surprises_less() -> None:
    sure = surprise(10, 10, 10, 1000, 0.005)
    assert surprise(10, 10, 0, 10, 0.005) < sure
    assert surprise(10, 10, 10, 1000, 0.1) < sure


def test_nothing_bad_is_no_surprise() -> None:
    assert surprise(0, 20, 5, 100, 0.01) == 0


def days(counts: list[tuple[int, int]]) -> list[tuple[str, str, int, int]]:
    return [(f"{n}", "week", bad, of) for n, (bad, of) in enumerate(counts)]


def test_days_that_differ_spread_more() -> None:
    assert habit_of(days([(0, 20), (20, 20)] * 14)).spread > habit_of(days([(10, 20)] * 28)).spread


def test_the_night_has_a_share_of_its_own_where_it_differs() -> None:
    habit = habit_of([(f"{n}", slot, bad, 20) for n in range(28) for slot, bad in (("day", 0), ("night", 20))])
    assert habit.at("day")[0] < 0.02
    assert habit.at("night")[0] > 0.98
    assert habit.at("weekend")[0] == 0.5
    assert habit.spread < 0.02
    dice = random.Random(1)
    same = habit_of([(f"{n}", slot, sum(dice.random() < 0.5 for _ in range(3)), 3) for n in range(28) for slot in "ab"])
    assert abs(same.at("a")[0] - same.at("b")[0]) < 0.05
