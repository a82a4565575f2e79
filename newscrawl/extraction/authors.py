"""Names of people, out of what pages give as author."""

from __future__ import annotations

import re

from newscrawl.extraction.title import bare

_BY = re.compile(
    r"^(?:written\s+by|posted\s+by|by|von|par|por|di|da|door|av|af|od|yazan|автор|από|autor(?:in)?|author|text|reporter)\s*[:\-]?\s+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:[;|/]|\band\b|\bund\b|\bet\b|\be\b|\by\b|\boch\b|\bog\b|\ben\b|&|、|，)\s*", re.IGNORECASE
)
_NO_NAME = re.compile(r"https?:|www\.|@|\d{3,}|[<>{}=]", re.IGNORECASE)
_SUFFIX = re.compile(r",\s*(?=(?:Jr|Sr|II|III|IV|MD|PhD)\b)", re.IGNORECASE)
_TITLES = re.compile(r"^(?:Dr|Prof|Mag|Dipl)\.\s+", re.IGNORECASE)


def split_names(text: str) -> list[str]:
    """`By A. Smith and B. Jones, Political editor` -> both names; roles and URLs go."""
    text = _BY.sub("", text.strip())
    kept = _SUFFIX.sub("\0", text)  # a comma that belongs to a name
    names: list[str] = []
    for part in _BETWEEN.split(kept):
        pieces = [piece.replace("\0", ", ").strip() for piece in part.split(",")]
        # "Smith, role of some sort" names one person; "A Smith, B Jones" names two.
        names += pieces if all(2 <= len(piece.split()) <= 4 and piece.istitle() for piece in pieces) else pieces[:1]
    return [name for name in names if is_name(name)]


def is_name(text: str) -> bool:
    """Whether a text can be the name of a person or a desk."""
    return 1 < len(text) <= 60 and len(text.split()) <= 6 and not _NO_NAME.search(text)


def clean_authors(values: list[str], site_names: list[str]) -> tuple[str, ...]:
    """Names without "By" and duplicates; the site's own name only where nobody else signs."""
    names: dict[str, str] = {}
    for value in values[:20]:
        for name in split_names(value):
            names.setdefault(bare(_TITLES.sub("", name)), name)
    sites = {bare(name) for name in site_names}
    people = [name for key, name in names.items() if key not in sites]
    return tuple(people or names.values())[:10]
