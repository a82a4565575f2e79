"""Whether two signatures are of one story.

No single measure tells copies from reports of one form. A forecast shares nine tenths of its words with yesterday's;
a new version of a report shares half of its shingles with the first. So several measures are taken (`Evidence`) and
judged together, in two ways. Notes (short, of one length) are different unless all that fills the slots of a form is
the same. Of longer texts, and of parts of them, half of the text is enough where names, figures, beginning or headline
say the same.

A note with one word or figure changed may be a correction, or the next note of its form: no measure of the text can
tell. There, time and source decide, and what else is known of that story (`believed`).

The thresholds are those that keep labelled pairs apart: `python -m benchmarks.stories` shows by which margin.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from newscrawl.identity.signature import Signature

SKETCH = 96
"""Hashes in a sketch, three bytes each: containment to within about five hundredths."""
LISTED = 32
"""Hashes kept of numbers and of names."""
NOTE = 200
"""Shingles of the longer one up to which two texts of one length are notes."""

NEXT_NOTE = 12
"""Hours after which a source prints the next note of a form, not a correction of the last one. Forms come out daily."""
COPIED_WITHIN = 75
"""Hours in which another source takes a note over, with a word or a figure changed: three days, and dates are rough."""

TAKEN_OVER = 36
"""Hours in which another source takes nearly everything over: until the next day's paper."""

WITNESSES = 4
"""Reports of a story that a doubtful one is compared with as well; each costs 0.02 ms."""


class Verdict(Enum):
    """What two reports are to each other."""

    APART = 0
    """Different reports."""
    NEXT = 1
    """Two notes of one form."""
    DOUBTFUL = 2
    """One story, as far as these two tell: a correction, or notes of one form that are close in time."""
    SAME = 3
    """One story."""


class Comparison(NamedTuple):
    """Of two reports."""

    verdict: Verdict
    distance: tuple[float, int] = (0.0, 0)
    """How much of the text differs, then hours; to choose among doubtful ones."""


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
    """Names in both, of all names in either; 0 where there are none."""
    headline: float
    """Telling words of the headline; 0.5 where a report has no headline."""
    titled: int
    """How many words of the headline could be compared, on the smaller side."""
    numbers: float
    """Numbers; 1 where there are none to compare."""
    figures: int
    """How many numbers could be compared, on the smaller side."""
    replaced: int
    """How many words (no numbers), at least, were replaced by others, where both texts are short; else 0."""
    longer: float
    """How many times as long the longer text is, roughly; at least 1."""
    length: float
    """Shingles of the longer text, roughly."""
    same_source: bool = False
    hours: int | None = None
    """Between their publications; None where one is unknown."""


def same_story(one: Signature, other: Signature) -> bool:
    """Whether two reports tell the same text or nearly the same text. Symmetric; never raises."""
    return compare(one, other).verdict in (Verdict.SAME, Verdict.DOUBTFUL)


def believed(others: Sequence[tuple[Signature, Comparison, Hashable]]) -> list[int]:
    """The places of the doubtful ones that a report is linked with, of others, compared with it, and their stories.

    None of a story of which another note is the next of the form; and none that is the next note to one that is
    linked already: the certain ones, then the doubtful ones, the closest first.
    """
    not_its = {story for _, one, story in others if one.verdict is Verdict.NEXT}
    certain = [signature for signature, one, _ in others if one.verdict is Verdict.SAME]
    doubtful = sorted(
        (place for place, (_, one, _) in enumerate(others) if one.verdict is Verdict.DOUBTFUL),
        key=lambda place: others[place][1].distance,
    )
    if doubtful:
        for signature in certain[:WITNESSES]:
            not_its |= _next_ones(signature, others)
    found = []
    for place in doubtful:
        signature, _, story = others[place]
        if story not in not_its:
            found.append(place)
            if len(found) <= WITNESSES:
                not_its |= _next_ones(signature, others) - {story}
    return found


