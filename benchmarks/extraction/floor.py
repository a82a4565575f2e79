"""The floor: figures below which the quality of extraction must not fall, in `floor.toml`."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FLOOR = Path(__file__).with_name("floor.toml")
CEILINGS = frozenset(("bad", "authors_spurious"))
"""Figures of which less is better."""
FIGURES = ("f1", "bad", "title", "authors_f1", "authors_spurious", "day", "instant", "language")
MARGIN = 0.004
"""Between a figure and its floor: what one page changes in a body F1 that it is not about."""

Figures = dict[str, dict[str, float]]
"""Corpus -> name -> figure."""

_HEAD = """\
# What newscrawl reaches at least on the shared half of the corpora; `python -m benchmarks.extraction` fails below it.
# bad and authors_spurious are ceilings. Raise it after a gain: python -m benchmarks.extraction --gate --write-floor
# A change that lowers a figure here has to say what it buys instead.
"""


def read_floor(path: Path = FLOOR) -> Figures:
    """The committed floor."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def write_floor(figures: Mapping[str, Mapping[str, float]], path: Path = FLOOR) -> None:
    """Write a floor a little below `figures`; one that counts pages may lose one of them."""
    text = _HEAD
    for corpus in sorted(figures):
        text += f"\n[{corpus}]\n"
        for name in sorted(name for name in FIGURES if name in figures[corpus]):
            text += f"{name} = {_with_margin(name, figures[corpus]):.3f}\n"
    path.write_text(text, encoding="utf-8")


def _with_margin(name: str, figures: Mapping[str, float]) -> float:
    pages = figures.get("n_" + name, figures["pages"])
    margin = MARGIN if name == "f1" else max(MARGIN, 1 / pages)
    if name in CEILINGS:
        return min(1.0, math.ceil(round(1000 * (figures[name] + margin), 6)) / 1000)
    return max(0.0, math.floor(round(1000 * (figures[name] - margin), 6)) / 1000)


def broken(figures: Mapping[str, Mapping[str, float]], floor: Figures) -> list[str]:
    """A message for each figure that is worse than the floor, or is missing."""
    messages = []
    for corpus, limits in floor.items():
        for name, limit in limits.items():
            figure = figures.get(corpus, {}).get(name)
            if figure is None:
                messages.append(f"{corpus} {name}: no figure; the floor is {limit:.3f}")
            elif name in CEILINGS and figure > limit:
                messages.append(f"{corpus} {name}: {figure:.4f} is above {limit:.3f}")
            elif name not in CEILINGS and figure < limit:
                messages.append(f"{corpus} {name}: {figure:.4f} is below {limit:.3f}")
    return messages
