"""Who signs a report: where pages name authors. The names themselves are read in `authors`."""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.extraction.authors import clean_authors
from newscrawl.extraction.jsonld import as_list, resolve, text_of
from newscrawl.extraction.page import Page, has_rel, lies_in, names_of, text_in
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.candidates import Candidates

_META = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "byline",
)
_BYLINE = re.compile(
    r"\b(?:by-?line|author|authors|autor|autoren|auteur|autore|writer|reporter)(?:[-_]?(?:name|link|s))?\b"
)
_NO_BYLINE = re.compile(
    r"bio|about|box|avatar|image|img|photo|comment|twitter|social|follow|more|related|date|time|role|title"
)
# What follows a name in a byline: `Ann Example am 3. Mai`, `Ann Example - January 3`.
_TIME_AFTER = re.compile(r"\s+(?:am|on|le|vom|posted|published|updated|aktualisiert)\s|\s[-–—|•·]\s|,?\s*\d")


def read_authors(page: Page, found: Candidates) -> None:
    """Note candidates for `authors`, as tuples of names."""
    sites = own_names(page, found)
    sources = (
        ("jsonld", _jsonld_authors(page)),
        ("microdata", page.microdata.get("author", [])),
        ("meta", page.head.every(*_META)),
        ("dom", _bylines(page)),
        ("entry", list(page.entry.authors) if page.entry else []),
    )
    for method, values in sources:
        found.add("authors", method, clean_authors(values, sites))


def read_signing_organisation(page: Page, found: Candidates) -> None:
    """Where nobody else signs, note the organisation that the page's structured data names as author: the site itself."""
    found.add("authors", "jsonld", clean_authors(_jsonld_authors(page), ()))


def own_names(page: Page, found: Candidates) -> list[str]:
    """What the site calls itself, its host included."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    domain = registered_domain(page.url)
    return [
        *(text for _, text in found.all("site_name")),
        host,
        domain,
        domain.partition(".")[0],
        host.partition(".")[0],
    ]


def _jsonld_authors(page: Page) -> list[str]:
    values = as_list(page.article.get("author")) or as_list(page.article.get("creator"))
    named = (text_of(resolve(value, page.nodes)) for value in values[:20])
    return [name for name in named if name]


def _bylines(page: Page) -> list[str]:
    """Texts of links to authors, and of small elements whose class says that they are bylines."""
    links = [text_in(a) for a in page.within("a") if has_rel(a, "author")][:5]
    if any(links):
        return links
    for element in page.everything():
        names = names_of(element)
        if _BYLINE.search(names) and not _NO_BYLINE.search(names) and not _is_elsewhere(element):
            text = _TIME_AFTER.split(text_in(element))[0]
            if 3 < len(text) <= 100:
                return [text]
    return []


def _is_elsewhere(element: HtmlElement) -> bool:
    around = [names_of(parent) for parent in element.iterancestors()]
    return lies_in(element, "li") or any("comment" in names or "sidebar" in names for names in around)
