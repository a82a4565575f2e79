"""When a report was published and changed: exact sources first, the most exact statement of the same moment wins."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from htmldate import find_date

from newscrawl.dates import Moment, parse_date
from newscrawl.extraction.fields.shown_dates import read_shown_dates
from newscrawl.extraction.fields.written_dates import read_written_date
from newscrawl.extraction.structured.jsonld import as_list, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

# Names that publishing systems give to the time of publication, as found on news pages.
_PUBLISHED = (
    "article:published", "og:article:published_time", "datepublished", "publication_date", "publicationdate",
    "publish-date", "publishdate", "publish_date", "published_time", "pubdate", "pub_date", "date.publication",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published", "dcterms.created",
    "dcterms.issued", "dc.date.issued", "dc.date.created", "citation_publication_date",
    "rnews:datepublished", "og:pubdate", "date.release", "article_date_original", "article:post_date",
)  # fmt: skip
# These do not say of what: many systems write the last change there.
_VAGUE = ("date", "dc.date", "dcterms.date")
_MODIFIED = ("dcterms.modified", "dc.date.modified", "datemodified", "lastmod", "last-modified", "article.updated")
_URL_DATES = (
    re.compile(r"/(?P<year>(?:19|20)\d\d)[/_-](?P<month>\d{1,2})[/_-](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"[/_-](?P<day>\d\d)-(?P<month>\d\d)-(?P<year>20\d\d)(?!\d)"),
    re.compile(r"[/_-](?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(r"[/_-](?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)"),
)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)  # it warns of every page that it cannot read

_ZONES = timedelta(hours=14)
"""How far a local clock can be from UTC."""


def read_times(page: Page, found: Candidates) -> None:
    """Note candidates for `published_at` and `modified_at`, as Moments; the best one first."""
    for field, sources in (("published_at", _published(page)), ("modified_at", _modified(page))):
        for method, text in sources:
            moment = _read_date(text, page) if text else None
            found.add(field, method, moment)
            if moment is None:
                found.refuse(field, method, text)
    if page.entry is not None:
        for field in ("published_at", "modified_at"):
            at = getattr(page.entry, field)
            found.add(field, "entry", parse_date(at.isoformat(), page.now) if at else None)
    if not found.all("published_at"):
        _read_what_people_see(page, found)
    for field in ("published_at", "modified_at"):
        found.prefer_best(field, most_exact([moment for _, moment in found.all(field)]))
        found.replace(field, [(method, by_page_clock(moment, page)) for method, moment in found.all(field)])


def read_guessed_time(page: Page, found: Candidates) -> None:
    """Where nothing tells when it was published: what htmldate, by which trafilatura tells dates, makes of the markup.

    `extensive_search` is off: guessing a date from text can take ten seconds for one hostile string. Where a page tells
    only when it was changed, it takes that for the time of publication: that is none.
    """
    if found.all("published_at"):
        return
    try:
        text = find_date(
            page.tree,
            url=page.url,
            original_date=True,
            extensive_search=False,
            max_date=page.now.strftime("%Y-%m-%d"),
        )
    except (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return  # its own errors on broken markup
    moment = parse_date(text, page.now) if text else None
    if moment is not None and moment.at.date() not in {modified.at.date() for _, modified in found.all("modified_at")}:
        found.add("published_at", "trafilatura", moment)


def by_page_clock(moment: Moment, page: Page) -> Moment:
    """A moment stated in UTC with the offset of the page's own clock, where a time element shows the same one by it.

    Publishing systems write `2023-11-09T05:30:59Z` into metadata and `2023-11-08 23:30:59` into the page.
    """
    if moment.zone != "stated" or moment.offset or moment.precision != "second":
        return moment
    for element in page.within("time")[:5]:
        shown = parse_date(element.get("datetime", ""), page.now)
        if shown is not None and shown.zone == "assumed" and shown.precision == "second":
            offset = shown.at - moment.at
            if abs(offset) <= _ZONES and not offset % timedelta(minutes=15):  # all clocks are that far from UTC
                return replace(moment, offset=offset)
    return moment


def _read_date(text: str, page: Page) -> Moment | None:
    """A date of the metadata, which some pages write as people do."""
    return parse_date(text, page.now) or (read_written_date(text, page.now) if len(text) <= 100 else None)


def _read_what_people_see(page: Page, found: Candidates) -> None:
    """Note the dates that the page shows, that of its URL, and the vague ones of its metadata, in this order.

    Only what stands by `Published:` or the like goes before the URL, and the URL before all else: it was made then.
    """
    shown = read_shown_dates(page)
    for date in shown:
        if date.label == "changed" and not found.all("modified_at"):
            found.add("modified_at", "dom", date.moment)
    open_dates = [date for date in shown if date.label != "changed"][:3]
    by_url = date_in_url(page.url, page.now)
    if by_url is not None and not any(date.label for date in open_dates):
        found.add("published_at", "url", by_url)
    for date in open_dates:
        found.add("published_at", "dom", date.moment)
    found.add("published_at", "url", by_url)
    for value in page.head.every(*_VAGUE)[:3]:
        found.add("published_at", "meta", _read_date(value, page))


def date_in_url(url: str, now: datetime) -> Moment | None:
    """The day in a path such as `/2019/05/03/headline`, `/2019-05-03-headline` or `/20190503/`; None where none is."""
    for form in _URL_DATES:
        for match in form.finditer(urlsplit(url).path):
            moment = parse_date(f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}", now)
            if moment is not None:
                return moment
    return None


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
