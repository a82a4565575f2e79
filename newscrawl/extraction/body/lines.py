"""The lines of a body while it is made: each with the blocks of the page where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from newscrawl.extraction.body.blocks import container_of
from newscrawl.extraction.fields.title import bare
from newscrawl.text import clean_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.body.blocks import Block, Blocks

_MAIN_SHARE = 0.8
_LAYOUT = 80
"""Characters of a table cell, on average of its row, from which on it is no cell of data."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body."""

    text: str
    key: str
    """Letters and digits only, lower case."""
    at: range
    """Positions of its blocks in the page; empty where the page does not have it as it stands."""
    block: Block | None
    """The first of them."""
    link_share: float
    """Share of the text that is in links, 0 to 1."""
    words: int
    """As spaces tell them; of a text without spaces, half its characters."""


@dataclass(frozen=True)
class Draft:
    """What the rules look at: the body so far, and the page that it comes from."""

    lines: tuple[Line, ...]
    blocks: Blocks
    headlines: tuple[str, ...]
    """All versions of the headline, bare; the first is the one that was chosen."""
    summaries: tuple[str, ...]
    """What the page's metadata gives as its description, bare."""
    authors: tuple[str, ...]
    """Names of those who sign, bare."""
    whole: str
    """`articleBody` of the page's JSON-LD, bare; empty where there is none."""

    @cached_property
    def main(self) -> HtmlElement | None:
        """The innermost element that holds nearly all of the text."""
        return container_of([line.block for line in self.lines if line.block], _MAIN_SHARE)

    @cached_property
    def ends(self) -> frozenset[Line]:
        """The first four lines and the last four."""
        return self.first | self.last

    @cached_property
    def first(self) -> frozenset[Line]:
        """The first four lines."""
        return frozenset(self.lines[:4])

    @cached_property
    def last(self) -> frozenset[Line]:
        """The last four lines."""
        return frozenset(self.lines[-4:])

    @cached_property
    def tail(self) -> frozenset[Line]:
        """The lines behind the last one that lies in `main`."""
        inside = [i for i, line in enumerate(self.lines) if line.block and self._in_main(line.block)]
        return frozenset(line for line in self.lines[inside[-1] + 1 :] if line.block) if inside else frozenset()

    def _in_main(self, block: Block) -> bool:
        return block.element is self.main or self.main in block.element.iterancestors()

    @cached_property
    def _positions(self) -> dict[Line, int]:
        return {line: position for position, line in enumerate(self.lines)}

    def below(self, line: Line) -> Line | None:
        """The next line."""
        position = self._positions[line] + 1
        return self.lines[position] if position < len(self.lines) else None

    @cached_property
    def chars(self) -> int:
        """Length of the text."""
        return sum(len(line.text) for line in self.lines)


def locate(texts: list[str], blocks: Blocks) -> tuple[Line, ...]:
    """The lines with their blocks: each is looked for behind the one before it.

    A row of a table whose cells hold paragraphs is layout, and taken apart.
    """
    lines: list[Line] = []
    after = 0
    for text in texts:
        key = bare(text)
        at = blocks.find(key, after)
        if at:
            after = at.stop - 1
        if text.startswith("|") and len(text) > _LAYOUT * len(at) and _covers(blocks, at, key):
            lines += [line_of_block(i, blocks) for i in at]
        else:
            lines.append(line_of(text, key, at, blocks))
    return tuple(lines)


def _covers(blocks: Blocks, at: range, key: str) -> bool:
    """Whether several blocks hold a text, and hardly anything else."""
    held = sum(len(blocks.all[index].key) for index in at)
    return len(at) > 1 and 0.9 * len(key) <= held <= 1.2 * len(key)


def line_of(text: str, key: str, at: range, blocks: Blocks) -> Line:
    """A line of known position."""
    held = [blocks.all[index] for index in at]
    length = sum(len(block.key) for block in held) or 1
    linked = sum(len(block.key) * block.link_share for block in held) / length
    return Line(text, key, at, held[0] if held else None, linked, len(text.split()) if " " in text else len(text) // 2)


def line_of_block(position: int, blocks: Blocks) -> Line:
    """A block as a line."""
    block = blocks.all[position]
    return line_of(clean_line(block.text), block.key, range(position, position + 1), blocks)
