"""Why a page is no report. Permissive: only what a page clearly shows speaks against it."""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.page import lies_in, text_in
from newscrawl.text import count_words
from newscrawl.urls import is_front_page, same_site

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.body.read import Body
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

MIN_WORDS = 12
"""Of a page that calls itself an article: a news flash has fewer than twenty words."""
MIN_WORDS_UNMARKED = 45
"""Of a page that does not: about us, terms, a sign-up form."""
MIN_HEADING = 20
"""Characters of a linked heading, by which it is told from labels."""
SHORT = 200
"""Words; a longer text is more than an error page or a wall."""

_HEADINGS = ("h2", "h3", "h4")
_NO_LETTER = re.compile(r"[^\w\s]|[\d_]")
_NOT_FOUND = re.compile(
    r"\b(?:page|seite|article|artikel|content|story)\b.{0,30}\b(?:not found|not exist|nicht gefunden|no longer available|cannot be found|not available|niet gevonden)\b|"
    r"(?:^|\W)404(?:\W|$)|not found$|seite nicht gefunden|page (?:non trouvée|introuvable|inexistante)|"
    r"página no (?:encontrada|existe)|página não encontrada|pagina non trovata|pagina niet gevonden|sidan (?:hittades inte|kunde inte hittas|finns inte)|"
    r"siden (?:blev ikke fundet|ble ikke funnet|findes ikke|finnes ikke)|sivua ei löyt|strana nenalezena|stránka (?:nenalezena|nenájdená)|"
    r"nie znaleziono strony|strona nie istnieje|az oldal nem található|sayfa bulunamadı|страница не найдена|сторінку не знайдено|"
    r"الصفحة غير موجودة|ページが見つかりません|找不到页面|页面不存在|페이지를 찾을 수 없",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"^(?:just a moment|attention required|access denied|are you a robot|verify (?:you are|that you are|yo)|robot check|"
    r"please (?:enable|turn on) (?:javascript|cookies|js)|security check|pardon our interruption|one more step|request unsuccessful|"
    r"bot verification|captcha|403 forbidden|forbidden|error 5\d\d|503 service|datenschutz-?einstellungen|cookie (?:consent|settings)|"
    r"before you continue|your privacy choices|consent|um .{3,60} zu nutzen|bitte aktivieren sie javascript|ddos)",
    re.IGNORECASE,
)


def why_no_report(page: Page, found: Candidates, body: Body) -> str | None:
    """What speaks against a report on this page, or None."""
    words = count_words(body.text)
    titles = [text for text in (page.head.title, *page.headings[:1]) if text]
    if words < SHORT and any(_NOT_FOUND.search(title) for title in titles if len(title) < 100):
        return "soft 404"
    if words < SHORT and any(_WALL.search(title) for title in titles):
        return "consent or bot wall"
    if not body.text:
        return "no body"
    if _broken(body.text):
        return "not text"
    marked = is_marked(page, found)
    listed = 0.0 if page.article or page.microdata else share_of_list(page, body.text)
    if is_front_page(page.url) or _is_list(page, body.link_share, listed, marked=marked):
        return "section page"
    words = max(words, body.words)  # a flash stays one when the rules have taken its prompts away
    if words < MIN_WORDS or (not marked and words * (1 - listed) < MIN_WORDS_UNMARKED):
        return "section page" if listed else "too short"
    return None


def is_marked(page: Page, found: Candidates) -> bool:
    """Whether the page calls itself an article, or tells its time of publication in its head."""
    if page.article or page.microdata or "article" in (page.head.first("og:type") or "").lower():
        return True
    return any(method in ("opengraph", "meta", "jsonld") for method, _ in found.all("published_at"))


def _is_list(page: Page, linked: float, listed: float, *, marked: bool) -> bool:
    """Whether most of the text is links, or lies in the items of a list of reports."""
    if page.article or page.microdata:
        return False
    headed = any(len(heading.split()) >= 6 for heading in page.headings[:1])  # lists are headed by a word or two
    return max(linked, listed) >= (0.8 if headed or marked else 0.6)


def share_of_list(page: Page, text: str) -> float:
    """Share of `text`, 0 to 1, that stands in items of a list of reports: a linked heading and what goes with it.

    In words: a page may have its lists in one script and its own text in another, whose letters say less.
    """
    items: dict[HtmlElement, int] = {}
    for link in page.within("a")[:1_000]:
        target = page.absolute(link.get("href")) if _heads_item(link) else None
        if target and target != page.url and same_site(target, page.url):
            for parent in (link.getparent(), link.getparent().getparent()):
                items[parent] = items.get(parent, 0) + 1
    # An element that holds several such links is the list, or an article with linked headings.
    pieces = {
        piece
        for item, links in items.items()
        if links == 1
        for element in item
        if len(piece := text_in(element)) < 600 and piece[:60] in text
    }
    return min(1.0, sum(map(count_words, pieces)) / (count_words(text) or 1)) if pieces else 0.0


def _heads_item(link: HtmlElement) -> bool:
    """Whether it is a linked heading, or the link of a list's item; one of few letters only in an item of a list."""
    headed = lies_in(link, *_HEADINGS) or next(link.iterdescendants(*_HEADINGS), None) is not None
    if headed and lies_in(link, "li"):
        return True
    return (headed or link.getparent().tag == "li") and len(text_in(link)) >= MIN_HEADING


def _broken(text: str) -> bool:
    """Binary read as text: replacement characters, or hardly a letter."""
    sample = text[:5_000]
    letters = len(sample) - len(_NO_LETTER.findall(sample))
    return sample.count("\ufffd") * 50 > len(sample) or letters * 2 < len(sample)
