"""Bytes of a page -> report. The order in which fields are read, and in which sources are believed, is here."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.body.blocks import read_blocks
from newscrawl.extraction.body.boilerplate import find_suspects, leave_out
from newscrawl.extraction.body.live_blog import with_live_posts
from newscrawl.extraction.body.next_page import read_first_page, read_next_page
from newscrawl.extraction.body.read import Body, read_body, run_trafilatura
from newscrawl.extraction.bounds import cut_to_size
from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.canonical import read_canonical
from newscrawl.extraction.fields.free_access import read_free_access
from newscrawl.extraction.fields.headline import read_headline, read_summary
from newscrawl.extraction.fields.language import confirm_language, read_language
from newscrawl.extraction.fields.media import read_images, read_videos
from newscrawl.extraction.fields.people import read_authors, read_signing_organisation
from newscrawl.extraction.fields.places import read_locations
from newscrawl.extraction.fields.publisher import read_publisher
from newscrawl.extraction.fields.ratings import read_comment_count, read_rating
from newscrawl.extraction.fields.source_link import read_source_link
from newscrawl.extraction.fields.times import read_guessed_time, read_times
from newscrawl.extraction.fields.topics import read_topics
from newscrawl.extraction.page import Page, read_page, text_in
from newscrawl.extraction.site_values import ReadSite, SiteValues
from newscrawl.extraction.verdict import why_no_report
from newscrawl.identity.keys import content_hash, identity_url, report_id
from newscrawl.items import Extracted, Report
from newscrawl.markup import decode_html, is_binary, parse_html
from newscrawl.text import count_words

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from newscrawl.dates import Moment
    from newscrawl.extraction.body.blocks import Blocks
    from newscrawl.items import Entry

EXTRACTOR = f"newscrawl/{version('newscrawl')} trafilatura/{version('trafilatura')}"


def read_report(
    body: bytes,
    url: str,
    *,
    source: str,
    now: datetime,
    content_type: str | None = None,
    entry: Entry | None = None,
    language: str | None = None,
    country: str | None = None,
    read_site: ReadSite | None = None,
    boilerplate: frozenset[str] = frozenset(),
    explain: bool = False,
    part_of: str | None = None,
) -> Extracted:
    """The report on a page, as fetched from `url` (absolute, after redirects) for the source with id `source`.

    `now` (aware) is when it was fetched, `content_type` the header, `entry` what an endpoint said of it, `language` and
    `country` what the source file says, `read_site` the site page, whose values win, `boilerplate` the keys of lines
    that the source is known to repeat, `part_of` the URL of the report's first page where this is a later one; with
    `explain` all candidates are told. Never raises on what a page contains: what is no report has a rejection.
    """
    tree = None if is_binary(body) else parse_html(decode_html(body, content_type))
    if tree is None:
        return Extracted(report=Report(id=report_id(url), url=url, source=source, fetched_at=now), rejection="no text")
    return read_tree(
        tree,
        url,
        source=source,
        now=now,
        entry=entry,
        language=language,
        country=country,
        read_site=read_site,
        boilerplate=boilerplate,
        explain=explain,
        part_of=part_of,
    )


def read_tree(
    tree: HtmlElement,
    url: str,
    *,
    source: str,
    now: datetime,
    entry: Entry | None = None,
    language: str | None = None,
    country: str | None = None,
    read_site: ReadSite | None = None,
    boilerplate: frozenset[str] = frozenset(),
    explain: bool = False,
    part_of: str | None = None,
) -> Extracted:
    """The same from a parsed page; the tree is not changed, but one that is too large is cut."""
    elements = cut_to_size(tree)
    page, found = read_page(tree, url, now, entry), Candidates()
    read_canonical(page, found)
    read_headline(page, found)
    read_summary(page, found)
    read_times(page, found)
    read_guessed_time(page, found)
    read_authors(page, found)
    read_language(page, found, language)
    read_topics(page, found)
    read_images(page, found)
    read_videos(page, found)
    read_publisher(page, found, country)
    read_source_link(page, found)
    read_locations(page, found)
    read_rating(page, found)
    read_comment_count(page, found)
    site = read_site(page) if read_site else SiteValues()
    site.overrule(found)  # before the body, whose rules look at headline and authors
    blocks = read_blocks(tree)
    body = site.instead_of(_read_text(page, found, blocks))
    if "language" not in site.values:
        confirm_language(found, f"{found.value('headline') or ''}\n{body.text or ''}")
    read_free_access(page, found, body.text or "", blocks)
    site.withhold(found)
    rejection = why_no_report(page, found, body)
    found.drop("site_name")
    elements.clear()
    extracted = Extracted(
        report=_report(page, found, body, source),
        rejection=rejection,
        candidates=found.as_text() if explain else {},
        refused=found.refused_as_text() if explain else {},
        gaps=site.gaps,
        lines=body.lines if explain else (),
        next_page=read_next_page(page, part_of),
        first_page=None if part_of else read_first_page(page),
    )
    return _without_boilerplate(page, extracted, boilerplate)


def _without_boilerplate(page: Page, extracted: Extracted, known: frozenset[str]) -> Extracted:
    """The report without the lines that its source is known to repeat, and the lines that may turn out to be such.

    The body of a site page is left alone.
    """
    report = extracted.report
    if not report.body or extracted.rejection or report.provenance.get("body") == "site":
        return extracted
    kept = [text for text in (report.headline, report.summary) if text]
    headings = [text_in(heading) for heading in page.within("h2", "h3", "h4", "h5", "h6")]
    suspects = find_suspects(report.body, report.headline, headings, kept)
    body, left_out = leave_out(report.body, known, kept)
    if not left_out:
        return replace(extracted, suspects=suspects)
    hashed = content_hash(report.headline, body)
    return replace(
        extracted,
        report=replace(report, body=body, word_count=count_words(body), content_hash=hashed),
        suspects=suspects,
        left_out=left_out,
        whole_hash=report.content_hash,
    )


def _read_text(page: Page, found: Candidates, blocks: Blocks) -> Body:
    """The body, by the one call of trafilatura."""
    if not found.all("authors"):
        read_signing_organisation(page, found)
    body = read_body(
        blocks,
        with_live_posts(page, run_trafilatura(page.tree, page.url)),
        page.article,
        [text for _, text in found.all("headline")] + page.headings,
        found.value("authors") or (),
        [text for _, text in found.all("summary")],
    )
    found.add("body", body.method, body.text)
    return body


def _report(page: Page, found: Candidates, body: Body, source: str) -> Report:
    canonical = found.value("canonical_url")
    published: Moment | None = found.value("published_at")
    modified: Moment | None = found.value("modified_at")
    headline = found.value("headline")
    values: dict[str, Any] = {name: found.value(name) for name in _PLAIN_FIELDS}
    values |= {name: found.value(name) or () for name in _TUPLE_FIELDS}
    return Report(
        id=report_id(identity_url(page.url, canonical)),
        url=page.url,
        source=source,
        published_at=published.by_own_clock if published else None,
        published_precision=published.precision if published else None,
        published_zone=published.zone if published else None,
        modified_at=modified.by_own_clock if modified else None,
        word_count=count_words(body.text) if body.text else None,
        content_hash=content_hash(headline, body.text) if body.text else None,
        fetched_at=page.now,
        provenance=found.provenance(),
        extractor=EXTRACTOR,
        **values,
    )


_PLAIN_FIELDS = (
    "canonical_url", "headline", "summary", "body", "language", "publisher", "source_link", "rating", "comment_count",
    "free_access",
)  # fmt: skip
_TUPLE_FIELDS = ("authors", "sections", "keywords", "images", "videos", "locations")
