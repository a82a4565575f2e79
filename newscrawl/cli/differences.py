"""What is different between two states of a report, for people: by paragraphs, and within them by words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Mark = Literal["same", "old", "new"]

ALIKE = 0.5
"""Share of words in common from which a paragraph is shown as changed; below, as one taken out and one put in."""
AROUND = 8
"""Words and blanks kept around a change; the rest of a long paragraph says nothing."""
MOST_WORDS = 4_000
"""Of one paragraph compared by words: the comparison is quadratic."""

# Scripts without spaces word by word would change by whole sentences: there, a character is a word.
_TOKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both states have, or only the old or the new one."""

    mark: Mark
    text: str


def paragraph_changes(old: str, new: str) -> list[list[Piece]]:
    """The paragraphs (separated by blank lines) that differ, in order; each as its pieces.

    A paragraph that was taken out or put in is one piece; one that was changed has the words that were.
    """
    before, after = old.split("\n\n") if old else [], new.split("\n\n") if new else []
    changes: list[list[Piece]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            changes += _replaced(before[a:b], after[c:d])
    return changes


def word_changes(old: str, new: str) -> list[Piece]:
    """Two texts as one, by words."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return [Piece("old", old), Piece("new", new)]
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        pieces += [Piece("old", "".join(before[a:b]))] if b > a else []
        pieces += [Piece("new", "".join(after[c:d]))] if d > c else []
    return _joined(pieces)


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """Paragraphs in place of others: each old one with the next new one that is like it."""
    changes: list[list[Piece]] = []
    rest = list(after)
    for old in before:
        partner = next((i for i, new in enumerate(rest) if _alike(old, new)), None)
        if partner is None:
            changes.append([Piece("old", old)])
            continue
        changes += [[Piece("new", new)] for new in rest[:partner]]
        changes.append(_shortened(word_changes(old, rest[partner])))
        rest = rest[partner + 1 :]
    return changes + [[Piece("new", new)] for new in rest]


def _alike(old: str, new: str) -> bool:
    before, after = ([token for token in _TOKEN.findall(text) if not token.isspace()] for text in (old, new))
    if max(len(before), len(after)) > MOST_WORDS:
        return False
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= ALIKE


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Words that were all replaced are read as one change: a blank that stayed between them is part of it."""
    result: list[Piece] = []
    for number, piece in enumerate(pieces):
        between = 0 < number < len(pieces) - 1
        if piece.mark == "same" and piece.text.isspace() and between:
            result += [Piece("old", piece.text), Piece("new", piece.text)]
        else:
            result.append(piece)
    runs: list[Piece] = []
    waiting: dict[Mark, str] = {"old": "", "new": ""}
    for piece in [*result, Piece("same", "")]:
        if piece.mark != "same":
            waiting[piece.mark] += piece.text
            continue
        runs += [Piece(mark, text) for mark, text in waiting.items() if text]
        waiting = {"old": "", "new": ""}
        runs += [piece] if piece.text else []
    return runs


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """Long stretches that stayed, cut to their ends."""
    result = []
    for number, piece in enumerate(pieces):
        tokens = _TOKEN.findall(piece.text) if piece.mark == "same" else []
        first, last = number == 0, number == len(pieces) - 1
        if len(tokens) <= 4 * AROUND:
            result.append(piece)
            continue
        head, tail = "".join(tokens[: 2 * AROUND]), "".join(tokens[-2 * AROUND :])
        result.append(Piece("same", ("" if first else head) + "…" + ("" if last else tail)))
    return result
