"""Boilerplate memory: lines that come back in the reports of one source and belong to none of them.

One page cannot tell such a line from text, many pages can. But true lines come back as well: background in follow-up
reports, subheadings, the phrases of weather and market reports. So a line is judged twice. On its page it may be
boilerplate only where it is no label and speaks of nothing that the page speaks of (`find_suspects`). Over the pages it
is boilerplate only where reports of different stories had it, and not too few of them (`Memory`). What is known to be
boilerplate is left out of later reports, within a limit (`leave_out`).

Pure: no database and no clock. `store.boilerplate` keeps a memory from crawl to crawl.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newscrawl.extraction.fields.title import bare
from newscrawl.identity.keys import content_hash, line_key
from newscrawl.items import Suspect
from newscrawl.text import count_words, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

STORIES = 4
"""Reports of different stories that must have had a line. With three, stock phrases of weather, match and correction
notes are learned, too."""
SHARE = 0.05
"""Share of the source's reports, since the line was first met, that must have had it: standing text of a section with a
twentieth of the reports counts, a phrase that a writer used four times in a year does not."""
AT_MOST = 0.3
"""Share of a report's text that may be left out; where it would be more, nothing is."""
TIED = 0.4
"""Share of a line's long words that are found elsewhere in the report, from which on it speaks of the same subject.
Of true paragraphs of news reports four fifths are above it, of standing lines hardly any."""
MIN_WORDS, MAX_WORDS = 4, 80
"""Shorter lines are labels and subheadings, of which many reports have the same; longer ones are told by writers."""
MAX_LINES = 300
"""Lines remembered of a source, about 250 bytes each. A report leaves about six that will never come back, so that one
which was met only once is remembered for some fifty reports."""
MAX_PER_REPORT = 40
SAMPLE, HEADLINE = 80, 60
"""Characters kept of a line and of a headline, for people and for comparing."""

_WORD = re.compile(r"\b\w{5}")
_SPECIAL = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HANGUL = re.compile(r"\b[\uac00-\ud7a3]{2}")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]{3,}")


# -- on one page -----------------------------------------------------------------------------------------------------


