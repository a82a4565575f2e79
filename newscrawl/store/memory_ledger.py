"""The ledger of a dry run: remembers nothing beyond the crawl, and writes nothing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.identity.keys import report_id
from newscrawl.store.ledger import CrawlLedger, Fetched, Known, Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newscrawl.items import Entry
    from newscrawl.store.connection import Document


class MemoryLedger(CrawlLedger):
    """Same questions, no database."""

    def __init__(self, source: str, crawl_id: str) -> None:
        self.source = source
        self.crawl_id = crawl_id
        self.recheck = ()
        self.open: dict[str, Taken] = {}
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self._met: set[str] = set()
        self._ended: dict[str, str] = {}
        self.watch = None

    async def pending(self, limit: int) -> list[Taken]:  # noqa: ARG002
        return []

    async def rechecks(self, limit: int) -> list[Taken]:  # noqa: ARG002
        return []

    async def _announce(
        self,
        entries: Sequence[Entry],
        via: str,
        *,
        force: bool,  # noqa: ARG002
        source: str,  # noqa: ARG002
    ) -> list[Taken]:
        now = datetime.now(UTC)
        taken = [Taken(id=report_id(e.url), url=e.url, entry=e, via=via, first_seen_at=now) for e in entries]
        fresh = {one.id: one for one in taken if one.id not in self._met}
        self._hold(fresh.values())
        return list(fresh.values())

    async def refuse(self, refused: Sequence[tuple[str, str]], via: str) -> None:  # noqa: ARG002
        for url, reason in dict(refused).items():
            if url not in self._met:
                self._met.add(url)
                self.counts["rejected"] += 1
                self.reasons[f"rejected: {reason}"] += 1

    async def _write(self, id_: str, values: Document, *, modified_seen: datetime | None) -> bool:  # noqa: ARG002
        return True

    async def endpoints(self) -> list[Known]:
        return []

    async def record_endpoint(self, url: str, kind: str, fetched: Fetched, *, error: str | None = None) -> None:
        pass

    async def note_endpoints(self, endpoints: Sequence[tuple[str, str]]) -> None:
        pass

    async def outcomes(self) -> dict[str, int]:
        return {outcome: number for outcome, number in self.summary().items() if number and outcome != "discovered"}
