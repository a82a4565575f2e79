from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from newscrawl.cli.explain import conflicts, print_explanation
from newscrawl.items import Extracted, Report

if TYPE_CHECKING:
    from pathlib import Path

EXTRACTED = Extracted(
    report=Report(id="0" * 32, url="https://harbour.example/a", source="x"),
    rejection="no body",
    candidates={
        "headline": (("jsonld", "Pier closes"), ("dom", "Pier closes"), ("meta", "[red]Pier\x1b[2J closes | Post")),
        "language": (("dom", "en"),),
    },
    refused={"headline": (("meta", "Post"),), "published_at": (("meta", "0001-01-01"),)},
    gaps={"authors": "finds nothing"},
)


def shown(extracted: Extracted, page: str | None = None) -> list[str]:
    file = StringIO()
    print_explanation(Console(file=file, width=100), extracted, page)
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_conflicts_are_the_candidates_that_say_something_else() -> None:
    assert conflicts(EXTRACTED) == {"headline": (("meta", "[red]Pier\x1b[2J closes | Post"),)}


def test_the_table_has_winner_equals_conflicts_and_gaps() -> None:
    lines = shown(EXTRACTED, "demo_minutes")
    assert "headline jsonld Pier closes" in lines
    assert "= dom" in lines
    assert "≠ meta [red]Pier[2J closes | Post" in lines
    assert lines[lines.index("published_at") + 1] == "x meta 0001-01-01"
    assert lines.index("x meta Post") < lines.index("language dom en")
    assert "! site the site page finds nothing" in lines
    assert "nothing found for: summary, body, authors, published_at, sections, images" in lines
    assert lines[-2:] == ["read by the site page demo_minutes", "rejected: no body"]


def test_long_texts_are_shown_where_they_differ() -> None:
    same = "The council closed the northern pier on Friday. " * 6
    two = Extracted(
        report=EXTRACTED.report,
        candidates={"body": (("site", f"{same}Ferries move."), ("trafilatura", f"{same}Buy boots."))},
    )
    assert any(line.startswith("≠ trafilatura …") and line.endswith("Buy boots.") for line in shown(two))


def test_a_terminal_gets_the_table_and_json_when_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<title>Pier</title><h1>Pier closes</h1><p>{'The council met and voted. ' * 20}", encoding="utf-8")

    def on_a_terminal(*options: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "newscrawl", "extract", str(page), "--explain", *options]
        with (
            subprocess.Popen(command, stdout=theirs, stdin=subprocess.DEVNULL),
            os.fdopen(ours, "rb", buffering=0) as screen,
        ):
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
                while chunk := screen.read(10_000):
                    shown += chunk
        return shown.decode()

    assert "nothing found for: " in on_a_terminal()
    assert json.loads(on_a_terminal("--json"))["candidates"]["headline"]
