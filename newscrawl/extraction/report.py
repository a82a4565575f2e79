"""One page -> one report. The order of sources per field is here, in one place."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from newscrawl.dates import Moment, parse_date
from newscrawl.extraction import aggregated, jsonld, media
from newscrawl.extraction.authors import clean_authors
from newscrawl.extraction.body import clean_body, link_texts, prune, run_trafilatura
from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.meta import Head, read_head
from newscrawl.extraction.microdata import read_microdata
from newscrawl.extraction.title import bare, choose_headline, split_site_name
from newscrawl.extraction.verdict import is_listing, why_no_report
from newscrawl.identity.keys import content_hash, identity_url, report_id
from newscrawl.items import Extracted, Publisher, Report
from newscrawl.markup import decode_html, is_binary, parse_html
from newscrawl.text import clean_line, count_words
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from newscrawl.items import Entry

EXTRACTOR = f"newscrawl/{version('newscrawl')} trafilatura/{version('trafilatura')}"

_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?(?:[-_].*)?")
_SECTION_LINK = (
    "//main//a[contains(@href, '/category/') or contains(@href, '/section/') or contains(@href, '/rubrik')]"
    "[ancestor::article]"
    "[ancestor::*[self::p or self::div or self::header or self::span][.//time]] | //a[contains(@rel, 'category')]"
    " | //*[contains(@class, 'breadcrumb')]//a"
)


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
) -> Extracted:
    """The report in the body of an answer (decompressed) from `url`. Never raises on what a page contains."""
    tree = None if is_binary(body) else parse_html(decode_html(body, content_type))
    return read_tree(tree, url, source=source, now=now, entry=entry, language=language, country=country)


def read_tree(
    tree: HtmlElement | None,
    url: str,
    *,
    source: str,
    now: datetime,
    entry: Entry | None = None,
    language: str | None = None,
    country: str | None = None,
) -> Extracted:
    """The same from a tree, which is changed."""
    if tree is None:
        return Extracted(report=Report(id=report_id(url), url=url, source=source, fetched_at=now), rejection="no text")
    head, nodes = read_head(tree, url), jsonld.read_nodes(tree)
    article, microdata = jsonld.article_node(nodes, url), read_microdata(tree)
    found = Candidates()
    names = _site_names(head, article, nodes, microdata)
    _add_headline(found, tree, head, article, microdata, entry, names, url)
    _add_dates(found, tree, head, article, microdata, entry, now)
    _add_language(found, head, article, entry, language)
    _add_topics(found, tree, head, article, microdata, entry)
    _add_publisher(found, head, article, nodes, url, country)
    _add_aggregated(found, tree, head, article, microdata, url)
    for method, image in media.find_images(tree, head, article, url):
        found.add("images", method, image)
    for method, video in media.find_videos(tree, head, article, url):
        found.add("videos", method, video)
    author_texts = _author_texts(tree, head, article, nodes, microdata)
    links, listing = link_texts(tree), is_listing(tree)
    headlines = [text for _, text in found.all("headline")]

    prune(tree, aggregated.source_anchor(tree, url))
    text, plain = run_trafilatura(tree, url)
    body = clean_body(text, headlines, links) or None
    found.add("body", "trafilatura", body)
    _add_trafilatura(found, plain, now, headlines)
    _add_authors(found, author_texts, entry, plain, names)
    is_article = bool(article) or head.first("og:type") == "article" or bool(microdata)
    rejection = why_no_report(
        links,
        body,
        [title for title in (head.title, *headlines[:3]) if title],
        is_article=is_article,
        has_date=found.value("published_at") is not None,
    )
    if rejection is None and listing and not is_article:
        rejection = "section page"
    return Extracted(report=_report(found, head, url, source, now), rejection=rejection, candidates=found.as_text())


def _report(found: Candidates, head: Head, url: str, source: str, now: datetime) -> Report:
    published, modified = found.value("published_at"), found.value("modified_at")
    body, headline = found.value("body"), found.value("headline")
    canonical = head.canonical or absolute_url(url, head.first("og:url") or "about:")
    access = found.value("free_access")
    return Report(
        id=report_id(identity_url(url, canonical)),
        url=url,
        canonical_url=canonical,
        source=source,
        headline=headline,
        summary=found.value("summary"),
        body=body,
        authors=found.value("authors") or (),
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        published_zone=published.zone if published else None,
        modified_at=modified.at if modified else None,
        language=found.value("language"),
        sections=found.value("sections") or (),
        keywords=found.value("keywords") or (),
        images=tuple(image for _, image in found.all("images")),
        videos=tuple(video for _, video in found.all("videos")),
        publisher=found.value("publisher"),
        source_link=found.value("source_link"),
        locations=tuple(location for _, location in found.all("locations")),
        rating=found.value("rating"),
        comment_count=found.value("comment_count"),
        word_count=count_words(body) if body else None,
        free_access=access == "yes" if access else None,
        content_hash=content_hash(headline, body) if body else None,
        fetched_at=now,
        provenance=found.provenance(),
        extractor=EXTRACTOR,
    )


def _site_names(
    head: Head, article: jsonld.Node, nodes: list[jsonld.Node], microdata: dict[str, list[str]]
) -> list[str]:
    publisher = jsonld.resolve(article.get("publisher"), nodes)
    names = [jsonld.text_of(publisher), head.first("og:site_name"), head.first("application-name")]
    return [name for name in (*names, *microdata.get("publisher", ())) if name]


def _add_headline(
    found: Candidates,
    tree: HtmlElement,
    head: Head,
    article: jsonld.Node,
    microdata: dict[str, list[str]],
    entry: Entry | None,
    names: list[str],
    url: str,
) -> None:
    h1s = [jsonld.plain_text(h1.text_content()) for h1 in tree.xpath("//h1")[:5]]
    h1s = [h1 for h1 in h1s if 3 < len(h1) <= 300 and bare(h1) not in {bare(name) for name in names}]
    headline = jsonld.text_of(article.get("headline")) or jsonld.text_of(article.get("name"))
    known = [text for text in (headline, *h1s[:1], entry.title if entry else None) if text]
    for method, text in (
        ("jsonld", headline),
        ("opengraph", head.first("og:title")),
        ("dom", h1s[0] if len(h1s) == 1 or (h1s and headline is None) else None),
        ("microdata", next(iter(microdata.get("headline", ())), None)),
        ("meta", head.first("twitter:title", "dc.title", "parsely-title")),
        ("entry", entry.title if entry else None),
        ("meta", head.title),
    ):
        if text:
            cut, name = split_site_name(text, names, known, url)
            found.add("headline", method, clean_line(cut)[:500])
            if name:
                found.add("site_name", "dom", name)
    best = choose_headline(found.all("headline"))
    if best:
        found.prefer("headline", best)


def _add_dates(
    found: Candidates,
    tree: HtmlElement,
    head: Head,
    article: jsonld.Node,
    microdata: dict[str, list[str]],
    entry: Entry | None,
    now: datetime,
) -> None:
    times = tree.xpath(
        "//time[@datetime][@pubdate or @itemprop='datePublished'] | //article//time[@datetime][not(ancestor::aside)]"
        " | //main//time[@datetime][not(ancestor::aside or ancestor::li)] | //header//time[@datetime]"
    )
    metas = (
        "date",
        "pubdate",
        "publishdate",
        "publish_date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.date",
    )
    more = (
        "parsely-pub-date",
        "sailthru.date",
        "publication_date",
        "article.published",
        "datepublished",
        "last-published",
    )
    published = [
        ("jsonld", jsonld.text_of(article.get("datePublished"))),
        ("jsonld", jsonld.text_of(article.get("dateCreated"))),
        ("opengraph", head.first("article:published_time", "og:published_time", "og:article:published_time")),
        ("meta", head.first(*metas, *more)),
        ("microdata", next(iter(microdata.get("datePublished", ())), None)),
        ("dom", times[0].get("datetime") if times else None),
    ]
    modified = [
        ("jsonld", jsonld.text_of(article.get("dateModified"))),
        ("opengraph", head.first("article:modified_time", "og:updated_time")),
        ("meta", head.first("dcterms.modified", "last-modified", "lastmod", "revised")),
        ("microdata", next(iter(microdata.get("dateModified", ())), None)),
    ]
    for field, values in (("published_at", published), ("modified_at", modified)):
        for method, text in values:
            found.add(field, method, parse_date(text, now) if text else None)
    if entry and entry.published_at:
        _add_entry_date(found, Moment(entry.published_at, "second", "stated"))
    if entry and entry.modified_at and found.value("modified_at") is None:
        found.add("modified_at", "entry", Moment(entry.modified_at, "second", "stated"))


def _add_entry_date(found: Candidates, moment: Moment) -> None:
    """The endpoint's date, which wins where the page gives the day only."""
    page = found.value("published_at")
    found.add("published_at", "entry", moment)
    if page is not None and page.precision == "day" and page.at.date() == moment.at.date():
        found.prefer("published_at", len(found.all("published_at")) - 1)


