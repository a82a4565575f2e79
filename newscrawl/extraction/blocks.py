"""The blocks of text of a page as the DOM has them: what trafilatura's plain lines no longer say about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.extraction.title import bare

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_BLOCKS, MAX_CHARS = 5_000, 3_000
_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "dd",
        "dt",
        "td",
        "th",
        "figcaption",
        "blockquote",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "pre",
    ]
)
_PATH = "ancestor-or-self::*[not(self::html or self::body)]"


@dataclass(frozen=True, slots=True)
class Block:
    """An element that holds text of its own and no other block."""

    element: HtmlElement
    text: str
    link_share: float
    """Share of the text that is in links, 0 to 1."""

    def names(self) -> str:
        """Class and id of the element itself and of its parent."""
        parent = self.element.getparent()
        own = [self.element] if parent is None else [self.element, parent]
        return " ".join(f"{e.get('class') or ''} {e.get('id') or ''}" for e in own).lower()

    def inside(self, *tags: str) -> bool:
        """Whether the block is one of these elements or lies in one."""
        return self.element.tag in tags or next(self.element.iterancestors(*tags), None) is not None


def read_blocks(tree: HtmlElement) -> dict[str, Block]:
    """Letters and digits of its text -> block; of equal texts the first. Long pages are read up to 5,000 blocks."""
    blocks: dict[str, Block] = {}
    for element in tree.iter(*_BLOCKS):
        if len(blocks) >= MAX_BLOCKS:
            break
        if any(child.tag in _BLOCKS or child.tag in ("ul", "ol", "table") for child in element):
            continue
        text = "".join(element.itertext())[:MAX_CHARS]
        key = bare(text)
        if key and key not in blocks:
            linked = sum(len(bare("".join(a.itertext()))) for a in element.iter("a"))
            blocks[key] = Block(element, " ".join(text.split()), min(1.0, linked / len(key)))
    return blocks


def container_of(blocks: list[Block], share: float) -> HtmlElement | None:
    """The innermost element that holds at least `share` of the text of `blocks`."""
    weights: dict[HtmlElement, int] = {}
    for block in blocks:
        for parent in block.element.iterancestors():
            weights[parent] = weights.get(parent, 0) + len(block.text)
    total = sum(len(block.text) for block in blocks)
    heavy = [element for element, weight in weights.items() if weight >= share * total]
    # Each of them holds the next inner one, so the innermost has the most ancestors.
    return max(heavy, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)
