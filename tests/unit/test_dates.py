from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from newscrawl.dates import parse_date

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "precision", "zone"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), "day", "assumed"),
        ("20261120", datetime(2026, 11, 20, tzinfo=UTC), "day", "assumed"),
        ("2026-11-20T08:30", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "minute", "assumed"),
        ("2026-11-20 08:30:15", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC), "second", "assumed"),
        ("2026-11-20T08:30:15.123456789Z", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC), "second", "stated"),
        ("2026-11-20T08:30:00+05:30", datetime(2026, 11, 20, 3, tzinfo=UTC), "second", "stated"),
        ("2026-11-20T08:30-0200", datetime(2026, 11, 20, 10, 30, tzinfo=UTC), "minute", "stated"),
        ("20261120T083015Z", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC), "second", "stated"),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), "second", "stated"),
        ("1763625600", datetime(2025, 11, 20, 8, tzinfo=UTC), "second", "stated"),
        ("1763625600000", datetime(2025, 11, 20, 8, tzinfo=UTC), "second", "stated"),
        ("Fri, 20 Nov 2026 08:00:00 GMT", datetime(2026, 11, 20, 8, tzinfo=UTC), "second", "stated"),
        ("Fri, 20 Nov 2026 08:00 +0100", datetime(2026, 11, 20, 7, tzinfo=UTC), "minute", "stated"),
        ("20 Nov 2026 08:00:00 -0000", datetime(2026, 11, 20, 8, tzinfo=UTC), "second", "assumed"),
        ("Fri, 20 Nov 2026", datetime(2026, 11, 20, tzinfo=UTC), "day", "assumed"),
        ("20 Nov 2026", datetime(2026, 11, 20, tzinfo=UTC), "day", "assumed"),
    ],
)
def test_dates_that_machines_write(text: str, at: datetime, precision: str, zone: str) -> None:
    moment = parse_date(f" {text}\n", NOW)
    assert moment is not None
    assert (moment.at, moment.precision, moment.zone) == (at, precision, zone)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("2026-11-20T23:30:00-05:00", "2026-11-20T23:30:00-05:00"),
        ("Fri, 20 Nov 2026 08:00:00 +0100", "2026-11-20T08:00:00+01:00"),
        ("2026-11-20T08:30", "2026-11-20T08:30:00+00:00"),
    ],
)
def test_the_clock_of_the_text_is_remembered(text: str, own: str) -> None:
    moment = parse_date(text, NOW)
    assert moment is not None
    assert moment.by_own_clock.isoformat() == own


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "2026-11-20T25:00",
        "2026-11-20T08:00+99:00",
        "Fri, 20 Nov 2026 08:00:00 +9900",
        "32 Foo 2026",
        "7",
        "²",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text, NOW) is None


@pytest.mark.parametrize("text", ["1994-12-31", "2026-11-26", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+05:00"])
def test_absurd_dates(text: str) -> None:
    assert parse_date(text, NOW) is None


def test_a_clock_may_be_ahead_by_some_hours() -> None:
    assert parse_date("2026-11-25T11:00:00Z", NOW) is not None


@pytest.mark.parametrize("text", ["1" * 100_000, "20 Nov " * 20_000, " " * 100_000 + "2026"])
def test_hostile_strings_take_no_time(text: str) -> None:
    began = time.monotonic()
    assert parse_date(text, NOW) is None
    assert time.monotonic() - began < 2
