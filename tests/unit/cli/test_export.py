from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typer

from newscrawl.cli.export import COLUMNS, csv_row, parse_token
from newscrawl.identity.keys import report_id
from newscrawl.items import Rating, Report, SourceLink

URL = "https://example.com/storm"
REPORT = Report(id=report_id(URL), url=URL, source="example.com", headline="Storm", body="It rained.\n\nA lot.")


def cells(**changes: object) -> dict[str, str]:
    return dict(zip(COLUMNS, csv_row(replace(REPORT, **changes)), strict=True))


def test_a_row_has_all_columns() -> None:
    row = cells(
        authors=("Ada Pell", "Jo Vance"),
        published_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
        source_link=SourceLink(url="https://wire.example/1", outlet="Wire"),
        rating=Rating(value=-1.5, count=0),
        free_access=False,
    )
    assert row["authors"] == "Ada Pell; Jo Vance"
    assert row["published_at"] == "2026-11-20T08:00:00Z"
    assert (row["source_link.url"], row["source_link.outlet"], row["source_link.country"]) == (
        "https://wire.example/1",
        "Wire",
        "",
    )
    assert (row["rating.value"], row["rating.count"], row["free_access"]) == ("-1.5", "0", "False")
    assert row["summary"] == ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1+1", "\u00a0=1+1", '=HYPERLINK("http://x")', "'quoted"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    row = cells(headline=text, authors=(text, "Ada"))
    assert row["headline"] == "'" + text
    assert row["authors"] == f"'{text}; Ada"


@pytest.mark.parametrize("text", ["1 = 1", "a-b", "“Storm”", "5 dead"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cells(headline=text)["headline"] == text


def test_line_ends_and_quotes_survive_a_csv_file() -> None:
    file = io.StringIO()
    csv.writer(file).writerow(csv_row(replace(REPORT, headline='The "storm", again')))
    (row,) = csv.reader(io.StringIO(file.getvalue()))
    assert row[COLUMNS.index("headline")] == 'The "storm", again'
    assert row[COLUMNS.index("body")] == "It rained.\n\nA lot."


def test_tokens() -> None:
    assert parse_token(None) is None
    assert parse_token(f"1795000000-3-{REPORT.id}") == (1795000000, 3, REPORT.id)


@pytest.mark.parametrize(
    "place",
    ["", "5-", "a-3-", "5-x-", "-5-3-", "²-1-", "5000000000-1-", "9" * 5000 + "-1-"],
    ids=lambda place: place[:12],
)
def test_what_is_no_token(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        parse_token(place + REPORT.id)
    assert ended.value.exit_code == 2
