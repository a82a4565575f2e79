"""The lines of a body while it is made: each with the blocks of the page where it stands."""

from __future__ import annotations

import re
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
SENTENCE = re.compile(r"[.!?…。！？؟۔।:;\"”»“)]\s*$")
"""The end of a sentence, or of what introduces a list."""
_ENDS = re.compile(r"[.!?…。！？؟۔।][\"'”’»“)\]]*\s*$")
_MIDST = re.compile(r"[a-zß-öø-ÿа-яα-ω’'”»,.;:)]")
"""What no sentence begins with."""
_GAP = 40
"""Characters of a paragraph that trafilatura may have lost where it broke it: the text of a link."""
_OWN = 40
"""Words in the `article` that holds the headline, from which on that is the report, and other `article`s are others."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a body. Two lines are never equal: a text may say the same twice."""

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
    def around(self) -> frozenset[HtmlElement]:
        """`main` and all elements around it."""
        return frozenset() if self.main is None else frozenset((self.main, *self.main.iterancestors()))

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

    @cached_property
    def again(self) -> frozenset[Line]:
        """The lines that say what one before them has said, word for word."""
        said: set[str] = set()
        found = []
        for line in self.lines:
            if line.key in said:
                found.append(line)
            said.add(line.key)
        return frozenset(found)

    @cached_property
    def beside(self) -> frozenset[Line]:
        """The lines in other `article` elements than the one that holds the headline and at least `_OWN` words."""
        if not self.headlines:
            return frozenset()
        by_article: dict[HtmlElement, list[Line]] = {}
        for line in self.lines:
            article = next(line.block.element.iterancestors("article"), None) if line.block else None
            if article is not None:
                by_article.setdefault(article, []).append(line)
        if len(by_article) < 2:
            return frozenset()
        own = next((article for article in by_article if self._is_own(article)), None)
        if own is None or sum(line.words for line in by_article[own]) < _OWN:
            return frozenset()
        around = {own, *own.iterancestors("article"), *own.iterdescendants("article")}
        return frozenset(line for article in by_article.keys() - around for line in by_article[article])

    def _is_own(self, article: HtmlElement) -> bool:
        return any(bare("".join(h1.itertext())) in self.headlines for h1 in article.iter("h1"))

    def _in_main(self, block: Block) -> bool:
        return block.element is self.main or self.main in block.element.iterancestors()

    @cached_property
    def _positions(self) -> dict[Line, int]:
        return {line: position for position, line in enumerate(self.lines)}

    def below(self, line: Line) -> Line | None:
        """The next line."""
        position = self._positions[line] + 1
        return self.lines[position] if position < len(self.lines) else None

    def is_below_headline(self, line: Line) -> bool:
        """Whether the page has a line right behind its headline, but for one short block (a date, a name)."""
        before = self.blocks.all[max(0, line.at.start - 2) : line.at.start]
        return any(block.key in self.headlines for block in before)

    @cached_property
    def chars(self) -> int:
        """Length of the text."""
        return sum(len(line.text) for line in self.lines)


def locate(texts: list[str], blocks: Blocks) -> tuple[Line, ...]:
    """The lines with their blocks: each is looked for behind the one before it.

    A paragraph that was broken in two is put together again. A row of a table whose cells hold paragraphs is layout,
    and taken apart.
    """
    lines: list[Line] = []
    after = 0
    for text in texts:
        key = bare(text)
        if lines and _goes_on(lines[-1], text, key):
            lines[-1] = _joined(lines[-1], text, key, blocks)
            continue
        at = blocks.find(key, after)
        if at:
            after = at.stop - 1
        cells = _cells(blocks, at, key) if text.startswith("|") and len(text) > _LAYOUT * len(at) else []
        if cells:
            lines += [line_of_block(i, blocks) for i in cells]
        else:
            lines.append(line_of(text, key, at, blocks))
    return tuple(lines)


def _goes_on(line: Line, text: str, key: str) -> bool:
    """Whether `text` goes on in the midst of a sentence of `line`: right behind it in its block, or after a few words
    that were lost. Source code keeps its lines."""
    if not key or line.block is None or len(line.at) > 1 or line.block.inside("pre"):
        return False
    if line.block.element.tag != "p" and _ENDS.search(line.text) and not _MIDST.match(text):
        return False  # a div may hold several paragraphs
    held = line.block.key
    end = held.find(line.key) + len(line.key)
    if end < len(line.key):
        return False
    return held.startswith(key, end) or (2 * len(key) >= _GAP and 0 <= held.find(key, end) - end <= _GAP)


def _joined(line: Line, text: str, key: str, blocks: Blocks) -> Line:
    """Both as one line: as the page has it, where that is not much more."""
    assert line.block is not None
    held = line.block.key
    if held.startswith(line.key) and held.endswith(key) and len(held) <= len(line.key) + len(key) + _GAP:
        return line_of_block(line.at.start, blocks)
    end = held.find(key, held.find(line.key) + len(line.key)) + len(key)
    return line_of(f"{line.text} {text}", held[held.find(line.key) : end], line.at, blocks)


def _cells(blocks: Blocks, at: range, key: str) -> list[int]:
    """Positions of the blocks in `at` that together are the text of a row, where they are several."""
    cells = [index for index in at if blocks.all[index].key in key]
    held = sum(len(blocks.all[index].key) for index in cells)
    return cells if len(cells) > 1 and 0.9 * len(key) <= held <= 1.2 * len(key) else []


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