def _next_ones(signature: Signature, others: Sequence[tuple[Signature, Comparison, Hashable]]) -> set[Hashable]:
    """Stories of which one report is the next note, or the last, to this one."""
    notes = ((other, story) for other, one, story in others if one.verdict in (Verdict.DOUBTFUL, Verdict.NEXT))
    return {story for other, story in notes if compare(signature, other).verdict is Verdict.NEXT}


def compare(one: Signature, other: Signature) -> Comparison:
    """What two reports are to each other. Symmetric; never raises."""
    if one.version != other.version:
        return Comparison(Verdict.APART)
    e = evidence(one, other)
    return Comparison(judge(e), (1 - e.text, e.hours or 0))


def judge(e: Evidence) -> Verdict:
    """What the evidence says."""
    form = _is_short(e) and e.longer <= 1.3 and e.text >= 0.5 and _is_unsettled(e)
    if form and e.hours is not None and e.hours > _longest(e):
        return Verdict.NEXT
    one_story = _judge_notes(e) if e.length <= NOTE and e.longer <= 1.3 else _judge_reports(e)
    if not one_story:
        return Verdict.NEXT if form and e.hours is not None else Verdict.APART
    return Verdict.DOUBTFUL if form else Verdict.SAME


def _longest(e: Evidence) -> int:
    if e.same_source:
        return NEXT_NOTE
    return COPIED_WITHIN if e.numbers < 1 else TAKEN_OVER


def _is_short(e: Evidence) -> bool:
    """Whether both texts are; of one without capitals a shingle may be of characters, and there are twice as many."""
    return e.length <= (NOTE if e.named else 1.5 * NOTE)


def _is_unsettled(e: Evidence) -> bool:
    """Whether words or figures are others, and no host of names or figures says that this is one story all the same."""
    settled = (e.named >= 6 and e.names >= 0.8) or (e.figures >= 6 and e.numbers >= 0.9)
    filled = e.text < 0.97 and e.longer <= 1.05  # by words, or characters, that the text has elsewhere too
    return (e.replaced > 0 or e.numbers < 1 or filled) and not settled


def _is_prompt(e: Evidence) -> bool:
    """Whether the two are so close in time that one may be the correction or the copy of the other."""
    return e.hours is not None and e.hours <= (NEXT_NOTE if e.same_source else TAKEN_OVER)


def _is_taken_over(e: Evidence) -> bool:
    return _is_prompt(e) and not e.same_source


def _judge_notes(e: Evidence) -> bool:
    if _in_other_words(e, alike=0.9, numbers=1.0):
        return True
    if e.text < 0.35 or _fills_slots(e):
        return False
    if e.text >= 0.97:
        return e.names >= 0.5 and (e.figures < 2 or e.numbers > 0)
    names = e.names >= ((0.8 if e.headline >= 0.9 else 0.85) if e.named >= 6 else 1.0)
    if e.numbers < (0.75 if e.figures >= 4 else 1.0):
        return names and _is_correction(e)
    if e.headline >= 0.9 and e.lead >= (0.8 if e.named >= 6 else 0.95):  # the rest may be standing text of two sites
        return True
    if not names:
        return e.text >= 0.95 or (e.text >= 0.85 and e.headline >= 0.9 and e.named >= 6 and e.names >= 0.5)
    if e.text >= 0.6 or (e.lead >= 0.8 and max(e.named, e.figures) >= 3):
        return e.headline >= (0.3 if e.named >= 3 and e.text >= 0.6 else 0.6) or e.text >= 0.95
    if e.named >= 6:  # a version: half rewritten, of the same people and places
        return e.lead >= 0.1 and e.headline >= (0.3 if e.text >= 0.45 else 0.6)
    return e.text >= 0.45 and e.headline >= 0.75 and e.figures >= 3


