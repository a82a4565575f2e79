from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from newscrawl.cli.formats import COLUMNS, csv_row, writer
from newscrawl.identity.keys import report_id
from newscrawl.items import Image, Location, Rating, Report, SourceLink, from_json, to_json

URL = "https://example.com/storm"
REPORT = Report(id=report_id(URL), url=URL, source="example.com", headline="Storm", body="It rained.\n\nA lot.")
FULL = replace(
    REPORT,
    authors=("Ada Pell", "Jo; Vance"),
    published_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
    images=(Image(url="https://example.com/1.jpg", credit="Jo Vance"),),
    source_link=SourceLink(url="https://wire.example/1", outlet="Wire"),
    locations=(Location(name="Quay", point=(-6.25, 53.35)),),
    rating=Rating(value=-1.5, count=0),
    comment_count=0,
    free_access=False,
    provenance={"headline": "jsonld"},
)


def cells(**changes: object) -> dict[str, str]:
    return dict(zip(COLUMNS, csv_row(replace(FULL, **changes)), strict=True))


def written(format_: str, *reports: Report) -> bytes:
    file = io.BytesIO()
    with writer(format_, file) as write:
        for report in reports:
            write(report)
    return file.getvalue()


def test_a_row_has_a_cell_for_every_field() -> None:
    assert [f.name for f in fields(Report)] == list(COLUMNS)
    row = cells()
    assert json.loads(row["authors"]) == ["Ada Pell", "Jo; Vance"]
    assert json.loads(row["source_link"]) == {"url": "https://wire.example/1", "outlet": "Wire"}
    assert json.loads(row["locations"]) == [{"name": "Quay", "point": [-6.25, 53.35]}]
    assert (row["published_at"], row["free_access"], row["comment_count"]) == ("2026-11-20T08:00:00Z", "false", "0")
    assert row["summary"] == ""


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t1", "\r1", "\u00a0=1+1", "＝1+1", '=HYPERLINK("http://x")', "'quoted"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cells(headline=text)["headline"] == "'" + text
    assert cells(authors=(text, "Ada"))["authors"].startswith("[")


@pytest.mark.parametrize("text", ["1 = 1", "a-b", "“Storm”", "5 dead", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cells(headline=text)["headline"] == text


def test_a_csv_file_is_utf8_and_keeps_line_ends_and_quotes() -> None:
    text = written("csv", replace(REPORT, headline='The "storm", wieder über Malmö')).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["headline"] == 'The "storm", wieder über Malmö'
    assert row["body"] == "It rained.\n\nA lot."


def test_json_lines_come_back_as_they_were() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    (line,) = written("jsonl", FULL).decode().splitlines()
    assert json.loads(line) == to_json(FULL)
    assert from_json(json.loads(line), now).locations == FULL.locations


def test_parquet_keeps_types() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    many = [replace(FULL, comment_count=number) for number in range(1201)]
    table = parquet.read_table(io.BytesIO(written("parquet", *many)))
    assert table.column_names == list(COLUMNS)
    assert table.column("comment_count").to_pylist() == list(range(1201))
    row = table.slice(700, 1).to_pylist()[0]
    assert row["published_at"] == FULL.published_at
    assert row["authors"] == ["Ada Pell", "Jo; Vance"]
    assert row["source_link"] == {"url": "https://wire.example/1", "outlet": "Wire", "country": None, "report_id": None}
    assert row["locations"][0]["point"] == [-6.25, 53.35]
    assert row["provenance"] == [("headline", "jsonld")]
    assert row["summary"] is None


def test_no_reports_are_a_file_too() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(io.BytesIO(written("parquet"))).num_rows == 0
    assert written("csv").decode() == ",".join(COLUMNS) + "\r\n"
    assert written("jsonl") == b""
