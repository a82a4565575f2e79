"""Report pages waiting to be fetched in this crawl. The ledger has them too: this is the order, not the memory."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.store.ledger import Taken

NO_LIMIT = 1_000_000

STALE = 5
"""Pages in a row that are gone (404, 410), after which the uncertain rest that the same endpoint named is left pending:
an old front page saved somewhere links to hundreds of them."""


class ReportQueue:
    """Hands out report pages within a budget, a few at a time."""

    def __init__(self, budget: int, window: int, rechecks: int = NO_LIMIT) -> None:
        self.budget = budget
        self.rechecks = rechecks
        """How many of them may be pages of stored reports."""
        self.window = window
        """How many may be in flight: enough to keep the site's slot busy."""
        self.in_flight: set[str] = set()
        self.handed_out: set[str] = set()
        self.left_stale = 0
        self._heap: list[tuple[bool, bool, float, int, Taken]] = []
        self._count = 0
        self._gone: Counter[str] = Counter()

    def add(self, taken: Taken) -> None:
        """Put an entry in its place: what is not stored yet first, of that certain ones, then the newest."""
        at = taken.entry.published_at or taken.entry.modified_at
        self._count += 1
        known = taken.report is not None
        order = (known, not taken.entry.certain, -at.timestamp() if at else 0.0, self._count)
        heapq.heappush(self._heap, (*order, taken))

    def pop(self, *, rechecks: bool = True) -> Taken | None:
        """The next entry to fetch, or None: nothing waits, enough are in flight, or the budget is spent.

        `rechecks`: whether pages of stored reports may be handed out, which come last.
        """
        while self._heap and len(self.in_flight) < self.window and self.budget > 0:
            if self._heap[0][0]:
                if not rechecks or self.rechecks <= 0:
                    return None
                self.rechecks -= 1
            taken = heapq.heappop(self._heap)[-1]
            if self._gone[taken.via] >= STALE and not taken.entry.certain:
                self.left_stale += 1
                continue
            self.budget -= 1
            self.handed_out.add(taken.id)
            return taken
        return None

    def fetched(self, taken: Taken) -> None:
        """An entry is no longer in flight."""
        self.in_flight.discard(taken.id)

    def answered(self, taken: Taken, *, gone: bool) -> None:
        """Whether there is still a page where an endpoint said so."""
        self._gone[taken.via] = self._gone[taken.via] + 1 if gone else 0
