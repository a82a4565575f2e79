"""The link from an aggregated report to the original, with its outlet and the outlet's country.

Told by what the link says and how it is marked up, in any of two dozen languages; never by a host.
"""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.page import Page, lies_in, names_of, text_in
from newscrawl.extraction.structured.jsonld import as_list, plain_text, resolve, text_of
from newscrawl.items import SourceLink
from newscrawl.urls import is_front_page, registered_domain, same_site

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.candidates import Candidates

MAX_LINKS = 2_000
MAX_BEFORE = 300
"""Characters before a link that can name its outlet; a longer text is no label."""
_HOST = re.compile(r"\s*(?:https?:)?//([^/?#@:\s]+)", re.IGNORECASE)
# "Source" in the languages of the press, alone or with "show", "original", "read" and the like around it.
_SOURCE = (
    r"(?:sources?|quelle|originalquelle|fuentes?|fontes?|bron|källa|kilde|lähde|zdroj|źródło|zdroje|forrás|izvor|sursa|"
    r"kaynak|allikas|avots|šaltinis|πηγή|источник|джерело|извор|източник|المصدر|مصدر|منبع|מקור|स्रोत|出典|来源|來源|"
    r"原文|原文链接|출처|원문|nguồn|sumber|แหล่งที่มา)"
)
_ORIGINAL = (
    r"(?:(?:read|view|see|show|open|go to|zum|voir|lire|ver|leer|leggi|vai|lees|läs|les|læs)\s+(?:the\s+|l['’]|el\s+|il\s+)?)?"
    r"(?:original(?:\s+(?:article|report|story|source|post|link))?|originalartikel|artículo original|article original|"
    r"articolo originale|artigo original|origineel artikel|originalartikeln)"
)
_LINK_TEXT = re.compile(
    rf"(?:[^\W\d]{{1,12}}[\s’']+){{0,3}}{_SOURCE}(?:\s+(?:link|originale?|anzeigen|anzeigen|göster|tonen|visa|vis))?|{_ORIGINAL}",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"(?:^|[\s(]){_SOURCE}\s*[:：]?\s*$", re.IGNORECASE)
_MARKUP = re.compile(
    r"(?:^|[\s_-])(?:show|view|original|external|article|report|story)[_-]?(?:source|link|url)s?\b|\bsource[_-]?(?:link|url)\b"
)
_CREDIT_BEFORE = re.compile(r"([^()（）]{3,60}?) ?[(（]([^\d()（）]{3,40})[)）] ?[:：–—-]?")
_COUNTRY = re.compile(r"\s*[(（]([^\d()（）]{3,40})[)）]")


def read_source_link(page: Page, found: Candidates) -> None:
    """Note the original of an aggregated report, where the page links to one on another registered domain."""
    for value in as_list(page.article.get("isBasedOn"))[:3]:
        url = page.absolute(text_of(resolve(value, page.nodes)))
        if url and not same_site(url, page.url):
            found.add("source_link", "jsonld", SourceLink(url=url))
    links = _foreign_links(page)
    for element, url in links:
        outlet = _outlet_beside(element) or ""
        if outlet or _says_source(element):
            found.add("source_link", "dom", _credited(element, url, outlet, links))


def _foreign_links(page: Page) -> list[tuple[HtmlElement, str]]:
    found = []
    own = registered_domain(page.url)
    for element in page.within("a")[:MAX_LINKS]:
        host = _HOST.match(element.get("href") or "")
        if host and registered_domain(host[1]) != own and not lies_in(element, "figure"):
            url = page.absolute(element.get("href"))
            if url and not same_site(url, page.url):
                found.append((element, url))
    return found


def _says_source(element: HtmlElement) -> bool:
    text = text_in(element).rstrip(" .:»›→>")
    return len(text) <= 40 and (
        _LINK_TEXT.fullmatch(text) is not None or (_MARKUP.search(names_of(element)) is not None)
    )


def _text_before(element: HtmlElement) -> str:
    parent, before = element.getparent(), element.getprevious()
    text = (before.tail if before is not None else parent.text if parent is not None else None) or ""
    return text if len(text) <= MAX_BEFORE else ""


def _outlet_beside(element: HtmlElement) -> str | None:
    """`Source: <a>Outlet</a>` -> Outlet."""
    before = element.getprevious()
    text = _text_before(element)
    if not text.strip() and before is not None:
        text = text_in(before)
    name = text_in(element)
    labelled = len(text.strip()) <= 30 and _LABEL.search(plain_text(text)) is not None
    return name if labelled and 2 < len(name) <= 60 and _LINK_TEXT.fullmatch(name) is None else None


def _credited(element: HtmlElement, url: str, outlet: str, links: list[tuple[HtmlElement, str]]) -> SourceLink:
    """The link with the outlet's name and country as the text credits it.

    `<a>Outlet</a> (Country)` anywhere on the page, else `Outlet (Country): ` right before the link.
    """
    domain, country = registered_domain(url), None
    credited = [(a, href) for a, href in links if registered_domain(href) == domain and not _says_source(a)]
    credited.sort(key=lambda credit: not is_front_page(credit[1]))
    for link, _ in credited:
        name = text_in(link)
        if 2 < len(name) <= 60:
            match = _COUNTRY.match(link.tail or "")
            outlet = outlet or name
            country = plain_text(match[1]) if match else None
            break
    if not outlet and (match := _CREDIT_BEFORE.fullmatch(" ".join(_text_before(element).split()))):
        outlet, country = plain_text(match[1]), plain_text(match[2])
    return SourceLink(url=url, outlet=outlet or None, country=country)
