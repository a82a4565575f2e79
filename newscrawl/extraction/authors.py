"""Names of people, out of what pages give as author."""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.title import bare

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_AUTHORS = 10
# "By" and "posted by", but not the "von" in Ursula von der Leyen: a bare preposition counts at the beginning only.
_BY = re.compile(
    r"^(?:.{0,30}\b(?:(?:written|posted|published|reported|story|article|posts|review|interview|photos?)\s+by|"
    r"(?:veröffentlicht|geschrieben|eingestellt|erstellt|verfasst|artikel|beitrag|pressemitteilung|kommentar)\s+von(?:\s+der)?|"
    r"(?:publié|écrit|propos recueillis)\s+par|(?:publicado|escrito)\s+por)|"
    r"by|von|par|por|di|da|door|av|af|od|yazan|автор|от|autor(?:in)?|author(?:\(s\))?s?|text|reporter|interview|redaktion)"
    r"\s*(?:[:\-]\s*|\s+)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^(?:veröffentlicht von|posted by|by)(?=[A-ZÄÖÜ])")
_BETWEEN = re.compile(
    r"\s*(?:[;|/•·]|\s[-–—]\s|\band\b|\bund\b|\bet\b|\be\b|\by\b|\boch\b|\bog\b|\ben\b|\bve\b|\bи\b|&|、|，)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r",\s*(?=(?:Jr|Sr|II|III|IV)\b)", re.IGNORECASE)
_TITLES = re.compile(r"^(?:(?:Dr|Prof|Mag|Dipl)\.\s+)+", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]\s*")
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d{2,}|[<>{}=:()\[\]→»]|\b(?:posted|published|updated|says|follow|view|all posts|alle (?:artikel|beiträge)|"
    r"zeige|subscribe|share|comments?|minutes?|read|getty|image|photo)\b",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    ("author", "authors", "autor", "autoren", "auteur", "name", "datum", "date", "admin", "administrator", "noauthor", "unknown",
     "wordpressadmin", "editor", "redakteur", "user", "guest", "anonymous", "webmaster", "root", "null", "none", "undefined", "staff")
)  # fmt: skip


def clean_authors(values: Iterable[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """The names in `values`, without "By", roles and duplicates.

    The site's own name is left out: that it published the page is said by `publisher`. Another organisation stays.
    """
    sites = {bare(name) for name in site_names}
    names: dict[str, str] = {}
    for value in list(values)[: 2 * MAX_AUTHORS]:
        for name in split_names(value):
            key = bare(_TITLES.sub("", name))
            if key not in sites and bare(name.rpartition(".")[0]) not in sites:
                names.setdefault(key, name)
    return tuple(names.values())[:MAX_AUTHORS]


def split_names(text: str) -> list[str]:
    """`By A. Smith and B. Jones, Political editor` -> both names; roles and URLs go."""
    text = _BY.sub("", _GLUED.sub("", _REMARK.sub(" ", text[:300]).strip())).strip(" ,.-–")
    names: list[str] = []
    for part in _BETWEEN.split(_SUFFIX.sub("\0", text)):  # a comma that belongs to a name
        pieces = [piece.replace("\0", ", ").strip() for piece in part.split(",")]
        # "Smith, role of some sort" names one person; "A Smith, B Jones" names two.
        names += pieces if all(2 <= len(piece.split()) <= 4 and piece.istitle() for piece in pieces) else pieces[:1]
    return [name for name in names if is_name(name)]


def is_name(text: str) -> bool:
    """Whether a text can be the name of a person or of a desk."""
    key = bare(text)
    return 1 < len(key) <= 60 and len(text.split()) <= 6 and key not in _NOBODY and not _NO_NAME.search(text)
