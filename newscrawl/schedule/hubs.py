"""WebSub (W3C Recommendation, 23 January 2018), as a subscriber: asking hubs to tell us what is new in a feed."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from newscrawl.schedule.rhythm import Rhythm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.discovery.hints import Hints
    from newscrawl.store.store import Store
    from newscrawl.store.subscriptions import Subscription

LEASE = timedelta(days=10)
"""What we ask for; the hub decides."""

logger = logging.getLogger(__name__)


class HubSpider(Spider):
    """One request to a hub, as a crawl of its own: so it passes the address guard, proxies and limits as all others do.

    robots.txt is for crawlers; a hub is named by the publisher to be called.
    """

    name = "hub"
    custom_settings = {  # noqa: RUF012  Scrapy's form
        "ROBOTSTXT_OBEY": False,
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "DOWNLOAD_MAXSIZE": 65_536,
        "DOWNLOAD_DELAY": 0,
    }

    def __init__(self, hub: str, form: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hub, self.form = hub, form
        self.trouble: str | None = "no answer"
        """Why the hub has not taken the request; None where it has."""

    async def start(self) -> AsyncIterator[Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        yield Request(
            self.hub,
            method="POST",
            body=urlencode(self.form),
            headers=headers,
            callback=self.answered,
            errback=self.failed,
        )

    async def answered(self, response: Response) -> None:
        accepted = 200 <= response.status < 300  # 202 by the Recommendation
        self.trouble = None if accepted else f"answers http {response.status}"

    async def failed(self, failure: Failure) -> None:
        refused = isinstance(failure.value, IgnoreRequest)
        self.trouble = str(failure.value) if refused else f"{type(failure.value).__name__}: {failure.value}"


class Hubs:
    """Subscribes to the feeds that name a hub, keeps the leases, and ends what is no longer wanted."""

    def __init__(self, store: Store, runner: AsyncCrawlerRunner, callback: str) -> None:
        self.store = store
        self.subscriptions = store.subscriptions
        self.runner = runner
        self.callback = callback.rstrip("/")
        self._asking: set[asyncio.Task[None]] = set()

    async def tend(self, endpoint: str, source: str, hints: Hints, appeared_since: datetime | None = None) -> bool:
        """See to the subscription of an endpoint, after it was asked. True while its hub tells us of what is new.

        `appeared_since`: the poll before, where this one has found something new. Nobody waits for the hub, which may
        be slow: what it promises is known the next time.
        """
        now = datetime.now(UTC)
        if hints.hub is None:
            return False  # a hub that the feed no longer names is not renewed, and not relied on
        wanted = (hints.hub, hints.topic or endpoint, self.callback)
        known = await self.subscriptions.of(endpoint)
        if known is None or (known.hub, known.topic, known.callback) != wanted or known.is_due(now):
            known = await self.subscriptions.begin(endpoint, source, wanted[1], hints.hub, self.callback)
            self._begin("subscribe", known)
        if appeared_since is not None and known.is_relied_on(now) and _is_before(known.pushed_at, appeared_since):
            logger.warning("%s: hub %s has not told of what is new", endpoint, known.hub)
            await self.subscriptions.missed(known.id)
            return False
        return known.is_relied_on(now)

    async def look_after(self, ids: Collection[str]) -> None:
        """See to subscriptions whose endpoints are seldom asked. `ids`: the sources that we crawl.

        Those of sources that nobody crawls any longer are ended; leases that run out are renewed, and endpoints whose
        lease has run out are asked as before.
        """
        now = datetime.now(UTC)
        served: set[str] | None = None
        for known in await self.subscriptions.all():
            if known.callback != self.callback:
                continue  # another's; or of an address that we have given up, where the next poll subscribes anew
            if known.source not in ids:
                served = await self.store.sources.served() if served is None else served
                if known.source not in served:
                    await self._leave(known, now)
            elif known.lease_until is not None and now >= known.lease_until:
                await self.subscriptions.refused(known.id, "the lease has run out")
                await self.store.polls.due(known.endpoint, now)
                await self.store.sources.make_due(known.source, now)
            elif known.is_live(now) and known.is_due(now) and await self._is_named(known):
                await self._renew(known)

    async def settled(self) -> None:
        """Returns when no hub is being asked."""
        while self._asking:
            await asyncio.wait(self._asking)

    async def _is_named(self, known: Subscription) -> bool:
        """Whether the feed still names the hub."""
        rhythms = await self.store.polls.rhythms([known.endpoint])
        return Rhythm.from_document(rhythms.get(known.endpoint)).hints.hub == known.hub

    async def _renew(self, known: Subscription) -> None:
        if await self.subscriptions.ask(known, "asked"):
            self._begin("subscribe", known)

    async def _leave(self, known: Subscription, now: datetime) -> None:
        """Ask the hub to end it. What it does not take ends with the lease: pushes are answered 410."""
        if known.lease_until is None or now >= known.lease_until:
            await self.subscriptions.forget(known.id)
        elif (known.state != "leaving" or known.is_due(now)) and await self.subscriptions.ask(known, "leaving"):
            self._begin("unsubscribe", known)

    def _begin(self, mode: Literal["subscribe", "unsubscribe"], subscription: Subscription) -> None:
        task = asyncio.get_running_loop().create_task(self._ask_and_note(mode, subscription))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask_and_note(self, mode: Literal["subscribe", "unsubscribe"], subscription: Subscription) -> None:
        try:
            trouble = await self._ask(mode, subscription)
            if trouble is None:
                return
            logger.warning("%s: hub %s: %s", subscription.endpoint, subscription.hub, trouble)
            known = await self.subscriptions.find(subscription.id)  # it may have verified, and failed after that
            if mode == "subscribe" and known is not None and not known.is_live(datetime.now(UTC)):
                await self.subscriptions.refused(subscription.id, trouble)
        except Exception:  # the endpoint is polled all the same
            logger.exception("%s: hub %s could not be asked", subscription.endpoint, subscription.hub)

    async def _ask(self, mode: Literal["subscribe", "unsubscribe"], subscription: Subscription) -> str | None:
        """Section 5.1. Returns why the hub did not take it."""
        form = {
            "hub.mode": mode,
            "hub.topic": subscription.topic,
            "hub.callback": f"{self.callback}/{subscription.id}",
        }
        if mode == "subscribe":
            form |= {"hub.secret": subscription.secret, "hub.lease_seconds": str(int(LEASE.total_seconds()))}
        crawler = self.runner.create_crawler(HubSpider)
        await self.runner.crawl(crawler, hub=subscription.hub, form=form)
        spider = crawler.spider
        return spider.trouble if isinstance(spider, HubSpider) else "the request could not be made"


def _is_before(at: datetime | None, other: datetime) -> bool:
    return at is None or at < other