def _add_language(
    found: Candidates, head: Head, article: jsonld.Node, entry: Entry | None, default: str | None
) -> None:
    for method, text in (
        ("dom", head.language),
        ("jsonld", jsonld.text_of(article.get("inLanguage"))),
        ("opengraph", head.first("og:locale")),
        ("meta", head.first("content-language", "language", "dc.language")),
        ("entry", entry.language if entry else None),
        ("entry", default),
    ):
        match = _LANGUAGE.fullmatch(text) if text else None
        if match:
            parts = (match[1].lower(), match[2].title() if match[2] else None, match[3].upper() if match[3] else None)
            found.add("language", method, "-".join(part for part in parts if part))


def _add_topics(
    found: Candidates,
    tree: HtmlElement,
    head: Head,
    article: jsonld.Node,
    microdata: dict[str, list[str]],
    entry: Entry | None,
) -> None:
    found.add("sections", "jsonld", _unique(_texts(article.get("articleSection"))))
    found.add("sections", "opengraph", _unique(head.every("article:section")))
    found.add("sections", "microdata", _unique(microdata.get("articleSection", ())))
    links = [jsonld.plain_text(anchor.text_content()) for anchor in tree.xpath(_SECTION_LINK)[:10]]
    found.add("sections", "dom", _unique(link for link in links if 1 < len(link) < 40))
    found.add("sections", "entry", entry.sections if entry else ())
    words = _texts(article.get("keywords"))
    found.add("keywords", "jsonld", _unique(word for text in words for word in text.split(",")))
    found.add("keywords", "opengraph", _unique(head.every("article:tag")))
    found.add("keywords", "meta", _unique(w for t in head.every("news_keywords", "keywords")[:2] for w in t.split(",")))
    for method, text in (
        ("jsonld", jsonld.text_of(article.get("description"))),
        ("opengraph", head.first("og:description")),
        ("meta", head.first("description", "twitter:description")),
        ("entry", entry.summary if entry else None),
    ):
        found.add("summary", method, clean_line(text)[:2000] if text else None)
    access = article.get("isAccessibleForFree")
    if access is not None:
        found.add("free_access", "jsonld", "no" if str(access).lower() in ("false", "no", "0") else "yes")
    tier = head.first("article:content_tier", "og:article:content_tier")
    if tier:
        found.add("free_access", "opengraph", "yes" if tier.lower() == "free" else "no")


