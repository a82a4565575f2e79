"""What the shape of a URL says: is it a report, a page that lists reports, or a page of another kind?

No host is known here. The rules are tried in the order of `_RULES`; the first that has an opinion wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, unquote_plus, urlsplit

from newscrawl.discovery import words

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = Literal["report", "section", "other", "unknown"]

_PAGE_FILE = re.compile(
    r"\.(?:html?|shtml|xhtml|php\d?|aspx?|jspx?|jhtml|cms|stm|story|ece|do|ssf|phtml|nws)$", re.ASCII | re.IGNORECASE
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|mov|avi|webm|ogg|wav|pdf|docx?|xlsx?|pptx?|od[tsp]|"
    r"epub|zip|gz|rar|7z|exe|dmg|apk|css|js|mjs|json|xml|rss|atom|rdf|txt|ics|csv|woff2?|ttf|swf|m3u8?|pls)$",
    re.ASCII | re.IGNORECASE,
)
_INDEX_FILE = re.compile(r"(?:index|default|home|startseite)(?:\.\w{2,5})?", re.ASCII | re.IGNORECASE)
_PAGER = re.compile(
    r"(?:page|seite|pagina|p|pag|sida|side|strona|stranica|sayfa|trang|offset|index)[-_]?\d{0,5}",
    re.IGNORECASE,
)
_PAGER_QUERY = frozenset({"page", "paged", "pg", "p", "seite", "pagina", "pag", "offset", "start", "pageno", "page_no"})
_MONTHS = frozenset({"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"})
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII)
_YEAR = re.compile(r"(?:19[89]|20[0-4])\d", re.ASCII)
_WORD_BREAK = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"(?<!\d)\d{4,}(?!\d)", re.ASCII)
_TOKEN_ID = re.compile(r"(?=[a-z]*\d)[0-9a-f]{8,64}", re.ASCII | re.IGNORECASE)
_TOKEN_BREAK = re.compile(r"[-_.,~]")
_REPORT_NUMBER = re.compile(
    r"p|\w{0,20}?(?:articles?|artikel|art(?=[^a-z0-9]?(?:id|nr|no))|news|story|post|idx|tt_news)[^a-z0-9]{0,2}(?:id|nr|no|num)?\d*\]?",
    re.ASCII,
)
_ANY_NUMBER = re.compile(r"\w{0,20}?(?:id|no|nr|num|code|seq|doc|item|content)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A URL, taken apart once for all rules."""

    file: str
    """The last path segment as it stands."""
    path: tuple[str, ...]
    """Path segments, decoded, in lower case, without index file and page extension."""
    query: tuple[tuple[str, str], ...]


def shape_of(url: str) -> Shape:
    """What the shape of `url` (absolute) speaks for.

    `report`: a date, a number or a headline in it. `section`: a home page, category, archive, page of a listing.
    `other`: a service page, a tag or author page, a file. `unknown`: neither.
    """
    parts = _take_apart(url)
    for rule in _RULES:
        if (shape := rule(parts)) is not None:
            return shape
    return "unknown"


def is_service_host(url: str) -> bool:
    """Whether the host calls itself a shop, a log-in, a forum: a news site links to it, its reports are elsewhere."""
    return (urlsplit(url).hostname or "").partition(".")[0] in words.SERVICE_HOSTS


def is_file(url: str) -> bool:
    """Whether the URL names a picture, document, feed or program by its extension."""
    return _FILE.search(urlsplit(url).path) is not None


def _take_apart(url: str) -> _Parts:
    split = urlsplit(url)
    segments = [unquote(segment).lower() for segment in split.path.split("/") if segment][:30]
    file = segments[-1] if segments else ""
    if segments and _INDEX_FILE.fullmatch(file):
        segments.pop()
    elif segments:
        segments[-1] = _PAGE_FILE.sub("", file)
    pairs = (pair.partition("=") for pair in split.query.split("&")[:30] if pair)
    query = tuple((name.lower(), unquote_plus(value)) for name, _, value in pairs)
    return _Parts(file, tuple(segments), query)


