"""WebSub subscriptions, in the collection `subscriptions`: one document per endpoint whose hub we have asked.

`_id` is the last part of the callback's address: random, so that nobody else knows where to push.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from newscrawl.store.connection import Connection, patiently

ASK_AGAIN = timedelta(days=1)
"""After this a hub that refused, failed or never verified is asked again."""
RENEW_BEFORE = 0.2
"""Share of the lease that is left when it is renewed: hubs may take hours to verify."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """What we have agreed with a hub, or are about to."""

    id: str
    endpoint: str
    source: str
    topic: str
    hub: str
    secret: str
    state: Literal["asked", "live", "refused", "leaving"]
    """`leaving`: the hub is asked to end it."""
    asked_at: datetime
    callback: str = ""
    """Public address of ours that the hub was given, without the id."""
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    reason: str | None = None
    """Why it was refused."""
    pushed_at: datetime | None = None
    """The last push."""
    missed_at: datetime | None = None
    """When a poll found something new of which the hub had not told."""

    def is_live(self, now: datetime) -> bool:
        """Whether the hub has promised to push; also while a renewal is under way."""
        return self.state != "leaving" and self.lease_until is not None and now < self.lease_until

    def is_relied_on(self, now: datetime) -> bool:
        """Whether the hub has promised to push, and does: many feeds name a hub that nobody tells of what is new."""
        heard, missed = self.pushed_at, self.missed_at
        return self.is_live(now) and heard is not None and (missed is None or missed < heard)

    def is_due(self, now: datetime) -> bool:
        """Whether the hub is to be asked, for the first time or again."""
        if now < self.asked_at + ASK_AGAIN and self.state != "live":
            return False
        if self.verified_at is None or self.lease_until is None:
            return True
        return now >= self.lease_until - (self.lease_until - self.verified_at) * RENEW_BEFORE


class SubscriptionStore:
    """What hubs have promised."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._subscriptions = connection.database.subscriptions

    @patiently
    async def find(self, id_: str) -> Subscription | None:
        """The subscription of a callback."""
        return _read(await self._subscriptions.find_one({"_id": {"$eq": id_}}))

    @patiently
    async def of(self, endpoint: str) -> Subscription | None:
        """The subscription of an endpoint."""
        return _read(await self._subscriptions.find_one({"endpoint": {"$eq": endpoint}}))

    @patiently
    async def all(self) -> list[Subscription]:
        """All of them."""
        return [subscription async for found in self._subscriptions.find() if (subscription := _read(found))]

    @patiently
    async def begin(self, endpoint: str, source: str, topic: str, hub: str, callback: str) -> Subscription:
        """Note that the hub is asked, before it is: it may verify before it answers.

        Id and secret stay for as long as hub, topic and callback do, so that a renewal is one.
        """
        now = datetime.now(UTC)
        known = _read(await self._subscriptions.find_one({"endpoint": {"$eq": endpoint}}))
        if known is not None and (known.hub, known.topic, known.callback) != (hub, topic, callback):
            await self._subscriptions.delete_one({"_id": known.id})
            known = None
        values = {"source": source, "topic": topic, "hub": hub, "callback": callback, "state": "asked", "asked_at": now}
        fixed = {"_id": known.id if known else secrets.token_hex(16), "secret": secrets.token_hex(32)}
        await self._subscriptions.update_one(
            {"endpoint": endpoint}, {"$set": values, "$setOnInsert": fixed, "$unset": {"reason": ""}}, upsert=True
        )
        begun = _read(await self._subscriptions.find_one({"endpoint": endpoint}))
        assert begun is not None
        return begun

    @patiently
    async def ask(self, known: Subscription, state: Literal["asked", "leaving"]) -> bool:
        """Note that the hub is asked again, or asked to end it. False where another process does so already."""
        done = await self._subscriptions.update_one(
            {"_id": known.id, "state": known.state, "asked_at": known.asked_at},
            {"$set": {"state": state, "asked_at": datetime.now(UTC)}},
        )
        return bool(done.matched_count)

    @patiently
    async def verified(self, id_: str, lease: timedelta) -> None:
        """The hub has asked back, and promises to push for so long."""
        now = datetime.now(UTC)
        values = {"state": "live", "verified_at": now, "lease_until": now + lease}
        await self._subscriptions.update_one({"_id": id_}, {"$set": values})

    @patiently
    async def refused(self, id_: str, reason: str) -> None:
        """The hub will not push."""
        await self._subscriptions.update_one(
            {"_id": id_},
            {"$set": {"state": "refused", "reason": reason}, "$unset": {"lease_until": "", "verified_at": ""}},
        )

    @patiently
    async def pushed(self, id_: str) -> None:
        """The hub has told of something new."""
        await self._subscriptions.update_one({"_id": id_}, {"$set": {"pushed_at": datetime.now(UTC)}})

    @patiently
    async def missed(self, id_: str) -> None:
        """The hub has not told of something new."""
        await self._subscriptions.update_one({"_id": id_}, {"$set": {"missed_at": datetime.now(UTC)}})

    @patiently
    async def forget(self, id_: str) -> None:
        """It has ended; the hub is told so, should it push."""
        await self._subscriptions.delete_one({"_id": id_})


def _read(document: dict[str, Any] | None) -> Subscription | None:
    return Subscription(id=document.pop("_id"), **document) if document else None
