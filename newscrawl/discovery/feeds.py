"""Feeds -> entries: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (RFC 4287), JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from newscrawl.dates import parse_date
from newscrawl.discovery.collect import Collector, first_url, language_tag
from newscrawl.discovery.feed_hints import read_feed_hints
from newscrawl.discovery.findings import Findings, NotReadableError
from newscrawl.discovery.hints import Hints
from newscrawl.discovery.lenient_xml import children_of, decode_xml, name_of, read_xml, text_of
from newscrawl.items import Entry
from newscrawl.text import clean_line, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from lxml.etree import _Element

    Children = dict[str, list[_Element]]

SUMMARY_LENGTH = 1000

_XML = "{http://www.w3.org/XML/1998/namespace}"
_PUBLISHED = ("published", "pubdate", "issued", "created", "dc:date", "dc:created", "dcterms:issued", "date")
_MODIFIED = ("updated", "modified", "dc:modified", "dcterms:modified", "lastmod")
# What a script or style element holds is no text; a tag that starts a block separates words.
_NO_TEXT = re.compile(r"<(?:script|style)\b[^<]*(?:<(?!/(?:script|style))[^<]*)*", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s+\(([^()]+)\)")
# Names of zones beside those of RFC 5322 that Python knows.
_ZONES = {
    "CET": "+0100", "CEST": "+0200", "MEZ": "+0100", "MESZ": "+0200", "BST": "+0100", "WET": "+0000", "WEST": "+0100",
    "EET": "+0200", "EEST": "+0300", "MSK": "+0300", "IST": "+0530", "PKT": "+0500", "WIB": "+0700", "HKT": "+0800",
    "SGT": "+0800", "KST": "+0900", "JST": "+0900", "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200",
    "NZDT": "+1300", "SAST": "+0200", "BRT": "-0300", "ART": "-0300",
}  # fmt: skip


def read_feed(body: bytes, url: str, now: datetime, limit: int = 5000) -> Findings:
    """The entries of a feed, the first `limit` of them. Raises NotReadableError where the body is no feed."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:1]
    return _read_json(body, url, now, limit) if start == b"{" else _read_xml(body, url, now, limit)


# -- RSS and Atom ------------------------------------------------------------------------------------------------------


def _read_xml(body: bytes, url: str, now: datetime, limit: int) -> Findings:
    root = read_xml(body)
    if name_of(root) not in ("rss", "rdf", "feed"):
        raise NotReadableError(f"the root element is <{name_of(root)}>, which is no feed")
    about, items = _parts_of(root)
    base = _base(about, _base(root, url)) if about is not root else _base(root, url)
    head = children_of(about)
    language = _language(about, head) or _language(root, {})
    found = Collector(limit)
    for item in items:
        if found.has_room():
            _take_item(item, base, now, language, found)
    return Findings(
        kind="feed",
        entries=found.entries(),
        next_page=_linked(head, base, "next"),
        rejected=found.rejected(),
        left_out=found.left_out,
        title=plain_text(_markup(head, "title")) or None,
        language=language,
        hints=read_feed_hints(head, base),
    )


def _parts_of(root: _Element) -> tuple[_Element, Iterator[_Element]]:
    """The element that describes the feed, and the items, which RSS 1.0 puts beside it and RSS 2.0 into it."""
    channel = next((child for child in root if name_of(child) == "channel"), root)
    parents = [root] if channel is root else [channel, root]
    return channel, (child for parent in parents for child in parent if name_of(child) in ("item", "entry"))


def _take_item(item: _Element, base: str, now: datetime, language: str | None, found: Collector) -> None:
    part = children_of(item)
    links = list(_links(part, _base(item, base)))
    if not links:
        return  # it announces nothing that could be fetched
    link, raw = first_url(links)
    if link is None:
        found.reject(raw)
        return
    found.add(
        Entry(
            url=link,
            title=plain_text(_markup(part, "title", "dc:title")) or None,
            summary=_summary(_markup(part, "summary", "description", "dc:description", "content:encoded", "content")),
            published_at=_date(part, _PUBLISHED, now),
            modified_at=_date(part, _MODIFIED, now),
            authors=_authors(part),
            language=_language(item, part) or language,
            sections=_unique(plain_text(_category(element)) for element in part.get("category", ())),
        )
    )


def _links(part: Children, base: str) -> Iterator[tuple[str, str]]:
    """(base, reference) of everything that may be the address of the item, the best first."""
    for element in part.get("feedburner:origlink", ()):
        yield base, text_of([element])
    ranked = sorted(part.get("link", ()), key=_link_rank)
    for element in ranked:
        if _link_rank(element) < 9 and (reference := (element.get("href") or text_of([element])).strip()):
            yield _base(element, base), reference
    for element in [*part.get("guid", ()), *part.get("id", ())]:
        reference = text_of([element])
        stated = element.get("isPermaLink", "").lower()
        absolute = reference.lower().startswith(("http://", "https://"))
        if (absolute and stated != "false") or (reference.startswith("/") and stated == "true"):
            yield base, reference


def _link_rank(element: _Element) -> int:
    """RSS links and Atom's alternates first, HTML before other types; what is no address of the item is 9."""
    relation = element.get("rel", "alternate").lower()
    if relation != "alternate":
        return 9
    return 0 if "html" in element.get("type", "html") else 1


