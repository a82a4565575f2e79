"""The entries of one document, gathered: each address once, a bounded number, with reasons for what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.text import clean_line, shorten
from newscrawl.urls import absolute_url, normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.items import Entry

NO_REPORT = "not a report by its URL"
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*")


class Collector:
    """What a feed or sitemap announces, in its order. The first announcement of an address counts."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left_out = 0
        self._seen = 0
        self._entries: dict[str, Entry] = {}
        self._rejected: dict[str, str] = {}

    def has_room(self) -> bool:
        """Whether one more announcement may be read; where not, it is counted as left out."""
        self._seen += 1
        if self._seen > self.limit:
            self.left_out += 1
            return False
        return True

    def add(self, entry: Entry) -> None:
        """Take an entry."""
        self._entries.setdefault(normalise_url(entry.url), entry)

    def reject(self, reference: str, reason: str | None = None) -> None:
        """Take a reference that cannot be a report; without a reason, one that is no http(s) address."""
        self._rejected.setdefault(shorten(clean_line(reference), 2048), reason or reason_of(reference))

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())

    def rejected(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._rejected.items())


def first_url(references: Iterable[tuple[str, str]]) -> tuple[str | None, str]:
    """The first of (base, reference) pairs that is an http(s) URL, made absolute; and the first reference."""
    first = ""
    for base, reference in references:
        first = first or reference
        if (url := absolute_url(base, reference)) is not None:
            return url, first
    return None, first


def reason_of(reference: str) -> str:
    """Why a reference cannot be fetched."""
    scheme = _SCHEME.match(reference)
    return "foreign scheme" if scheme and scheme[1].lower() not in ("http", "https") else "bad URL"


def language_tag(text: str) -> str | None:
    """A language tag (BCP 47) as feeds write it (`de_AT`), or None where the text is none."""
    text = text.strip()
    return text.replace("_", "-") if len(text) <= 35 and _LANGUAGE.fullmatch(text) else None
