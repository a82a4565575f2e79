"""Reports in several pages: which address is the next page of this report, and whether a page is a later one itself.

A page of a report has the report's own address with a page number: `?page=2`, `/2`, `/page/2`, `-2.html`. Whatever
else a page calls "next" is another report, and is not followed. A version that shows all on one page is not looked
for: where it is cut short or behind a wall, text would be lost that the pages in order have.
"""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit

from newscrawl.extraction.page import Page, has_rel, names_of, text_in
from newscrawl.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

MAX_LINKS = 5_000
_WORDS = "pages?|pg|p|seite|s|pagina|pág|pag|página|sida|side|sivu|strona|str|strana|oldal|sayfa|trang|part|teil|npack"
_END = r"(?:\.[a-z]{2,5})?/?"
_N = rf"(?P<n>[1-9]\d?){_END}"
"""Two digits: more are a year, an id, or a trap."""
_NAME = re.compile(
    rf"{_WORDS}|paged|pageno|page_?(?:no|num|number|nr)|artpage|seiten?_?nr|currentpage", re.IGNORECASE | re.ASCII
)
# What follows the report's own path (without extension), the surest form first.
_FORMS = (
    ("word", re.compile(rf"(?:\.[a-z]{{2,5}})?[/,;_-](?:{_WORDS})[/,_=-]?{_N}", re.IGNORECASE)),
    ("child", re.compile(rf"(?:\.[a-z]{{2,5}})?/{_N}", re.IGNORECASE)),
    ("suffix", re.compile(rf"[,;_-]{_N}", re.IGNORECASE)),
)
_FIRST = re.compile(rf"(?:[/,;_-](?:{_WORDS})[/,_=-]?|[/,;_-])1{_END}$", re.IGNORECASE)
_LATER = re.compile(rf"(?:[/,;_-](?:{_WORDS})[/,_=-]?|[/,;_-]){_N}$", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:\.[a-z]{2,5})?/?$", re.IGNORECASE)
_CAN_BE_PAGE = re.compile(r"(?<!\d)\d{1,2}(?:\.[a-z]{2,5})?/?(?:[?#&]|$)", re.IGNORECASE)
# "Next page" in the languages of the press; then words that alone may also mean the next report.
_PAGE_LABEL = re.compile(
    r"next page|page suivante|nächsten? seite|(?:weiter(?:lesen)? )?(?:auf|zu) seite|página siguiente|siguiente página|próxima página|"
    r"página seguinte|pagina (?:successiva|seguente)|prossima pagina|volgende pagina|nästa sida|næste side|neste side|seuraava sivu|"
    r"następna strona|další stran|ďalšia stran|következő oldal|sonraki sayfa|pagina următoare|sljedeća stranica|sledeća strana|επόμενη σελίδα|"
    r"следующая страница|наступна сторінка|следваща страница|الصفحة التالية|صفحه بعد|העמוד הבא|अगला पृष्ठ|次の?ページ|下一[页頁]|다음 ?페이지|"
    r"trang (?:sau|tiếp)|halaman (?:selanjutnya|berikutnya)|^(?:page|seite|página|pagina|sida|side|sivu|strona|strana|oldal|sayfa|страница) \d{1,2}$",
    re.IGNORECASE,
)
_NEXT = frozenset(
    ("next", "continue", "continue reading", "read on", "more", "weiter", "weiterlesen", "nächste", "suivant", "suivante", "suite", "siguiente", "próxima",
     "próximo", "seguinte", "continuar", "avanti", "continua", "successiva", "volgende", "verder", "nästa", "næste", "neste", "seuraava", "dalej",
     "następna", "další", "ďalšia", "tovább", "következő", "sonraki", "ileri", "devamı", "следующая", "далее", "вперед", "далі", "التالي", "הבא", "次へ", "다음",
     "tiếp", "selanjutnya", "")
)  # fmt: skip
_ARROWS = " \xa0.…:|»›→>▶⟩≫«‹<"
_PAGER = re.compile(
    r"pag(?:er|inat|ination|inator|es|ing|e-?(?:nav|numbers?|links?|list))|multi-?page|seiten|wp-?link-?pages"
)
_ELSEWHERE = re.compile(r"comment|kommentar|disqus|sidebar|related|widget|gallery|galerie|slide|teaser|archive")


class _Reading(NamedTuple):
    """A URL read as a page of a report."""

    number: int
    form: str
    """`query`, `word`, `child` or `suffix`: how the number is written."""


