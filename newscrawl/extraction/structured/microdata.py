"""Microdata (schema.org): values of `itemprop` in the article's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.extraction.structured.jsonld import plain_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_VALUES = ("content", "datetime", "href", "src", "data")
"""Attributes that hold the value in place of the text (HTML, section 5.2.4), `content` on any element as is usual."""


def read_microdata(tree: HtmlElement) -> dict[str, list[str]]:
    """itemprop -> values within the first article scope; empty where there is none."""
    scopes = tree.xpath("//*[@itemscope][contains(@itemtype, 'Article') or contains(@itemtype, 'BlogPosting')]")
    if not scopes:
        return {}
    found: dict[str, list[str]] = {}
    for element in scopes[0].xpath(".//*[@itemprop]")[:300]:
        names = element.get("itemprop", "").split()
        for name in names:
            if name != "articleBody" and (value := value_of(element)):
                found.setdefault(name, []).append(value)
    return found


def value_of(element: HtmlElement) -> str:
    """The value of one element: a nested person's name, an attribute, or its text."""
    inner = element.xpath(".//*[@itemprop='name']") if element.get("itemscope") is not None else []
    if inner:
        return value_of(inner[0])
    attributes = [element.get(name) for name in _VALUES if element.get(name)]
    if element.tag == "a" and not element.get("content"):
        attributes = []
    return plain_text(attributes[0] if attributes else "".join(element.itertext()))
