"""What travels through the pipelines: a report, and the ledger entry that it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from newscrawl.identity.signature import Signature  # noqa: TC001
from newscrawl.items import Report, Suspect  # noqa: TC001  (fields of an item are inspected at run time)
from newscrawl.store.ledger import Fetched  # noqa: TC001

if TYPE_CHECKING:
    from newscrawl.extraction.body.boilerplate import Memory
    from newscrawl.health.sightings import Sightings
    from newscrawl.store.ledger import CrawlLedger
    from newscrawl.store.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportItem:
    """A report on its way to the store."""

    report: Report
    entry_id: str
    """Which entry of the ledger it ends."""
    fetched: Fetched
    rejection: str | None = None
    """Why the page is no report, by what the page itself shows."""
    suspects: tuple[Suspect, ...] = ()
    """Lines of the page that may be boilerplate."""
    whole_hash: str | None = None
    """Content hash of the text with the boilerplate that was left out."""
    signature: Signature | None = None
    """Of the text, where it was made already."""
    outcome: Literal["stored", "updated"] | None = None
    """How it ended, behind the store."""
    note: str | None = None
    """What the ledger is to say of a report that is stored: which of its pages is missing."""


class Crawl(Protocol):
    """What the pipelines need of the spider."""

    store: Store | None
    """None in a dry run."""
    ledger: CrawlLedger
    source_id: str
    only_due: bool
    """Whether it asks some endpoints only, as a schedule does many times a minute."""
    boilerplate: Memory | None
    """What the crawl knows of its source's boilerplate; None where nothing is to be learned, as in imports."""

    sightings: Sightings | None
    """What counts for the health of the source; None where nothing does, as in imports."""

    async def check_claim(self) -> None:
        """Raises LostError where another crawl has taken over: then nothing more of this one is to be stored."""

    def fail(self, message: str) -> None:
        """End the crawl: something cannot be saved."""
