"""Lists of sources that other programs keep -> sources: OPML, CSV, and the sitelist of news-please.

Nothing is lost silently: what cannot be taken over is told, with its line.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import hjson
from lxml import etree

from newscrawl.discovery.lenient_xml import decode_xml, mend_references
from newscrawl.sources import Source
from newscrawl.text import clean_line, shorten
from newscrawl.urls import absolute_url, is_front_page, normalise_url, registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NamedKind = Literal["home", "feed", "sitemap", "section"]

COLUMNS: dict[str, str] = {
    **dict.fromkeys(("feed", "feeds", "feed_url", "xmlurl", "rss", "atom"), "feed"),
    **dict.fromkeys(("home", "url", "site", "website", "domain", "homepage", "htmlurl", "link"), "home"),
    **dict.fromkeys(("sitemap", "sitemaps"), "sitemap"),
    **dict.fromkeys(("section", "sections"), "section"),
    **dict.fromkeys(("name", "title", "source", "publisher", "outlet"), "name"),
    **dict.fromkeys(("language", "lang"), "language"),
    "country": "country",
}
"""Heading of a CSV column, in lower case -> what it holds."""
_FEED = re.compile(r"(?:^|[/._=-])(?:rss2?|atom|rdf|feeds?|xml)(?:[/._=&?-]|$)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_XML = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, encoding="utf-8")


class ListError(ValueError):
    """A list that cannot be read at all; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """One address of a list."""

    line: int
    url: str
    kind: NamedKind
    site: str | None = None
    """URL of the site it belongs to, where that is not its own host."""
    name: str | None = None
    language: str | None = None
    country: str | None = None
    exclude: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class SourceList:
    """What a list names."""

    named: list[Named] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What cannot be taken over: line, value, reason, what to do."""
    notes: list[str] = field(default_factory=list)
    """What has no meaning here."""


# -- forms -------------------------------------------------------------------------------------------------------------


def read_opml(body: bytes) -> SourceList:
    """The feeds of an OPML file (opml.org, 2.0), in folders or not. Raises ListError."""
    text = mend_references(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode_xml(body).lstrip("\ufeff")))
    root = etree.fromstring(text.encode(), _XML) if text.strip() else None
    if root is None or str(root.tag).lower() != "opml":
        raise ListError("is no OPML: its first element is not <opml>")
    found = SourceList()
    found.troubles += [f"line {error.line}: {clean_line(error.message)}" for error in _XML.error_log]
    for outline in root.iter("outline"):
        values = {str(name).lower(): clean_line(str(value)) for name, value in outline.attrib.items()}
        line = int(outline.sourceline or 0)
        name = values.get("title") or values.get("text") or None
        feed, site = values.get("xmlurl"), values.get("htmlurl")
        if feed:
            _add(
                found, line, feed, "feed", site=_site(site), name=name, language=_language(values.get("language")),
            )  # fmt: skip
        elif site:
            _add(found, line, site, None, name=name)
        elif values.get("type", "").lower() in ("rss", "atom", "link", "include") or not len(outline):
            address = values.get("url")
            if address:
                _add(found, line, address, None, name=name)
            else:
                found.troubles.append(
                    f"line {line}: outline {name or ''!r} has no xmlUrl; give it one, or crawl its site"
                )
    return found


def read_csv(body: bytes) -> SourceList:
    """A table with a heading (`COLUMNS`), or of addresses alone; separated by commas, semicolons or tabs.

    Raises ListError.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(f"is not UTF-8: {error}; save it as UTF-8") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = SourceList()
    columns: list[str] | None = None
    try:
        for row in rows:
            cells = [clean_line(cell) for cell in row]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if columns is None:
                columns = _columns(cells, found)
                if columns:
                    continue
            _take_row(cells, columns, rows.line_num, found)
    except csv.Error as error:
        raise ListError(f"line {rows.line_num}: {error}") from error
    return found


def read_sitelist(body: bytes) -> SourceList:
    """The `base_urls` of a news-please sitelist.hjson (https://hjson.github.io). Raises ListError."""
    try:
        text = body.decode("utf-8-sig")
        table: Any = hjson.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ListError(f"is no Hjson: {clean_line(str(error))}") from error
    sites = table.get("base_urls") if isinstance(table, dict) else None
    if not isinstance(sites, list):
        raise ListError("has no list 'base_urls'; is it the sitelist.hjson of news-please?")
    found = SourceList()
    for number, site in enumerate(sites, start=1):
        urls = site.get("url") if isinstance(site, dict) else site
        for url in urls if isinstance(urls, list) else [urls]:
            if not isinstance(url, str):
                found.troubles.append(f"base_urls, entry {number}: 'url' is {url!r}; give a URL or a list of them")
                continue
            line = _line_of(text, url)
            values: dict[str, Any] = site if isinstance(site, dict) else {}
            if values.get("crawler") == "Download":
                found.troubles.append(
                    f"line {line}: {url} is a single report (crawler 'Download'); `newscrawl crawl {url}` reads it"
                )
            else:
                _add(found, line, url, None, exclude=_exclude(values, line, found))
        if isinstance(site, dict) and (rest := site.keys() - {"url", "crawler", "ignore_regex"}):
            found.notes.append(f"base_urls, entry {number}: {', '.join(sorted(rest))} have no meaning here")
    return found


def _exclude(values: dict[str, Any], line: int, found: SourceList) -> tuple[str, ...]:
    pattern = values.get("ignore_regex")
    if not pattern:
        return ()
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        found.troubles.append(f"line {line}: ignore_regex {pattern!r} is no regular expression: {error}")
        return ()
    return (pattern,)


