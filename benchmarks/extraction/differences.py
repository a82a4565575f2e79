"""What is wrong with the body of a page: its lines that are too many, and those that it lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.extraction.corpora import Prediction, scorer
from newscrawl.extraction.fields.title import bare
from newscrawl.extraction.report import read_report


def differences(page: Any, found: Prediction) -> tuple[list[str], list[str]]:
    """(extra, missing) lines of a body beside the page's expected text."""
    text, expected = found.get("text") or "", page.expected
    if "with" in expected:  # snippets, of which some must not be there
        line = " ".join(text.split())
        return (
            [snippet for snippet in expected["without"] if " ".join(snippet.split()) in line],
            [snippet for snippet in expected["with"] if " ".join(snippet.split()) not in line],
        )
    gold = expected["text"] if "text" in expected else "\n".join(p.strip("[]") for p in expected["paragraphs"])
    return lines_without(text, gold), lines_without(gold, text)


def lines_without(text: str, other: str) -> list[str]:
    """The lines of `text` that `other` lacks: those of which less than half, by shingles of four words, is in it."""
    score = scorer()
    words = score.words(other, cjk=True)
    whole, held = " ".join(words), score.shingles(words)
    lines = []
    for line in filter(None, text.split("\n")):
        own = score.words(line, cjk=True)
        same = sum((score.shingles(own) & held).values()) / max(1, len(own) - 3)
        if same < 0.5 and " ".join(own) not in whole:
            lines.append(line)
    return lines


def read_changes(page: Any) -> tuple[tuple[str, str], ...]:
    """(rule, line) of each line of the body that a rule brought back (`+standfirst`) or took away (`-prompt`)."""
    return read_report(page.html, page.url, source="bench", now=datetime.now(UTC), explain=True).lines


def responsible(sign: str, line: str, changes: tuple[tuple[str, str], ...]) -> list[str]:
    """The rules that brought a line (`+`) or took it away (`-`), whole or as part of another."""
    rules = [rule for rule, changed in changes if rule.startswith(sign) and bare(line) in bare(changed)]
    return list(dict.fromkeys(rules))
