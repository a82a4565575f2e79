"""The demo site's Tidebook: headline in a picture, metadata of the section on every page, text between `<br>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.items import Location
from newscrawl.sites.selectors import css
from newscrawl.sites.site_page import SitePage

if TYPE_CHECKING:
    from newscrawl.extraction.page import Page


class DemoTidebook(SitePage):
    """Everything that is particular to a page is in `.tb-sheet`."""

    hosts = ("127.0.0.1/tidebook/",)

    headline = css(".tb-sheet img.tb-title", "alt")
    summary = css(".tb-sheet .tb-deck")
    body = css(".tb-sheet .tb-log", without=".tb-slot")
    authors = css(".tb-sheet", "data-keeper")
    published_at = css(".tb-sheet", "data-written")

    GAUGE = css(".tb-sheet", "data-gauge")

    def locations(self, page: Page) -> list[Location]:
        """`Norrhaven, Sweden @ 56.0401 12.6127`."""
        place, position = self.GAUGE(page)[0].split(" @ ")
        name, country = place.split(", ")
        latitude, longitude = map(float, position.split())
        return [Location(name=name, country=country, point=(longitude, latitude))]
