"""When a report was published and changed: exact sources only, the most exact statement of the same moment wins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newscrawl.dates import Moment, parse_date
from newscrawl.extraction.jsonld import as_list, text_of
from newscrawl.extraction.page import Page, lies_in, names_of
from newscrawl.extraction.written_dates import MAX_CHARS, read_written_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.extraction.candidates import Candidates

# Names that publishing systems give to the time of publication, as found on news pages.
_PUBLISHED = (
    "article:published", "og:article:published_time", "datepublished", "publication_date", "publicationdate",
    "publish-date", "publishdate", "publish_date", "published_time", "pubdate", "pub_date", "date.publication",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published", "dcterms.created",
    "dcterms.issued", "dc.date.issued", "dc.date.created", "dcterms.date", "dc.date", "citation_publication_date",
    "rnews:datepublished", "og:pubdate", "date.release", "article_date_original", "article:post_date", "date",
)  # fmt: skip
_MODIFIED = ("dcterms.modified", "dc.date.modified", "datemodified", "lastmod", "last-modified", "article.updated")
_ZONES = timedelta(hours=14)
"""How far a local clock can be from UTC."""


def read_times(page: Page, found: Candidates) -> None:
    """Note candidates for `published_at` and `modified_at`, as Moments; the best one first."""
    for field, sources in (("published_at", _published(page)), ("modified_at", _modified(page))):
        for method, text in sources:
            found.add(field, method, parse_date(text, page.now) if text else None)
    if page.entry is not None:
        for field in ("published_at", "modified_at"):
            at = getattr(page.entry, field)
            found.add(field, "entry", parse_date(at.isoformat(), page.now) if at else None)
    if not found.all("published_at"):
        found.add("published_at", "dom", _visible_time(page))
    for field in ("published_at", "modified_at"):
        found.prefer_best(field, most_exact([moment for _, moment in found.all(field)]))


def read_written_time(page: Page, found: Candidates) -> None:
    """Note the day that is written beside the headline, for pages that tell it to people only."""
    for heading in page.within("h1")[:1]:
        around = [
            *heading.xpath("following::text()[position() <= 60]"),
            *heading.xpath("preceding::text()[position() <= 25]"),
        ]
        texts = (" ".join(text.split()) for text in around if text.getparent().tag not in ("script", "style", "option"))
        moments = (read_written_date(text, page.now) for text in texts if 8 <= len(text) <= MAX_CHARS)
        found.add("published_at", "dom", next((moment for moment in moments if moment), None))


def _published(page: Page) -> Iterator[tuple[str, str | None]]:
    for value in as_list(page.article.get("datePublished"))[:3]:
        yield "jsonld", text_of(value)
    yield "opengraph", page.head.first("article:published_time")
    for value in page.microdata.get("datePublished", [])[:3]:
        yield "microdata", value
    for value in page.head.every(*_PUBLISHED)[:10]:
        yield "meta", value
    yield "jsonld", text_of(page.article.get("dateCreated"))


def _modified(page: Page) -> Iterator[tuple[str, str | None]]:
    for value in as_list(page.article.get("dateModified"))[:3]:
        yield "jsonld", text_of(value)
    yield "opengraph", page.head.first("article:modified_time", "og:updated_time")
    for value in page.microdata.get("dateModified", [])[:3]:
        yield "microdata", value
    for value in page.head.every(*_MODIFIED)[:5]:
        yield "meta", value


def most_exact(moments: list[Moment]) -> int:
    """Position of the moment to take.

    The first, but where it is a bare day, another of the same day that has a time; and where its zone is assumed,
    another of a stated zone that can be the same moment by another clock.
    """
    best = 0
    for position, moment in enumerate(moments[1:], 1):
        taken = moments[best]
        near = abs(moment.at - taken.at) <= _ZONES + timedelta(hours=24 if taken.precision == "day" else 0)
        finer = taken.precision == "day" and moment.precision != "day"
        zoned = taken.zone == "assumed" and moment.zone == "stated" and moment.precision != "day"
        if near and (finer or zoned):
            best = position
    return best


def _visible_time(page: Page) -> Moment | None:
    """The time element of the report: one that says so, else the first one that is not in a list or in comments."""
    times = [time for time in page.within("time")[:50] if time.get("datetime") and not lies_in(time, "li")]
    times.sort(key=lambda element: "publish" not in names_of(element) and element.get("pubdate") is None)
    for element in times:
        around = " ".join(names_of(parent) for parent in element.iterancestors())
        moment = parse_date(element.get("datetime", ""), page.now)
        if moment is not None and not any(word in around for word in ("comment", "related", "recommend", "teaser")):
            return moment
    return None
