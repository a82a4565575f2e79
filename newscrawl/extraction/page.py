"""A page with everything that several fields are read from, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.extraction.structured.jsonld import Node, article_node, plain_text, read_nodes
from newscrawl.extraction.structured.meta import Head, read_head
from newscrawl.extraction.structured.microdata import read_microdata
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from newscrawl.items import Entry

MAX_NAMES = 300
"""Characters of a class or an id that are looked at: what is longer is no name, and patterns are slow on it."""
# What surrounds a report on its page and speaks of other things.
SURROUNDINGS = frozenset(("nav", "aside", "footer", "form", "template"))


MARKS = (
    "itemprop", "itemtype",
    "data-lat", "data-latitude",
    "data-comment-count", "data-comments-count", "data-comments", "data-commentcount",
)  # fmt: skip
"""Attributes by which readers look for elements: one walk finds them all."""
_MARKED = etree.XPath(" | ".join(f"//@{name}/.." for name in MARKS))


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One parsed page. The tree is read, never changed: discovery may read it too."""

    tree: HtmlElement
    url: str
    """Where it was fetched."""
    base: str
    """What its links are relative to."""
    now: datetime
    entry: Entry | None
    head: Head
    nodes: list[Node]
    """All JSON-LD objects."""
    article: Node
    """The JSON-LD object of the report; empty where there is none."""
    microdata: dict[str, list[str]]
    elements: dict[str, list[HtmlElement]]
    """Tag -> elements in document order, without those in navigation, asides, forms and the footer."""
    named: list[tuple[HtmlElement, str]]
    """Those of them that have a class or an id, in document order, with `names_of` them."""
    marked: list[HtmlElement]
    """Those of them that have one of MARKS, in document order."""
    headings: list[str]
    """Texts of the h1 elements among them."""

    def within(self, *tags: str) -> list[HtmlElement]:
        """Elements of the page proper; those of several tags one tag after the other."""
        return [element for tag in tags for element in self.elements.get(tag, ())]

    def having(self, *attributes: str) -> list[HtmlElement]:
        """Elements of the page proper that have one of these MARKS, in document order."""
        return [element for element in self.marked if any(element.get(name) is not None for name in attributes)]

    def absolute(self, href: str | None) -> str | None:
        """A link of this page as an absolute http(s) URL."""
        return absolute_url(self.base, href) if href else None


def read_page(tree: HtmlElement, url: str, now: datetime, entry: Entry | None = None) -> Page:
    """Read head, JSON-LD, microdata and headings of a page fetched from `url`."""
    bases = tree.xpath("//base/@href")
    base = (absolute_url(url, bases[0]) if bases else None) or url
    nodes = read_nodes(tree)
    elements, named = _elements(tree)
    return Page(
        tree=tree,
        url=url,
        base=base,
        now=now,
        entry=entry,
        head=read_head(tree, base),
        nodes=nodes,
        article=article_node(nodes, url),
        microdata=read_microdata(tree),
        elements=elements,
        named=named,
        marked=[element for element in _MARKED(tree) if not lies_in(element, *SURROUNDINGS)],
        headings=[text for h1 in elements.get("h1", ())[:5] if (text := text_in(h1))],
    )


def _elements(tree: HtmlElement) -> tuple[dict[str, list[HtmlElement]], list[tuple[HtmlElement, str]]]:
    found: dict[str, list[HtmlElement]] = {}
    named: list[tuple[HtmlElement, str]] = []
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element.tag not in SURROUNDINGS:
            found.setdefault(element.tag, []).append(element)
            waiting.extend(reversed(element))
            if element.get("class") or element.get("id"):
                named.append((element, names_of(element)))
    return found, named


def lies_in(element: HtmlElement, *tags: str) -> bool:
    """Whether an element has one of these around it."""
    return next(element.iterancestors(*tags), None) is not None


def has_rel(element: HtmlElement, *values: str) -> bool:
    """Whether the `rel` of a link holds one of these words."""
    rel = element.get("rel")
    return rel is not None and not set(values).isdisjoint(rel.lower().split())


def text_in(element: HtmlElement) -> str:
    """The text of an element on one line."""
    return plain_text("".join(element.itertext()))


def names_of(element: HtmlElement) -> str:
    """Class and id of an element, lower case, with a hyphen between the words of `camelCase`."""
    names = f"{(element.get('class') or '')[:MAX_NAMES]} {(element.get('id') or '')[:MAX_NAMES]}"
    return names if names.islower() else _CAMEL.sub("-", names).lower()
