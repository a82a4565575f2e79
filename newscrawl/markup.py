"""Foreign HTML bytes -> one lxml tree. Called in workers only: hostile markup can take seconds."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import lxml.html
from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Control characters, and references to them, which make libxml2 or trafilatura cut the text short.
_CONTROLS = dict.fromkeys([*range(9), 11, *range(14, 32), 127])
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
# UTF-8 was tried before, the others are Python codecs that are no charsets (UTF-7 is none on the web).
_NO_CHARSETS = frozenset(
    [
        "utf-8",
        "utf-7",
        "rot-13",
        "hex",
        "base64",
        "zlib",
        "bz2",
        "uu",
        "quopri",
        "idna",
        "punycode",
        "undefined",
        "unicode-escape",
        "raw-unicode-escape",
    ]
)
_CONTROL_BYTES = bytes([*range(9), 11, *range(14, 27), *range(28, 32)])  # 27 begins ISO-2022-JP's shifts
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1245-9]|2\d|3[01]|12[7-9]|1[34]\d|15\d)|x0*(?:[0-8bcef]|1[\da-f]|7f|[89][\da-f]));",
    re.IGNORECASE,
)


def decode_html(body: bytes, content_type: str | None = None) -> str:
    """The text of an HTML body.

    A byte order mark wins, then UTF-8 where the bytes are valid UTF-8 (no other encoding looks like it by accident),
    then the charset of the Content-Type header, then that of a meta element, then windows-1252, as browsers do
    (WHATWG Encoding, section 4). Bytes that mean nothing become U+FFFD; control characters go.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _without_controls(body[len(bom) :].decode(name, "replace"))
    try:
        return _without_controls(body.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    header = _HEADER_CHARSET.search(content_type or "")
    meta = _META_CHARSET.search(body[:4096])
    stated = [header[1] if header else "", meta[1].decode("ascii") if meta else ""]
    for name in filter(None, stated):
        try:
            codec = codecs.lookup(name)
        except LookupError:
            continue
        if codec.name not in _NO_CHARSETS:
            # What calls itself latin-1 is windows-1252 on the web.
            charset = "windows-1252" if codec.name in ("iso8859-1", "ascii") else codec.name
            return _without_controls(body.decode(charset, "replace"))
    # Mostly valid UTF-8 with a broken byte is still UTF-8.
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") * 100 < sum(1 for ch in text if ch > "\x7f"):
        return _without_controls(text)
    return _without_controls(body.decode("windows-1252", "replace"))


def _without_controls(text: str) -> str:
    # Hardly a page has any, and a search that finds none costs a hundredth of a translation.
    if _CONTROL.search(text):
        text = text.translate(_CONTROLS)
    return _CONTROL_REFERENCE.sub("", text) if "&#" in text else text


def is_binary(body: bytes) -> bool:
    """Whether a body is no text, whatever its content type says: many control characters in its first 4 kB."""
    start = body[:4096]
    if any(start.startswith(bom) for bom, _ in _BOMS):
        return False
    return len(start) - len(start.translate(None, _CONTROL_BYTES)) > len(start) * 0.02


def parse_html(text: str) -> HtmlElement | None:
    """The tree of an HTML text, or None where there is no element in it."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        # Surrogates cannot be encoded; bytes keep libxml2 from looking at a charset in the text.
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
