"""What is compared with the past: features of which a source may suddenly show more, each bad ones among all."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from newscrawl.health.observations import Part, Sample, length_class

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

State = Literal["fresh", "quiet", "failing", "blocked", "drifting"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One way to be bad."""

    name: str
    state: State
    """What a source is in that suddenly shows more of it."""
    what: str
    """For the sentence, before `12 of the last 20 ...`."""
    of_reports: bool
    """Whether it is counted among reports, or among all URLs that were fetched."""
    is_bad: Callable[[Sample], bool]
    count: Callable[[Part], int]
    """Bad ones of a part of the past."""
    prior: tuple[float, float] = (0.5, 1.0)
    """(bad, all) that are added to the past: what is known of every source."""
    of_length: bool = False
    ratio: tuple[float, ...] = ()
    """By class of length: the logarithm of how much likelier it is if this has happened. Then the sum is looked at."""
    variance: float | None = None
    """Of `ratio` in the past."""

    def all_of(self, part: Part) -> int:
        return part.kinds["report"] if self.of_reports else part.kinds.total()

    def badness(self, part: Part) -> float:
        """How many are bad, or the sum of `ratio`."""
        if not self.ratio:
            return self.count(part)
        return sum(n * self.ratio[min(length, MOST_CLASSES - 1)] for length, n in part.words.items())


def _kind(name: str, state: State, what: str) -> Feature:
    return Feature(
        name=name, state=state, what=what, of_reports=False, prior=(0.2, 8.0),
        is_bad=lambda sample: sample.kind == name, count=lambda part: part.kinds[name],
    )  # fmt: skip


def _missing(name: str, what: str, state: State = "drifting") -> Feature:
    return Feature(
        name=name, state=state, what=what, of_reports=True,
        is_bad=lambda sample: name not in sample.flags, count=lambda part: part.kinds["report"] - part.flags[name],
    )  # fmt: skip


def _having(name: str, state: State, what: str) -> Feature:
    return Feature(
        name=name, state=state, what=what, of_reports=True,
        is_bad=lambda sample: name in sample.flags, count=lambda part: part.flags[name],
    )  # fmt: skip


STANDING = (
    _kind("wall", "blocked", "a consent page, paywall or challenge in place of the text"),
    _kind("blocked", "blocked", "refused by the site"),
    _having("paywalled", "blocked", "behind a paywall"),
    _kind("moved", "failing", "redirected to another site"),
    _kind("gone", "failing", "not found"),
    _kind("failed", "failing", "could not be fetched"),
    _missing("in_feed", "on the pages of the site, but in no feed", "failing"),
    _kind("rejected", "drifting", "no report could be read from the page"),
    _kind("duplicate", "drifting", "the same text as another report"),
    _missing("headline", "without headline"),
    _missing("headline_own", "without a headline in the page's markup"),
    _missing("authors", "without authors"),
    _missing("published_at", "without date"),
    _missing("published_own", "without a date in the page's markup"),
    _missing("summary", "without summary"),
    _missing("images", "without images"),
    _missing("sections", "without sections"),
    _missing("keywords", "without keywords"),
    _missing("source_link", "without the link to the original"),
    _having("furnished", "drifting", "with lines that other reports have too"),
)
"""The same for every source, the graver first."""

TELLING = 12
"""Reports from which on quantiles of body length mean something."""
TAILS = (0.03, 0.1, 0.3)
ODD = 0.04
"""Share of the past in the rarest classes of length: between the notes and the pieces of a source that has both."""


def length_features(past: Counter[int]) -> list[Feature]:
    """Reports shorter or longer than most of the past, and of lengths that hardly any had."""
    total = past.total()
    if total < TELLING:
        return []
    found = []
    for tail in TAILS:
        short, long = _quantile(past, tail), _quantile(past, 1 - tail)
        found.append(_length(f"short {tail:g}", "unusually short", set(range(short))))
        found.append(_length(f"long {tail:g}", "unusually long", set(range(long + 1, MOST_CLASSES))))
    likely = _likely(past)
    found.append(_resized(past, likely, "shrunk", "unusually short, as if a third of the text were left", -FACTOR))
    found.append(_resized(past, likely, "swollen", "unusually long, as if all had grown threefold", FACTOR))
    common: set[int] = set()
    held = 0
    for length, number in past.most_common():
        if held >= total * (1 - ODD):
            break
        held += number
        common |= {length - 1, length, length + 1}
    found.append(_length("odd", "of a length that reports hardly ever had", set(range(MOST_CLASSES)) - common))
    return found


FACTOR = 6
"""Classes that a text moves by that loses two thirds, or grows threefold (2 ** (6 / 4) = 2.8)."""
SURELY = 2.0
"""The most that one report can say (logarithm): what is known of the past is not surer."""
UNSEEN = 0.02
"""Share of reports that may have any length."""


def _likely(past: Counter[int]) -> dict[int, float]:
    """How likely each class of length is, near ones counted; those that are left out, `UNSEEN`."""
    found: dict[int, float] = {}
    total = past.total()
    for length, n in past.items():
        for beside, weight in ((-2, 1 / 9), (-1, 2 / 9), (0, 3 / 9), (1, 2 / 9), (2, 1 / 9)):
            found[length + beside] = found.get(length + beside, 0.0) + (1 - UNSEEN) * weight * n / total
    return {length: share + UNSEEN / MOST_CLASSES for length, share in found.items()}


def _log_ratio(likely: dict[int, float], one: int, other: int) -> float:
    least = UNSEEN / MOST_CLASSES
    return math.log(likely.get(one, least) / likely.get(other, least))


def _resized(past: Counter[int], likely: dict[int, float], name: str, what: str, by: int) -> Feature:
    """All lengths multiplied: a likelihood ratio, which also tells where a source has notes and long pieces.

    Its mean is one where nothing has happened: so the chance of a sum `h` is `exp(-h)` at most (Wald).
    """
    total = past.total()
    raw = [max(-SURELY, min(SURELY, _log_ratio(likely, c - by, c))) for c in range(MOST_CLASSES)]
    mean = math.log(sum(n * math.exp(raw[min(c, MOST_CLASSES - 1)]) for c, n in past.items()) / total)
    ratio = tuple(one - mean for one in raw)
    usual = sum(n * ratio[min(c, MOST_CLASSES - 1)] for c, n in past.items()) / total
    variance = sum(n * (ratio[min(c, MOST_CLASSES - 1)] - usual) ** 2 for c, n in past.items()) / total
    feature = _length(name, what, {c for c in range(MOST_CLASSES) if ratio[c] > 0})
    return replace(feature, ratio=ratio, variance=variance)


MOST_CLASSES = 100
"""Classes of length: 2 ** 25 words."""


def _length(name: str, what: str, classes: set[int]) -> Feature:
    return Feature(
        name=name, state="drifting", what=what, of_reports=True,
        of_length=True,
        is_bad=lambda sample: length_class(sample.words) in classes,
        count=lambda part: sum(n for length, n in part.words.items() if length in classes),
    )  # fmt: skip


def _quantile(past: Counter[int], share: float) -> int:
    reached, wanted = 0, past.total() * share
    for length in sorted(past):
        reached += past[length]
        if reached >= wanted:
            return length
    return max(past)
