"""Where a report happened: names and coordinates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.structured.jsonld import Node, as_list, number_of, plain_text, resolve, text_of
from newscrawl.items import Location

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

MAX_PLACES = 20
_LATITUDE = ("data-lat", "data-latitude")
_LONGITUDE = ("data-lng", "data-lon", "data-long", "data-longitude")
_NAME = ("data-place", "data-location", "data-name", "data-title", "aria-label", "title")
_PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[;,]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


def read_locations(page: Page, found: Candidates) -> None:
    """Note the places of the event, as tuples of Location."""
    stated = [
        place for key in ("contentLocation", "locationCreated", "spatialCoverage") for place in _jsonld(page, key)
    ]
    found.add("locations", "jsonld", merge_places(stated))
    found.add("locations", "microdata", merge_places(_microdata(page)))
    found.add("locations", "dom", merge_places(_attributes(page)))
    found.add("locations", "meta", merge_places(_meta(page)))


def point_of(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """(longitude, latitude) of two numbers in degrees, None where they are no place on Earth or the origin (0, 0)."""
    lat, lng = number_of(latitude), number_of(longitude)
    if lat is None or lng is None or not -90 <= lat <= 90 or not -180 <= lng <= 180 or (lat, lng) == (0, 0):
        return None
    return lng, lat


def merge_places(places: list[Location]) -> tuple[Location, ...]:
    """One Location for each point; a named one counts before one without a name."""
    by_key: dict[Any, Location] = {}
    for place in places:
        key = place.point or place.name
        if key is not None and (key not in by_key or by_key[key].name is None):
            by_key[key] = place
    return tuple(by_key.values())[:MAX_PLACES]


def _jsonld(page: Page, key: str) -> list[Location]:
    return [place for value in as_list(page.article.get(key))[:MAX_PLACES] if (place := _place(page, value))]


def _place(page: Page, value: Any) -> Location | None:
    value = resolve(value, page.nodes)
    node: Node = value if isinstance(value, dict) else {"name": value}
    geo, address = resolve(node.get("geo"), page.nodes), node.get("address")
    point = point_of(geo.get("latitude"), geo.get("longitude")) if isinstance(geo, dict) else None
    country = text_of(address.get("addressCountry")) if isinstance(address, dict) else None
    name = text_of(node.get("name"))
    return Location(name=name, country=country, point=point) if (name and "://" not in name) or point else None


def _microdata(page: Page) -> list[Location]:
    places = []
    for scope in _scopes(page)[:MAX_PLACES]:
        point = point_of(_property(scope, "latitude"), _property(scope, "longitude"))
        around = scope.xpath("ancestor::*[@itemscope][contains(@itemtype, 'Place')][1]")
        if point:
            name, country = (
                (_property(around[0], "name"), _property(around[0], "addressCountry")) if around else (None, None)
            )
            places.append(Location(name=name, country=country, point=point))
    return places


def _scopes(page: Page) -> list[HtmlElement]:
    return [element for element in page.having("itemtype") if "GeoCoordinates" in element.get("itemtype", "")]


def _property(scope: HtmlElement, name: str) -> str | None:
    values = scope.xpath(".//*[@itemprop=$name]", name=name)
    return plain_text(values[0].get("content") or "".join(values[0].itertext())) or None if values else None


def _attributes(page: Page) -> list[Location]:
    """Elements that carry coordinates for a map."""
    places = []
    for element in page.having(*_LATITUDE):
        latitude = _first(element, _LATITUDE)
        point = point_of(latitude, _first(element, _LONGITUDE)) if latitude else None
        if point:
            name = _first(element, _NAME)
            places.append(Location(name=plain_text(name) or None if name else None, point=point))
    return places


def _first(element: HtmlElement, names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := element.get(name))), None)


def _meta(page: Page) -> list[Location]:
    """`geo.position` and `ICBM`, both "latitude; longitude", and Open Graph's place."""
    head = page.head
    match = _PAIR.fullmatch(head.first("geo.position", "icbm") or "")
    latitude = head.first("place:location:latitude", "og:latitude")
    longitude = head.first("place:location:longitude", "og:longitude")
    point = point_of(match[1], match[2]) if match else point_of(latitude, longitude)
    return [Location(name=head.first("geo.placename", "og:locality"), point=point)] if point else []
