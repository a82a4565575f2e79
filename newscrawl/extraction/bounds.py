"""A page cut to what a page may be, so that nothing that reads it takes long.

trafilatura and what it uses take time that grows with the square of a page's elements, and of an element's attributes.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS = 12_000
"""Of 939 pages of the press one has more than 5,000: 11,500, with all its comments."""
MAX_ATTRIBUTES = 200
"""Of one element; on those pages 59 at most."""
MAX_CONTENT = 5_000
"""Characters of a meta element: a long summary has a tenth of that."""
MAX_OPEN = 1_000
"""Angle brackets in a JSON script that nothing closes; trafilatura looks for the end of each through the whole text."""


def cut_to_size(tree: HtmlElement) -> list[HtmlElement]:
    """Take away, in place, all elements behind the first 12,000, attributes of which an element has too many, the rest
    of meta elements that are too long, and JSON that is no JSON of a report.

    Returns the elements that are left. While they are held, a walk through the tree does not make them anew.
    """
    crowded = tree.xpath(f"//*[@*[{MAX_ATTRIBUTES + 1}]]")
    for element in crowded:
        for name in element.attrib.keys()[MAX_ATTRIBUTES:]:
            del element.attrib[name]
    for meta in tree.xpath(f"//meta[string-length(@content) > {MAX_CONTENT}]"):
        meta.set("content", meta.get("content")[:MAX_CONTENT])
    for script in tree.xpath("//script[contains(@type, 'json')]"):
        text = script.text or ""
        if text.count("<") - text.count(">") > MAX_OPEN:
            script.text = None
    elements = list(islice(tree.iter(), MAX_ELEMENTS + 1))
    if len(elements) <= MAX_ELEMENTS:
        return elements
    first_left_out = elements.pop()
    for element in [first_left_out, *first_left_out.iterancestors()]:
        parent = element.getparent()
        if parent is not None:
            start = parent.index(element) + (element is not first_left_out)
            del parent[start:]
    return elements
