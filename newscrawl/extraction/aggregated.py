"""What aggregators add to a report: the link to the original, where it happened, what readers gave it.

Read from structure (attributes, roles of links), never from the markup of one site.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.jsonld import Node, as_list, number_of, plain_text, text_of
from newscrawl.items import Location, Rating, SourceLink
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newscrawl.extraction.meta import Head

_SOURCE_WORDS = re.compile(
    r"(?:(?:show|view|see|read|open|visit|go to|zur|voir|ver|vai alla|lire|leer|ler)\s+)?"
    r"(?:the\s+|la\s+|l['’]|o\s+|el\s+)?"
    r"(?:(?:original|full)\s+)?(?:source|original(?:\s+(?:article|report|story|source))?|quelle|originalartikel|fuente|"
    r"fonte|bron|kilde|källa|lähde|forrás|źródło|zdroj|sursa|kaynak|источник|оригинал|джерело|πηγή|المصدر|مصدر|منبع|"
    r"出典|来源|原文|출처)(?:\s+(?:originale?|anzeigen|öffnen|original))?\s*[:»›>→↗]*",
    re.IGNORECASE,
)
_SOURCE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:show-?source|source-?link|original-?(?:link|source|article)|article-?source|via)(?:$|[\s_-])"
)
_COUNTRY = re.compile(r"\s*\(([^()\d]{2,60})\)")
_SHARER = re.compile(
    r"/(?:sharer?|share-offsite|shareArticle|intent|send)(?:\.php)?(?:[/?]|$)|wa\.me|mailto:", re.IGNORECASE
)
_LATITUDE, _LONGITUDE = ("data-lat", "data-latitude"), ("data-lng", "data-lon", "data-long", "data-longitude")
_NAMES = ("data-place", "data-name", "data-location", "data-title", "title")
_SCORES = ("data-score", "data-rating", "data-rating-value", "data-value", "data-average")
_VOTES = ("data-votes", "data-count", "data-rating-count", "data-vote-count", "data-reviews")

CONTENT = "[not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::header[not(ancestor::article)])]"


def find_source_link(tree: HtmlElement, article: Node, url: str) -> tuple[str, SourceLink] | None:
    """(method, link) to the original of an aggregated report, on another site; None where there is none."""
    for based_on in as_list(article.get("isBasedOn"))[:3]:
        address = (
            text_of(based_on.get("url") or based_on.get("@id")) if isinstance(based_on, dict) else text_of(based_on)
        )
        where = absolute_url(url, address) if address else None
        if where and registered_domain(where) != registered_domain(url):
            publisher = based_on.get("publisher") if isinstance(based_on, dict) else None
            outlet, country = _outlet(tree, where, url)
            return "jsonld", SourceLink(url=where, outlet=text_of(publisher) or outlet, country=country)
    anchor = source_anchor(tree, url)
    if anchor is None:
        return None
    where = absolute_url(url, anchor.get("href", ""))
    assert where is not None  # source_anchor has looked at it
    outlet, country = _outlet(tree, where, url)
    return "dom", SourceLink(url=where, outlet=outlet, country=country)


def source_anchor(tree: HtmlElement, url: str) -> HtmlElement | None:
    """The link that says of itself that it leads to the source, on another site."""
    home = registered_domain(url)
    for anchor in tree.xpath(f"//a[@href]{CONTENT}")[:2000]:
        text = plain_text(anchor.text_content()) if len(anchor) < 10 else ""
        named = _SOURCE_WORDS.fullmatch(text) or (_SOURCE_CLASS.search(anchor.get("class", "")) and len(text) < 40)
        if not named or _SHARER.search(anchor.get("href", "")):
            continue
        where = absolute_url(url, anchor.get("href", ""))
        if where and registered_domain(where) != home:
            return anchor
    return None


def _outlet(tree: HtmlElement, where: str, url: str) -> tuple[str | None, str | None]:
    """Name and country of the outlet: another link to its site, with the country in brackets after it."""
    domain = registered_domain(where)
    for anchor in tree.xpath(f"//a[@href]{CONTENT}")[:2000]:
        target = absolute_url(url, anchor.get("href", ""))
        text = plain_text(anchor.text_content()) if len(anchor) < 10 else ""
        if target is None or registered_domain(target) != domain or not 1 < len(text) <= 80:
            continue
        if _SOURCE_WORDS.fullmatch(text):
            before = plain_text(anchor.getparent().text or "") if anchor.getparent() is not None else ""
            match = re.fullmatch(r"(.{2,60}?)\s*\(([^()\d]{2,60})\)\s*[:–—-]?", before)
            if match:
                return match[1].strip(), match[2].strip()
            continue
        country = _COUNTRY.match(plain_text(anchor.tail or "")) if anchor.tail else None
        return text, country[1].strip() if country else None
    return None, None


def find_locations(tree: HtmlElement, head: Head, article: Node) -> list[tuple[str, Location]]:
    """(method, location), each point once: JSON-LD, geo meta elements, data attributes."""
    found = [
        *(("jsonld", place) for place in _jsonld_locations(article)),
        *(("meta", place) for place in _meta_locations(head)),
        *(("dom", place) for place in _dom_locations(tree)),
    ]
    kept: list[tuple[str, Location]] = []
    for method, location in found:
        if all(location.point != other.point or location.point is None for _, other in kept):
            kept.append((method, location))
    return kept[:20]


def _jsonld_locations(article: Node) -> Iterator[Location]:
    for key in ("contentLocation", "locationCreated", "spatialCoverage"):
        for value in as_list(article.get(key))[:10]:
            if not isinstance(value, dict):
                if name := text_of(value):
                    yield Location(name=name)
                continue
            geo, address = value.get("geo"), value.get("address")
            point = _point(geo.get("latitude"), geo.get("longitude")) if isinstance(geo, dict) else None
            country = text_of(address.get("addressCountry")) if isinstance(address, dict) else None
            name = text_of(value.get("name"))
            if name or point:
                yield Location(name=name, country=country, point=point)


def _meta_locations(head: Head) -> Iterator[Location]:
    name = head.first("geo.placename", "place:name")
    for value in head.every("geo.position", "icbm")[:1]:
        parts = re.split(r"[;,]", value)
        if len(parts) == 2 and (point := _point(*parts)):
            yield Location(name=name, point=point)
            return
    latitude, longitude = (
        head.first("place:location:latitude", "og:latitude"),
        head.first("place:location:longitude", "og:longitude"),
    )
    if latitude and longitude and (point := _point(latitude, longitude)):
        yield Location(name=name, point=point)


def _dom_locations(tree: HtmlElement) -> Iterator[Location]:
    for element in tree.xpath("//*[@data-lat or @data-latitude]")[:50]:
        point = _point(_attribute(element, _LATITUDE), _attribute(element, _LONGITUDE))
        if point is None:
            continue
        name = _attribute(element, _NAMES)
        texts = element.xpath(".//*[contains(@class, 'place') or contains(@class, 'location')]")
        if name is None and texts:
            name = plain_text(texts[0].text_content())
        place, country = name, None
        if name and "," in name and name.count(",") == 1:
            place, country = (part.strip() for part in name.split(","))
        yield Location(name=place or None, country=country, point=point)


def _point(latitude: object, longitude: object) -> tuple[float, float] | None:
    lat, lng = number_of(latitude), number_of(longitude)
    if lat is None or lng is None or not (-90 <= lat <= 90 and -180 <= lng <= 180):
        return None
    return lng, lat


def find_rating(tree: HtmlElement, article: Node) -> tuple[str, Rating] | None:
    """(method, rating) of the report by its readers: JSON-LD, microdata, or data attributes on one element."""
    value = article.get("aggregateRating")
    if isinstance(value, dict):
        score, count = (
            number_of(value.get("ratingValue")),
            number_of(value.get("ratingCount") or value.get("reviewCount")),
        )
        if score is not None or count is not None:
            return "jsonld", Rating(value=score, count=int(count) if count is not None else None)
    for element in tree.xpath("//*[contains(concat(' ', @class, ' '), ' rating ') or contains(@class, 'rating')]")[:20]:
        score, count = number_of(_attribute(element, _SCORES)), number_of(_attribute(element, _VOTES))
        if score is not None:
            raw = plain_text(element.text_content())[:100] or None
            return "dom", Rating(value=score, count=int(count) if count is not None else None, raw=raw)
    return None


def find_comment_count(tree: HtmlElement, article: Node, microdata: dict[str, list[str]]) -> tuple[str, int] | None:
    """(method, number of comments)."""
    count = number_of(article.get("commentCount"))
    if count is not None:
        return "jsonld", int(count)
    for name in ("commentCount", "interactionCount"):
        for text in microdata.get(name, ()):
            if match := re.search(r"\d{1,7}", text):
                return "microdata", int(match[0])
    for element in tree.xpath("//*[@data-comment-count or @data-comments-count]")[:1]:
        count = number_of(element.get("data-comment-count") or element.get("data-comments-count"))
        if count is not None:
            return "dom", int(count)
    return None


def _attribute(element: HtmlElement, names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := plain_text(element.get(name, "")))), None)