def leave_out(body: str, known: Collection[str], kept: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    """`body` (paragraphs separated by blank lines) without the lines whose key is in `known`, and those lines.

    A line whose text is part of one of `kept` (headline, summary) stays. Where more than AT_MOST of the text would go,
    all of it stays.
    """
    if not known:
        return body, ()
    lines = body.split("\n\n")
    found = [line for line in lines if line_key(line) in known]
    told = [bare(text) for text in kept] if found else []
    gone = tuple(line for line in found if not any(bare(line) in text for text in told))
    if not gone or sum(map(len, gone)) > AT_MOST * sum(map(len, lines)):
        return body, ()
    return "\n\n".join(line for line in lines if line not in gone), gone


def find_suspects(body: str, headline: str | None, headings: Iterable[str], kept: Iterable[str]) -> tuple[Suspect, ...]:
    """The lines of `body` that may be boilerplate, by this page alone; at most MAX_PER_REPORT.

    They have some words, are no heading of the page and no part of `kept` (headline, summary), and few of their long
    words are in the headline or elsewhere in the body. Known boilerplate must still be in `body`.
    """
    lines = list(dict.fromkeys(body.split("\n\n")))  # what stands twice does not speak of itself
    special = _SPECIAL.search(body) is not None
    words_of = _special_words if special else _plain_words
    words = [words_of(line.casefold()) for line in lines]
    met = long_words(headline or "")
    again: set[str] = set()  # words that are in two lines, or in the headline and in one
    for of_line in words:
        again |= met & of_line
        met |= of_line
    told = {bare(heading) for heading in headings}
    texts = [bare(text) for text in kept]
    suspects: list[Suspect] = []
    for line, of_line in zip(lines, words, strict=True):
        if not of_line or len(of_line & again) >= TIED * len(of_line):
            continue
        if not MIN_WORDS <= (count_words(line) if special else len(line.split())) <= MAX_WORDS:
            continue
        key = bare(line)
        if key in told or any(key in text for text in texts):
            continue
        suspects.append(Suspect(key=line_key(line), sample=shorten(line, SAMPLE)))
        if len(suspects) == MAX_PER_REPORT:
            break
    return tuple(suspects)


def long_words(text: str) -> set[str]:
    """What a text speaks of, roughly: the first five letters of its longer words, so that inflected ones are equal.

    Of Korean words the first two syllables; in scripts without spaces all three characters in a row.
    """
    folded = text.casefold()
    return _special_words(folded) if _SPECIAL.search(folded) else _plain_words(folded)


def _plain_words(folded: str) -> set[str]:
    return set(_WORD.findall(folded))


def _special_words(folded: str) -> set[str]:
    words = {run[i : i + 3] for run in _UNSPACED.findall(folded) for i in range(len(run) - 2)}
    spaced = _UNSPACED.sub(" ", folded)
    return words.union(_WORD.findall(spaced), _HANGUL.findall(spaced))


def same_but_for(known: Collection[str], one: tuple[str | None, str], other: tuple[str | None, str]) -> bool:
    """Whether two states of a report (headline, body) differ in known boilerplate only.

    A report that was stored before a line was known holds it; the same page has not changed when it is read without.
    """
    if not known:
        return False
    hashes = []
    for headline, body in (one, other):
        rest = "\n\n".join(line for line in body.split("\n\n") if line_key(line) not in known)
        if not rest:
            return False
        hashes.append(content_hash(headline, rest))
    return hashes[0] == hashes[1]


# -- over the pages of a source --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is remembered of a line."""

    sample: str
    """Its beginning."""
    reports: int
    """How many reports had it."""
    first_report: int
    """How many reports of the source had been counted when it was first met, this one included."""
    headlines: tuple[str, ...]
    """Of reports that had it and tell different stories; at most STORIES."""
    first_seen_at: datetime
    last_seen_at: datetime
    learned_at: datetime | None = None
    """Since when it is boilerplate. It stays so until it is forgotten: a report must not change back and forth."""


@dataclass(kw_only=True)
class Memory:
    """What is known of the lines of one source."""

    reports: int = 0
    """Reports counted so far."""
    lines: dict[str, Seen] = field(default_factory=dict)
    """By key; a few more than MAX_LINES at most."""
    known: frozenset[str] = frozenset()
    """Keys of the lines that are boilerplate. Replaced, never changed: it travels to the workers."""
    fresh: Counter[str] = field(default_factory=Counter)
    """Key -> how many reports had that line since this memory was last saved."""
    fresh_reports: int = 0
    """Reports counted since then."""

    def __post_init__(self) -> None:
        self.known = frozenset(key for key, seen in self.lines.items() if seen.learned_at)

    def note(self, headline: str | None, suspects: Iterable[Suspect], now: datetime) -> None:
        """Count a report that was not counted before. One without a headline tells no story, and does not count."""
        if not headline:
            return
        self.reports += 1
        self.fresh_reports += 1
        for suspect in {suspect.key: suspect for suspect in suspects}.values():
            self._see(suspect, headline, now)
        for key in least_worth(self.lines, room=MAX_LINES // 4):  # sorting them at every report would cost
            del self.lines[key]

    def _see(self, suspect: Suspect, headline: str, now: datetime) -> None:
        seen = self.lines.get(suspect.key) or Seen(
            sample=suspect.sample,
            reports=0,
            first_report=self.reports,
            headlines=(),
            first_seen_at=now,
            last_seen_at=now,
        )
        headlines = with_story(seen.headlines, headline)
        seen = replace(seen, reports=seen.reports + 1, headlines=headlines, last_seen_at=now)
        if seen.learned_at is None and is_boilerplate(seen, self.reports):
            seen = replace(seen, learned_at=now)
            self.known |= {suspect.key}
        self.lines[suspect.key] = seen
        self.fresh[suspect.key] += 1

    def take_fresh(self) -> tuple[int, dict[str, tuple[int, Seen]]]:
        """What is to be saved: how many reports were counted since the last time, and by key how many of them had a
        line, and what is known of it. Afterwards nothing is.
        """
        lines = {key: (times, self.lines[key]) for key, times in self.fresh.items() if key in self.lines}
        counted, self.fresh_reports, self.fresh = self.fresh_reports, 0, Counter()
        return counted, lines


def is_boilerplate(seen: Seen, reports: int) -> bool:
    """Whether a line is boilerplate, when `reports` reports of its source have been counted."""
    since = reports - seen.first_report + 1
    return len(seen.headlines) >= STORIES and seen.reports >= SHARE * since


def with_story(headlines: tuple[str, ...], headline: str) -> tuple[str, ...]:
    """`headlines`, and `headline` where it tells another story than each of them, up to STORIES."""
    headline = shorten(headline, HEADLINE)
    if len(headlines) >= STORIES or len(long_words(headline)) < 2:
        return headlines
    if any(same_story(headline, other) for other in headlines):
        return headlines
    return (*headlines, headline)


def same_story(one: str, other: str) -> bool:
    """Whether two headlines may tell of one story: they share two long words, or half of those of the shorter one.

    So a follow-up counts as the same story, and so does every report of a series (weather, results, markets). One word
    is not enough: on a town's site it is the name of the town.
    """
    words, others = long_words(one), long_words(other)
    shared = len(words & others)
    return shared >= 2 or 2 * shared >= min(len(words), len(others))


def least_worth(lines: Mapping[str, Seen], room: int = 0) -> list[str]:
    """Keys of the lines to forget so that MAX_LINES stay; none while there are no more than `room` above that.

    First those that one story had, then by when they were last seen.
    """
    if len(lines) <= MAX_LINES + room:
        return []
    worth = sorted(lines, key=lambda key: (len(lines[key].headlines) > 1, lines[key].last_seen_at))
    return worth[: len(lines) - MAX_LINES]
