"""Whether two signatures are of one story."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.identity.signature import Signature

SAME = 0.60
NUMBERS_AT_LEAST, NUMBERS_SHARED, NUMBERS_BELOW = 4, 0.65, 0.90


def same_story(one: Signature, other: Signature) -> bool:
    """Whether two reports tell the same text or nearly the same text."""
    if one.version != other.version:
        return False
    contained = containment(one.sketch, other.sketch, 3)
    if contained < SAME:
        return False
    smaller = min(len(one.numbers), len(other.numbers))
    if contained < NUMBERS_BELOW and smaller >= NUMBERS_AT_LEAST:
        return len(set(one.numbers) & set(other.numbers)) >= NUMBERS_SHARED * smaller
    return True


def containment(one: bytes, other: bytes, size: int) -> float:
    """Share of the smaller of two sketches (ascending hashes of `size` bytes) that is in the other, 0 to 1.

    Both are cut to the range that both cover: the hashes above belong to a longer text's unknown rest.
    """
    if not one or not other:
        return 0.0
    mine = {one[i : i + size] for i in range(0, len(one), size)}
    theirs = {other[i : i + size] for i in range(0, len(other), size)}
    end = min(one[-size:], other[-size:])
    mine_within = sum(value <= end for value in mine)
    theirs_within = sum(value <= end for value in theirs)
    return len(mine & theirs) / min(mine_within, theirs_within)