def _line_of(text: str, url: str) -> int:
    return text.count("\n", 0, max(0, text.find(url))) + 1


def _columns(cells: list[str], found: SourceList) -> list[str]:
    """What each column holds, by the heading; none where the first row is no heading."""
    columns = [COLUMNS.get(cell.lower().replace(" ", "_"), "") for cell in cells]
    if not any(columns):
        return []
    unknown = [cell for cell, column in zip(cells, columns, strict=True) if cell and not column]
    if unknown:
        found.notes.append(f"columns left out: {', '.join(unknown)}; known: {', '.join(COLUMNS)}")
    return columns


def _take_row(cells: list[str], columns: list[str], line: int, found: SourceList) -> None:
    """All addresses of a row are of one site: that of its home page, where it has one."""
    if not columns:
        for cell in cells:
            if "." in cell:
                _add(found, line, cell, None)
            elif cell:
                found.troubles.append(f"line {line}: {cell!r} is no address; give the table a heading")
        return
    pairs = [(column, cell) for column, cell in zip(columns, cells, strict=False) if column and cell]
    values = dict(pairs)
    addresses = [(column, cell) for column, cell in pairs if column in ("home", "feed", "sitemap", "section")]
    if not addresses:
        found.troubles.append(f"line {line}: has no address; fill one of home, feed, sitemap, section")
    language = _language(values.get("language"))
    if values.get("language") and language is None:
        found.troubles.append(f"line {line}: language {values['language']!r} is no language tag like 'en' or 'pt-BR'")
    for column, cell in addresses:
        kind = column if column != "home" else None
        _add(
            found, line, cell, kind, site=_site(values.get("home")), name=values.get("name"), language=language,
            country=values.get("country"),
        )  # fmt: skip


def _add(found: SourceList, line: int, address: str, kind: str | None, **values: Any) -> None:
    url = _site(address)
    if url is None:
        found.troubles.append(f"line {line}: {shorten(address, 200)!r} is no http(s) URL; write the whole address")
    else:
        found.named.append(Named(line=line, url=url, kind=kind or _kind(url), **values))  # type: ignore[arg-type]


def _kind(url: str) -> NamedKind:
    """By the address alone; a crawl finds out in any case."""
    if is_front_page(url):
        return "home"
    parts = urlsplit(url)
    if "sitemap" in parts.path.lower():
        return "sitemap"
    return "feed" if _FEED.search(f"{parts.path}?{parts.query}") else "section"


def _site(address: str | None) -> str | None:
    """An address as a URL; domains are written without a scheme."""
    if not address:
        return None
    text = re.sub(r"^feed:(?://)?(?=https?:)", "", address)
    text = re.sub(r"^feed://", "http://", text)
    if "://" not in text and re.fullmatch(r"[\w.-]+\.[\w-]{2,}(?::\d+)?(?:/\S*)?", text):
        text = f"https://{text}"
    return None if " " in text else absolute_url("", text)


def _language(text: str | None) -> str | None:
    text = (text or "").replace("_", "-")
    return text if _LANGUAGE.fullmatch(text) else None


# -- sources -----------------------------------------------------------------------------------------------------------


def group(named: Iterable[Named]) -> Iterator[tuple[Source, dict[str, str]]]:
    """The sources of a list, one for each registered domain, in its order; and what is called what, by URL.

    Where a list names endpoints, these and no others are the source; where it names a home page only, they are found.
    """
    groups: dict[str, list[Named]] = {}
    for one in named:
        groups.setdefault(registered_domain(one.site or one.url), []).append(one)
    for domain, members in groups.items():
        urls: dict[str, list[str]] = {"feed": [], "sitemap": [], "section": [], "home": []}
        seen: set[str] = set()
        for one in members:
            if normalise_url(one.url) not in seen:
                seen.add(normalise_url(one.url))
                urls[one.kind].append(one.url)
        homes = urls["home"] + [one.site for one in members if one.site and is_front_page(one.site)]
        names = list(dict.fromkeys(one.name for one in members if one.name))
        sections = (*urls["section"], *(home for home in urls["home"] if home != homes[0]))
        source = Source(
            id=domain.replace(":", "-")[:64],
            name=names[0] if len(names) == 1 else None,
            home=homes[0] if homes else None,
            domains=tuple(dict.fromkeys([domain, *(registered_domain(one.url) for one in members)])),
            feeds=tuple(urls["feed"]),
            sitemaps=tuple(urls["sitemap"]),
            sections=sections,
            discover=not (urls["feed"] or urls["sitemap"] or sections),
            exclude=tuple(dict.fromkeys(pattern for one in members for pattern in one.exclude)),
            language=_one(one.language for one in members),
            country=_one(one.country for one in members),
        )
        yield source, {one.url: one.name for one in members if one.name and len(names) > 1}


def _one(values: Iterable[str | None]) -> str | None:
    """The value that all agree on who say one."""
    different = {value for value in values if value}
    return different.pop() if len(different) == 1 else None


# -- and back ----------------------------------------------------------------------------------------------------------


def write_opml(sources: Iterable[Source]) -> str:
    """The feeds of sources as OPML 2.0, a folder for each source. One without feeds has its home page as address."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "newscrawl sources"
    body = etree.SubElement(root, "body")
    for source in sources:
        name = source.name or source.id
        site = {"htmlUrl": source.home} if source.home else {}
        folder = etree.SubElement(body, "outline", text=name, **({} if source.feeds else site))
        for feed in source.feeds:
            etree.SubElement(folder, "outline", type="rss", text=name, xmlUrl=feed, **site)
    return str(etree.tostring(root, encoding="unicode", pretty_print=True))
