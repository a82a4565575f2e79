"""When a stored report is looked at again. The plan is by the report's age; it is kept as `due_at` in `urls`.

Pure functions; the ledger applies them when it closes an entry.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NEARLY = 0.8
"""A page that was looked at at 50 minutes need not be looked at again at an hour: that age counts as passed."""
GONE_APART = timedelta(hours=3)
"""Between the two looks that tell a withdrawn page from an accident: most deployments and outages are over by then."""
AFTER_WITHDRAWAL = timedelta(days=7)
"""A withdrawn page whose plan is over is looked at once more, for some come back when the lawyers are through."""


def born_at(first_seen_at: datetime, published_at: datetime | None, precision: str | None = None) -> datetime:
    """What a report's age is counted from: its publication, or when it was first met, whichever is earlier.

    Of a date without a time the end of that day counts: no report is taken for older than it is. A time in the future
    is a mistake or an announcement.
    """
    if published_at is None:
        return first_seen_at
    return min(first_seen_at, published_at + timedelta(days=1) if precision == "day" else published_at)


def next_check(born: datetime, now: datetime, ages: Sequence[timedelta]) -> datetime | None:
    """When to look again at a report that was looked at `now`: at the next of `ages` (rising) that is not yet passed.

    A report that was first seen late skips the ages it has passed. None: the plan is over.
    """
    return next((born + age for age in ages if now - born < age * NEARLY), None)
