"""Headline, summary and the name of the site, which are told apart together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.extraction.fields.title import bare, choose_headline, split_site_name
from newscrawl.extraction.page import text_in
from newscrawl.extraction.structured.jsonld import Node, resolve, text_of
from newscrawl.urls import is_front_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

MAX_HEADLINE, MAX_SUMMARY = 500, 5_000


def publisher_node(page: Page) -> Node:
    """The JSON-LD publisher of the article; empty where there is none."""
    value = page.article.get("publisher") or page.article.get("sourceOrganization")
    value = resolve(value[0] if isinstance(value, list) and value else value, page.nodes)
    return value if isinstance(value, dict) else {"name": value}


def read_headline(page: Page, found: Candidates) -> None:
    """Note candidates for `headline`, cut from the name of the site, and those for `site_name`."""
    for method, text in _site_names(page):
        found.add("site_name", method, text)
    names = [text for _, text in found.all("site_name")]
    told = list(_headlines(page))
    cut: list[tuple[str, str]] = []
    for position, (method, text, _) in enumerate(told):
        others = [other for index, (_, other, _) in enumerate(told) if index != position]
        loosely = method in ("opengraph", "meta", "entry")
        headline, name = split_site_name(text, names, others, page.url, loosely=loosely)
        cut.append((method, headline[:MAX_HEADLINE]))
        if name and method in ("meta", "opengraph"):
            found.add("site_name", method, name)
    sites = {bare(name) for name in names}
    kept = [(cut[i], told[i][2]) for i in range(len(told)) if bare(cut[i][1]) not in sites]
    # Where nothing is left, the page gives its headline as name of the site.
    kept = kept or [(cut[i], told[i][2]) for i in range(len(told))]
    for (method, text), _ in kept:
        found.add("headline", method, text)
    found.prefer_best("headline", choose_headline([text for (_, text), _ in kept], [weight for _, weight in kept]) or 0)


def _site_names(page: Page) -> Iterator[tuple[str, str | None]]:
    yield "jsonld", text_of(publisher_node(page).get("name"))
    yield "opengraph", page.head.first("og:site_name")
    yield "microdata", next(iter(page.microdata.get("publisher", [])), None)
    yield "meta", page.head.first("application-name", "apple-mobile-web-app-title", "publisher", "dc.publisher")
    for heading in page.within("h1")[:3]:
        if _leads_home(page, heading):
            yield "dom", text_in(heading)


def _headlines(page: Page) -> Iterator[tuple[str, str, float]]:
    """(method, text, weight): among equals the first wins.

    Each statement that someone wrote has one vote. The title counts half, for it is made for search engines, and what a
    Twitter card repeats counts nothing: that is the same field of the publishing system once more.
    """
    shared = page.head.first("og:title")
    card = page.head.first("twitter:title")
    headings = [text_in(heading) for heading in page.within("h1")[:5] if not _leads_home(page, heading)]
    sources = (
        ("opengraph", shared, 1.0),
        ("jsonld", text_of(page.article.get("headline")), 1.0),
        ("dom", next(iter(headings), None), 1.0),
        ("microdata", next(iter(page.microdata.get("headline", [])), None), 1.0),
        ("entry", page.entry.title if page.entry else None, 1.0),
        ("meta", card, 0.0 if shared and card and bare(shared).startswith(bare(card)) else 0.5),
        ("meta", page.head.title, 0.5),
    )
    whole = [text for method, text, _ in sources if text and method in ("jsonld", "dom")]
    for method, text, weight in sources:
        if text and not (method in ("opengraph", "meta") and any(_ends_at_quote(text, other) for other in whole)):
            yield method, text, weight


def _ends_at_quote(text: str, whole: str) -> bool:
    """Whether `text` is `whole` up to a `"`, which ends an attribute where it is not escaped."""
    return whole.startswith(text) and whole[len(text) :].lstrip().startswith('"')


def _leads_home(page: Page, heading: HtmlElement) -> bool:
    """Whether a heading is a link to the front page: the name of the site, as blogs have it above every report."""
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    urls = [url for link in links if (url := page.absolute(link.get("href")))]
    return any(is_front_page(url) and not is_front_page(page.url) for url in urls)


def read_summary(page: Page, found: Candidates) -> None:
    """Note candidates for `summary`."""
    sources = (
        ("jsonld", text_of(page.article.get("description"))),
        ("opengraph", page.head.first("og:description")),
        ("microdata", next(iter(page.microdata.get("description", [])), None)),
        ("meta", page.head.first("description", "twitter:description", "dc.description")),
        ("entry", page.entry.summary if page.entry else None),
    )
    for method, text in sources:
        found.add("summary", method, text[:MAX_SUMMARY] if text else None)
