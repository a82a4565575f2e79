"""`newscrawl export`"""

from __future__ import annotations

import csv
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from newscrawl.cli.options import FAILED, USAGE, SetOption, load_settings, parse_since, plain, stop, with_store
from newscrawl.items import to_json, to_json_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newscrawl.items import Report
    from newscrawl.store.store import Store

COLUMNS = (
    *("id", "url", "source", "headline", "summary", "body", "authors", "published_at", "modified_at", "language"),
    *("sections", "keywords", "word_count", "free_access", "source_link.url", "source_link.outlet"),
    *("source_link.country", "rating.value", "rating.count", "story_id", "revision", "first_seen_at", "fetched_at"),
)
"""Of the CSV; lists are joined by `; `."""


def export(
    *,
    format_: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    source: Annotated[str | None, typer.Option(help="Only reports of this source.")] = None,
    language: Annotated[str | None, typer.Option(help="Only reports in this language.")] = None,
    since: Annotated[str | None, typer.Option(help="Published since (2d, 6h, 2026-11-24).")] = None,
    until: Annotated[str | None, typer.Option(help="Published before.")] = None,
    after: Annotated[str | None, typer.Option(metavar="TOKEN", help="Changed after this place in the order.")] = None,
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Default: standard output.")] = "-",
    set_: SetOption = None,
) -> None:
    """Export reports, in the order in which they last changed. The last line on stderr is the token for --after."""
    settings = load_settings(set_)
    if format_ not in ("jsonl", "csv"):
        stop(f"--format {plain(format_)!r}: give jsonl or csv", USAGE)
    query = {
        "source": source,
        "language": language,
        "since": parse_since(since),
        "until": parse_since(until, "--until"),
        "after": parse_token(after),
    }
    with _writer(format_, output) as write:
        place = with_store(settings, lambda store: _export(store, query, write))
    if place:
        sys.stderr.write(f"token {place[0]}-{place[1]}-{place[2]}\n")


async def _export(
    store: Store, query: dict[str, str | datetime | tuple[int, int, str] | None], write: Any
) -> tuple[int, int, str] | None:
    place = None
    async for report, at in store.reports.read(**query):  # type: ignore[arg-type]
        write(report)
        place = at
    return place


@contextmanager
def _writer(format_: str, output: str) -> Iterator[Any]:
    with _file(output) as file:
        if format_ == "jsonl":
            yield lambda report: file.write(to_json_line(report) + "\n")
        else:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            yield lambda report: rows.writerow(csv_row(report))


@contextmanager
def _file(output: str) -> Iterator[TextIO]:
    if output == "-":
        yield sys.stdout
        return
    try:
        with Path(output).open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        stop(f"-o {output}: cannot be written: {error.strerror}", FAILED)


def csv_row(report: Report) -> list[str]:
    """The cells of one report. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    values = to_json(report)
    return [_cell(_dig(values, column)) for column in COLUMNS]


def _dig(values: Any, path: str) -> Any:
    for key in path.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    number = isinstance(value, int | float)
    return "'" + text if not number and text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else text


def parse_token(text: str | None) -> tuple[int, int, str] | None:
    """A place in the change feed, as `export` prints it. Ends the program on anything else."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,10})-([0-9]{1,10})-([0-9a-f]{32})", text)
    if match is None or max(int(match[1]), int(match[2])) >= 2**32:
        stop(f"--after {plain(text)!r}: is no token that `newscrawl export` printed", USAGE)
    return int(match[1]), int(match[2]), match[3]
