"""At the end of a crawl: what it saw is written down, judged, and told where the state of the source has changed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newscrawl.extensions.notify import Change, tell
from newscrawl.health.judge import observe
from newscrawl.health.observations import Trouble
from newscrawl.health.sightings import trouble_of

if TYPE_CHECKING:
    from newscrawl.health.observations import Observations
    from newscrawl.spiders.reports import ReportSpider

logger = logging.getLogger(__name__)

MOST_EMPTY = 50
"""Endpoints that list nothing, kept by source."""


async def record_health(spider: ReportSpider) -> None:
    """Learn from a crawl that has ended; `spider.verdict` is what it says of the source. Raises StoreError.

    A crawl of part of a site, of an archive, or one that a bug of ours has cut short is no measure.
    """
    sightings, store = spider.sightings, spider.store
    if store is None or spider.internal_error or not spider.measures:
        return
    if spider.health.calm and spider.endpoints_read and sightings.saw_nothing_new(spider.health.empty):
        return
    now = datetime.now(UTC)
    seen = await store.observations.load(spider.source_id)
    facts = sightings.facts(now, _trouble(spider, seen))
    if facts.trouble is None and not spider.endpoints_read and not facts.samples:
        return  # interrupted before anything was seen
    seen.empty = sorted(sightings.now_empty(seen.empty))[:MOST_EMPTY]
    drifted = set(seen.alarms)
    spider.verdict = verdict = observe(seen, facts)
    await store.observations.save(spider.source_id, seen, verdict, now)
    if verdict.state == "drifting" and (fresh := [seen.alarms[name] for name in seen.alarms.keys() - drifted]):
        number = await store.observations.suspect(spider.source_id, min(alarm.since for alarm in fresh))
        logger.warning("%s: drifting: %s; %d reports are marked as suspect", spider.source_id, verdict.reason, number)
    before = await store.observations.claim_telling(spider.source_id, verdict)
    if before is not None:
        change = Change(source=spider.source_id, before=before, verdict=verdict, at=now)
        await tell(change, spider.crawler.settings)


def _trouble(spider: ReportSpider, seen: Observations) -> Trouble | None:
    """Why the crawl as a whole saw nothing."""
    if spider.endpoints_read == 0:
        said = [*spider.endpoint_errors, *(one for one in (spider.failure, spider.unavailable) if one)]
        return trouble_of(said, spider.domains)
    if seen.reports_seen and spider.sightings.lists_nothing(seen.empty, spider.endpoints.not_due):
        return Trouble(kind="failing", reason="its pages and feeds list no report any more")
    return None
