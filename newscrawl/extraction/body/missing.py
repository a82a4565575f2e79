"""Blocks that belong to a body and that trafilatura lost: one function for each kind, from a draft to positions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newscrawl.extraction.body.furniture import LEAD, is_furniture
from newscrawl.extraction.page import SURROUNDINGS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.body.blocks import Block
    from newscrawl.extraction.body.lines import Draft

_MIN_WORDS = 6
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_LOOK_BACK = 60
"""Blocks before the text among which its standfirst is looked for."""


def like_the_others(draft: Draft) -> list[int]:
    """Paragraphs of a kind that the text is made of: their element and all around it are called the same."""
    kinds = _Kinds()
    taken = {position for line in draft.lines for position in line.at}
    weights: Counter[str] = Counter()
    for line in draft.lines:
        if line.block is not None and line.words >= _MIN_WORDS:
            weights[kinds.of(line.block.element)] += len(line.key)
    kind, weight = weights.most_common(1)[0] if weights else ("", 0)
    if weight < 0.5 * weights.total():
        return []
    return [
        position
        for position, block in enumerate(draft.blocks.all)
        if position not in taken and _is_prose(block) and kinds.of(block.element) == kind and not _said(block, draft)
    ]


def subheadings(draft: Draft) -> list[int]:
    """Headings between the lines of the text, each right before one of them."""
    taken = {position for line in draft.lines for position in line.at}
    return [
        position
        for position in range(min(taken, default=0), max(taken, default=0))
        if position not in taken
        and position + 1 in taken
        and (block := draft.blocks.all[position]).element.tag in _HEADINGS
        and block.link_share < 0.5
        and not is_furniture(block, draft.around)
        and not _said(block, draft)
    ]


def key_points(draft: Draft) -> list[int]:
    """Lists of sentences between headline and text, which sum it up."""
    first = min((position for line in draft.lines for position in line.at), default=0)
    found: dict[HtmlElement, list[int]] = {}
    for position in range(max(0, first - _LOOK_BACK), first):
        block = draft.blocks.all[position]
        if block.key in draft.headlines:
            found.clear()
        elif block.element.tag == "li":
            found.setdefault(block.element.getparent(), []).append(position)
    points = [i for items in found.values() if all(_is_point(draft.blocks.all[i], draft) for i in items) for i in items]
    return sorted(position for position in points if not _said(draft.blocks.all[position], draft))


def _is_point(block: Block, draft: Draft) -> bool:
    return block.link_share < 0.2 and len(block.text.split()) >= _MIN_WORDS and not is_furniture(block, draft.around)


def standfirst(draft: Draft) -> list[int]:
    """The standfirst: between headline and text, and called so, or told by the page's metadata, or a sentence there."""
    taken = {position for line in draft.lines for position in line.at}
    first = next((line.at.start for line in draft.lines if line.at and line.words >= 2 * _MIN_WORDS), 0)
    found: dict[str, int] = {}
    headed = False
    for position in range(max(0, first - _LOOK_BACK), first):
        block = draft.blocks.all[position]
        if block.key in draft.headlines:
            headed = True
            found.clear()  # what stands above the headline is none
        elif (
            position not in taken
            and _is_prose(block)
            and not _said(block, draft)
            and (_is_told(block, draft) or _is_called_lead(block, draft) or (headed and _is_sentence(block, draft)))
        ):
            found.setdefault(block.key, position)
    return list(found.values())


def _is_told(block: Block, draft: Draft) -> bool:
    """Whether the page's metadata has it as description, whole or its beginning."""
    told = any(block.key in text or (len(text) > 60 and block.key.startswith(text[:-3])) for text in draft.summaries)
    return told and not block.inside(*SURROUNDINGS, "figure")


def _is_called_lead(block: Block, draft: Draft) -> bool:
    return LEAD.search(block.names()) is not None and not is_furniture(block, draft.around)


def _is_sentence(block: Block, draft: Draft) -> bool:
    """A whole sentence that goes with no picture."""
    if len(block.text.split()) < 2 * _MIN_WORDS or block.text[-1] not in ".!?…。" or block.link_share >= 0.2:
        return False
    if is_furniture(block, draft.around) or block.inside(*SURROUNDINGS, "figure", "li"):
        return False
    around = [block.element, *block.element.iterancestors()][:3]
    return not any(next(element.iter("img", "picture", "video"), None) is not None for element in around)


def _is_prose(block: Block) -> bool:
    return len(block.text.split()) >= _MIN_WORDS and block.link_share < 0.5


def _said(block: Block, draft: Draft) -> bool:
    """Whether the text has it already, perhaps with something left out."""
    return any(block.key in line.key or block.key[:40] in line.key for line in draft.lines)


class _Kinds:
    """Tags and classes of an element and of all around it, as one text."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, str] = {}

    def of(self, element: HtmlElement) -> str:
        kind = self._known.get(element)
        if kind is None:
            parent = element.getparent()
            own = f"{element.tag} {' '.join((element.get('class') or '').split())}"
            kind = self._known[element] = own if parent is None else f"{self.of(parent)}>{own}"
        return kind
