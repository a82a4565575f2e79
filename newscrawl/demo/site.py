"""Every document of the demo site, by path."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from newscrawl.demo import announcements
from newscrawl.demo.announcements import PRIVATE_PATH, REDIRECTED, SOFT_404_PATH
from newscrawl.demo.content import SITE_NAME
from newscrawl.demo.html import SECTIONS, frame, list_html, section_path
from newscrawl.demo.pages import report_page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newscrawl.demo.content import DemoReport

PAGE_SIZE = 5
"""Reports on one page of a section."""
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One answer of the site."""

    status: int = 200
    content: bytes = b""
    content_type: str = _HTML
    modified_at: datetime | None = None
    """Last-Modified; documents without it have no validators."""
    location: str | None = None
    """Path it redirects to."""
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", f'"{hashlib.blake2b(self.content, digest_size=8).hexdigest()}"')


def build_site(reports: list[DemoReport], base: str, changes: int = 0) -> dict[str, Document]:
    """All documents by path and query, for the published `reports`, newest first.

    `changes` counts what was published or revised since the start: each moves the listings' time one minute on.
    """
    updated = max(report.published_at for report in reports) + timedelta(minutes=changes)
    site = _noise()
    site |= _announcements(reports, base, updated)
    site["/"] = Document(content=_home(reports, base).encode(), modified_at=updated)
    for section in SECTIONS:
        site |= _section_pages(section, [r for r in reports if r.section == section], updated)
    for report in reports:
        site |= _report_documents(report, reports, base)
    return site


def _announcements(reports: list[DemoReport], base: str, updated: datetime) -> dict[str, Document]:
    def document(content: str | bytes, content_type: str) -> Document:
        data = content.encode() if isinstance(content, str) else content
        return Document(content=data, content_type=content_type, modified_at=updated)

    feeds, news, archive = (_listed(reports, where) for where in ("feeds", "news", "archive"))
    redirected = next(report for report in reports if report.id == REDIRECTED)
    return {
        "/robots.txt": Document(content=announcements.robots_txt(base).encode(), content_type="text/plain"),
        "/feed.xml": document(announcements.rss(feeds, base), "application/rss+xml; charset=utf-8"),
        "/atom.xml": document(announcements.atom(feeds, base, updated), "application/atom+xml; charset=utf-8"),
        "/feed.json": document(announcements.json_feed(feeds, base), "application/feed+json"),
        "/sitemap.xml": document(announcements.sitemap_index(base, updated), "application/xml"),
        "/sitemap-news.xml": document(announcements.news_sitemap(news, base), "application/xml"),
        "/sitemap-archive.xml.gz": document(announcements.archive_sitemap(archive, base), "application/gzip"),
        f"/go/{REDIRECTED}": Document(status=302, location=redirected.path),
    }


def _listed(reports: Iterable[DemoReport], where: str) -> list[DemoReport]:
    return [report for report in reports if where in report.listed]


def _home(reports: list[DemoReport], base: str) -> str:
    draft = f'<p class="draft">For staff: <a href="{PRIVATE_PATH}">Embargoed: the harbour budget in draft</a></p>'
    head = f'<link rel="canonical" href="{base}">\n<meta property="og:type" content="website">'
    main = f"<h1>{SITE_NAME}</h1>\n{list_html(_listed(reports, 'home'))}\n{draft}"
    return frame(title="News from both shores", head=head, main=main, classes="home")


def _section_pages(section: str, reports: list[DemoReport], updated: datetime) -> dict[str, Document]:
    """`/world/`, `/world/?page=2` and so on, and the redirect from `/world`."""
    path = section_path(section)
    pages: dict[str, Document] = {path.rstrip("/"): Document(status=301, location=path)}
    for start in range(0, len(reports), PAGE_SIZE):
        number = start // PAGE_SIZE + 1
        shown = list_html(reports[start : start + PAGE_SIZE])
        shown += _copies(reports) if number == 1 else ""
        more = start + PAGE_SIZE < len(reports)
        older = f'<p><a rel="next" href="{path}?page={number + 1}">Older reports</a></p>' if more else ""
        html = frame(title=section, head="", main=f"<h1>{section}</h1>\n{shown}\n{older}", classes="section")
        pages[path if number == 1 else f"{path}?page={number}"] = Document(content=html.encode(), modified_at=updated)
    return pages


def _copies(reports: list[DemoReport]) -> str:
    return "".join(
        f'<article class="teaser"><h2><a href="{report.copy_at}">{escape(report.headline)}</a></h2></article>'
        for report in reports
        if report.copy_at
    )


def _report_documents(report: DemoReport, reports: list[DemoReport], base: str) -> dict[str, Document]:
    related = [other for other in _listed(reports, "home") if other.id != report.id][:3]
    documents = {
        path: Document(content=report_page(report, related, base, path).encode(), modified_at=report.changed_at)
        for path in (report.path, report.copy_at)
        if path
    }
    thumbnails = [report.video.thumbnail] if report.video else []
    for name in [*(picture.file for picture in report.images), *thumbnails]:
        documents[f"/media/{name}"] = Document(
            content=_png(name), content_type="image/png", modified_at=report.published_at
        )
    return documents


def _noise() -> dict[str, Document]:
    """Pages that are no reports, one soft 404 among them."""
    texts = {
        "/about": ("About us", f"{SITE_NAME} is the demo site of newscrawl. All of it is invented."),
        "/contact": ("Contact", "Write to the editors at post@courier.example."),
        "/privacy": ("Privacy", "This site sets no cookies and knows nothing about you."),
        "/search": ("Search", "The search is closed for the season."),
        SOFT_404_PATH: ("Page not found", "Sorry, the page you are looking for is not here. Try the search."),
        PRIVATE_PATH: ("Embargoed: the harbour budget in draft", "Not for publication before Friday. " * 30),
    }
    return {
        path: Document(content=frame(title=title, head="", main=f"<h1>{title}</h1>\n<p>{text}</p>").encode())
        for path, (title, text) in texts.items()
    }


def _png(name: str, width: int = 64, height: int = 36) -> bytes:
    """A picture in one colour, which follows from its name (PNG, third edition, sections 5 and 11)."""
    colour = hashlib.blake2b(name.encode(), digest_size=3).digest()
    rows = (b"\x00" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