def _linked(part: Children, base: str, relation: str) -> str | None:
    """The address of the feed's link with a relation (RFC 5005 for `next`)."""
    links = [e for e in part.get("link", ()) if e.get("rel", "").lower() == relation and e.get("href")]
    return first_url([(base, element.get("href", "")) for element in links])[0]


def _base(element: _Element, base: str) -> str:
    stated = element.get(_XML + "base")
    try:
        return urljoin(base, stated.strip()) if stated else base
    except ValueError:
        return base


def _language(element: _Element, part: Children) -> str | None:
    stated = text_of([*part.get("language", ()), *part.get("dc:language", ())])
    return language_tag(stated or element.get(_XML + "lang", ""))


def _markup(part: Children, *names: str) -> str:
    return next((text for name in names if (text := text_of(part.get(name, ())))), "")


def _category(element: _Element) -> str:
    return element.get("label") or element.get("term") or text_of([element])


def _authors(part: Children) -> tuple[str, ...]:
    named = [plain_text(text_of([element])) for element in part.get("dc:creator", ())]
    for element in part.get("author", ()):
        inner = children_of(element).get("name")
        named.append(plain_text(text_of(inner) if inner else text_of([element])))
    mended = (match[1] if (match := _MAIL_AND_NAME.fullmatch(name)) else name for name in named)
    return _unique(name for name in mended if "@" not in name)


def _date(part: Children, names: Iterable[str], now: datetime) -> datetime | None:
    for name in names:
        for element in part.get(name, ()):
            if (at := lenient_date(text_of([element]), now)) is not None:
                return at
    return None


# -- JSON Feed ---------------------------------------------------------------------------------------------------------


def _read_json(body: bytes, url: str, now: datetime, limit: int) -> Findings:
    try:
        feed = json.loads(decode_xml(body).strip("\ufeff \t\r\n\0"))
    except (ValueError, RecursionError) as error:
        raise NotReadableError(f"cannot be read as JSON: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise NotReadableError("is JSON, but no JSON Feed: it has no list of items")
    language = language_tag(_string(feed, "language"))
    found = Collector(limit)
    for item in items:
        if isinstance(item, dict) and found.has_room():
            _take_json_item(item, url, now, language, found)
    return Findings(
        kind="feed",
        entries=found.entries(),
        next_page=first_url([(url, _string(feed, "next_url"))])[0] if feed.get("next_url") else None,
        rejected=found.rejected(),
        left_out=found.left_out,
        title=plain_text(_string(feed, "title")) or None,
        language=language,
        hints=Hints(hub=_json_hub(feed, url), topic=_string(feed, "feed_url") or None),
    )


def _json_hub(feed: dict[str, Any], base: str) -> str | None:
    hubs = [hub for hub in _list(feed, "hubs") if isinstance(hub, dict) and _string(hub, "type").lower() == "websub"]
    return first_url([(base, _string(hub, "url")) for hub in hubs if _string(hub, "url")])[0]


def _take_json_item(item: dict[str, Any], base: str, now: datetime, language: str | None, found: Collector) -> None:
    identity = _string(item, "id")
    references = [_string(item, "url"), _string(item, "external_url"), identity if "://" in identity else ""]
    links = [(base, reference) for reference in references if reference]
    if not links:
        return  # it announces nothing that could be fetched
    link, raw = first_url(links)
    if link is None:
        found.reject(raw)
        return
    found.add(
        Entry(
            url=link,
            title=plain_text(_string(item, "title")) or None,
            summary=_summary(_string(item, "summary", "content_text", "content_html")),
            published_at=lenient_date(_string(item, "date_published"), now),
            modified_at=lenient_date(_string(item, "date_modified"), now),
            authors=_json_authors(item),
            language=language_tag(_string(item, "language")) or language,
            sections=_unique(plain_text(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        )
    )


def _json_authors(item: dict[str, Any]) -> tuple[str, ...]:
    authors = [*_list(item, "authors"), item.get("author")]  # `author` is of version 1.0
    return _unique(plain_text(_string(author, "name")) for author in authors if isinstance(author, dict))


def _string(values: dict[str, Any], *names: str) -> str:
    return next((value.strip() for name in names if isinstance(value := values.get(name), str) and value.strip()), "")


def _list(values: dict[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value[:100] if isinstance(value, list) else []


# -- texts and dates ---------------------------------------------------------------------------------------------------


def plain_text(markup: str) -> str:
    """A title or summary without tags and references, on one line. At most 8,000 characters are looked at."""
    markup = markup[:8000]
    if "<" in markup:
        markup = _TAG.sub("", _BLOCK.sub(" ", _NO_TEXT.sub(" ", markup)))
    return clean_line(unescape(markup) if "&" in markup else markup)


def _summary(markup: str) -> str | None:
    return shorten(plain_text(markup), SUMMARY_LENGTH) or None


def lenient_date(text: str, now: datetime) -> datetime | None:
    """The time a feed's date names, also with the name of a zone that the standards do not know."""
    text = " ".join(text[:80].split())
    before, _, zone = text.rpartition(" ")
    moment = parse_date(f"{before} {_ZONES[zone.upper()]}" if zone.upper() in _ZONES else text, now)
    return moment.at if moment else None


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:50]
