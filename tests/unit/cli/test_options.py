from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import typer

from newscrawl.cli.options import parse_since, plain


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90m", timedelta(minutes=90)),
        ("6h", timedelta(hours=6)),
        ("2d", timedelta(days=2)),
        ("3w", timedelta(weeks=3)),
        ("0m", timedelta()),
        ("99999w", timedelta(weeks=99999)),
    ],
)
def test_a_span_before_now(text: str, ago: timedelta) -> None:
    before = datetime.now(UTC)
    at = parse_since(text)
    assert at is not None
    assert before - ago <= at <= datetime.now(UTC) - ago


def test_a_date() -> None:
    assert parse_since("2025-11-24") == datetime(2025, 11, 24, tzinfo=UTC)
    assert parse_since("2025-11-24T08:00+02:00") == datetime(2025, 11, 24, 6, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, ""])
def test_nothing_is_no_bound(text: str | None) -> None:
    assert parse_since(text) is None


@pytest.mark.parametrize("text", ["yesterday", "2", "2y", "-2d", "2.5d", "100000d", "3000-01-01"])
def test_anything_else_ends_the_program(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        parse_since(text, "--until")
    assert ended.value.exit_code == 2


def test_plain_values() -> None:
    assert plain(None) == ""
    assert plain(0) == "0"
    assert plain(datetime(2026, 11, 24, 8, 0, 5, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-24 06:00:05"
    assert plain("Zürich 東京") == "Zürich 東京"


def test_nothing_in_a_plain_value_moves_the_cursor() -> None:
    assert plain("a\x1b[2Jb\r\n\u202ec\u200b\x9b") == "a[2Jbc"
