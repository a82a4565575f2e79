"""What endpoints say of how often it is worth to ask them, and of the hub that tells when something is new."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What a feed and the headers of its answer say. Publishers set this once and forget it: a first guess, no more."""

    max_age: float | None = None
    """Seconds, `max-age` of Cache-Control (RFC 9111, section 5.2.2.1)."""
    every: float | None = None
    """Seconds between updates by the feed: `ttl` (RSS 2.0), `sy:updatePeriod` over `sy:updateFrequency` (RSS 1.0)."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day in UTC without updates (RSS 2.0)."""
    skip_days: tuple[int, ...] = ()
    """Days of the week without updates, Monday is 0 (RSS 2.0)."""
    hub: str | None = None
    """URL of its WebSub hub."""
    topic: str | None = None
    """The URL by which the hub knows the feed (`rel=self`)."""
