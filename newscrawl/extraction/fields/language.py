"""The language of a report, as BCP 47: what the page states, unless its text is clearly in another one."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

try:
    import pycld2
except ImportError:  # there is no wheel for Linux on ARM, and not everyone has a compiler
    pycld2 = None

from newscrawl.extraction.structured.jsonld import text_of

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page

# RFC 5646, section 2.1, without extensions: language, script, region.
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_].*)?", re.IGNORECASE | re.ASCII)
_NONE = ("und", "un", "xx", "mul", "zxx")
DETECTED_CHARS = 1_000
"""How much text is looked at: more makes it no surer."""
ENOUGH_CHARS = 200
"""Letters without which a text does not overrule its page."""
CLEAR_SHARE = 90
"""Percent of a text that must be in one language for it to overrule its page, for many quote another one."""
# Old codes of ISO 639 that the detector uses.
_RENAMED = {"iw": "he", "jw": "jv", "in": "id", "mo": "ro", "ji": "yi"}
# So alike in writing that a page knows better than a detector.
_ALIKE_CODES = "no nb nn da, hr sr bs sh me, id ms, cs sk, bg mk, gl pt, hi mr ne, fa ps, xh zu ss nr, af nl"
_ALIKE = tuple(frozenset(codes.split()) for codes in _ALIKE_CODES.split(","))
_ADDRESS = re.compile(r"https?://\S+")


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


def confirm_language(found: Candidates, text: str) -> None:
    """Note the language of the report's text: as the best where the page states none, or clearly another one."""
    detected = detect_language(text)
    if detected is None:
        return
    tag, share, letters = detected
    stated = found.value("language")
    found.add("language", "dom", tag)
    of_page = bool(stated) and found.provenance()["language"] != "site"
    clear = share >= CLEAR_SHARE and letters >= ENOUGH_CHARS
    if stated and not _same(stated, tag) and (clear or not of_page):
        found.prefer_best("language", len(found.all("language")) - 1)


def detect_language(text: str) -> tuple[str, int, int] | None:
    """(tag, percent of the text, letters looked at) of the language a text is in; None where that is unclear.

    `text` is headline and body; the first 1,000 characters count, less addresses.
    """
    if pycld2 is None:
        return None
    text = " ".join(_ADDRESS.sub(" ", text[:DETECTED_CHARS]).split())
    try:
        reliable, _, languages = pycld2.detect("".join(char for char in text if char.isprintable()))
    except pycld2.error:  # text that it takes for invalid, such as unassigned characters
        return None
    code, share = languages[0][1], languages[0][2]
    primary, _, script = code.partition("-")
    tag = language_tag(f"{_RENAMED.get(primary, primary)}-{script}" if len(script) == 4 else _RENAMED.get(code, code))
    return (tag, share, sum(map(str.isalpha, text))) if reliable and tag else None


def _same(one: str, other: str) -> bool:
    """Whether two tags name one language, or two that are written alike."""
    pair = {one.partition("-")[0], other.partition("-")[0]}
    return len(pair) == 1 or any(pair <= alike for alike in _ALIKE)
