"""The language of a report, as BCP 47."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from newscrawl.extraction.jsonld import text_of

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

# RFC 5646, section 2.1, without extensions: language, script, region.
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_].*)?", re.IGNORECASE | re.ASCII)
_NONE = ("und", "xx", "mul", "zxx")


def language_tag(text: str | None) -> str | None:
    """`en_us` -> `en-US`; None where the text is no language tag."""
    match = _TAG.fullmatch((text or "").strip())
    if match is None or match[1].lower() in _NONE:
        return None
    parts = [match[1].lower(), match[2] and match[2].title(), match[3] and match[3].upper()]
    return "-".join(part for part in parts if part)


def read_language(page: Page, found: Candidates, default: str | None) -> None:
    """Note candidates for `language`: that of the html element, unless most of the page's statements disagree."""
    head = page.head
    stated = (
        ("dom", head.language),
        ("jsonld", text_of(page.article.get("inLanguage"))),
        ("opengraph", head.first("og:locale")),
        ("meta", head.first("content-language", "language", "dc.language", "dcterms.language")),
        ("microdata", next(iter(page.microdata.get("inLanguage", [])), None)),
        ("entry", page.entry.language if page.entry else None),
    )
    for method, text in stated:
        found.add("language", method, language_tag(text))
    if not found.all("language"):
        # The only value that the page has no part in: the source file says it.
        found.add("language", "site", language_tag(default))
        return
    votes = Counter(tag[:2] for _, tag in found.all("language"))
    tags = [tag for _, tag in found.all("language")]
    found.prefer_best("language", max(range(len(tags)), key=lambda i: (votes[tags[i][:2]], -i)))
