"""WebSub (W3C Recommendation, 23 January 2018), as a subscriber: hubs tell us that a feed has something new.

A push is taken as "this endpoint is due now" and no more: what it carries is not read, the endpoint is asked as always.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from twisted.web import resource, server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.http import Response
    from twisted.internet.interfaces import IListeningPort
    from twisted.python.failure import Failure

    from newscrawl.discovery.hints import Hints
    from newscrawl.store.subscriptions import Subscription, SubscriptionStore

LEASE = timedelta(days=10)
"""What we ask for; the hub decides."""
UNSTATED_LEASE = timedelta(days=1)
"""Where the hub names none, as some older than the Recommendation do."""
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=60)
MAX_PUSH = 4 * 1024 * 1024
"""Bytes of a push that are read, which is for its signature alone."""
_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}

logger = logging.getLogger(__name__)


def is_signed(secret: str, header: str | None, body: bytes) -> bool:
    """Whether X-Hub-Signature (section 7.1) is that of a body: `sha256=...`, or another digest that hubs may use."""
    method, _, given = (header or "").partition("=")
    digest = _DIGESTS.get(method.strip().lower())
    if digest is None:
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, digest).hexdigest(), given.strip().lower())


def lease_of(stated: str | None) -> timedelta:
    """The lease that a hub names in seconds, within bounds: nothing it says makes us ask it all the time, or never."""
    if not stated or not stated.isascii() or not stated.isdigit():
        return UNSTATED_LEASE
    return min(max(timedelta(seconds=int(stated[:9])), SHORTEST_LEASE), LONGEST_LEASE)


# -- asking the hub ----------------------------------------------------------------------------------------------------


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
    """Subscribes to the feeds that name a hub, and keeps the leases."""

    def __init__(self, subscriptions: SubscriptionStore, runner: AsyncCrawlerRunner, callback_url: str) -> None:
        self.subscriptions = subscriptions
        self.runner = runner
        self.callback_url = callback_url.rstrip("/")
        self._asking: set[asyncio.Task[None]] = set()

    async def tend(self, endpoint: str, source: str, hints: Hints) -> bool:
        """See to the subscription of an endpoint, after it was asked. True while its hub has promised to push.

        Nobody waits for the hub, which may be slow: what it promises is known the next time.
        """
        now = datetime.now(UTC)
        if hints.hub is None:
            return False  # a hub that the feed no longer names is not renewed, and not relied on
        topic = hints.topic or endpoint
        known = await self.subscriptions.of(endpoint)
        if known is None or (known.hub, known.topic) != (hints.hub, topic) or known.is_due(now):
            known = await self.subscriptions.begin(endpoint, source, topic, hints.hub)
            task = asyncio.get_running_loop().create_task(self._subscribe(known))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return known.is_live(now)

    async def settled(self) -> None:
        """Returns when no hub is being asked."""
        while self._asking:
            await asyncio.wait(self._asking)

    async def _subscribe(self, subscription: Subscription) -> None:
        try:
            trouble = await self._ask(subscription)
            if trouble is None:
                return
            logger.warning("%s: hub %s: %s", subscription.endpoint, subscription.hub, trouble)
            known = await self.subscriptions.find(subscription.id)  # it may have verified, and failed after that
            if known is not None and not known.is_live(datetime.now(UTC)):
                await self.subscriptions.refused(subscription.id, trouble)
        except Exception:  # the endpoint is polled all the same
            logger.exception("%s: hub %s could not be asked", subscription.endpoint, subscription.hub)

    async def _ask(self, subscription: Subscription) -> str | None:
        """Section 5.1. Returns why the hub did not take it."""
        form = {
            "hub.mode": "subscribe",
            "hub.topic": subscription.topic,
            "hub.callback": f"{self.callback_url}/{subscription.id}",
            "hub.secret": subscription.secret,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        crawler = self.runner.create_crawler(HubSpider)
        await self.runner.crawl(crawler, hub=subscription.hub, form=form)
        spider = crawler.spider
        return spider.trouble if isinstance(spider, HubSpider) else "the request could not be made"


# -- hearing from it ---------------------------------------------------------------------------------------------------


class Callback(resource.Resource):
    """What hubs call. The last part of the path is the subscription's id; a proxy before us may change the rest."""

    isLeaf = True  # noqa: N815  Twisted's name

    def __init__(self, subscriptions: SubscriptionStore, on_push: Callable[[str, str], Awaitable[None]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.subscriptions = subscriptions
        self.on_push = on_push
        self._running: set[asyncio.Task[None]] = set()

    def render_GET(self, request: server.Request) -> int:  # noqa: N802  Twisted's name
        return self._later(request, self._verify(request))

    def render_POST(self, request: server.Request) -> int:  # noqa: N802
        return self._later(request, self._take_push(request))

    def _later(self, request: server.Request, answer: Coroutine[Any, Any, tuple[int, bytes]]) -> int:
        async def finish() -> None:
            try:
                status, body = await answer
            except Exception:
                logger.exception("a hub's call could not be answered")
                status, body = 500, b""
            if request.channel is not None:  # it has not hung up
                request.setResponseCode(status)
                request.setHeader("Content-Type", "text/plain; charset=utf-8")
                request.setHeader("X-Content-Type-Options", "nosniff")
                request.write(body)
                request.finish()

        task = asyncio.get_running_loop().create_task(finish())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return server.NOT_DONE_YET

    async def _verify(self, request: server.Request) -> tuple[int, bytes]:
        """Section 5.3: the hub asks whether it was we who asked. Section 5.2: or it says that it will not push."""
        subscription = await self.subscriptions.find(_id_of(request))
        mode, topic = _argument(request, "hub.mode"), _argument(request, "hub.topic")
        if subscription is None or topic != subscription.topic:
            return 404, b""
        if mode == "denied":
            reason = (_argument(request, "hub.reason") or "no reason given")[:200]
            await self.subscriptions.refused(subscription.id, f"denied: {reason}")
            return 200, b""
        challenge = _argument(request, "hub.challenge")
        if mode != "subscribe" or not challenge or subscription.state == "refused":
            return 404, b""  # we never unsubscribe: a lease that is not renewed ends
        await self.subscriptions.verified(subscription.id, lease_of(_argument(request, "hub.lease_seconds")))
        return 200, challenge.encode()

    async def _take_push(self, request: server.Request) -> tuple[int, bytes]:
        """Section 7. A wrong signature is answered like a right one (section 7.1), and is nothing to us."""
        subscription = await self.subscriptions.find(_id_of(request))
        if subscription is None or not subscription.is_live(datetime.now(UTC)):
            return 410, b""  # section 6.3: the hub may end the subscription
        body = request.content.read() if request.content is not None else b""
        if is_signed(subscription.secret, request.getHeader("X-Hub-Signature"), body):
            await self.on_push(subscription.source, subscription.endpoint)
        else:
            logger.warning("a push for %s without the right signature is ignored", subscription.endpoint)
        return 202, b""


class BoundedRequest(server.Request):
    """Hangs up on a body that is longer than any push."""

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        if self.content is not None and self.content.tell() + len(data) > MAX_PUSH:
            self.loseConnection()  # type: ignore[no-untyped-call]
            return
        super().handleContentChunk(data)  # type: ignore[no-untyped-call]


def listen(
    address: str, subscriptions: SubscriptionStore, on_push: Callable[[str, str], Awaitable[None]]
) -> IListeningPort:
    """Listen for hubs at `host:port`, in the running reactor; `stopListening()` of what is returned ends it.

    Raises ValueError where the address is none, OSError or Twisted's CannotListenError where it is not to be had.
    """
    # Installed by Scrapy; importing it earlier would install another one.
    from twisted.internet import reactor  # noqa: PLC0415

    host, _, port = address.rpartition(":")
    if not port.isdigit():
        msg = f"NEWSCRAWL_LISTEN: {address!r} is no address; write for example 127.0.0.1:8686"
        raise ValueError(msg)
    site = server.Site(Callback(subscriptions, on_push), requestFactory=BoundedRequest, timeout=60)
    site.displayTracebacks = False
    port_ = cast("Any", reactor).listenTCP(int(port), site, interface=host.strip("[]"))
    return cast("IListeningPort", port_)


def _id_of(request: server.Request) -> str:
    return request.path.rpartition(b"/")[2].decode("latin-1")


def _argument(request: server.Request, name: str) -> str | None:
    values = (request.args or {}).get(name.encode())
    return values[0].decode("utf-8", "replace") if values else None
