from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.sources import RECHECK
from newscrawl.store.rechecks import born_at, next_check

BORN = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "at"),
    [
        (timedelta(0), 1 * HOUR),
        (0.7 * HOUR, 1 * HOUR),
        (0.9 * HOUR, 6 * HOUR),  # near enough to an hour
        (1.2 * HOUR, 6 * HOUR),
        (3 * HOUR, 6 * HOUR),  # first seen late: the first age is passed
        (7 * HOUR, 24 * HOUR),
        (30 * HOUR, 168 * HOUR),
    ],
)
def test_the_next_age_that_is_not_passed(age: timedelta, at: timedelta) -> None:
    assert next_check(BORN, BORN + age, RECHECK) == BORN + at


def test_the_plan_ends() -> None:
    assert next_check(BORN, BORN + timedelta(days=7), RECHECK) is None
    assert next_check(BORN, BORN, ()) is None


@pytest.mark.parametrize(
    ("published", "precision", "born"),
    [
        (None, None, BORN),
        (BORN - 3 * HOUR, "second", BORN - 3 * HOUR),
        (BORN + 3 * HOUR, "minute", BORN),  # in the future
        (datetime(2026, 11, 24, tzinfo=UTC), "day", BORN),
        (datetime(2026, 11, 22, tzinfo=UTC), "day", datetime(2026, 11, 23, tzinfo=UTC)),
    ],
)
def test_what_the_age_is_counted_from(published: datetime | None, precision: str | None, born: datetime) -> None:
    assert born_at(BORN, published, precision) == born
