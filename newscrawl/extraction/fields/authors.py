"""Names of people, out of what pages give as author."""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newscrawl.extraction.fields.title import bare

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_AUTHORS = 10
# "By" and "posted by", but not the "von" in Ursula von der Leyen: a bare preposition counts at the beginning only.
_BY = re.compile(
    r"^(?:.{0,30}\b(?:(?:written|posted|published|reported|story|article|posts|review|interview|recipe|photos?)\s+by|"
    r"(?:veröffentlicht|geschrieben|eingestellt|erstellt|verfasst|artikel|beitrag|pressemitteilung|kommentar)\s+von(?:\s+der)?|"
    r"(?:publié|écrit|propos recueillis)\s+par|(?:publicado|escrito)\s+por)|(?-i:[a-zäöü]+ (?:von|by|par|por))(?=\s+(?-i:[A-ZÄÖÜ]))|"
    r"by|von|par|por|di|da|door|av|af|od|yazan|автор|от|autor(?:in)?|author(?:\(s\))?s?|text|reporter|interview|redaktion)"
    r"\s*(?:[:\-]\s*|\s+)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^(?i:veröffentlicht\s?von|beitrag\s?von|posted by|by)(?=[A-ZÄÖÜ])")
_BETWEEN = re.compile(
    r"\s*(?:[;|/•·]|\s[-–—]\s|\band\b|\bund\b|\bet\b|\be\b|\by\b|\boch\b|\bog\b|\ben\b|\bve\b|\bи\b|&|、|，)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r",\s*(?=(?:Jr|Sr|II|III|IV)\b)", re.IGNORECASE)
_TITLES = re.compile(r"^(?:(?:Dr|Prof|Mag|Dipl)\.\s+)+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//\S*|\S+@\S+")
_REMARK = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]\s*")
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d{2,}|[<>{}=:()\[\]→»]|\b(?:posted|published|updated|says|follow|view|all posts|alle (?:artikel|beiträge)|"
    r"zeige|subscribe|share|comments?|minutes?|read|getty|image|photo|theme|edit|edited|twitter|facebook|instagram|whatsapp|veröffentlicht|"
    r"gmbh|mbh|gbr|ohg|kg|ltd|llc|inc)\b",  # a company signs contracts, not reports
    re.IGNORECASE,
)
_NOBODY = frozenset(
    ("author", "authors", "autor", "autoren", "auteur", "name", "datum", "date", "admin", "administrator", "noauthor", "unknown",
     "wordpressadmin", "editor", "redakteur", "user", "guest", "anonymous", "webmaster", "root", "null", "none", "undefined", "staff",
     "by", "von", "par", "por", "publisher", "owner", "creator", "default", "superuser", "sysadmin", "facebookcom")
)  # fmt: skip
_AGENCIES = frozenset(
    ("afp", "dpa", "ap", "apa", "sda", "ats", "efe", "ansa", "reuters", "epd", "kna", "sid", "dapd", "upi", "pa", "ritzau", "ntb", "tt", "stt",
     "anp", "belga", "lusa", "pap", "ctk", "čtk", "mti", "tass", "xinhua", "kyodo", "jiji", "yonhap", "anadolu", "aa", "iha", "dha", "aap")
)  # fmt: skip
"""Wire services by the names they sign with: kept as organisations beside people."""
_PARTICLES = frozenset(
    ("von", "van", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "el", "al", "bin", "ibn", "ben", "zu",
     "zur", "zum", "ter", "ten", "te", "af", "av", "y", "e", "und", "i")
)  # fmt: skip
_HOST = re.compile(r"(?:[\w-]+\.)+(?:com|net|org|info|news|[a-z]{2})", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def clean_authors(values: Iterable[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """The names in `values`, without "By", roles and duplicates.

    The site's own name is left out: that it published the page is said by `publisher`. Another organisation stays.
    The same person with and without a middle initial or accents is one, in the fuller form.
    """
    sites = {bare(name) for name in site_names}
    names: dict[str, str] = {}
    for value in list(values)[: 2 * MAX_AUTHORS]:
        if bare(value.partition(",")[0]) in sites:  # `Example News, Town, Country`
            continue
        for name in split_names(value):
            key = bare(_TITLES.sub("", name))
            if key in sites or bare(name.rpartition(".")[0]) in sites or (sites and _is_host(name)):
                continue
            same = person_key(name)
            if len(name) > len(names.get(same, "")):
                names[same] = _with_capitals(name) if sites else name
    return tuple(names.values())[:MAX_AUTHORS]


def person_key(name: str) -> str:
    """Equal for the ways to write one name: without accents, academic titles and middle initials."""
    plain = unicodedata.normalize("NFKD", _TITLES.sub("", name)).casefold()
    words = "".join(char for char in plain if not unicodedata.combining(char)).split()
    inner = [word for word in words[1:-1] if len(word.strip(".")) > 1]
    return bare(" ".join([*words[:1], *inner, *(words[-1:] if len(words) > 1 else [])]))


def split_names(text: str) -> list[str]:
    """`By A. Smith and B. Jones, Political editor` -> both names; roles and URLs go."""
    text = _BY.sub("", _GLUED.sub("", _REMARK.sub(" ", _ADDRESS.sub(" ", text[:300])).strip())).strip(" ,.-–")
    names: list[str] = []
    for part in _BETWEEN.split(_SUFFIX.sub("\0", text)):  # a comma that belongs to a name
        pieces = [piece.replace("\0", ", ").strip() for piece in part.split(",")]
        # "Smith, role of some sort" names one person; "A Smith, B Jones" names two, "A Smith, dpa" one and an agency.
        all_names = all(2 <= len(piece.split()) <= 4 and _is_capitalised(piece) for piece in pieces)
        names += pieces if all_names else [p for i, p in enumerate(pieces) if i == 0 or bare(p) in _AGENCIES]
    return [name for name in names if is_name(name)]


def is_name(text: str) -> bool:
    """Whether a text can be the name of a person or of a desk."""
    key = bare(text)
    return 1 < len(key) <= 60 and len(text.split()) <= 6 and key not in _NOBODY and not _NO_NAME.search(text)


def is_person(text: str) -> bool:
    """Whether a text looks like the name of a person: one to five words that begin with capitals, or a name in Han or Kana."""
    words = text.split()
    return is_name(text) and 1 <= len(words) <= 5 and len(text) <= 50 and text[:1].isalpha() and _is_capitalised(text)


def is_account(text: str) -> bool:
    """Whether a name is one for logging in, such as `jdoe` or `l-horstmann`: small Latin letters in one word."""
    return text not in _AGENCIES and re.fullmatch(r"[a-z][a-z0-9._-]*", text) is not None


def _is_capitalised(text: str) -> bool:
    words = [word for word in text.split() if word.strip("'’").lower() not in _PARTICLES]
    return bool(words) and all(
        word.lstrip("'’\"(")[:1].isalpha() and not word.lstrip("'’\"(")[:1].islower() for word in words
    )


def _with_capitals(name: str) -> str:
    """`ANN EXAMPLE` -> `Ann Example`; initials and names of one word, which may be an agency's, stay."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or any(len(word.strip(".")) < 3 and "." not in word for word in words):
        return name
    return _WORD.sub(lambda match: match[0].capitalize(), name)


def _is_host(name: str) -> bool:
    return _HOST.fullmatch(name) is not None