# -- the rules, each: the parts of a URL -> what it is, or None where the rule has nothing to say ---------------------


def _is_file(parts: _Parts) -> Shape | None:
    """Pictures, documents, feeds and programs are no pages."""
    return "other" if _FILE.search(parts.file) else None


def _is_dated(parts: _Parts) -> Shape | None:
    """A date with something after it (or within a file name) is a report's; a date alone is an archive."""
    for index, segment in enumerate(parts.path):
        after = _date_length(parts.path, index)
        if after and _is_paging(parts.path[index + after :]):
            return "section"
        if after:
            return "report"
        if _YEAR.fullmatch(segment) and index + 1 < len(parts.path) and _is_headline(parts.path[-1], 3):
            return "report"
        if (match := _DAY.search(segment)) and _is_day(match):
            named = len(match[0]) < len(segment) or index + 1 < len(parts.path)
            return "report" if named else "section"
    return None


def _is_named_number(parts: _Parts) -> Shape | None:
    """`/report/000123/...`: what the segment before a number calls a report is one, whatever follows."""
    pairs = zip(parts.path, parts.path[1:], strict=False)
    named = any(name in words.REPORT_PARENTS and _NUMBER.fullmatch(number) for name, number in pairs)
    return "report" if named and not _YEAR.fullmatch(parts.path[-1]) else None


def _is_service_page(parts: _Parts) -> Shape | None:
    """`/about`, `/tag/x`, `/author/x`, `/en/privacy-policy`: a service word at the end or just before it."""
    tail = [segment for segment in parts.path if not _PAGER.fullmatch(segment)][-2:]
    if any(segment in words.SERVICE or segment.startswith("comment-page-") for segment in tail[-1:]):
        return "other"
    if len(tail) == 2 and tail[0] in words.SERVICE_PARENTS and not _is_headline(tail[1], 6):
        return "other"
    if parts.path and parts.path[0] in words.SERVICE_TREES:
        return "other"
    last = _words(tail[-1]) if tail else []
    return "other" if 0 < len(last) <= 3 and last[0] in words.SERVICE_STARTS else None


def _is_service_query(parts: _Parts) -> Shape | None:
    """A search, a reply form or a share link, whatever the path."""
    return "other" if any(name in words.SERVICE_QUERY for name, _ in parts.query) else None


def _is_home(parts: _Parts) -> Shape | None:
    """No path and nothing asked for, or a language alone."""
    if parts.query or len(parts.path) > 1:
        return None
    return "section" if not parts.path or len(parts.path[0]) <= 2 else None


def _is_numbered(parts: _Parts) -> Shape | None:
    """A number of four digits or more, or a hexadecimal id, that is no year: publishers number reports."""
    if _in_category(parts) and not _is_headline(parts.path[-1], 3):
        return None
    for segment in parts.path[-2:]:
        numbers = [number for number in _NUMBER.findall(segment) if not _YEAR.fullmatch(number)]
        if numbers or any(_TOKEN_ID.fullmatch(token) for token in _TOKEN_BREAK.split(segment)):
            return "report"
    under_news = len(parts.path) > 1 and parts.path[-2] in words.REPORT_PARENTS
    return "report" if under_news and parts.path[-1].isdigit() and len(parts.path[-1]) > 1 else None


def _is_numbered_query(parts: _Parts) -> Shape | None:
    """`?p=123`, `view.php?artnr=335853`: old systems put the report's number into the query."""
    for name, value in parts.query:
        digits = value.rstrip("/") or name.removeprefix("article")
        if name in words.CATEGORY_QUERY or (parts.path and name in ("page_id", "lang", "p")):
            continue
        # An `id` may be that of any page of a content system: there only a large number is a report's.
        if digits.isdigit() and len(digits) >= 2 and _REPORT_NUMBER.fullmatch(name):
            return "report"
        if digits.isdigit() and len(digits) >= 4 and _ANY_NUMBER.fullmatch(name):
            return "report"
        if len(value) >= 20 and name in ("guid", "uuid", "id", "articleid"):
            return "report"
    return None


