"""What announces the reports to programs: RSS, Atom and JSON feeds, sitemaps, robots.txt."""

from __future__ import annotations

import gzip
import json
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from newscrawl.demo.content import SITE_NAME

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.demo.content import DemoReport

DEAD_PATH = "/world/2025/11/03/a-report-that-was-taken-down"
"""In the archive sitemap, and 404."""
SOFT_404_PATH = "/culture/2025/11/18/a-report-that-moved-away"
"""In the archive sitemap; answers 200 with a page that says it is not there."""
PRIVATE_PATH = "/private/2026/03/04/embargoed-draft"
"""Linked on the home page; robots.txt disallows it."""
REDIRECTED = "river-gauges"
"""Id of the report to which the Atom feed links by `/go/ID`, a redirect."""
_TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=courier"


def robots_txt(base: str) -> str:
    return f"User-agent: *\nDisallow: /private/\nDisallow: /search\n\nSitemap: {urljoin(base, '/sitemap.xml')}\n"


def rss(reports: list[DemoReport], base: str) -> str:
    """RSS 2.0 with Dublin Core authors. Its links carry tracking parameters."""
    items = "".join(
        f"""<item>
<title>{escape(report.headline)}</title>
<link>{escape(urljoin(base, report.path) + _TRACKING)}</link>
<guid isPermaLink="false">courier-{report.id}</guid>
<pubDate>{format_datetime(report.published_at)}</pubDate>
<description>{escape(report.summary or "")}</description>
{"".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in report.authors)}
<category>{report.section}</category>
</item>
"""
        for report in reports
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>{SITE_NAME}</title><link>{base}</link><description>All reports</description>
{items}</channel></rss>
"""


def atom(reports: list[DemoReport], base: str, updated: datetime) -> str:
    """Atom (RFC 4287). One of its links is a redirect."""
    entries = "".join(
        f"""<entry xml:lang="{report.language}">
<id>tag:courier.example,2026:{report.id}</id>
<title>{escape(report.headline)}</title>
<link rel="alternate" href="{urljoin(base, f"/go/{report.id}" if report.id == REDIRECTED else report.path)}"/>
<published>{report.published_at.isoformat()}</published>
<updated>{report.changed_at.isoformat()}</updated>
{"".join(f"<author><name>{escape(name)}</name></author>" for name in report.authors)}
<summary>{escape(report.summary or "")}</summary>
</entry>
"""
        for report in reports
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>tag:courier.example,2026:feed</id><title>{SITE_NAME}</title><updated>{updated.isoformat()}</updated>
<author><name>{SITE_NAME}</name></author>
<link rel="self" href="{urljoin(base, "/atom.xml")}"/>
{entries}</feed>
"""


def json_feed(reports: list[DemoReport], base: str) -> str:
    """JSON Feed 1.1."""
    items = [
        {
            "id": f"courier-{report.id}",
            "url": urljoin(base, report.path),
            "title": report.headline,
            "summary": report.summary,
            "date_published": report.published_at.isoformat(),
            "date_modified": report.changed_at.isoformat(),
            "authors": [{"name": name} for name in report.authors],
            "language": report.language,
            "tags": list(report.keywords),
        }
        for report in reports
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": SITE_NAME,
        "home_page_url": base,
        "feed_url": urljoin(base, "/feed.json"),
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def sitemap_index(base: str, updated: datetime) -> str:
    """Names the news sitemap, which changes, and the archive sitemap, which does not."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{urljoin(base, "/sitemap-news.xml")}</loc><lastmod>{updated.isoformat()}</lastmod></sitemap>
<sitemap><loc>{urljoin(base, "/sitemap-archive.xml.gz")}</loc><lastmod>2026-02-28</lastmod></sitemap>
</sitemapindex>
"""


def news_sitemap(reports: list[DemoReport], base: str) -> str:
    """Sitemap with the Google News extension."""
    urls = "".join(
        f"""<url><loc>{urljoin(base, report.path)}</loc><lastmod>{report.changed_at.isoformat()}</lastmod>
<news:news><news:publication><news:name>{SITE_NAME}</news:name><news:language>{report.language}</news:language>
</news:publication><news:publication_date>{report.published_at.isoformat()}</news:publication_date>
<news:title>{escape(report.headline)}</news:title></news:news></url>
"""
        for report in reports
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{urls}</urlset>
"""


def archive_sitemap(reports: list[DemoReport], base: str) -> bytes:
    """Plain sitemap, gzip; also names a page that is gone and one that only says so."""
    paths = [(report.path, f"{report.changed_at:%Y-%m-%d}") for report in reports]
    paths += [(DEAD_PATH, "2025-11-03"), (SOFT_404_PATH, "2025-11-18")]
    urls = "".join(f"<url><loc>{urljoin(base, path)}</loc><lastmod>{day}</lastmod></url>\n" for path, day in paths)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{urls}</urlset>
"""
    return gzip.compress(text.encode(), mtime=0)
