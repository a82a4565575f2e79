from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.integration.schedule.conftest import site_of

if TYPE_CHECKING:
    from tests.integration.schedule.conftest import Scheduled

EMPTY_FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Late</title></channel></rss>'
EMPTY_PAGE = "<html><head><title>News</title></head><body><p>Come back later.</p></body></html>"


def crawl_only(scheduled: Scheduled, source: str, endpoint: str) -> dict[str, Any]:
    """Crawl one endpoint that alone is due; what health remembers after that."""
    database = scheduled.store.connection.database
    now = datetime.now(UTC)

    async def make_due() -> None:
        await database.urls.update_many(
            {"source": source, "kind": {"$ne": "report"}}, {"$set": {"poll_at": now + timedelta(hours=1)}}
        )
        done = await database.urls.update_one({"source": source, "url": endpoint}, {"$set": {"poll_at": now}})
        assert done.matched_count == 1
        await database.sources.update_one({"_id": source}, {"$set": {"due_at": now}})

    async def remembered() -> dict[str, Any]:
        return dict(await database.observations.find_one({"_id": source}) or {})

    scheduled.do(make_due)
    assert scheduled.crawl(source, scheduled.claim(source)).state == "done"
    return scheduled.do(remembered)  # type: ignore[no-any-return]


def test_an_empty_endpoint_that_alone_is_due_is_no_outage(scheduled: Scheduled) -> None:
    with site_of("abc") as site:
        site.pages["/late.xml"] = EMPTY_FEED
        scheduled.write_source("late", site, f'feeds = ["{site.url}/late.xml"]')
        assert scheduled.crawl("late", scheduled.claim("late")).counts["stored"] == 3
        after_feed = crawl_only(scheduled, "late", f"{site.url}/late.xml")
        assert ("down" in after_feed, after_feed["empty"]) == (False, [f"{site.url}/late.xml"])
        site.pages["/"] = EMPTY_PAGE
        for number in (1, 2):  # the second time it answers with the same bytes
            after_front = crawl_only(scheduled, "late", f"{site.url}/")
            assert (after_front["down"]["reason"], after_front["down_crawls"]) == (
                "its pages and feeds list no report any more",
                number,
            )
