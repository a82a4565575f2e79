"""What is not worth downloading is not downloaded: other media than asked for, and robots.txt beyond 500 KiB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import StopDownload

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers

MAX_ROBOTS = 500 * 1024
"""Bytes of robots.txt that RFC 9309, section 2.5, wants to be read."""
_REPORT_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")
_UNWANTED = ("video/", "audio/", "image/", "font/", "application/pdf", "application/zip", "application/msword")


class DownloadLimits:
    """Stops a download as soon as its headers or its length say that it is not wanted."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        self = cls()
        crawler.signals.connect(self.headers_received, signal=signals.headers_received)
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)
        return self

    def headers_received(self, headers: Headers, request: Request) -> None:
        content_type = (headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
        if not is_wanted(content_type, request.meta.get("kind", "")):
            request.meta["unwanted"] = f"content type {content_type}"
            raise StopDownload(fail=True)

    def bytes_received(self, data: bytes, request: Request) -> None:
        if request.meta.get("is_robots"):
            size = request.meta["robots_size"] = request.meta.get("robots_size", 0) + len(data)
            if size >= MAX_ROBOTS:
                raise StopDownload(fail=False)


def is_wanted(content_type: str, kind: str) -> bool:
    """Whether a document of this media type (lower case, without parameters; empty: not given) can be a `kind`."""
    if not content_type or kind == "robots":
        return True
    if kind == "report":
        return content_type in _REPORT_TYPES
    return not content_type.startswith(_UNWANTED)