def _add_publisher(
    found: Candidates, head: Head, article: jsonld.Node, nodes: list[jsonld.Node], url: str, country: str | None
) -> None:
    publisher = jsonld.resolve(article.get("publisher"), nodes)
    if isinstance(publisher, dict) and (name := jsonld.text_of(publisher.get("name"))):
        site, address = jsonld.text_of(publisher.get("url")), publisher.get("address")
        where = jsonld.text_of(address.get("addressCountry")) if isinstance(address, dict) else None
        link = absolute_url(url, site) if site else None
        found.add("publisher", "jsonld", Publisher(name=name, url=link, country=where or country))
    for method, text in (
        ("jsonld", jsonld.text_of(publisher) if isinstance(publisher, str) else None),
        ("opengraph", head.first("og:site_name")),
        ("meta", head.first("application-name", "publisher", "dc.publisher")),
        ("dom", found.value("site_name")),
    ):
        found.add("publisher", method, Publisher(name=text, country=country) if text else None)


def _add_aggregated(
    found: Candidates,
    tree: HtmlElement,
    head: Head,
    article: jsonld.Node,
    microdata: dict[str, list[str]],
    url: str,
) -> None:
    singles: dict[str, tuple[str, Any] | None] = {
        "source_link": aggregated.find_source_link(tree, article, url),
        "rating": aggregated.find_rating(tree, article),
        "comment_count": aggregated.find_comment_count(tree, article, microdata),
    }
    for field, value in singles.items():
        if value is not None:
            found.add(field, *value)
    for method, location in aggregated.find_locations(tree, head, article):
        found.add("locations", method, location)


