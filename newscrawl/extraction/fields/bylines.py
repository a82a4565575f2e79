"""Who signs a report, as its page shows it to people: links to authors, elements called byline, `By Ann Example`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.fields.authors import is_person, split_names
from newscrawl.extraction.fields.pieces import names_around, place_of_headline, read_pieces
from newscrawl.extraction.page import Page, has_rel, lies_in, names_of, text_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.fields.pieces import Piece

MAX_CHARS = 100
TOGETHER = 4
"""How many pieces of text can lie between the names of one byline."""
_OTHER_TEXTS = ("figure", "figcaption", "h1", "h2", "h3")
AFTER, BEFORE = 15, 8
"""How many pieces of text after and before the headline can hold the byline."""

_NAMED = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor|autoren|auteurs?|autore|writers?|reporter|redakteur|verfasser|wrote|submitted|username)"
    r"(?:[-_]*(?:name|names|link|text|by|s))?(?![a-z])"
)
_NAMED_OTHERWISE = re.compile(
    r"bio|about|box|avatar|image|img|photo|comment|twitter|social|follow|more|related|date|time|role|title"
)
_BY = (
    r"(?:(?:written|posted|published|story|words|text|reported|report|review|interview|article)\s+)?by|"
    r"(?:(?:ein|eine)\s+\w+\s+|geschrieben\s+|verfasst\s+|veröffentlicht\s+)?von|"
    r"(?:publié\s+|écrit\s+|propos\s+recueillis\s+)?par|(?:publicado\s+|escrito\s+)?por|door|av|af|di|"
    r"autor(?:in|en|es|a|e)?|author|auteur|redaktion|texte?|text\s+von|reporter|автор|текст|yazan|szerző|tekst"
)
_SIGNED = re.compile(rf"(?:^|[|•·–—-]\s*|\d\s*(?:uhr|h)?,?\s+)(?:{_BY})\s*(?::\s*|\s+)(?P<names>\S.+)$", re.IGNORECASE)
_SIGNS_NEXT = re.compile(rf"(?:^|.*[|•·–—,-]\s*|.*\d\s+)(?:{_BY})\s*:?", re.IGNORECASE)
# `04.02.2022 | 13:10 Uhr | Ann Example`: the name is what is left beside a date.
_DATE_LINE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PARTS = re.compile(r"\s*[|•·,]\s*|\s+[-–—]\s+")
# What follows a name in a byline: `Ann Example am 3. Mai`, `Ann Example - January 3`.
_TIME_AFTER = re.compile(
    r"\s+(?:am|on|le|vom|el|il|(?i:posted|published|updated|edited|aktualisiert|veröffentlicht))(?:\s|$)|\s[-–—|•·]\s|,?\s*\d"
)
_SIDE = re.compile(r"comment|related|(?:^|\s)(?:sidebar|widget-area)")


def read_bylines(page: Page, *, near_only: bool = False) -> list[str]:
    """The texts that name who signs, from the most explicit place that has one; empty where there is none.

    `near_only` leaves out what is not by the headline: author boxes below the text, which may be other reports'.
    """
    pieces = list(read_pieces(page))
    heading = place_of_headline(page, pieces)
    near = [
        piece
        for piece in pieces
        if -BEFORE <= piece.place - heading <= AFTER and not piece.beside and not lies_in(piece.element, *_OTHER_TEXTS)
        if piece.element.tag not in _OTHER_TEXTS and not _links_elsewhere(piece)
    ]
    found = _named(near) or _signed(near) or _beside_date(near)
    return found or ([] if near_only else _named(pieces) or _named_elements(page))


def author_links(page: Page) -> list[str]:
    """Texts of the links that say that they lead to the author."""
    links = [a for a in page.within("a") if has_rel(a, "author") and not _is_elsewhere(a)][:5]
    return [text for a in links if 0 < len(text := text_in(a)) <= MAX_CHARS]


def _named(near: list[Piece]) -> list[str]:
    """Texts by the headline whose class says that they are names of authors."""
    found: list[str] = []
    last = None
    for piece in near:
        names = names_around(piece.element)
        if _NAMED.search(names) and not _NAMED_OTHERWISE.search(names) and not _SIGNS_NEXT.fullmatch(piece.text):
            people = [name for name in _names_in(piece.text) if is_person(name)]
            if people and (last is None or piece.place - last <= TOGETHER):
                found, last = [*found, *people], piece.place
    return found[:5]


def _signed(near: list[Piece]) -> list[str]:
    """`By Ann Example`, in one text or in two."""
    for piece in near:
        if len(piece.text) > MAX_CHARS:
            continue
        match = _SIGNED.search(piece.text)
        text = match["names"] if match else piece.text if _SIGNS_NEXT.fullmatch(piece.before) else ""
        names = _names_in(text)
        if names and all(is_person(name) for name in names):
            return names
    return []


def _beside_date(near: list[Piece]) -> list[str]:
    for piece in near:
        if len(piece.text) <= MAX_CHARS and _DATE_LINE.search(piece.text):
            names = [part for part in _PARTS.split(piece.text) if is_person(part) and len(part.split()) > 1]
            if len(names) == 1:
                return names
    return []


def _named_elements(page: Page) -> list[str]:
    """The first element anywhere on the page proper whose own class says that it is a byline."""
    for element, names in page.named:
        if not _NAMED.search(names) or _NAMED_OTHERWISE.search(names):
            continue
        if not _is_elsewhere(element) and not lies_in(element, "li"):
            text = _TIME_AFTER.split(text_in(element))[0]
            if 3 < len(text) <= MAX_CHARS:
                return [text]
    return []


def _links_elsewhere(piece: Piece) -> bool:
    """Whether a text is part of a longer link: the card of another report, with its own byline."""
    link = next(piece.element.iterancestors("a"), None)
    return link is not None and len(text_in(link)) > len(piece.text) + 20


def _names_in(text: str) -> list[str]:
    return split_names(_TIME_AFTER.split(text)[0]) if text else []


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element is of another report or a comment."""
    around = (names_of(parent) for parent in element.iterancestors() if parent.tag not in ("body", "html"))
    return any(len(names) > 1 and _SIDE.search(names) for names in around)