def _is_correction(e: Evidence) -> bool:
    """Whether a figure or two were changed, and all else was left as it was."""
    changed = round(e.figures * (1 - e.numbers))
    if _is_prompt(e) and changed <= 2 and not e.replaced and e.headline >= 0.6:  # the figure may be in the headline too
        return e.text >= (0.6 if e.headline >= 0.9 else min(0.8, 1 - 6 / e.length))  # a word is in five shingles
    if e.headline < 0.9 or changed > (2 if e.named >= 6 or not e.replaced else 1):
        return False
    if e.replaced or changed == 2 == e.figures:
        return e.text >= 0.85
    if changed == e.figures and e.named < 6:
        return e.text >= 0.8
    return e.text >= 0.6


def _fills_slots(e: Evidence) -> bool:
    """Whether words were replaced as in the slots of a form.

    One word may be a slip that was put right; a few, in a text that stays the same, are slots. Still more are a passage
    that was replaced, where the rest is the same. Where names or figures are many and the same, words do not matter.
    """
    settled = e.named >= 6 or (e.named >= 3 and e.names_alike == 1) or (e.figures >= 3 and e.numbers >= 0.9)
    if settled or not e.replaced or e.text < 0.55:
        return False
    if (e.headline < 0.9 and e.replaced <= 6) or (e.named and e.names_alike < 1):
        return True
    return e.text < 0.85 and e.replaced > 1 and not (e.replaced > 6 and e.text >= 0.8)


def _judge_reports(e: Evidence) -> bool:
    # Of a text eight times as long the sketch tells too little of a part: then the beginning stands for it.
    text = max(e.text, e.either_lead) if e.longer > 8 and e.headline >= 0.6 else e.text
    names = e.names if e.named >= 3 else 0.85
    agree = e.numbers >= (0.65 if e.figures >= 4 else 0.5)
    if _in_other_words(e, alike=0.7, numbers=0.8):
        return True
    if _is_short(e) and _is_other_filling(e):
        return False
    begins = e.longer > 1.5 and (e.lead >= 0.12 if text < 0.3 else e.lead >= 0.6 and text < 0.6)
    if begins and e.headline >= 0.9 and e.titled >= 4 and agree and _is_taken_over(e):
        return True
    if text < 0.3:  # a beginning before a wall, the text of which is most of it
        return text >= 0.12 and e.lead >= 0.15 and e.headline >= 0.9 and names >= 0.85 and agree
    if e.longer > 2 and e.lead < 0.75 and e.headline < 0.3:  # a brief in a round-up
        return False
    if not agree:
        if text >= 0.9:
            return e.figures > 3 or e.headline >= 0.5
        return text >= 0.75 and e.either_lead >= 0.8 and e.headline >= 0.6 and e.named >= 6 and names >= 0.8
    if e.lead >= 0.8 and e.headline >= 0.6 and (names >= 0.5 or e.named < 6):
        return True
    if text >= 0.9:
        return (names >= 0.5 and (e.named >= 3 or e.lead >= 0.5 or e.headline >= 0.3)) or e.headline >= 0.5
    if e.lead < 0.1:  # a follow-up holds the old report as its background; so do two texts with one site's furniture
        return text >= 0.6 and e.either_lead >= 0.15 and e.headline >= 0.4 and names >= 0.8
    return _is_version(e, text, names)


def _is_other_filling(e: Evidence) -> bool:
    """Whether of two notes of one form one has a sentence more: other names or figures, and another headline."""
    other = e.numbers < 1 or e.names < 1 or 0 < e.replaced <= 6
    return other and e.headline < 0.9 and e.text < 0.9 and e.named < 3 and e.figures < 4


def _is_version(e: Evidence, text: float, names: float) -> bool:
    """Whether texts that share a third to nine tenths are versions: the less they share, the more else must agree."""
    if text >= 0.6:
        if names < 0.5 or (e.named == 2 and e.names < 0.5):
            return False
        by_headline = e.headline >= (0.3 if e.named >= 3 or e.lead >= 0.5 else 0.6)
        return by_headline or (e.named >= 6 and names >= 0.85)
    if text >= 0.45:
        if e.named < 3:
            return e.headline >= 0.75 and e.figures >= 3 and e.numbers >= 0.8
        if e.headline >= 0.9 and e.lead >= 0.3 and e.numbers >= 0.8:
            return names >= 0.7
        return names >= 0.85 and e.headline >= 0.3
    return e.named >= 6 and names >= 0.85 and e.headline >= 0.6


