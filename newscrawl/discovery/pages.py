"""Home and section pages -> the reports they announce, the sections and feeds they name, their next page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.discovery import words
from newscrawl.discovery.collect import language_tag
from newscrawl.discovery.findings import Endpoint, Findings
from newscrawl.discovery.links import Shape, is_file, is_service_host, shape_of
from newscrawl.discovery.pager import following, is_next, page_number
from newscrawl.discovery.places import HEADINGS, Place, Places, Teaser
from newscrawl.items import Entry
from newscrawl.text import clean_line, count_words, shorten
from newscrawl.urls import absolute_url, normalise_url, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from lxml.html import HtmlElement

MAX_LINKS = 5000
"""Links of a page that are looked at: the largest home pages have about a thousand."""
MAX_SECTIONS = 200

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_NO_REPORTS_FEED = re.compile(r"comment|kommentar|comentario|commentaire|commento|[?&]s=|/search/", re.IGNORECASE)
_ARCHIVE = re.compile(r"/(?:19|20)\d\d(?:/\d\d?){0,2}/?$")


@dataclass(frozen=True, slots=True)
class _Link:
    """One link of the page, with what speaks for and against it."""

    element: HtmlElement
    url: str
    key: str
    text: str
    shape: Shape
    own: bool
    """Whether it stays within the registered domain of the page."""
    place: Place
    teaser: Teaser | None

    @property
    def words(self) -> int:
        return count_words(self.text)


def read_listing(tree: HtmlElement, url: str, now: datetime) -> Findings:
    """What an HTML page announces; of a report's page, what it links to.

    `tree` is from `newscrawl.markup.parse_html`, `url` where it was fetched. An entry is `certain` where a heading, a
    time or an article element around the link says that it is a report, or the shape of its URL and a headline do.
    """
    base = _base(tree, url)
    links = list(_links(tree, base, url, now))
    next_page = _next_page(tree, links, base, url)
    entries = _entries(links, {normalise_url(url), normalise_url(next_page or url)})
    taken = {normalise_url(entry.url) for entry in entries}
    return Findings(
        kind="page",
        entries=entries,
        endpoints=(*_feeds(tree, base), *_sections(links, url, taken, next_page)),
        next_page=next_page,
        title=_title(tree),
        language=language_tag(tree.get("lang", "") or tree.get("{http://www.w3.org/XML/1998/namespace}lang", "")),
    )


def listing_share(tree: HtmlElement) -> float:
    """The share of the page's text that stands in links, 0 to 1: high on section pages, low on reports."""
    linked = total = 0
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in ("script", "style", "noscript", "template", "title"):
            total += len((element.text or "").strip()) + sum(len((child.tail or "").strip()) for child in element)
            linked += len(" ".join(element.text_content()[:1000].split())) if element.tag == "a" else 0
    return min(1.0, linked / total) if total else 0.0


# -- links -------------------------------------------------------------------------------------------------------------


def _base(tree: HtmlElement, url: str) -> str:
    """What relative links of the page refer to; a base of another site is not believed."""
    for element in islice(tree.iter("base"), 1):
        stated = absolute_url(url, element.get("href", ""))
        if stated is not None and same_site(stated, url):
            return stated
    return url


def _links(tree: HtmlElement, base: str, url: str, now: datetime) -> Iterator[_Link]:
    places = Places(now)
    host = urlsplit(url).hostname
    for element in islice(tree.iter("a"), MAX_LINKS):
        href = element.get("href", "").strip()
        if not href or href.startswith("#") or (target := absolute_url(base, href)) is None:
            continue
        elsewhere = urlsplit(target).hostname != host and is_service_host(target)
        place = places.of(element)
        yield _Link(
            element=element,
            url=target,
            key=normalise_url(target),
            text=_text(element),
            shape="other" if elsewhere else shape_of(target),
            own=same_site(target, url),
            place=place,
            teaser=places.teaser(place),
        )


def _text(element: HtmlElement) -> str:
    """What a reader sees of a link: of a whole teaser in a link, its heading."""
    heading = next(element.iter(*HEADINGS), None)
    text = clean_line((element if heading is None else heading).text_content()[:2000])
    if not text:
        text = clean_line(element.get("title") or element.get("aria-label") or "")
    return shorten(text, 500)


# -- entries -----------------------------------------------------------------------------------------------------------


def _entries(links: list[_Link], not_these: set[str]) -> tuple[Entry, ...]:
    """One entry for each address that is a report by any of its links, in the order of the page."""
    in_menu = {link.key for link in links if link.place.zone == "menu" and link.shape != "report"}
    parents = _parents(links)
    by_key: dict[str, list[_Link]] = {}
    for link in links:
        if link.key not in not_these and link.key not in in_menu and _path(link.url) not in parents:
            by_key.setdefault(link.key, []).append(link)
    found = []
    for group in by_key.values():
        judged = [judgement for link in group if (judgement := _judge(link)) is not None]
        if judged:
            found.append(_entry(group, certain=any(judged)))
    return tuple(found)


