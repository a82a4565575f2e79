from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extraction.fields.written_dates import read_written_date

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3 May 2024", "2024-05-03"),
        ("Feb. 28th, 2024", "2024-02-28"),
        ("Dienstag, 28. April 2020", "2020-04-28"),
        ("1er août 2023", "2023-08-01"),
        ("22 de janeiro de 2018", "2018-01-22"),
        ("4 d’abril de 2021", "2021-04-04"),
        ("13 lipca 2023", "2023-07-13"),
        ("15. března 2024", "2024-03-15"),
        ("12 мая 2023 года", "2023-05-12"),
        ("5 Μαΐου 2023", "2023-05-05"),
        ("٣ مايو ٢٠٢٤", "2024-05-03"),
        ("2024. május 3.", "2024-05-03"),
        ("ngày 3 tháng 5 năm 2024", "2024-05-03"),
        ("2024年5月3日", "2024-05-03"),
        ("2024-5-3", "2024-05-03"),
        ("03.05.2024", "2024-05-03"),
        ("23/05/2024", "2024-05-23"),
    ],
)
def test_days_in_many_languages(text: str, day: str) -> None:
    moment = read_written_date(text, NOW)
    assert moment is not None
    assert (moment.at.date().isoformat(), moment.precision, moment.zone) == (day, "day", "assumed")


@pytest.mark.parametrize(
    "text", ["Markt 12, 2020", "32 May 2024", "3 May 1920", "3 May 2031", "version 3.5.24", "٢٠٢٤", "page 12 2024", ""]
)
def test_what_is_no_day(text: str) -> None:
    assert read_written_date(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        ("November 8, 2023 at 11:30 p.m.", datetime(2023, 11, 8, 23, 30, tzinfo=UTC), None),
        ("29.04.2020, 12:01 Uhr", datetime(2020, 4, 29, 12, 1, tzinfo=UTC), None),
        ("22 de janeiro de 2018 às 0:13", datetime(2018, 1, 22, 0, 13, tzinfo=UTC), None),
        ("2019-11-20 5:19:00 -0600", datetime(2019, 11, 20, 11, 19, tzinfo=UTC), timedelta(hours=-6)),
        ("Fr, 17 Mai 2019 13:38:23 MESZ", datetime(2019, 5, 17, 11, 38, 23, tzinfo=UTC), timedelta(hours=2)),
    ],
)
def test_time_of_day_behind_the_day(text: str, at: datetime, offset: timedelta | None) -> None:
    moment = read_written_date(text, NOW)
    assert moment is not None
    assert (moment.at, moment.offset) == (at, offset or timedelta(0))
    assert moment.zone == ("assumed" if offset is None else "stated")


def test_midnight_is_no_time_of_day() -> None:
    moment = read_written_date("04 mayo 2022 - 00:00", NOW)
    assert moment is not None
    assert moment.precision == "day"


def test_order_of_slashes_and_short_years_are_told_by_the_caller() -> None:
    by_day, by_month = read_written_date("03/05/2024", NOW), read_written_date("03/05/2024", NOW, month_first=True)
    short = read_written_date("6.11.22", NOW, short=True)
    assert by_day is not None
    assert by_month is not None
    assert short is not None
    assert [m.at.date().isoformat() for m in (by_day, by_month, short)] == ["2024-05-03", "2024-03-05", "2022-11-06"]
    assert read_written_date("6.11.22", NOW) is None
