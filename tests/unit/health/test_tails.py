from __future__ import annotations

import math

import pytest

from newscrawl.health.tails import spread_of, surprise


def test_a_long_even_past_makes_it_binomial() -> None:
    assert surprise(5, 5, 1000, 10_000, 0.0) == pytest.approx(-math.log(0.1**5), rel=0.02)


def test_a_short_or_uneven_past_surprises_less() -> None:
    sure = surprise(10, 10, 10, 1000, 0.005)
    assert surprise(10, 10, 0, 10, 0.005) < sure
    assert surprise(10, 10, 10, 1000, 0.1) < sure


def test_nothing_bad_is_no_surprise() -> None:
    assert surprise(0, 20, 5, 100, 0.01) == 0


def test_days_that_differ_spread_more() -> None:
    assert spread_of([(0, 20), (20, 20)] * 14) > spread_of([(10, 20)] * 28)
