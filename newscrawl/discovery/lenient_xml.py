"""XML as publishers serve it -> an lxml tree: wrong encodings, bare ampersands, stray bytes and missing namespaces.

No entity of the document is ever expanded and no file or host is ever asked: the DOCTYPE is cut off before parsing.
"""

from __future__ import annotations

import codecs
import functools
import re
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from newscrawl.discovery.findings import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

ROOT = re.compile(
    r"<(?:[a-zA-Z][\w.-]{0,30}:)?(?P<name>rss|rdf|feed|urlset|sitemapindex)(?=[\s/>])", re.ASCII | re.IGNORECASE
)
"""The start of a feed or sitemap, wherever warnings of the server's software may have pushed it."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the one of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_.:-]{2,40})["']""")
# Of Python's codecs, those of 8-bit and East Asian charsets.
_CHARSET = re.compile(r"iso8859|iso2022|cp\d|koi8|gb|big5|euc|shift_jis|mac|tis|hz|johab|kz|ptcp")
_REFERENCE = re.compile(r"&(?:#(?P<number>[xX][0-9a-fA-F]{1,8}|[0-9]{1,8});|(?P<name>[a-zA-Z][a-zA-Z0-9]{1,31});)?")
# libxml2 takes references to halves of surrogate pairs for characters, and then no text with one can be read.
_SURROGATE = re.compile(
    r"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}(?![0-9a-fA-F])"
    r"|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])(?!\d));?",
    re.ASCII,
)
_MAX_REFERENCES = 1_000_000  # more take seconds to look at, and no feed has them
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# What is known of a namespace's address -> how we write its names. Feeds and sitemaps have none.
_NAMESPACES = (
    ("purl.org/dc/", "dc:"),
    ("search.yahoo.com/mrss", "media:"),
    ("sitemap-news", "news:"),
    ("sitemap-image", "image:"),
    ("sitemap-video", "video:"),
    ("feedburner", "feedburner:"),
    ("itunes.com", "itunes:"),
    ("content/", "content:"),
    ("w3.org/1999/xhtml", "xhtml:"),
    ("atom", ""),
    ("sitemaps.org", ""),
    ("google.com/schemas/sitemap", ""),
    ("purl.org/rss", ""),
    ("netscape.com", ""),
    ("backend.userland.com", ""),
)


def decode_xml(body: bytes) -> str:
    """The text of an XML body: by its byte order mark, as UTF-8 where it is that, else as its declaration says.

    A declaration that the bytes contradict is common (a feed in UTF-8 that calls itself utf-16), the reverse is not.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            skip = 0 if b"<" in mark else len(mark)
            return body[skip:].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(_declared_encoding(body), "replace")


def _declared_encoding(body: bytes) -> str:
    match = _DECLARED.search(body[:1024])
    try:
        name = codecs.lookup(match[1].decode("ascii")).name if match else ""
    except LookupError:
        name = ""
    if _CHARSET.match(name):
        return "windows-1252" if name == "iso8859-1" else name
    # A few broken bytes in UTF-8 are more likely than text of another encoding that looks like it.
    text = body[:100_000].decode("utf-8", "replace")
    foreign = sum(1 for char in text if char > "\x7f")
    return "utf-8" if text.count("\ufffd") * 10 < foreign else "windows-1252"


def read_xml(body: bytes) -> _Element:
    """The root element of a feed or sitemap, as much of it as can be read. Raises NotReadableError."""
    text = decode_xml(body)
    start = ROOT.search(text, 0, 65_536)
    if start is None:
        raise NotReadableError("neither a feed nor a sitemap begins in the first 64 KiB")
    # What stands before the root (declaration, DOCTYPE, warnings) tells us nothing.
    text = mend_references(text[start.start() :].translate(_CONTROLS))
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError, MemoryError) as error:
        raise NotReadableError(f"cannot be read as XML: {error}") from error
    if root is None:
        raise NotReadableError("cannot be read as XML: no element")
    return root


def mend_references(text: str) -> str:
    """Makes every `&` outside CDATA one that XML knows: `&nbsp;` becomes its character, `?a=1&b=2` is escaped."""
    text = _SURROGATE.sub("", text)
    if not 0 < text.count("&") <= _MAX_REFERENCES:
        return text
    first, *others = text.split("<![CDATA[")
    parts = [_REFERENCE.sub(_mended, first)]
    for other in others:
        raw, end, after = other.partition("]]>")
        parts += ["<![CDATA[", raw, end, _REFERENCE.sub(_mended, after)]
    return "".join(parts)


def _mended(match: re.Match[str]) -> str:
    if (number := match["number"]) is not None:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        return match[0] if code in (9, 10, 13) or (32 <= code < 0x110000 and code not in _CONTROLS) else ""
    if match["name"] in _XML_NAMES:
        return match[0]
    char = html5.get(f"{match['name']};", "")
    return char if char and not set(char) & set("<>&") else match[0].replace("&", "&amp;")


def name_of(element: _Element) -> str:
    """An element's name with the usual prefix of its namespace (`dc:date`), or without one where it is a feed's or
    sitemap's own. A namespace that is missing or misspelt is taken by its prefix. Empty for what is no element."""
    return _name(element.tag, element.prefix or "") if isinstance(element.tag, str) else ""


@functools.lru_cache(maxsize=1000)
def _name(tag: str, prefix: str) -> str:
    address, _, local = tag.rpartition("}")
    if ":" in local:  # an undeclared prefix stays in the name
        prefix, _, local = local.rpartition(":")
    for part, usual in _NAMESPACES:
        if part in address.lower():
            return usual + local.lower()
    prefix = prefix.lower()
    return local.lower() if prefix in ("", "atom", "rss", "rdf", "sm", "sitemap") else f"{prefix}:{local.lower()}"


def children_of(element: _Element) -> dict[str, list[_Element]]:
    """The child elements by name, in document order. At most 1,000 are looked at."""
    found: dict[str, list[_Element]] = {}
    for child in element[:1000]:
        if name := name_of(child):
            found.setdefault(name, []).append(child)
    return found


def text_of(elements: Iterable[_Element]) -> str:
    """The text of the first of the elements that has any, else an empty string."""
    return next((text for element in elements if (text := "".join(element.itertext()).strip())), "")
