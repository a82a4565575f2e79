"""What workers do: one function per kind of document, from bytes to values that are cheap to send back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from newscrawl.discovery.feed_links import feed_links
from newscrawl.discovery.feeds import read_feed
from newscrawl.discovery.findings import Findings, NotReadableError
from newscrawl.discovery.pages import read_listing
from newscrawl.discovery.robots import Robots, parse_robots
from newscrawl.discovery.sitemaps import read_sitemap
from newscrawl.discovery.sniff import kind_of
from newscrawl.extraction.report import read_report, read_tree
from newscrawl.identity.signature import make_signature
from newscrawl.markup import decode_html, parse_html
from newscrawl.sites.registry import site_page_for

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.items import Entry, Extracted


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A fetched document on its way to a worker."""

    body: bytes
    url: str
    content_type: str | None
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What is known of a report page before it is read."""

    source: str
    entry: Entry | None = None
    language: str | None = None
    country: str | None = None
    page: str | None = None
    """Name of the site page that reads it; without one, the host decides."""
    boilerplate: frozenset[str] = frozenset()
    """Keys of the lines that are left out of the body."""
    explain: bool = False
    """Whether all candidates are wanted, not only the winners."""
    part_of: str | None = None
    """URL of the report's first page, where this is a later one."""
    sign: bool = False
    """Whether the text is to be signed, as it is for the store."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a URL that the user named turned out to be."""

    kind: Literal["report", "listing", "feed", "sitemap"]
    findings: Findings
    extracted: Extracted | None = None


def read_report_page(page: Page, about: About) -> Extracted:
    """The report on a page."""
    extracted = read_report(
        page.body,
        page.url,
        source=about.source,
        now=page.now,
        content_type=page.content_type,
        entry=about.entry,
        language=about.language,
        country=about.country,
        read_site=site_page_for(page.url, about.page),
        boilerplate=about.boilerplate,
        explain=about.explain,
        part_of=about.part_of,
    )
    return _signed(extracted) if about.sign else extracted


def _signed(extracted: Extracted) -> Extracted:
    """With the signature of its text: here, for it takes a millisecond that the event loop can spare."""
    report = extracted.report
    if extracted.rejection is not None or not report.body:
        return extracted
    signature = make_signature(
        report.headline,
        report.body,
        language=report.language,
        source=report.source,
        published_at=report.published_at,
    )
    return replace(extracted, signature=signature)


def read_endpoint(page: Page) -> Findings:
    """What a feed, sitemap or listing announces. Raises NotReadableError where it is none of them."""
    kind = kind_of(page.body, page.content_type, page.url)
    if kind == "feed":
        return read_feed(page.body, page.url, page.now)
    if kind == "sitemap":
        return read_sitemap(page.body, page.url, page.now)
    if kind == "html":
        tree = parse_html(decode_html(page.body, page.content_type))
        if tree is not None:
            return read_listing(tree, page.url, page.now)
    raise NotReadableError(f"is no feed, sitemap or HTML page (content type {page.content_type or 'not given'})")


def read_probed(page: Page) -> Findings:
    """The same, with the feeds that an HTML page links in its text."""
    findings = read_endpoint(page)
    tree = parse_html(decode_html(page.body, page.content_type)) if findings.kind == "page" else None
    if tree is None:
        return findings
    return replace(findings, endpoints=(*findings.endpoints, *feed_links(tree, page.url)))


def read_target(page: Page, about: About) -> Target:
    """What a URL named by the user is: a report, a listing of reports, a feed or a sitemap.

    Raises NotReadableError where it is none of them.
    """
    findings = read_endpoint(page)
    if findings.kind != "page":
        return Target(kind=findings.kind, findings=findings)
    tree = parse_html(decode_html(page.body, page.content_type))
    assert tree is not None  # read_endpoint has parsed it
    extracted = read_tree(
        tree,
        page.url,
        source=about.source,
        now=page.now,
        entry=about.entry,
        language=about.language,
        country=about.country,
        read_site=site_page_for(page.url, about.page),
        boilerplate=about.boilerplate,
    )
    kind: Literal["report", "listing"] = "report" if extracted.rejection is None else "listing"
    return Target(kind=kind, findings=findings, extracted=_signed(extracted))


def read_robots(body: bytes, agent: str) -> Robots:
    """The rules of a robots.txt for `agent`."""
    return parse_robots(body, agent)
