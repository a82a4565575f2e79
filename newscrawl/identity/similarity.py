"""Whether two signatures are of one story."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from newscrawl.identity.signature import Signature


class Evidence(NamedTuple):
    """What two signatures have in common; shares from 0 to 1, of the smaller side where nothing else is said."""

    text: float
    """Shingles."""
    lead: float
    """Shingles of the two beginnings, of the one that finds less of itself in the other text."""
    either_lead: float
    """The same, of the one that finds more."""
    names: float
    """Names; 1 where there are none to compare."""
    named: int
    """How many names could be compared, on the smaller side."""
    names_alike: float
    """Names in both of all names in either; 0 where there are none."""
    headline: float | None
    """Words of the headline; None where one has none."""
    numbers: float
    """Numbers; 1 where there are none to compare."""
    figures: int
    """How many numbers could be compared, on the smaller side."""
    replaced: int | None
    """How many words, at least, were replaced by others; None where one text is not short."""
    longer: float
    """How many times as long the longer text is, roughly; at least 1."""
    length: float
    """Shingles of the longer text, roughly."""


def same_story(one: Signature, other: Signature) -> bool:
    """Whether two reports tell the same text or nearly the same text."""
    return one.version == other.version and judge(evidence(one, other))


def judge(e: Evidence) -> bool:
    if e.length <= 200 and e.longer <= 1.3:
        return judge_note(e)
    return judge_report(e)


def judge_note(e: Evidence) -> bool:
    """Two short texts of one length: notes of one form differ in names and figures only."""
    headline = 0.5 if e.headline is None else e.headline
    names = e.names >= (0.85 if e.named >= 6 else 1.0)
    if e.named >= 8 and e.names_alike >= 0.9 and e.numbers == 1 and headline >= 0.5:
        return True  # told in other words
    if e.text < 0.35:
        return False
    if e.replaced and e.text >= 0.55 and not _settled(e):
        # One word may be a slip that was put right; a few in a text that stays the same are the slots of a form. More
        # are a passage that was replaced, where the rest is the same.
        if (headline < 0.9 and e.replaced <= 6) or (e.named and e.names_alike < 1):
            return False
        if e.replaced > 1 and e.text < 0.9 and not (e.replaced > 6 and e.text >= 0.8):
            return False
    if e.text >= 0.97:
        return e.names >= 0.5 and not (e.figures > 1 and e.numbers == 0)
    if e.numbers < (0.75 if e.figures >= 4 else 1.0):
        changed = round(e.figures * (1 - e.numbers))
        return e.text >= 0.85 and headline >= 0.9 and names and changed <= (2 if e.named >= 6 else 1)
    if e.lead >= 0.95 and headline >= 0.9:
        return True
    if not names:
        return e.text >= 0.95 or (e.text >= 0.85 and headline >= 0.9 and e.named >= 6 and e.names >= 0.5)
    if e.lead >= 0.8 and headline >= 0.6 and max(e.named, e.figures) >= 3:
        return True
    if e.text >= 0.6:
        return headline >= (0.3 if e.named >= 3 else 0.75) or e.text >= 0.95
    if e.named >= 6:
        return headline >= (0.3 if e.text >= 0.45 else 0.6) and e.lead >= 0.1
    return e.text >= 0.45 and headline >= 0.75 and e.figures >= 3


def _settled(e: Evidence) -> bool:
    """Whether names or figures say enough, so that other words may have been replaced."""
    return e.named >= 6 or (e.named >= 3 and e.names_alike == 1) or (e.figures >= 3 and e.numbers >= 0.9)


def judge_report(e: Evidence) -> bool:
    headline = 0.5 if e.headline is None else e.headline
    names = e.names if e.named >= 3 else 0.85
    many_names = e.named >= 6
    text = max(e.text, e.either_lead) if e.longer > 8 and headline >= 0.6 else e.text
    agree = e.numbers >= (0.65 if e.figures >= 4 else 0.5)
    if e.named >= 8 and e.names_alike >= 0.7 and e.numbers >= 0.8 and headline >= 0.3:
        return True  # told in other words
    if text < 0.3:
        # a beginning before a wall: the text of the wall is most of it
        return agree and text >= 0.12 and e.lead >= 0.15 and headline >= 0.9 and names >= 0.85
    if e.longer > 2 and e.lead < 0.75 and headline < 0.3:
        return False  # a brief in a round-up
    if not agree:
        if text >= 0.9:
            return e.figures > 3 or headline >= 0.5
        return text >= 0.75 and e.either_lead >= 0.8 and headline >= 0.6 and many_names and names >= 0.8
    if e.lead >= 0.8 and headline >= 0.6 and (names >= 0.5 or not many_names):
        return True
    if text >= 0.9:
        return names >= 0.5 or headline >= 0.5
    if e.named == 2 and e.names < 0.5:
        return False
    if e.lead < 0.1:
        return text >= 0.6 and e.either_lead >= 0.15 and headline >= 0.4 and names >= 0.8
    if text >= 0.6:
        if names < 0.5:
            return False
        return headline >= (0.3 if e.named >= 3 or e.lead >= 0.5 else 0.6) or (many_names and names >= 0.85)
    if text >= 0.45:
        if e.named < 3:
            return headline >= 0.75 and e.figures >= 3 and e.numbers >= 0.8
        return names >= 0.85 and headline >= 0.3
    return many_names and names >= 0.85 and headline >= 0.6


def evidence(one: Signature, other: Signature) -> Evidence:
    """Compare two signatures of the same version."""
    text, other_text = _hashes(one.sketch, 3), _hashes(other.sketch, 3)
    leads = (
        _found(_hashes(one.lead, 3), other_text | _hashes(other.lead, 3), other.sketch),
        _found(_hashes(other.lead, 3), text | _hashes(one.lead, 3), one.sketch),
    )
    numbers, figures, _ = _shared(one.numbers, other.numbers)
    names, named, alike = _shared(one.names, other.names)
    shortest, longest = sorted((_size(one.sketch), _size(other.sketch)))
    words, other_words = set(one.headline), set(other.headline)
    return Evidence(
        text=containment(one.sketch, other.sketch, 3),
        lead=min(leads),
        either_lead=max(leads),
        names=names,
        named=named,
        names_alike=alike,
        headline=len(words & other_words) / min(len(words), len(other_words)) if words and other_words else None,
        numbers=numbers,
        figures=figures,
        replaced=_replaced(one.words, other.words),
        longer=longest / max(1.0, shortest),
        length=longest,
    )


def containment(one: bytes, other: bytes, size: int) -> float:
    """Share of the smaller of two sketches (ascending hashes of `size` bytes) that is in the other, 0 to 1.

    Both are cut to the range that both cover: the hashes above belong to a longer text's unknown rest.
    """
    if not one or not other:
        return 0.0
    mine, theirs = _hashes(one, size), _hashes(other, size)
    end = min(one[-size:], other[-size:])
    compared = min(sum(value <= end for value in mine), sum(value <= end for value in theirs))
    return len(mine & theirs) / compared if compared else 0.0


@lru_cache(maxsize=1024)
def _hashes(packed: bytes, size: int) -> frozenset[bytes]:
    return frozenset(packed[i : i + size] for i in range(0, len(packed), size))


def _found(lead: frozenset[bytes], text: frozenset[bytes], sketch: bytes) -> float:
    """Share of a beginning that another text has, among those of its hashes that this text's sketch can tell of."""
    whole = len(sketch) < 288
    end = sketch[-3:]
    told = [value for value in lead if whole or value <= end or value in text]
    return sum(value in text for value in told) / len(told) if told else 0.0


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[float, int, float]:
    ends = [values[-1] for values in (one, other) if len(values) == 32]
    end = min(ends, default=1 << 16)
    mine, theirs = ({value for value in values if value <= end} for values in (one, other))
    smaller, both = min(len(mine), len(theirs)), len(mine & theirs)
    return both / smaller if smaller else 1.0, smaller, both / max(1, len(mine | theirs))


def _replaced(one: tuple[int, ...], other: tuple[int, ...]) -> int | None:
    if not one or not other:
        return None
    mine, theirs = set(one), set(other)
    return min(len(mine - theirs), len(theirs - mine))


def _size(sketch: bytes) -> float:
    """Roughly how many different shingles a text has: its sketch holds the smallest of them, evenly spread."""
    number = len(sketch) // 3
    return number if number < 96 else number * (1 << 24) / (int.from_bytes(sketch[-3:], "big") + 1)