def _author_texts(
    tree: HtmlElement, head: Head, article: jsonld.Node, nodes: list[jsonld.Node], microdata: dict[str, list[str]]
) -> list[tuple[str, list[str]]]:
    """(method, texts) of all that names an author."""
    people = [jsonld.resolve(value, nodes) for value in jsonld.as_list(article.get("author"))[:20]]
    named = [text for person in people if (text := jsonld.text_of(person))]
    bylines = tree.xpath("//a[contains(concat(' ', @rel, ' '), ' author ')] | //address//a")
    classes = tree.xpath(
        "//*[self::p or self::span or self::div or self::a]"
        "[contains(@class, 'byline') or contains(@class, 'author-name') or contains(@class, 'author__name')]"
        "[string-length(normalize-space(.)) < 100]"
    )
    return [
        ("jsonld", named),
        ("meta", head.every("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")),
        ("microdata", microdata.get("author", [])),
        ("dom", [jsonld.plain_text(element.text_content()) for element in (bylines[:5] or classes[:3])]),
    ]


def _add_authors(
    found: Candidates,
    texts: list[tuple[str, list[str]]],
    entry: Entry | None,
    plain: dict[str, object],
    site_names: list[str],
) -> None:
    signed = [*texts, ("entry", list(entry.authors) if entry else [])]
    if isinstance(author := plain.get("author"), str):
        signed.append(("trafilatura", [part for part in author.split("; ") if part]))
    sites = {bare(name) for name in site_names}
    organisations: list[tuple[str, tuple[str, ...]]] = []
    for method, values in signed:
        names = clean_authors(values, site_names)
        if names and all(bare(name) in sites for name in names):
            organisations.append((method, names))  # the site signs: only where no person does
        else:
            found.add("authors", method, names)
    for method, names in organisations:
        found.add("authors", method, names)


def _add_trafilatura(found: Candidates, plain: dict[str, object], now: datetime, headlines: list[str]) -> None:
    if not headlines and isinstance(title := plain.get("title"), str):
        found.add("headline", "trafilatura", clean_line(title)[:500])
    if isinstance(date := plain.get("date"), str):
        moment, modified = parse_date(date, now), found.value("modified_at")
        if moment is None or modified is None or moment.at.date() != modified.at.date():  # it may have read that one
            found.add("published_at", "trafilatura", moment)
    if isinstance(text := plain.get("description"), str):
        found.add("summary", "trafilatura", clean_line(text)[:2000])
    for field, name in (("sections", "categories"), ("keywords", "tags")):
        values = plain.get(name)
        if isinstance(values, list):
            found.add(field, "trafilatura", _unique(value for value in values if isinstance(value, str)))


def _texts(value: Any) -> list[str]:
    return [text for item in jsonld.as_list(value)[:50] if (text := jsonld.text_of(item))]


def _unique(values: Any) -> tuple[str, ...]:
    cleaned = (clean_line(value)[:200] for value in values)
    return tuple({bare(value): value for value in reversed(list(cleaned)) if value}.values())[::-1][:50]
