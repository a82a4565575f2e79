"""Why a page is no report. Permissive: a report that is rejected is lost, a page too many can be deleted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.title import bare

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SHORTEST = 100
"""Characters of a body below which a page says nothing that could be told again."""
SHORT = 250
"""Characters below which a page must name a date or call itself an article to be one."""
HEADLINE = 25
"""Characters from which the text of a link can be a headline."""
LONG = 2_000
"""Characters from which a text is no error page, whatever its title says."""

_NOT_FOUND = re.compile(
    r"\b404\b|(?:page|article|story|seite|artikel|pagina|página)\b.{0,25}\b(?:not|no longer|nicht|non|no|niet|pas|"
    r"introuvable|encontrad[ao]|trovata|gefunden|gevonden|found|available|verfügbar|exist\w*)|not found|nicht gefunden|"
    r"introuvable|no encontrada|não encontrada|non trovata|niet gevonden|сторінку не знайдено|не найдена|"
    r"ページが見つかりません|页面不存在|找不到|찾을 수 없|الصفحة غير موجودة|sayfa bulunamadı|sidan hittades inte",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|are you (?:a|not a) robot|captcha|"
    r"verify you are human|enable javascript|before you continue|bevor sie fortfahren|cookie consent|request blocked|"
    r"security check|ddos protection|pardon our interruption",
    re.IGNORECASE,
)


def why_no_report(
    tree_links: set[str], body: str | None, titles: list[str], *, is_article: bool, has_date: bool
) -> str | None:
    """The reason, or None. `tree_links`: `body.link_texts`; `titles`: all versions of the page's title."""
    if not body or len(body) < SHORTEST // 2 or (len(body) < SHORTEST and not (is_article or has_date)):
        return "no body"
    if _broken(body) > 0.05:
        return "not text"
    if (
        len(body) < LONG
        and any(_NOT_FOUND.search(title[:200]) for title in titles)
        and not _is_about_errors(body, has_date)
    ):
        return "soft 404"
    if len(body) < LONG and any(_WALL.search(title[:200]) for title in titles) and not is_article:
        return "consent or bot wall"
    if not is_article and _link_share(body, tree_links) > 0.5:
        return "section page"
    if len(body) < SHORT and not (is_article or has_date):
        return "too short for a report"
    return None


def _is_about_errors(body: str, has_date: bool) -> bool:
    """A report about missing pages has a date and a text of some length."""
    return has_date and len(body) > 800


def _broken(body: str) -> float:
    return sum(ch == "\ufffd" or not (ch.isprintable() or ch.isspace()) for ch in body) / len(body)


def _link_share(body: str, tree_links: set[str]) -> float:
    """Share of the text whose lines are links as long as headlines; shorter ones are menus, which any page may have."""
    lines = [line.lstrip("-•* ") for line in body.split("\n\n")]
    starts = tuple(link for link in tree_links if len(link) >= HEADLINE * 0.8)
    linked = sum(len(line) for line in lines if len(line) >= HEADLINE and bare(line).startswith(starts))
    return linked / max(1, sum(map(len, lines)))


def is_listing(tree: HtmlElement) -> bool:
    """Whether a page says of itself that it is a list: schema.org's CollectionPage or a search result."""
    kinds = " ".join(tree.xpath("//*[@itemtype]/@itemtype")[:20])
    return "CollectionPage" in kinds or "SearchResultsPage" in kinds
