"""Pages of stored reports that are gone: which of them are withdrawn is judged at the end of the crawl.

One 404 may be an accident, many at once are an outage. So the entries are held, pending, until all pages have answered:
410 says "gone for good" (RFC 9110, section 15.5.11) and is believed at once; 404, and a page that says in words that it
is not there, are believed when they are found again hours later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from newscrawl.store.rechecks import AFTER_WITHDRAWAL, GONE_APART, next_check

if TYPE_CHECKING:
    from newscrawl.store.ledger import CrawlLedger, Fetched, Taken
    from newscrawl.store.withdrawals import WithdrawalStore

OUTAGE = 5
"""Stored pages that must be gone before it can be an outage: a newsroom may withdraw a few reports in a day ..."""
OUTAGE_SHARE = 0.5
"""... but hardly more than half of the report pages that a crawl asks for."""

Verdict = Literal["outage", "doubtful", "withdrawn"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """A page of a stored report that was not there."""

    taken: Taken
    fetched: Fetched
    how: str
    """`http 404`, `http 410` or `soft 404`."""


def judge(gone: Gone, now: datetime, *, gone_pages: int, live_pages: int, site_down: bool = False) -> Verdict:
    """What to make of a page that is gone, where in one crawl so many pages of reports were gone and so many there.

    `site_down`: none of the site's endpoints could be read either.
    """
    if site_down:
        return "outage"
    if gone_pages >= OUTAGE and gone_pages > OUTAGE_SHARE * (gone_pages + live_pages):
        return "outage"
    since = gone.taken.gone_since
    confirmed = since is not None and now - since >= GONE_APART
    return "withdrawn" if gone.how == "http 410" or confirmed else "doubtful"


class GonePages:
    """Those of one crawl."""

    def __init__(self) -> None:
        self.held: list[Gone] = []
        self.live = 0
        """Report pages that were there."""

    async def settle(self, ledger: CrawlLedger, withdrawals: WithdrawalStore, *, site_down: bool) -> str | None:
        """Close the entries that were held, and mark reports as withdrawn. Returns what the crawl has to say of it."""
        held, self.held = self.held, []
        if not held:
            return None
        now = datetime.now(UTC)
        marked = await withdrawals.marked({_report(one) for one in held})
        fresh = [one for one in held if _report(one) not in marked]
        counts = {"gone_pages": len(fresh), "live_pages": self.live}
        verdicts = {one.taken.id: judge(one, now, site_down=site_down, **counts) for one in fresh}
        sure = [(_report(one), one.taken.url) for one in fresh if verdicts[one.taken.id] == "withdrawn"]
        nowhere = await withdrawals.gone_everywhere(sure, now) if sure else set()
        await withdrawals.mark(nowhere, now)
        for one in held:
            if _report(one) in marked:
                await _still_withdrawn(one, ledger, now)
            else:
                await _close(one, verdicts[one.taken.id], ledger, now, nowhere=_report(one) in nowhere)
        if "outage" not in verdicts.values():
            return None
        pages = len(fresh) + self.live
        return f"{len(fresh)} of {pages} report pages are gone: taken for an outage, no report is marked as withdrawn"


async def _close(one: Gone, verdict: Verdict, ledger: CrawlLedger, now: datetime, *, nowhere: bool) -> None:
    taken, since = one.taken, one.taken.gone_since or now
    if verdict == "outage":
        await ledger.close(taken.id, "failed", f"{one.how}, as most pages: an outage?", fetched=one.fetched)
    elif verdict == "doubtful":
        reason = f"{one.how}: withdrawn if it is so again {GONE_APART.seconds // 3600} hours later"
        await ledger.close(taken.id, "failed", reason, fetched=one.fetched, gone_since=since)
    elif not nowhere:
        reason = f"{one.how}, but the report is at another address too"
        await ledger.close(taken.id, "unchanged", reason, fetched=one.fetched, report=taken.report, gone_since=since)
    else:
        due_at = next_check(taken.born_at or taken.first_seen_at, now, ledger.recheck) or now + AFTER_WITHDRAWAL
        await ledger.close(
            taken.id, "updated", f"withdrawn: {one.how}",
            fetched=one.fetched, report=taken.report, gone_since=since, due_at=due_at,
        )  # fmt: skip


async def _still_withdrawn(one: Gone, ledger: CrawlLedger, now: datetime) -> None:
    await ledger.close(
        one.taken.id, "unchanged", f"still withdrawn: {one.how}",
        fetched=one.fetched, report=one.taken.report, gone_since=one.taken.gone_since or now,
    )  # fmt: skip


def _report(gone: Gone) -> str:
    assert gone.taken.report is not None
    return gone.taken.report
