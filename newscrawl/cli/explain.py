"""Where the values of a report come from, and what was found besides: `newscrawl extract --explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from newscrawl.cli.options import plain
from newscrawl.sites.registry import NONE
from newscrawl.text import shorten

if TYPE_CHECKING:
    from rich.console import Console

    from newscrawl.items import Extracted

_WIDTH = 160
"""Characters of a value: enough to tell two apart."""
_MOST_WANTED = ("headline", "summary", "body", "authors", "published_at", "language", "sections", "images")
"""Fields that nearly every report has: where one is missing, people want to know."""


def conflicts(extracted: Extracted) -> dict[str, tuple[tuple[str, str], ...]]:
    """Field -> (method, value) of the candidates that say something else than the winner."""
    found = {
        field: tuple((method, value) for method, value in losers if value != winner)
        for field, ((_, winner), *losers) in extracted.candidates.items()
    }
    return {field: losers for field, losers in found.items() if losers}


def print_explanation(console: Console, extracted: Extracted, page: str | None) -> None:
    """A table of all fields with their candidates, and what else is to be said. `page` is the site page's name."""
    console.print(explanation(extracted))
    missing = [field for field in _MOST_WANTED if field not in extracted.candidates]
    notes = [
        *([f"nothing found for: {', '.join(missing)}"] if missing else []),
        *(["read without a site page" if page == NONE else f"read by the site page {page}"] if page else []),
        *([f"rejected: {extracted.rejection}"] if extracted.rejection else []),
    ]
    for note in notes:
        console.print(plain(note), markup=False)


def explanation(extracted: Extracted) -> Table:
    """One row a candidate, the winner first: `=` says the same as the winner, `≠` something else, `x` was refused.

    Last the lines of the body that a rule brought back (`+`) or took away (`-`).
    """
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("field", no_wrap=True)
    table.add_column("")
    table.add_column("method", no_wrap=True)
    table.add_column("value", ratio=1)
    for field, ((method, winner), *losers) in extracted.candidates.items():
        table.add_row(field, "", method, _cell(winner, "bold"))
        for other, value in losers:
            same = value == winner
            shown = "" if same else _from_difference(value, winner)
            table.add_row("", "=" if same else "≠", other, _cell(shown, "yellow"))
        _add_refused(table, extracted, field)
        _add_gap(table, extracted, field)
    for field in dict.fromkeys((*extracted.refused, *extracted.gaps)):
        if field not in extracted.candidates:
            table.add_row(field, "")
            _add_refused(table, extracted, field)
            _add_gap(table, extracted, field)
    for index, (rule, line) in enumerate(extracted.lines):
        table.add_row("" if index else "body lines", rule[0], rule[1:], _cell(line, "yellow"))
    return table


def _add_refused(table: Table, extracted: Extracted, field: str) -> None:
    for method, value in extracted.refused.get(field, ()):
        table.add_row("", "x", method, _cell(value, "red"))


def _add_gap(table: Table, extracted: Extracted, field: str) -> None:
    if field in extracted.gaps:
        table.add_row("", "!", "site", _cell(f"the site page {extracted.gaps[field]}", "red"))


def _from_difference(value: str, winner: str) -> str:
    """The part of a long text that differs from the winner, with a little of what is before it."""
    same = next(
        (i for i, (a, b) in enumerate(zip(value, winner, strict=False)) if a != b), min(len(value), len(winner))
    )
    return value if same < _WIDTH // 2 else f"…{value[same - 20 :]}"


def _cell(text: str, style: str) -> Text:
    return Text(shorten(plain(text.replace("\n\n", " ¶ ")), _WIDTH), style=style)
