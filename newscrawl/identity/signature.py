"""Signatures: a few hundred bytes by which near copies of a text are found and recognised.

Values are stored and compared for years. Whoever changes a constant, a hash or the normal form raises VERSION;
signatures of different versions are never the same story. A part that is new and may be missing needs none: older
signatures just say less.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from newscrawl.identity.keys import line_key
from newscrawl.identity.normal import (
    is_unspaced,
    names_of,
    normal_text,
    numbers_of,
    repaired,
    tokens_of,
    without_dateline,
)
from newscrawl.identity.similarity import LISTED, SKETCH, same_story

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

__all__ = ["LOOKED_UP", "VERSION", "Signature", "make_signature", "same_story"]

VERSION = 1
WIDTH, UNSPACED_WIDTH = 5, 8
"""Tokens in a shingle: five words, or eight characters where words have no spaces."""
LEAD = 64
"""Tokens of a text's beginning; twice as many where they are characters."""
LEAD_SKETCH = 16
"""Hashes kept of them."""
LOOKED_UP = 8
"""Keys that are indexed and looked up. With ten, one copy in five hundred more is found, for 60 bytes a report."""
LEAD_KEYS = 3
"""How many of them are of the beginning: parts of a text mostly begin as the whole does."""
SPARE_KEYS = 8
"""Further keys, which take the place of stop keys."""
HEADLINE = 16
"""Words kept of a headline."""
WORDS = 96
"""Different tokens up to which a text is short, and all of them are kept."""
MOST_CHARACTERS = 100_000
"""Of a text; the rest of a longer one does not count. About 20 ms."""
LEAST_TOKENS = 12
"""Shorter texts tell nothing: a caption, a remnant of a paywall."""

_MASK = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15
_PLACES = (
    0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
    0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x1D8E4E27C47D124F,
)  # odd, random  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """What is kept of a text to recognise its near copies: some 600 bytes, the two-byte hashes packed."""

    keys: tuple[int, ...]
    """Signed 64-bit hashes of headline, names and shingles, the best first. Indexed are the first LOOKED_UP that are no
    stop keys."""
    sketch: bytes
    """The smallest hashes of shingles, ascending, the upper three bytes of each; at most SKETCH."""
    numbers: tuple[int, ...]
    """The smallest 16-bit hashes of the numbers in headline and text, ascending; at most LISTED."""
    version: int = VERSION
    lead: bytes = b""
    """As `sketch`, of the beginning; at most LEAD_SKETCH."""
    headline: tuple[int, ...] = ()
    """16-bit hashes of the words of the headline, or of its pairs of characters, ascending; at most HEADLINE."""
    names: tuple[int, ...] = ()
    """The smallest 16-bit hashes of the names in the text, ascending; at most LISTED."""
    words: tuple[int, ...] = ()
    """16-bit hashes of all different tokens but numbers, ascending; of short texts only, with at most WORDS."""
    source: int | None = None
    """16-bit hash of the id of the source."""
    hour: int | None = None
    """When it was published: hours since 1970."""


def make_signature(
    headline: str | None,
    body: str,
    *,
    language: str | None = None,
    boilerplate: Collection[str] = (),
    source: str | None = None,
    published_at: datetime | None = None,
) -> Signature | None:
    """The signature of a report, None where there is too little text to tell it from others.

    `body`: paragraphs separated by blank lines. `boilerplate`: keys of lines (`identity.keys.line_key`) that are left
    out, unless nothing else would be left. `language` (BCP 47) is not needed so far. `source` (its id) and
    `published_at` (aware) tell a correction of a note from the next note of its form.
    """
    del language
    text = without_dateline(repaired(_without(body[:MOST_CHARACTERS], boilerplate)))
    normal = normal_text(text)
    tokens = tokens_of(normal)
    if len(tokens) < LEAST_TOKENS:
        return None
    unspaced = is_unspaced(normal, tokens)
    different = {token for token in tokens if not token.isdecimal()}
    hashes = _shingle_hashes(tokens, UNSPACED_WIDTH if unspaced else WIDTH)
    lead = sorted(set(hashes[: LEAD * 2 if unspaced else LEAD]))
    smallest = sorted(set(hashes))[:SKETCH]
    title = normal_text(repaired((headline or "")[:1000]))
    words = _headline_words(title)
    names = _smallest(names_of(text), LISTED)
    return Signature(
        keys=_keys(words, names, lead, smallest),
        sketch=_packed(smallest),
        numbers=_smallest([*numbers_of(title), *numbers_of(normal)], LISTED),
        lead=_packed(lead[:LEAD_SKETCH]),
        headline=_smallest(_telling(words), HEADLINE),
        names=names,
        words=_smallest(different, WORDS) if len(different) <= WORDS else (),
        source=_token_hash(source) >> 48 if source else None,
        hour=int(published_at.timestamp() // 3600) if published_at else None,
    )


def _without(body: str, boilerplate: Collection[str]) -> str:
    if not boilerplate:
        return body
    kept = "\n\n".join(line for line in body.split("\n\n") if line_key(line) not in boilerplate)
    return kept if len(tokens_of(normal_text(kept))) >= LEAST_TOKENS else body


def _token_hash(token: str) -> int:
    mixed = (zlib.crc32(token.encode("utf-8", "replace")) + 1) * _MIX & _MASK
    return mixed ^ (mixed >> 29)


def _shingle_hashes(tokens: list[str], width: int) -> list[int]:
    """A 64-bit hash of every `width` tokens in a row, in the order of the text."""
    known = {token: _token_hash(token) for token in set(tokens)}
    row = [known[token] for token in tokens]
    sums = [0] * (len(row) - width + 1)
    for place in range(width):
        factor = _PLACES[place]
        sums = [so_far + one * factor for so_far, one in zip(sums, row[place:], strict=False)]
    return [one & _MASK for one in sums]


def _keys(headline: list[str], names: tuple[int, ...], lead: list[int], smallest: list[int]) -> tuple[int, ...]:
    """The headline as a whole and a few names, where there are enough, then shingles of the beginning and of all."""
    most = LOOKED_UP + SPARE_KEYS
    chosen = []
    if len(headline) >= 4:
        chosen.append(_token_hash(" ".join(headline)))
    if len(names) >= 8:
        chosen.append(_token_hash(" ".join(map(str, names[:3]))))
    chosen = list(dict.fromkeys([*chosen, *lead[:LEAD_KEYS], *smallest[:most]]))[:most]
    return tuple(key - (1 << 64) if key >> 63 else key for key in chosen)


def _packed(hashes: Iterable[int]) -> bytes:
    return b"".join((one >> 40).to_bytes(3, "big") for one in hashes)


def _headline_words(title: str) -> list[str]:
    tokens = tokens_of(title)
    if is_unspaced(title, tokens):
        return [one + other for one, other in pairwise(tokens)]
    return tokens


def _telling(words: list[str]) -> list[str]:
    """Without the short words of Latin script, most of which every headline has; all where hardly any would be left."""
    long = [word for word in words if len(word) > 3 or not word.isascii() or word.isdecimal()]
    return long if len(long) >= 3 else words


def _smallest(words: Iterable[str], most: int) -> tuple[int, ...]:
    return tuple(sorted({_token_hash(word) >> 48 for word in words})[:most])
