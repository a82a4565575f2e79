"""Sitemaps -> entries and further sitemaps: sitemaps.org 0.9 in XML or plain text, gzip, the Google News extension."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newscrawl.discovery.collect import NO_REPORT, Collector, language_tag, reason_of
from newscrawl.discovery.feeds import lenient_date, plain_text
from newscrawl.discovery.findings import Endpoint, Findings, NotReadableError
from newscrawl.discovery.lenient_xml import ROOT, children_of, decode_xml, name_of, read_xml, text_of
from newscrawl.discovery.links import shape_of
from newscrawl.items import Entry
from newscrawl.urls import absolute_url, normalise_url

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element

# What a map's file name says it lists, where that is no reports. `post_tag` is WordPress's name for tags.
_SIDE = re.compile(
    r"(?<![a-z])(?:tags?|post_?tag|categor(?:y|ies)|kategorien?|taxonom(?:y|ies)|topics?|sections?|authors?|autoren|users?|"
    r"images?|photos?|galler(?:y|ies)|videos?|products?|shop|pages?|seiten|static|misc|stores?|jobs?|locations?)(?![a-z])"
)
_MAIN = re.compile(r"(?<![a-z])(?:news|articles?|artikel|stor(?:y|ies)|posts?(?!_?tag)|reports?)(?![a-z])")
_PART = re.compile(r"(?<![a-z])pages?[-_=/]?\d+")


def read_sitemap(body: bytes, url: str, now: datetime, limit: int = 50_000, max_size: int = 52_428_800) -> Findings:
    """The entries of a sitemap or the maps of an index, the first `limit` of them.

    `max_size`: bytes a gzip body may unpack to; the limits are those of the protocol (sitemaps.org, "Sitemap file
    requirements"). Raises NotReadableError where the body is no sitemap, is cut or is too large.
    """
    if body.startswith(b"\x1f\x8b"):
        body = _unpack(body, max_size)
    if ROOT.search(decode_xml(body[:65_536])) is None:
        return _read_lines(body, limit)
    root = read_xml(body)
    if name_of(root) == "sitemapindex":
        return _read_index(root, url, now, limit)
    if name_of(root) == "urlset":
        return _read_urlset(root, url, now, limit)
    raise NotReadableError(f"the root element is <{name_of(root)}>, which is no sitemap")


def is_side_map(url: str) -> bool:
    """Whether a map lists, by its file name, no reports: tags, categories, authors, pictures, static pages."""
    name = unquote(urlsplit(url).path).lower().rpartition("/")[2]
    return _SIDE.search(_PART.sub("", name)) is not None and _MAIN.search(name) is None


def _unpack(body: bytes, max_size: int) -> bytes:
    """A gzip body of one or more members (RFC 1952, section 2.2), at most `max_size` bytes."""
    parts: list[bytes] = []
    size = 0
    while body.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(31)
        try:
            parts.append(stream.decompress(body, max_size - size + 1))
        except zlib.error as error:
            raise NotReadableError(f"cannot be unpacked: {error}") from error
        size += len(parts[-1])
        if size > max_size:
            raise NotReadableError(f"unpacks to more than {max_size} bytes")
        if not stream.eof:
            raise NotReadableError("the gzip body is cut")
        body = stream.unused_data
    return b"".join(parts)


def _read_index(root: _Element, url: str, now: datetime, limit: int) -> Findings:
    maps: dict[str, Endpoint] = {}
    found = Collector(limit)
    for element in root:
        if name_of(element) != "sitemap" or not found.has_room():
            continue
        part = children_of(element)
        location = text_of(part.get("loc", ()))
        address = absolute_url(url, location)
        if address is None:
            found.reject(location)
        else:
            modified = lenient_date(text_of(part.get("lastmod", ())), now)
            maps.setdefault(normalise_url(address), Endpoint(url=address, kind="sitemap", modified_at=modified))
    endpoints = sorted(maps.values(), key=lambda endpoint: is_side_map(endpoint.url))
    return Findings(kind="sitemap", endpoints=tuple(endpoints), rejected=found.rejected(), left_out=found.left_out)


def _read_urlset(root: _Element, url: str, now: datetime, limit: int) -> Findings:
    found = Collector(limit)
    for element in root:
        if name_of(element) == "url" and found.has_room():
            part = children_of(element)
            modified = lenient_date(text_of(part.get("lastmod", ())), now)
            _take(text_of(part.get("loc", ())), url, modified, _news_of(part, now), found)
    return Findings(kind="sitemap", entries=found.entries(), rejected=found.rejected(), left_out=found.left_out)


def _read_lines(body: bytes, limit: int) -> Findings:
    """A text file of one URL a line (sitemaps.org, "Text file")."""
    found = Collector(limit)
    for line in StringIO(decode_xml(body).removeprefix("\ufeff")):
        if line.strip() and found.has_room():
            _take(line.strip(), "", None, None, found)
        if not found.entries() and len(found.rejected()) >= 10 and all(why != NO_REPORT for _, why in found.rejected()):
            break
    if not found.entries() and not any(reason == NO_REPORT for _, reason in found.rejected()):
        raise NotReadableError("is neither XML nor a list of URLs")
    return Findings(kind="sitemap", entries=found.entries(), rejected=found.rejected(), left_out=found.left_out)


@dataclass(frozen=True, kw_only=True, slots=True)
class _News:
    """What the Google News extension says of a report."""

    title: str | None
    published_at: datetime | None
    language: str | None


def _news_of(part: dict[str, list[_Element]], now: datetime) -> _News | None:
    elements = part.get("news:news") or part.get("news")
    if not elements:
        return None
    news = {name.removeprefix("news:"): found for name, found in children_of(elements[0]).items()}
    publication = {
        name.removeprefix("news:"): found
        for outer in news.get("publication", ())[:1]
        for name, found in children_of(outer).items()
    }
    return _News(
        title=plain_text(text_of(news.get("title", ()))) or None,
        published_at=lenient_date(text_of(news.get("publication_date", ())), now),
        language=language_tag(text_of([*publication.get("language", ()), *news.get("language", ())])),
    )


def _take(location: str, base: str, modified: datetime | None, news: _News | None, found: Collector) -> None:
    if not location:
        return
    url = absolute_url(base, location)
    if url is None:
        found.reject(location, reason_of(location))
    elif news is not None:
        found.add(
            Entry(
                url=url, title=news.title, published_at=news.published_at, modified_at=modified, language=news.language
            )
        )
    elif (shape := shape_of(url)) in ("section", "other"):
        found.reject(url, NO_REPORT)
    else:
        found.add(Entry(url=url, modified_at=modified, certain=shape == "report"))
