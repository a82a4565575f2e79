"""Pages of a listing: which one a URL is, and what the next one's address looks like."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from newscrawl.discovery import words
from newscrawl.urls import normalise_url

_PAGE_SEGMENT = re.compile(r"/(page|seite|pagina|p)/(\d{1,5})/?$", re.IGNORECASE)
_PAGE_PARAMETER = ("page", "paged", "p", "pg", "seite", "pagina")
_PAGED = re.compile(r"[/_-]\d{1,5}(?:\.\w{2,5})?/?$|[?&](?:page\w*|pg|p|seite|pagina|offset|start|from)=\d", re.ASCII)


def is_next(url: str, text: str, classes: str) -> bool:
    """Whether a link with this text and `class` leads to the next, older page; its address must look like a page's."""
    if not _PAGED.search(url):
        return False
    text = text.lower()
    named = "next" in re.split(r"[^a-z]+", classes.lower())
    return named or text in words.NEXT or text.strip("»›→>« ") in words.NEXT


def page_number(url: str) -> int | None:
    """The number of a page of a listing, by its path or query."""
    parts = urlsplit(url)
    if (match := _PAGE_SEGMENT.search(parts.path)) is not None:
        return int(match[2])
    pages = [value for name, value in parse_qsl(parts.query) if name.lower() in _PAGE_PARAMETER]
    return int(pages[0]) if pages and pages[0].isascii() and pages[0].isdigit() and len(pages[0]) <= 5 else None


def following(url: str) -> set[str]:
    """How the address of the page after `url` may be written, normalised."""
    parts = urlsplit(url)
    number = (page_number(url) or 1) + 1
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _PAGE_PARAMETER]
    path = _PAGE_SEGMENT.sub("/", parts.path or "/")
    found = {
        urlunsplit(parts._replace(path=path, query=urlencode([*pairs, (name, str(number))])))
        for name in _PAGE_PARAMETER
    }
    for word in ("page", "seite", "pagina"):
        for end in ("", "/"):
            found.add(urljoin(url, f"{path.rstrip('/')}/{word}/{number}{end}"))
    return {normalise_url(address) for address in found}