def read_next_page(page: Page, part_of: str | None = None) -> str | None:
    """The URL of the next page of this report, or None.

    `part_of`: the URL of its first page, where this one was reached from there.
    """
    if part_of is None and not _is_one_report(page):
        return None
    first = part_of or page.url
    here = page_number(page.url, first) if part_of else None
    wanted = (here.number if here else 1) + 1
    found: dict[int, str] = {}
    for link, url, reading in _links(page, first):
        label = _label(link)
        counts_from_0 = reading.number == 1 and not part_of and reading.form == "query" and label in ("2", "next")
        if (reading.number == wanted or counts_from_0) and _leads_on(link, label, wanted, reading.form):
            found.setdefault(reading.number, url)
    return found.get(wanted) or found.get(1)


def _is_one_report(page: Page) -> bool:
    """Whether the page calls itself an article, or is headed by a sentence: a section is headed by a word or two."""
    marked = page.article or page.microdata or "article" in (page.head.first("og:type") or "").lower()
    return bool(marked) or any(len(heading.split()) >= 4 or len(heading) >= 30 for heading in page.headings[:1])


def read_first_page(page: Page) -> str | None:
    """The URL of the first page of the report where this page, by its address and by its own links, is a later one."""
    url = urlsplit(page.url)
    if not (_LATER.search(url.path) or any(_NAME.fullmatch(name) for name, _ in _pairs(url))):
        return None
    links = (link for link in islice(page.tree.iter("a"), MAX_LINKS) if link.get("href") and _label(link) == "1")
    for first in (page.head.canonical, *(page.absolute(link.get("href")) for link in links)):
        if first and (reading := page_number(page.url, first)) and reading.number > 1:
            return first
    return None


def page_number(url: str, first: str) -> _Reading | None:
    """Which page of the report at `first` a URL is; None where it is none, or the first one itself."""
    one, other = (urlsplit(normalise_url(address)) for address in (first, url))
    if one.hostname != other.hostname or len(one.path) < 2:
        return None
    paged = {name: value for name, value in _pairs(other) if _NAME.fullmatch(name)}
    plain, own = _without_page(other), _without_page(one)
    for stem in {_EXTENSION.sub("", one.path), _FIRST.sub("", one.path)}:
        rest = other.path[len(stem) :]
        if not stem or not other.path.startswith(stem) or plain != own:
            continue
        if _EXTENSION.fullmatch(rest):
            # One parameter more, or the same with another value; `/story?p=959` is a report, not its page.
            value = next(iter(paged.values()), "") if len(paged) == 1 else ""
            known = [value for name, value in _pairs(one) if name in paged]
            if value.isdecimal() and 1 <= int(value) < 100 and set(known) <= {"0", "1"}:
                return _Reading(int(value), "query") if value not in known else None
            continue
        for form, pattern in _FORMS:
            if not paged and (match := pattern.fullmatch(rest)):
                return _Reading(int(match["n"]), form)
    return None


def _pairs(parts: SplitResult) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (pair.partition("=") for pair in parts.query.split("&") if pair)]


def _without_page(parts: SplitResult) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in _pairs(parts) if not (_NAME.fullmatch(name) and len(value) < 3))


def _links(page: Page, first: str) -> Iterator[tuple[HtmlElement, str, _Reading]]:
    """Links of the page to what can be a page of the report, but not those of its comments and of lists beside it."""
    name = _EXTENSION.sub("", _FIRST.sub("", urlsplit(first).path)).rpartition("/")[2]
    plain = name if name.isascii() and "%" not in name else ""
    for link in islice(page.tree.iter("a", "link"), MAX_LINKS):
        href = link.get("href") or ""
        # Most links name another path: that is seen without taking them apart.
        if not _CAN_BE_PAGE.search(href) or "comment" in href or (plain not in href and href[:1] in "/h"):
            continue
        if not (url := page.absolute(href)):
            continue
        reading = page_number(url, first)
        if reading and not any(_ELSEWHERE.search(names_of(e)) for e in islice(link.iterancestors(), 4)):
            yield link, url, reading


def _label(link: HtmlElement) -> str:
    text = text_in(link) if link.tag == "a" else ""
    if link.tag == "link" or has_rel(link, "next"):
        return text if text.isdecimal() else "next" if has_rel(link, "next") else text
    return (text or link.get("aria-label") or link.get("title") or "")[:80].lower().strip(_ARROWS)


def _leads_on(link: HtmlElement, label: str, number: int, form: str) -> bool:
    """Whether a link says that it leads to page `number`; `-2` at the end of a headline needs to be said clearly."""
    if label == str(number) or _PAGE_LABEL.search(label):
        return True
    in_pager = any(_PAGER.search(names_of(e)) for e in (link, *islice(link.iterancestors(), 3)))
    return label in _NEXT and (in_pager or form != "suffix")
