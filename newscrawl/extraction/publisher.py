"""Who published the page, by its own claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.extraction.headline import publisher_node
from newscrawl.extraction.jsonld import text_of
from newscrawl.items import Publisher

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

MAX_NAME = 100


def read_publisher(page: Page, found: Candidates, country: str | None) -> None:
    """Note the publisher; the names come from the candidates for `site_name`."""
    node = publisher_node(page)
    url = page.absolute(text_of(node.get("url")))
    address = node.get("address")
    stated = text_of(address.get("addressCountry")) if isinstance(address, dict) else None
    for method, name in found.all("site_name"):
        if len(name) <= MAX_NAME and "://" not in name:
            mine = method == "jsonld"
            home, land = (url, stated or country) if mine else (None, country)
            found.add("publisher", method, Publisher(name=name, url=home, country=land))
    if country and not found.all("publisher"):
        found.add("publisher", "site", Publisher(country=country))
