"""JSON-LD (schema.org): the node that describes the article of this page, read without trust in any type."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from newscrawl.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

MAX_SCRIPTS, MAX_CHARS, MAX_NODES, MAX_DEPTH = 50, 1_000_000, 2_000, 12

_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*;?\s*$")
# Tags of HTML only: headlines in some languages put titles of works between angle brackets.
_TAG = re.compile(
    r"</?(?:a|abbr|audio|b|base|blockquote|body|br|button|cite|code|del|details|div|em|embed|font|form|h[1-6]|head|hr|html|i|"
    r"iframe|img|input|ins|li|link|mark|math|meta|noscript|object|ol|p|pre|q|s|script|section|small|span|strong|style|sub|"
    r"sup|svg|table|td|template|textarea|th|time|title|tr|u|ul|video)(?:[\s/][^<>]{0,500})?>",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:https?://schema\.org/)?(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Review)")

Node = dict[str, Any]


def read_nodes(tree: HtmlElement) -> list[Node]:
    """All objects in the page's JSON-LD scripts, nested ones too, in document order."""
    nodes: list[Node] = []
    for script in tree.xpath("//script[@type]")[: MAX_SCRIPTS * 4]:
        if "ld+json" in script.get("type", "").lower() and len(nodes) < MAX_NODES:
            nodes.extend(_objects(_load(script.text or ""), 0))
    return nodes[:MAX_NODES]


def _load(text: str) -> Any:
    if len(text) > MAX_CHARS:
        return None
    text = _WRAPPING.sub("", text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(value: Any, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _objects(item, depth + 1)
    elif isinstance(value, list):
        for item in value[:MAX_NODES]:
            yield from _objects(item, depth + 1)


def article_node(nodes: list[Node], url: str) -> Node:
    """The node of the article, or an empty one. One that names this page goes first, then one with a headline."""
    articles = [node for node in nodes if any(_ARTICLE.fullmatch(name) for name in types_of(node))]

    def rank(node: Node) -> tuple[bool, bool]:
        names = (text_of(node.get("url")), text_of(node.get("@id")), text_of(node.get("mainEntityOfPage")))
        return (any(name and name.split("#")[0] == url for name in names), bool(text_of(node.get("headline"))))

    return max(articles, key=rank, default={})


def types_of(node: Node) -> list[str]:
    """The names in `@type`."""
    value = node.get("@type")
    return [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def resolve(value: Any, nodes: list[Node]) -> Any:
    """A node for a bare reference `{"@id": ...}`, else the value itself."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type"} and "@id" in value:
        return next((node for node in nodes if node.get("@id") == value["@id"] and len(node) > len(value)), value)
    return value


def as_list(value: Any) -> list[Any]:
    """A value as the list that it may be."""
    return value if isinstance(value, list) else [] if value is None else [value]


def text_of(value: Any) -> str | None:
    """A string, number, `@value`, name or @id as one clean line without markup; None where there is none."""
    if isinstance(value, list):
        return next((text for item in value[:5] if (text := text_of(item))), None)
    if isinstance(value, dict):
        return next((text for key in ("@value", "name", "@id", "url") if (text := text_of(value.get(key)))), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return plain_text(str(value)) or None


def plain_text(text: str) -> str:
    """A line without markup and entities, which some publishers put into attributes and JSON."""
    for _ in range(2):  # entities are often escaped twice
        text = html.unescape(text)
    return clean_line(_TAG.sub(" ", text))[:5_000]


def number_of(value: Any) -> float | None:
    """A number, written as one or as a string."""
    text = text_of(value)
    try:
        number = float(text.replace(",", ".")) if text and len(text) < 20 else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e12 else None
