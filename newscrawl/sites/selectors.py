"""Where on a page a field is: by CSS, by XPath, or in a JSON document inside the page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import lxml.html
from lxml.cssselect import CSSSelector
from lxml.etree import XPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newscrawl.extraction.page import Page

_SILENT = frozenset(("script", "style", "noscript", "template"))
# Elements that begin and end a line; `br` is one that is empty.
_LINES = frozenset(
    (
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "td", "th", "tr", "ul",
    )
)  # fmt: skip
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Selector:
    """Called with a page, gives the texts of all that it finds there, in document order.

    The text of an element has a line end where the page shows one: around blocks and at `<br>`.
    """

    find: XPath
    attribute: str | None = None
    without: XPath | None = None

    def __call__(self, page: Page) -> list[str]:
        """The texts; none where nothing is found."""
        found = self.find(page.tree)
        left_out = set(self.without(page.tree)) if self.without else set()
        return [self._text(one, left_out) for one in (found if isinstance(found, list) else [found])]

    def _text(self, one: Any, left_out: set[HtmlElement]) -> str:
        if not isinstance(one, lxml.etree._Element):
            return str(one)
        return (one.get(self.attribute) or "") if self.attribute else "".join(_pieces(one, left_out))


@dataclass(frozen=True, slots=True)
class JsonSelector:
    """Called with a page, gives the texts at one place of the JSON in its scripts."""

    find: XPath
    keys: tuple[str, ...]

    def __call__(self, page: Page) -> list[str]:
        """The texts; none where nothing is found. Raises ValueError where the script holds no JSON."""
        values = [_load(script.text or "") for script in self.find(page.tree)]
        for key in self.keys:
            values = [item[key] for value in values for item in _items(value) if isinstance(item, dict) and key in item]
        return [_json_text(item) for value in values for item in _items(value) if item is not None]


def css(selector: str, attribute: str | None = None, *, without: str | None = None) -> Selector:
    """What a CSS selector finds: the texts of the elements, or one attribute of each.

    `without` is a CSS selector too: elements within those found that are left out, such as advertisements.
    """
    return Selector(_css(selector), attribute, _css(without) if without else None)


def xpath(expression: str, *, without: str | None = None) -> Selector:
    """What an XPath 1.0 expression finds: elements, attributes or texts. `without` is an XPath expression too."""
    return Selector(XPath(expression), None, XPath(without) if without else None)


def in_json(script: str, *keys: str) -> JsonSelector:
    """What JSON inside the script elements of a CSS selector has at `keys`, one key after the other.

    A list is followed through all its items; an item without the key is left out. What stands before the first brace
    (`window.state =`) and after the JSON is ignored. HTML in the value is read as text.
    """
    return JsonSelector(_css(script), keys)


def _css(selector: str) -> XPath:
    return CSSSelector(selector, translator="html")


def _pieces(element: HtmlElement, left_out: set[HtmlElement]) -> Iterator[str]:
    # Recursion is safe: libxml2 puts no element deeper than 256 into a tree (`huge_tree` is off).
    yield _one_line(element.text)
    for child in element:
        end = "\n" if child.tag in _LINES else ""
        yield end
        if child.tag not in _SILENT and child not in left_out:
            yield from _pieces(child, left_out)
        yield end
        yield _one_line(child.tail)


def _one_line(text: str | None) -> str:
    """Line ends of the markup are blanks to those who read the page."""
    return re.sub(r"\s+", " ", text or "")


def _load(text: str) -> Any:
    start = re.search(r"[{\[]", text)
    if start is None:
        raise ValueError("the script holds no JSON")
    return json.JSONDecoder(strict=False).raw_decode(text, start.start())[0]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _json_text(value: Any) -> str:
    text = json.dumps(value) if isinstance(value, bool | dict | list) else str(value)
    if isinstance(value, str) and _TAG.search(value):
        return "".join(_pieces(lxml.html.fragment_fromstring(value, create_parent="div"), set()))
    return text
