"""What stands in the head: meta elements by name or property, link elements, the title."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newscrawl.extraction.structured.jsonld import plain_text
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS = 500


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page."""

    values: dict[str, list[str]] = field(default_factory=dict)
    """Lower-case name or property -> contents in document order."""
    canonical: str | None = None
    title: str | None = None
    language: str | None = None
    """Of the html element."""

    def first(self, *names: str) -> str | None:
        """The first content of the first of `names` that is there."""
        return next((self.values[name][0] for name in names if self.values.get(name)), None)

    def every(self, *names: str) -> list[str]:
        """All contents of all `names`."""
        return [value for name in names for value in self.values.get(name, ())]


def read_head(tree: HtmlElement, url: str) -> Head:
    """Read head, title and language. Meta elements in the body count: many pages have them there."""
    values: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]")[:MAX_ELEMENTS]:
        content = plain_text(element.get("content", ""))
        for name in {element.get(key, "").strip().lower() for key in ("name", "property", "http-equiv")} - {""}:
            if content:
                values.setdefault(name, []).append(content)
    links = tree.xpath(
        "//link[@href][contains(concat(' ', translate(@rel, 'CANOIL', 'canoil'), ' '), ' canonical ')]/@href"
    )
    titles = tree.xpath("//head/title//text()") or tree.xpath("(//title)[1]//text()")
    return Head(
        values=values,
        canonical=absolute_url(url, links[0]) if links else None,
        title=plain_text("".join(titles[:5])) or None,
        language=(tree.xpath("string(/html/@lang)") or tree.xpath("string(/html/@*[name()='xml:lang'])")).strip()
        or None,
    )
