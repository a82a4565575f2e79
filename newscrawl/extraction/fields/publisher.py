"""Who published the page, by its own claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.extraction.fields.headline import publisher_node
from newscrawl.extraction.structured.jsonld import as_list, text_of
from newscrawl.items import Publisher

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

MAX_NAME = 100


def read_publisher(page: Page, found: Candidates, country: str | None) -> None:
    """Note the publisher; the names come from the candidates for `site_name`, `country` from the source file."""
    node = publisher_node(page)
    url = page.absolute(text_of(node.get("url")))
    stated = _country(node.get("address")) or page.head.first("og:country-name", "og:country_name")
    for method, name in found.all("site_name"):
        if len(name) <= MAX_NAME and "://" not in name:
            home = url if method == "jsonld" else None
            found.add("publisher", method, Publisher(name=name, url=home, country=stated or country))
    if country and not found.all("publisher"):
        found.add("publisher", "site", Publisher(country=country))


def _country(address: Any) -> str | None:
    """The country of a schema.org PostalAddress, or of the first of several that has one."""
    nodes = [node for node in as_list(address)[:5] if isinstance(node, dict)]
    return next((text for node in nodes if (text := text_of(node.get("addressCountry")))), None)