def _is_titled(parts: _Parts) -> Shape | None:
    """A slug of four words or more is a headline; below a category word it takes six."""
    needed = 6 if _in_category(parts) else 4
    return "report" if any(_is_headline(segment, needed) for segment in parts.path[-2:]) else None


def _is_listing(parts: _Parts) -> Shape | None:
    """`/category/x`, `/section/x/`, `?cat=3`, `/x/page/2`, `?page=2`: words and numbers that belong to lists."""
    if _in_category(parts) or any(name in words.CATEGORY_QUERY for name, _ in parts.query):
        return "section"
    if parts.path and (_PAGER.fullmatch(parts.path[-1]) or parts.path[-1] in words.CATEGORIES):
        return "section"
    if len(parts.path) > 1 and parts.path[-1].isdigit() and _PAGER.fullmatch(parts.path[-2]):
        return "section"
    return "section" if any(name in _PAGER_QUERY and value.isdigit() for name, value in parts.query) else None


def _is_short(parts: _Parts) -> Shape | None:
    """`/sport`, `/world/middle-east/oil`: up to three plain segments, the last of one word."""
    if parts.query or not 0 < len(parts.path) <= 3:
        return None
    short = all(len(_words(segment)) <= 2 and len(segment) <= 24 for segment in parts.path)
    return "section" if short and parts.path[-1].isalpha() and not _has_digit(parts.path) else None


_RULES: tuple[Callable[[_Parts], Shape | None], ...] = (
    _is_file, _is_service_query, _is_dated, _is_named_number, _is_service_page, _is_home,
    _is_numbered, _is_numbered_query, _is_titled, _is_listing, _is_short,
)  # fmt: skip

# -- what the rules ask ------------------------------------------------------------------------------------------------


def _words(segment: str) -> list[str]:
    return [word for word in _WORD_BREAK.split(segment) if word]


def _has_digit(path: tuple[str, ...]) -> bool:
    return any(char.isdigit() for segment in path for char in segment)


def _is_headline(segment: str, needed: int) -> bool:
    """Whether a segment reads like a headline: `needed` words and 16 letters, or, in a script that is written
    without Latin letters, half of both, for such slugs say more with less."""
    found = [word for word in _words(segment) if not word.isdigit()]
    letters = sum(map(len, found))
    if segment.isascii():
        return len(found) >= needed and letters >= 16
    unspaced = any("\u3040" <= char <= "\u9fff" for char in segment)
    return (len(found) >= (needed + 2) // 2 and letters >= 12) or (unspaced and letters >= 8)


def _in_category(parts: _Parts) -> bool:
    return len(parts.path) > 1 and any(segment in words.CATEGORIES for segment in parts.path[-2:-1])


def _is_paging(rest: tuple[str, ...]) -> bool:
    return all(_PAGER.fullmatch(segment) or (segment.isdigit() and len(segment) < 3) for segment in rest)


def _date_length(path: tuple[str, ...], index: int) -> int:
    """How many segments from `index` on are year and month, and day if there is one; 0 where they are no date."""
    if _YEAR.fullmatch(path[index]) is None or index + 1 >= len(path):
        return 0
    month = path[index + 1]
    if not (month[:3] in _MONTHS and month.isalpha()) and not (re.fullmatch(r"\d\d?", month) and 1 <= int(month) <= 12):
        return 0
    day = path[index + 2] if index + 2 < len(path) else ""
    return 3 if re.fullmatch(r"\d\d?", day, re.ASCII) and 1 <= int(day) <= 31 else 2


def _is_day(match: re.Match[str]) -> bool:
    try:
        return 1995 <= date(int(match[1]), int(match[2]), int(match[3])).year <= 2045
    except ValueError:
        return False
