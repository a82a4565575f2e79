"""Sections and keywords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.fields.title import bare
from newscrawl.extraction.page import Page, has_rel, lies_in, text_in
from newscrawl.extraction.structured.jsonld import as_list, resolve, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.extraction.candidates import Candidates

MAX_TOPICS = 30
_BETWEEN = re.compile(r"\s*[,;|、，]\s*")


def read_topics(page: Page, found: Candidates) -> None:
    """Note candidates for `sections` and `keywords`, as tuples."""
    head, article = page.head, page.article
    sections = (
        ("jsonld", _texts(article.get("articleSection"))),
        ("opengraph", head.every("article:section")),
        ("microdata", page.microdata.get("articleSection", [])),
        ("meta", head.every("section", "category", "parsely-section", "dc.subject", "article.section")[:3]),
        ("jsonld", _breadcrumbs(page)),
        ("dom", _linked(page, "category") or _category_links(page)),
        ("entry", list(page.entry.sections) if page.entry else []),
    )
    keywords = (
        ("jsonld", _texts(article.get("keywords"))),
        ("meta", head.every("news_keywords")),
        ("opengraph", head.every("article:tag")),
        ("microdata", page.microdata.get("keywords", [])),
        ("meta", head.every("keywords", "parsely-tags", "sailthru.tags")),
        ("dom", _linked(page, "tag")),
    )
    for field, sources in (("sections", sections), ("keywords", keywords)):
        for method, texts in sources:
            found.add(field, method, _topics(texts))


def _topics(texts: Iterable[str]) -> tuple[str, ...]:
    parts = (part for text in list(texts)[:100] for part in _BETWEEN.split(text))
    by_word = {bare(part): part for part in parts if 1 < len(part) <= 80}
    by_word.pop("", None)
    return tuple(by_word.values())[:MAX_TOPICS]


def _texts(value: Any) -> list[str]:
    return [text for item in as_list(value)[:100] if (text := text_of(item))]


def _linked(page: Page, rel: str) -> list[str]:
    links = [a for a in page.within("a") if has_rel(a, rel)][:MAX_TOPICS]
    return [text for a in links if (text := text_in(a)) and len(text) <= 50]


def _category_links(page: Page) -> list[str]:
    """Links beside the time of the report: its category, where a page has no markup for it."""
    times = [time for time in page.within("time")[:50] if not lies_in(time, "li")][:1]
    return [text for time in times for a in time.itersiblings("a", preceding=True) if 1 < len(text := text_in(a)) <= 40]


def _breadcrumbs(page: Page) -> list[str]:
    """The way from the front page to the report, without both ends."""
    for node in page.nodes:
        if node.get("@type") == "BreadcrumbList":
            steps = [step for step in as_list(node.get("itemListElement"))[:10] if isinstance(step, dict)]
            names = [text_of(step.get("name")) or text_of(resolve(step.get("item"), page.nodes)) for step in steps]
            headlines = {bare(heading) for heading in page.headings}
            middle = [name for name in names[1:] if name and bare(name) not in headlines]
            return [name for name in middle if len(name) <= 50 and "://" not in name]
    return []
