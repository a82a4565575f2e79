"""Who signs a report: where pages name authors. The names themselves are read in `authors`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.extraction.fields.authors import clean_authors, is_account
from newscrawl.extraction.fields.bylines import author_links, read_bylines
from newscrawl.extraction.fields.title import bare
from newscrawl.extraction.structured.jsonld import as_list, resolve, text_of, types_of
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

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
_UNSEEN = frozenset(("script", "style", "title"))
_NEWS = re.compile(r"\w*NewsArticle|LiveBlogPosting")
"""Types by which a publisher says that it is news; by the others, systems name the account that made the page."""


def read_authors(page: Page, found: Candidates) -> None:
    """Note candidates for `authors`, as tuples of names.

    Who is named in metadata only, and nowhere on the page, does not sign: that is the agency that built the site, its
    owner, or the account of the one who typed. News articles in JSON-LD are believed without that.
    """
    sites = own_names(page, found)
    shown = _ShownText(page)
    is_news = any(_NEWS.fullmatch(name) for name in types_of(page.article))
    stated = [
        ("jsonld", _jsonld_authors(page), is_news),
        ("microdata", page.microdata.get("author", []), False),
        ("meta", page.head.every(*_META), False),
    ]
    sure: list[tuple[str, tuple[str, ...]]] = []
    accounts: list[tuple[str, tuple[str, ...]]] = []
    for method, values, believed in stated:
        named = clean_authors(values, sites)
        # Behind one that is sure, they only lose: no need to look.
        signing = tuple(name for name in named if believed or sure or shown.has(name))
        if signing:
            (accounts if all(map(is_account, signing)) else sure).append((method, signing))
        found.refuse("authors", method, tuple(name for name in named if name not in signing))
    links = clean_authors(author_links(page), sites)
    for method, names in sure:
        found.add("authors", method, tuple(_without_role(name, links, sites) for name in names))
    if not sure and not links:
        links = clean_authors(read_bylines(page, near_only=bool(_jsonld_authors(page))), sites)
    found.add("authors", "dom", links)
    for method, names in accounts:
        found.add("authors", method, names)
    found.add("authors", "entry", clean_authors(page.entry.authors, sites) if page.entry else ())


def _without_role(name: str, links: tuple[str, ...], sites: list[str]) -> str:
    """`Ann Example Chief editor` -> `Ann Example` where a link to the author says so; `Ann Harbour Post` -> `Ann`."""
    for link in links:
        if " " in link and (name.startswith(f"{link} ") or name.endswith(f" {link}")):
            return link
    folded = name.casefold()
    return next((name[: -len(site) - 1] for site in sites if site and folded.endswith(f" {site.casefold()}")), name)


class _ShownText:
    """The text of a page as people see it, made once where it is asked for."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._text: str | None = None

    def has(self, name: str) -> bool:
        """Whether the page shows a name, in whatever letters."""
        if self._text is None:
            texts: list[str] = []
            for element in self._page.tree.iter():
                if element.tag not in _UNSEEN and element.text:
                    texts.append(element.text)
                if element.tail:
                    texts.append(element.tail)
            self._text = bare(" ".join(texts))
        return bare(name) in self._text


def read_signing_organisation(page: Page, found: Candidates) -> None:
    """Where nobody else signs, note the organisation that structured data name as author: the site itself."""
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