def _in_other_words(e: Evidence, *, alike: float, numbers: float) -> bool:
    """Whether a text is told again in other words: many names, all of them the same on both sides, and the figures."""
    return e.named >= 8 and e.names_alike >= alike and e.numbers >= numbers and e.headline >= 0.5 and e.text >= 0.05


def evidence(one: Signature, other: Signature) -> Evidence:
    """Compare two signatures of the same version."""
    sketch, other_sketch = _hashes(one.sketch), _hashes(other.sketch)
    lead, other_lead = _hashes(one.lead), _hashes(other.lead)
    found = _found(lead, other_sketch | other_lead, other.sketch)
    found_back = _found(other_lead, sketch | lead, one.sketch)
    names, named, alike = _shared(one.names, other.names)
    numbers, figures, _ = _shared(one.numbers, other.numbers)
    shortest, longest = sorted((_size(one.sketch), _size(other.sketch)))
    return Evidence(
        text=containment(one.sketch, other.sketch),
        lead=min(found, found_back),
        either_lead=max(found, found_back),
        names=names,
        named=named,
        names_alike=alike,
        headline=_shared(one.headline, other.headline)[0] if one.headline and other.headline else 0.5,
        titled=min(len(one.headline), len(other.headline)),
        numbers=numbers,
        figures=figures,
        replaced=_replaced(one.words, other.words),
        longer=longest / max(1.0, shortest),
        length=longest,
        same_source=one.source is not None and one.source == other.source,
        hours=None if one.hour is None or other.hour is None else abs(one.hour - other.hour),
    )


def containment(one: bytes, other: bytes) -> float:
    """Share of the smaller of two sketches that is in the other, 0 to 1; 0 where they cannot be compared.

    Both are cut to the range that both cover: above it, the rest of the longer text is unknown.
    """
    if not one or not other:
        return 0.0
    mine, theirs = _hashes(one), _hashes(other)
    end = min(one[-3:], other[-3:])
    compared = min(sum(value <= end for value in mine), sum(value <= end for value in theirs))
    return len(mine & theirs) / compared if compared else 0.0


@lru_cache(maxsize=1024)
def _hashes(packed: bytes) -> frozenset[bytes]:
    return frozenset(packed[i : i + 3] for i in range(0, len(packed), 3))


def _found(lead: frozenset[bytes], text: frozenset[bytes], sketch: bytes) -> float:
    """Share of a beginning that is in another text, of those of its hashes of which that text's sketch can tell."""
    whole, end = len(sketch) < 3 * SKETCH, sketch[-3:]
    told = [value for value in lead if whole or value <= end or value in text]
    return sum(value in text for value in told) / len(told) if told else 0.0


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[float, int, float]:
    """Of two lists of the smallest hashes: share of the smaller in the other, size of the smaller, share of all."""
    ends = [values[-1] for values in (one, other) if len(values) == LISTED]
    end = min(ends, default=1 << 16)
    mine, theirs = ({value for value in values if value <= end} for values in (one, other))
    smaller, both = min(len(mine), len(theirs)), len(mine & theirs)
    return both / smaller if smaller else 1.0, smaller, both / max(1, len(mine | theirs))


def _replaced(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    if not one or not other:
        return 0
    mine, theirs = set(one), set(other)
    return min(len(mine - theirs), len(theirs - mine))


def _size(sketch: bytes) -> float:
    """Roughly how many different shingles a text has: its sketch holds the smallest of them, evenly spread."""
    number = len(sketch) // 3
    return number if number < SKETCH else number * (1 << 24) / (int.from_bytes(sketch[-3:], "big") + 1)
