"""The text of a page as the DOM has it: what trafilatura's plain lines no longer say about themselves."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.extraction.page import names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LONG, _PIECE = 60, 20
"""Characters of a line that is looked for by its beginning and end, and of these."""

_NO_LETTER = re.compile(r"[^\w\n]+|_+")

MAX_BLOCKS = 20_000
MAX_CHARS = 10_000
"""Of one block; a longer one is no paragraph."""

# Elements that begin a new line (HTML, section 15.3: display block, list-item and the table parts), and <br>.
_BREAKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd", "details",
     "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table",
     "tbody", "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
# Elements whose text no reader sees, or which stand in place of it.
_UNSEEN = frozenset(
    ("audio", "canvas", "head", "iframe", "math", "noscript", "object", "script", "select", "style", "svg",
     "template", "textarea", "video")
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A run of text between two breaks."""

    element: HtmlElement
    """The innermost element around it that begins a line."""
    text: str
    """On one line."""
    key: str
    """Letters and digits only, lower case."""
    link_share: float
    """Share of the text that is in links, 0 to 1."""

    def names(self) -> str:
        """Class and id of the element itself and of its parent."""
        parent = self.element.getparent()
        own = [self.element] if parent is None else [self.element, parent]
        return " ".join(names_of(e) for e in own)

    def inside(self, *tags: str) -> bool:
        """Whether the block is one of these elements or lies in one."""
        return self.element.tag in tags or next(self.element.iterancestors(*tags), None) is not None


class Blocks:
    """All blocks of a page in document order, and where in them a line of text stands."""

    def __init__(self, blocks: list[Block]) -> None:
        self.all = blocks
        self._text = "".join(block.key for block in blocks)
        self._starts: list[int] = []
        position = 0
        for block in blocks:
            self._starts.append(position)
            position += len(block.key)

    def find(self, key: str, after: int = 0) -> range:
        """Positions of the blocks that hold `key`, a bare text, looked for from block `after` on, then from the start.

        A long line that the page has with something in between (a share button, a footnote) is found by its beginning
        and its end. Empty where the page does not have it.
        """
        if not key or not self.all:
            return range(0)
        offset = self._starts[after] if after < len(self._starts) else 0
        start = self._first(key, offset)
        end = start + len(key)
        if start < 0 and len(key) >= _LONG:
            start = self._first(key[:_PIECE], offset)
            last = self._text.rfind(key[-_PIECE:], max(start, offset), max(start, offset) + 3 * len(key) // 2)
            end = max(start, last) + _PIECE
            start = start if start >= 0 else last
        if start < 0:
            return range(0)
        return range(self._position(start), self._position(end - 1) + 1)

    def _position(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)

    def _first(self, key: str, offset: int) -> int:
        start = self._find(key, offset)
        return self._find(key, 0) if start < 0 and offset else start

    def _find(self, key: str, offset: int) -> int:
        """A short key counts only where a block begins: it may be part of any word."""
        start = self._text.find(key, offset)
        if len(key) < 15:
            for _ in range(20):
                if start < 0 or self._starts[bisect_right(self._starts, start) - 1] == start:
                    return start
                start = self._text.find(key, start + 1)
            return -1
        return start


def read_blocks(tree: HtmlElement) -> Blocks:
    """The blocks of a page; those without a letter or digit are left out."""
    runs = _runs(tree)
    if not runs:
        return Blocks([])
    # As the lines that are looked for in them: a page may write an accent as a character of its own.
    whole = unicodedata.normalize("NFC", "\n".join(" ".join(text.split()) for _, text, _ in runs))
    texts = whole.split("\n")
    # One pass over the whole page costs a tenth of one for each block.
    keys = _NO_LETTER.sub("", whole).casefold().split("\n")
    return Blocks(
        [
            Block(element, text, key, min(1.0, linked / len(text)))
            for (element, _, linked), text, key in zip(runs, texts, keys, strict=True)
            if key
        ]
    )


def _runs(tree: HtmlElement) -> list[tuple[HtmlElement, str, int]]:
    """(element, raw text, characters in links) of each run of text."""
    runs: list[tuple[HtmlElement, str, int]] = []
    parts: list[str] = []
    linked = links = 0
    around = tree
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        begins = event == "start"
        if begins and tag in _UNSEEN:
            walk.skip_subtree()
        if tag in _BREAKS:
            run = "".join(parts)
            if run and not run.isspace():
                runs.append((around, run[:MAX_CHARS], linked))
                if len(runs) >= MAX_BLOCKS:
                    break
            parts, linked = [], 0
            if tag != "br":
                around = element if begins else element.getparent()
        elif tag == "a":
            links += 1 if begins else -1
        text = (element.text if tag not in _UNSEEN else None) if begins else element.tail
        if text:
            parts.append(text)
            linked += len(text.strip()) if links else 0
    return runs


def container_of(blocks: list[Block], share: float) -> HtmlElement | None:
    """The innermost element that holds at least `share` of the text of `blocks`."""
    weights: dict[HtmlElement, int] = {}
    by_element: dict[HtmlElement, int] = {}
    for block in blocks:
        by_element[block.element] = by_element.get(block.element, 0) + len(block.text)
    for element, weight in by_element.items():
        weights[element] = weights.get(element, 0) + weight
        for parent in element.iterancestors():
            weights[parent] = weights.get(parent, 0) + weight
    total = sum(by_element.values())
    heavy = [element for element, weight in weights.items() if weight >= share * total]
    # Each of them holds the next inner one, so the innermost has the most ancestors.
    return max(heavy, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)
