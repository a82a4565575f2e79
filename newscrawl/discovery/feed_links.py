"""Feeds that a page links in its text: overviews of feeds, and sites without `<link rel=alternate>`."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.discovery.findings import Endpoint
from newscrawl.text import clean_line, shorten
from newscrawl.urls import absolute_url, normalise_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_LINKS = 5000
# A whole word of the path or query: `/feed/`, `/rss.xml`, `/news.rdf`, `?format=rss`.
_FEED = re.compile(r"(?:^|[/._=-])(?:rss2?|atom|rdf|feeds?)(?:[/._?&-]|$)", re.IGNORECASE)
_NO_REPORTS = re.compile(r"comment|kommentar|comentario|podcast|[?&]s=|/search/", re.IGNORECASE)


def feed_links(tree: HtmlElement, url: str) -> tuple[Endpoint, ...]:
    """What a page's links call a feed, by their address; whether it is one shows when it is asked."""
    found: dict[str, Endpoint] = {}
    for element in islice(tree.iter("a"), MAX_LINKS):
        target = absolute_url(url, element.get("href", ""))
        if target is None or normalise_url(target) == normalise_url(url):
            continue
        parts = urlsplit(target)
        if _FEED.search(f"{parts.path}?{parts.query}") and not _NO_REPORTS.search(target):
            title = shorten(clean_line(element.text_content()[:500]), 200) or None
            found.setdefault(normalise_url(target), Endpoint(url=target, kind="feed", title=title))
    return tuple(found.values())