def _judge(link: _Link) -> bool | None:
    """True: a report for certain. False: perhaps. None: nothing speaks for it."""
    if link.place.zone in ("menu", "footer"):
        return None
    in_heading = link.place.heading is not None or next(link.element.iter(*HEADINGS), None) is not None
    timed = link.teaser is not None and link.teaser.has_time
    in_article = link.teaser is not None and link.teaser.is_article
    if not link.own:
        return False if link.shape == "report" and link.words >= 4 and (in_heading or timed) else None
    if in_heading and timed and in_article:
        return None if is_file(link.url) else True
    if link.shape == "report":
        return bool(link.text) and (link.words >= 4 or in_heading or timed or in_article)
    if link.shape == "other" or link.place.zone == "aside":
        return None
    return _judge_structure(link, in_heading=in_heading, timed=timed, in_article=in_article)


def _judge_structure(link: _Link, *, in_heading: bool, timed: bool, in_article: bool) -> bool | None:
    """The same for a link within the site whose URL says nothing, or that of a section."""
    named = link.words >= 3
    if link.shape == "section":
        return True if timed and in_heading and named else None
    if timed or (in_article and in_heading):
        return True if in_heading or named else None
    return False if (in_heading and named) or link.words >= 6 else None


def _parents(links: list[_Link]) -> set[str]:
    """The paths below which at least two reports lie: they are sections, however long their names are."""
    reports = {_path(link.url) for link in links if link.shape == "report"}
    above = Counter(path.rpartition("/")[0] for path in reports)
    return {path for path, count in above.items() if count > 1}


def _path(url: str) -> str:
    """Host and path of a URL, without the last slash."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path.rstrip('/')}"


def _entry(group: list[_Link], *, certain: bool) -> Entry:
    teasers = [link.teaser for link in group if link.teaser is not None]
    title = _headline(group)
    summaries = (teaser.summary for teaser in teasers if teaser.summary and teaser.summary != title)
    return Entry(
        url=group[0].url,
        title=title,
        summary=next(summaries, None),
        published_at=next((teaser.published_at for teaser in teasers if teaser.published_at), None),
        certain=certain,
    )


def _headline(group: Iterable[_Link]) -> str | None:
    """The text of the link that is, or stands in, a heading; else the longest; a single word is no headline."""
    texts = [(link.place.heading is not None, len(link.text), link.text) for link in group if link.text]
    if not texts:
        return None
    in_heading, _, text = max(texts)
    return text if in_heading or count_words(text) > 1 else None


# -- endpoints ---------------------------------------------------------------------------------------------------------


def _feeds(tree: HtmlElement, base: str) -> list[Endpoint]:
    found: dict[str, Endpoint] = {}
    for element in islice(tree.iter("link"), 1000):
        kind = element.get("type", "").partition(";")[0].strip().lower()
        url = absolute_url(base, element.get("href", ""))
        if url is None or kind not in _FEED_TYPES or "alternate" not in element.get("rel", "").lower().split():
            continue
        title = clean_line(element.get("title", ""))
        if not _NO_REPORTS_FEED.search(f"{url} {title}"):
            found.setdefault(normalise_url(url), Endpoint(url=url, kind="feed", title=shorten(title, 200) or None))
    return list(found.values())


def _sections(links: list[_Link], url: str, entries: set[str], next_page: str | None) -> list[Endpoint]:
    """Pages of the same site that list reports, by the menu and by links to categories elsewhere on the page."""
    found: dict[str, Endpoint] = {}
    known = {normalise_url(url), normalise_url(next_page or url)} | entries
    for link in links:
        if link.own and link.key not in known and link.key not in found and _is_section(link):
            found[link.key] = Endpoint(url=link.url, kind="section", title=shorten(link.text, 200) or None)
    return list(found.values())[:MAX_SECTIONS]


def _is_section(link: _Link) -> bool:
    relation = link.element.get("rel", "").lower().split()
    if "nofollow" in relation or link.element.get("hreflang") or link.place.zone == "footer":
        return False
    path = urlsplit(link.url).path
    if path == "/" or _ARCHIVE.search(path) or page_number(link.url) is not None:
        return False
    if not link.text or link.words > 6 or link.text.lower() in words.SERVICE:
        return False
    if link.shape == "section":
        return link.place.zone == "menu" or link.place.heading is not None or link.words <= 4
    plain = path.count("/") <= 4 and not urlsplit(link.url).query and not any(char.isdigit() for char in path)
    return link.shape == "unknown" and link.place.zone == "menu" and plain and link.words <= 3


# -- the next page -----------------------------------------------------------------------------------------------------


def _next_page(tree: HtmlElement, links: list[_Link], base: str, url: str) -> str | None:
    own = normalise_url(url)
    stated = (
        absolute_url(base, element.get("href", ""))
        for element in islice(tree.iter("link"), 1000)
        if "next" in element.get("rel", "").lower().split()
    )
    pagers = (link.url for rule in (_is_next, _says_next) for link in links if rule(link))
    for target in (*stated, *pagers):
        # On a report's page, "next" is another report.
        if target and same_site(target, url) and normalise_url(target) != own and shape_of(target) != "report":
            return target
    after = following(url)
    return next((link.url for link in links if link.key in after), None)


def _is_next(link: _Link) -> bool:
    return "next" in link.element.get("rel", "").lower().split()


def _says_next(link: _Link) -> bool:
    return is_next(link.url, link.text, link.element.get("class", ""))


def _title(tree: HtmlElement) -> str | None:
    element = next(tree.iter("title"), None)
    return shorten(clean_line(element.text_content()[:2000]), 500) or None if element is not None else None
