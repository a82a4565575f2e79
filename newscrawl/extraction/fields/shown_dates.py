"""The day of a report as its page shows it to people: beside the headline, after `Published:`, in a time element.

For pages whose metadata are silent. Every date on the page proper is weighed by what stands around it.
"""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.dates import Moment, parse_date
from newscrawl.extraction.fields.pieces import Piece, names_around, place_of_headline, read_pieces
from newscrawl.extraction.fields.written_dates import written_dates
from newscrawl.extraction.page import lies_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newscrawl.extraction.page import Page

MAX_DATES = 200

_DIGIT = re.compile(r"\d")
_DATED = re.compile(
    r"(?:^|[\s_-])(?:post|entry|article|news|pub|publish|creat\w*)?-?_?(?:date|datum|time|timestamp|datetime|datepublished|published"
    r"|posted|submitted|authored|tarih|pubdate|dateline|fecha|data|byline|meta|info|timedata)(?![a-z])"
)
_PUBLISHED = re.compile(
    r"publish|publi[ée]|publicad|pubblicat|publicat|published|posted|written|created|veröffentlich|erschienen|erstellt|"
    r"datum|fecha|\bdate\b|\bdatas?\b|mis en? ligne|mise en ligne|geplaatst|gepubliceerd|publicerad|publisert|udgivet|opublikowan|"
    r"опубликован|дата|yayın|julkaistu|vydáno|\bonline seit\b|(?:meldung|mitteilung|notizia|artikel|bericht) (?:vom|del|van)\b|发布|發佈|公開",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"updat|modif|changed|edited|revised|reviewed|\bstand\b|aktualisiert|geändert|änderung|bearbeitet|mis[e]? à jour|actualiza|"
    r"atualiza|aggiornat|bijgewerkt|uppdatera|opdatere|oppdatert|aktualiz|обновлен|güncelle|päivitetty|更新",
    re.IGNORECASE,
)
_LABEL = 40
"""Characters before a date in which its label stands."""
_DATELINE_WORDS = 3
"""Words before a date at the beginning of a report: `BERLIN, 3 May 2024 - `, `(12.11.2021). `."""
MAX_LINE = 100
"""Characters of a text that is no sentence."""
AFTER, BEFORE = 60, 25
"""How many pieces of text after and before the headline still belong to it: credits, share buttons, a standfirst."""

LABELLED, MACHINE, DATED, NEAR, IN_LIST, BESIDE = 40, 20, 20, 20, -15, -20
"""Weights: what a label says; a time element's value; a class that says date; beside the headline, less a sixth of a point
for each piece of text between; in a list; in a box."""
ENOUGH = 15


@dataclass(frozen=True, slots=True)
class Shown:
    """One date on a page."""

    moment: Moment
    weight: float
    label: str
    """`published`, `changed` or empty."""


def read_shown_dates(page: Page) -> list[Shown]:
    """The dates that can be the report's, the most likely first; those of other reports and of events are left out."""
    pieces = list(read_pieces(page))
    heading = place_of_headline(page, pieces)
    month_first = _month_first(page)
    found: list[Shown] = []
    for piece in pieces:
        if len(found) >= MAX_DATES:
            break
        found += _shown(page, piece, piece.place - heading, month_first)
    found.sort(key=lambda shown: -shown.weight)  # stable: the earlier on the page first
    return [shown for shown in found if shown.weight >= ENOUGH]


def _month_first(page: Page) -> bool:
    """Whether `03/05/2024` is the fifth of March: in American English, and in English of no country on a general domain."""
    language = (page.head.language or page.head.first("og:locale") or "").lower().replace("_", "-")
    return language == "en-us" or (
        language == "en" and page.url.split("/")[2].endswith((".com", ".org", ".net", ".us", ".gov"))
    )


def _shown(page: Page, piece: Piece, distance: int, month_first: bool) -> Iterator[Shown]:
    text = piece.text
    if not _DIGIT.search(text):
        return
    near = -BEFORE <= distance <= AFTER
    dated = _DATED.search(names_around(piece.element)) is not None
    machine = parse_date(text, page.now) if text[:4].isdigit() else None
    dates = [(0, machine)] if machine else list(written_dates(text, page.now, month_first=month_first, short=dated))
    for position, moment in dates:
        before = text[max(0, position - _LABEL) : position] or piece.before
        label = _label(before, piece.element if piece.element.tag == "time" else None)
        begins = near and distance > 0 and len(text[:position].split()) <= _DATELINE_WORDS
        if len(text) > MAX_LINE and not begins:
            continue  # a day that a sentence speaks of
        weight = (
            (LABELLED if label else 0)
            + (MACHINE if machine or piece.element.tag == "time" else 0)
            + (DATED if dated else 0)
            + (NEAR - abs(distance) / 6 if near else 0)
            + (IN_LIST if not -5 <= distance <= BEFORE and lies_in(piece.element, "li", "ul", "td") else 0)
            + (BESIDE if piece.beside else 0)
        )
        yield Shown(moment, weight, label)


def _label(before: str, time: HtmlElement | None) -> str:
    """What the words before a date say of it; the last of them counts."""
    said = before if time is None else f"{before} {time.get('class') or ''} {time.get('itemprop') or ''}"
    published = max((match.start() for match in _PUBLISHED.finditer(said)), default=-1)
    changed = max((match.start() for match in _CHANGED.finditer(said)), default=-1)
    if time is not None and (time.get("pubdate") is not None or "published" in (time.get("class") or "").lower()):
        return "published"  # `published updated` is what was never changed
    return "" if published == changed else "published" if published > changed else "changed"
