"""WebSub (W3C Recommendation, 23 January 2018), as a subscriber: hearing from hubs that a feed has something new.

A push is taken as "this endpoint is due now" and no more: what it carries is not read, the endpoint is asked as always.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import hmac
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from twisted.internet.error import CannotListenError
from twisted.web import resource, server

from newscrawl.schedule.crawl_source import bounds_of
from newscrawl.schedule.hubs import Hubs
from newscrawl.schedule.rhythm import Rhythm, when_pushed
from newscrawl.sources import Source, SourceError, load_source

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine

    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import BaseSettings

    from newscrawl.store.store import Store
    from newscrawl.store.subscriptions import Subscription

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


class Callback(resource.Resource):
    """What hubs call. The last part of the path is the subscription's id; a proxy before us may change the rest."""

    isLeaf = True  # noqa: N815  Twisted's name

    def __init__(self, store: Store, settings: BaseSettings) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.store = store
        self.subscriptions = store.subscriptions
        self.settings = settings
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
        if not challenge:
            return 404, b""
        if mode == "subscribe" and subscription.state in ("asked", "live"):
            await self.subscriptions.verified(subscription.id, lease_of(_argument(request, "hub.lease_seconds")))
        elif mode == "unsubscribe" and subscription.state == "leaving":
            await self.subscriptions.forget(subscription.id)
        else:
            return 404, b""
        return 200, challenge.encode()

    async def _take_push(self, request: server.Request) -> tuple[int, bytes]:
        """Section 7. A wrong signature is answered like a right one (section 7.1), and is nothing to us."""
        subscription = await self.subscriptions.find(_id_of(request))
        if subscription is None or not subscription.is_live(datetime.now(UTC)):
            return 410, b""  # section 6.3: the hub may end the subscription
        body = request.content.read() if request.content is not None else b""
        if is_signed(subscription.secret, request.getHeader("X-Hub-Signature"), body):
            await self._make_due(subscription)
        else:
            logger.warning("a push for %s without the right signature is ignored", subscription.endpoint)
        return 202, b""

    async def _make_due(self, subscription: Subscription) -> None:
        now, endpoint = datetime.now(UTC), subscription.endpoint
        rhythms = await self.store.polls.rhythms([endpoint])
        bounds = bounds_of(self._source(subscription.source), self.settings)
        # Not at once: a hub that floods us gets no more than the floor, and never past Retry-After.
        at = when_pushed(Rhythm.from_document(rhythms.get(endpoint)), now, bounds)
        await self.subscriptions.pushed(subscription.id)
        await self.store.polls.due(endpoint, at)
        await self.store.sources.make_due(subscription.source, at)

    def _source(self, id_: str) -> Source:
        """As its file says; with the usual bounds, where the file is on another machine alone."""
        try:
            return load_source(Path(self.settings["NEWSCRAWL_SOURCES"]) / f"{id_}.toml")
        except SourceError:
            return Source(id=id_)


class BoundedRequest(server.Request):
    """Hangs up on a body that is longer than any push."""

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        if self.content is not None and self.content.tell() + len(data) > MAX_PUSH:
            self.loseConnection()  # type: ignore[no-untyped-call]
            return
        super().handleContentChunk(data)  # type: ignore[no-untyped-call]


class WebSub:
    """What a process does that subscribes: it asks hubs, and listens for them."""

    def __init__(self, store: Store, runner: AsyncCrawlerRunner) -> None:
        """Raises ValueError where NEWSCRAWL_CALLBACK_URL or NEWSCRAWL_LISTEN cannot be used."""
        url: str = runner.settings["NEWSCRAWL_CALLBACK_URL"]
        if not url.startswith(("http://", "https://")):
            msg = f"NEWSCRAWL_CALLBACK_URL: {url!r} is no web address; write for example https://crawler.example/websub"
            raise ValueError(msg)
        self.hubs = Hubs(store, runner, url)
        self._site = server.Site(Callback(store, runner.settings), requestFactory=BoundedRequest, timeout=60)
        self._site.displayTracebacks = False
        self._address: str = runner.settings["NEWSCRAWL_LISTEN"]
        self._port: Any = None
        self._told = False
        self._listen()

    async def look_after(self, ids: Collection[str]) -> None:
        """Every half a minute: listen, if who did so at our address has ended; see to the subscriptions."""
        self._listen()
        await self.hubs.look_after(ids)

    def stop(self) -> None:
        """Listen no longer."""
        if self._port is not None:
            self._port.stopListening()

    def _listen(self) -> None:
        if self._port is not None:
            return
        # Installed by Scrapy; importing it earlier would install another one.
        from twisted.internet import reactor  # noqa: PLC0415

        host, _, port = self._address.rpartition(":")
        if not port.isdigit():
            msg = f"NEWSCRAWL_LISTEN: {self._address!r} is no address; write for example 127.0.0.1:8686"
            raise ValueError(msg)
        try:
            self._port = cast("Any", reactor).listenTCP(int(port), self._site, interface=host.strip("[]"))
        except CannotListenError as error:
            if getattr(error.socketError, "errno", None) != errno.EADDRINUSE:
                msg = f"NEWSCRAWL_LISTEN: cannot listen at {self._address}: {error.socketError}"
                raise ValueError(msg) from error
            if not self._told:  # another process of ours, as a rule: any may answer, all is in the database
                logger.warning("%s is taken; hubs are answered by whoever listens there", self._address)
                self._told = True


def _id_of(request: server.Request) -> str:
    return request.path.rpartition(b"/")[2].decode("latin-1")


def _argument(request: server.Request, name: str) -> str | None:
    values = (request.args or {}).get(name.encode())
    return values[0].decode("utf-8", "replace") if values else None
