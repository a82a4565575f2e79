"""Where on a page a link stands: in the menu, below a heading, in the teaser of one report."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Literal

from newscrawl.dates import parse_date
from newscrawl.discovery import words
from newscrawl.text import clean_line, shorten

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

Zone = Literal["main", "aside", "menu", "footer"]

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BREAK = re.compile(r"[^a-z0-9]+")
_ZONES: dict[str, Zone] = {
    "nav": "menu", "menu": "menu", "navigation": "menu", "menubar": "menu", "tablist": "menu", "banner": "main",
    "aside": "aside", "complementary": "aside", "footer": "footer", "contentinfo": "footer", "form": "menu",
}  # fmt: skip
# A teaser names one report: a larger element of that name is a page's whole text, or a list.
_TEASER_LINKS = 8
_TEASER_TEXT = 1500
_TEASER_ELEMENTS = 120


@dataclass(frozen=True, slots=True)
class Teaser:
    """What an element that announces one report says beside the link."""

    is_article: bool
    published_at: datetime | None
    has_time: bool
    summary: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands."""

    zone: Zone = "main"
    heading: HtmlElement | None = None
    card: HtmlElement | None = None
    """The nearest element around it that is made for one item."""


class Places:
    """The places of one page's elements. Every element is looked at once, however many links it holds."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._places: dict[HtmlElement, Place] = {}
        self._teasers: dict[HtmlElement, Teaser | None] = {}

    def of(self, element: HtmlElement) -> Place:
        """The place of what stands in `element`."""
        chain: list[HtmlElement] = []
        node: HtmlElement | None = element
        while node is not None and node not in self._places:
            chain.append(node)
            node = node.getparent()
        place = self._places[node] if node is not None else Place()
        for node in reversed(chain):
            place = self._places[node] = _enter(node, place)
        return place

    def teaser(self, place: Place) -> Teaser | None:
        """What the card around a place says, where it announces one report."""
        card = place.card
        if card is None:
            return None
        if card not in self._teasers:
            self._teasers[card] = _read_teaser(card, self.now)
        return self._teasers[card]


def _enter(element: HtmlElement, place: Place) -> Place:
    """The place inside `element`, which itself stands at `place`."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in ("html", "body", "main"):
        return replace(place, zone="main")
    names = set(_BREAK.split(f"{element.get('class', '')} {element.get('id', '')}".lower()[:300]))
    zone = _ZONES.get(element.get("role", "").lower()) or _ZONES.get(tag)
    if zone is None and place.zone == "main" and names & words.CHROME and not _has_headline(element):
        zone = "footer" if "footer" in names else "menu"
    if zone is not None and place.zone not in ("menu", "footer"):
        place = replace(place, zone=zone)
    if tag in HEADINGS:
        return replace(place, heading=element)
    if tag in ("article", "li", "tr", "dd") or (names & words.CARDS and tag in ("div", "section", "a", "span")):
        return replace(place, card=element)
    return place


def _has_headline(element: HtmlElement) -> bool:
    """Whether an element that calls itself a menu holds teasers: then its name means something else."""
    return any(next(element.iter(name), None) is not None for name in ("h1", "h2", "h3", "article", "time"))


def _read_teaser(card: HtmlElement, now: datetime) -> Teaser | None:
    elements = list(islice(card.iter(), _TEASER_ELEMENTS + 1))
    targets = {element.get("href") for element in elements if element.tag == "a" and element.get("href")}
    headings = sum(1 for element in elements if element.tag in HEADINGS)
    if len(elements) > _TEASER_ELEMENTS or len(targets) > _TEASER_LINKS or headings > 2:
        return None
    text = sum(len(element.text or "") + len(element.tail or "") for element in elements)
    if text > _TEASER_TEXT:
        return None
    times = [element for element in elements if element.tag == "time" or element.get("itemprop") == "datePublished"]
    dates = [at for element in times if (at := _date_of(element, now)) is not None]
    summaries = (clean_line(element.text_content()) for element in elements if element.tag == "p")
    return Teaser(
        is_article=card.tag == "article" or "hentry" in card.get("class", ""),
        published_at=dates[0] if dates else None,
        has_time=bool(times),
        summary=next((shorten(text, 1000) for text in summaries if len(text) >= 40), None),
    )


def _date_of(element: HtmlElement, now: datetime) -> datetime | None:
    stated = element.get("datetime") or element.get("content") or element.text_content()[:80]
    moment = parse_date(stated, now)
    return moment.at if moment else None
