"""The texts that a page shows, piece by piece, each with where it stands: dates and bylines are found among them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.extraction.page import SURROUNDINGS, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

MAX_ELEMENTS = 20_000
MAX_CHARS = 300
SHORT = 40
"""Characters of a piece that can be the label of the next one."""

# Forms are read: some systems put the whole page into one.
_UNREAD = SURROUNDINGS - {"form"} | {"script", "style", "option", "select", "head", "svg", "button"}
# Within an article they hold its byline; elsewhere they are the site's.
_OF_ARTICLE = frozenset(("footer", "aside"))
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MICROFORMAT = re.compile(r"\b(?:published|dt-published)\b")
_WHOLE = frozenset(("html", "body", "article", "main"))
# Parts of a page that speak of other reports or of what readers said; and those that often do.
_ELSEWHERE = re.compile(r"\bnav|comment|reply|related|recommend|archive|calendar|footer|most-?read|more-?news|latest")
_BESIDE = re.compile(r"teaser|sidebar|widget|promo|slide")


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of text between two tags."""

    element: HtmlElement
    """That which holds it."""
    text: str
    """Its first 300 characters, on one line; for a time element once more its `datetime`."""
    place: int
    """Number in the order of the document."""
    before: str
    """The piece before it, where that is short, else empty."""
    beside: bool
    """Whether it stands in a box."""


def read_pieces(page: Page) -> Iterator[Piece]:
    """The pieces of the page proper in document order: no navigation, comments, or links to other reports."""
    place, before, count = 0, "", 0
    waiting = [(page.tree, False, False)]
    while waiting and count < MAX_ELEMENTS:
        element, is_tail, beside = waiting.pop()
        count += 1
        text = element.tail if is_tail else element.text
        if not is_tail:
            names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
            if element.tag in _UNREAD:
                if element.tag not in _OF_ARTICLE or next(element.iterancestors("article"), None) is None:
                    continue
                beside = True
            if len(names) > 1 and element.tag not in _WHOLE:
                if _ELSEWHERE.search(names):
                    continue
                beside = beside or _BESIDE.search(names) is not None
            for child in reversed(element):
                waiting.append((child, True, beside))
                waiting.append((child, False, beside))
            value = _machine_value(element, names)
            if value:
                yield Piece(element, value[:64], place, before, beside)
        if text and not text.isspace():
            place += 1
            line = " ".join(text[:MAX_CHARS].split())
            owner = element.getparent() if is_tail else element
            yield Piece(element if owner is None else owner, line, place, before, beside)
            before = line if len(line) <= SHORT else ""


def _machine_value(element: HtmlElement, names: str) -> str | None:
    """What a time element, or a microformat (hAtom, h-entry), gives to machines."""
    is_microformat = "published" in names and _MICROFORMAT.search(names) is not None
    value: str | None = element.get("datetime") if element.tag == "time" else element.get("title")
    return value if element.tag == "time" or is_microformat else None


def place_of_headline(page: Page, pieces: Sequence[Piece]) -> int:
    """The place of the first h1, or h2 where there is none; 0 where there is neither."""
    for tag in ("h1", "h2"):
        for heading in page.within(tag)[:1]:
            inside = set(heading.iter())
            return next((piece.place for piece in pieces if piece.element in inside), 0)
    return 0


def names_around(element: HtmlElement) -> str:
    """Class, id and itemprop of an element and the two around it, `likeThis` as `like-this`."""
    names: list[str] = []
    for _ in range(3):
        names += [element.get("class") or "", element.get("id") or "", element.get("itemprop") or ""]
        parent = element.getparent()
        if parent is None or parent.tag in _WHOLE:
            break
        element = parent
    return _CAMEL.sub("-", " ".join(names)).lower()
