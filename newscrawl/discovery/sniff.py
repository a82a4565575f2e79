"""What kind of document a body is, by what stands in it."""

from __future__ import annotations

import re
import zlib
from typing import Literal

from newscrawl.discovery.lenient_xml import ROOT, decode_xml

Kind = Literal["feed", "sitemap", "html", "other"]

_HEAD = 16_384
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_HTML_START = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.ASCII | re.IGNORECASE)
_HTML_TAG = re.compile(
    r"<(?:title|meta|link|script|style|main|article|section|header|h[1-6]|div|p|ul|ol|table|span|a|b|br|img)(?=[\s/>])",
    re.ASCII | re.IGNORECASE,
)
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/', re.IGNORECASE)
_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


def kind_of(body: bytes, content_type: str | None, url: str) -> Kind:
    """The kind of a body. Its first 16 KiB decide; content type and URL only where they are silent."""
    body = _head(body)
    text = _COMMENT.sub("", decode_xml(body).lstrip("\ufeff \t\r\n\0"))
    if text.startswith("{"):
        return "feed" if _is_json_feed(text, content_type) else "other"
    root, page = ROOT.search(text), _HTML_START.search(text)
    if root is not None and (page is None or root.start() < page.start()):
        return "sitemap" if root["name"].lower() in ("urlset", "sitemapindex") else "feed"
    if page is not None or _HTML_TAG.search(text):
        return "html"
    if _is_url_list(text):
        return "sitemap"
    is_text = bool(text) and "\0" not in text and "\ufffd" not in text[:200]
    return "html" if is_text and _promises_html(content_type, url) else "other"


def _head(body: bytes) -> bytes:
    """The first bytes, unpacked where they are gzip."""
    if not body.startswith(b"\x1f\x8b"):
        return _whole_characters(body[:_HEAD])
    try:
        return _whole_characters(zlib.decompressobj(31).decompress(body[: 4 * _HEAD], _HEAD))
    except zlib.error:
        return b""


def _whole_characters(head: bytes) -> bytes:
    """Without the last line, so that the cut falls into no character; a single line stays as it is."""
    if len(head) < _HEAD:
        return head
    return head[: max(head.rfind(b">"), head.rfind(b"\n")) + 1] or head


def _is_json_feed(text: str, content_type: str | None) -> bool:
    return _JSON_FEED.search(text) is not None or "feed+json" in (content_type or "").lower()


def _is_url_list(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines()[:10] if line.strip()]
    return bool(lines) and all(_URL_LINE.fullmatch(line) for line in lines)


def _promises_html(content_type: str | None, url: str) -> bool:
    kind = (content_type or "").partition(";")[0].strip().lower()
    return "html" in kind or (not kind and url.lower().endswith((".html", ".htm")))
