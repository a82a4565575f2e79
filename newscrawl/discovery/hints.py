"""What endpoints say of how often it is worth to ask them, and of the hub that tells when something is new."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newscrawl.discovery.collect import first_url

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 30 * 86_400.0
"""Seconds beyond which a stated time is taken for a slip or for "never"; it is cut to this."""

_MAX_AGE = re.compile(r"""(?:^|[,\s])max-age\s*=\s*"?(\d{1,12})""", re.IGNORECASE)
# One link of a Link header (RFC 8288, section 3); a comma may be within the address.
_LINK = re.compile(r"""<([^<>]{1,2000})>((?:\s*;\s*[\w*-]{1,30}\s*=\s*(?:"[^"]{0,500}"|[^\s";,]{1,500})){0,20})""")
_RELATIONS = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))""", re.IGNORECASE)


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
    """URL of its WebSub hub (W3C Recommendation of 2018, section 4)."""
    topic: str | None = None
    """The URL by which the hub knows the feed (`rel=self`)."""


def with_headers(hints: Hints, cache_control: str | None, links: Iterable[str], base: str) -> Hints:
    """The hints of a document and of its answer's headers. `links`: values of Link, which go before the feed's own."""
    age = _MAX_AGE.search(cache_control) if cache_control else None
    named: dict[str, str] = {}
    for value in links:
        for reference, parameters in _LINK.findall(value[:8000]):
            stated = _RELATIONS.search(parameters)
            for relation in ((stated[1] or stated[2]) if stated else "").lower().split():
                if relation in ("hub", "self") and (url := first_url([(base, reference)])[0]) is not None:
                    named.setdefault(relation, url)
    return replace(
        hints,
        max_age=bounded(float(age[1])) if age else hints.max_age,
        hub=named.get("hub") or hints.hub,
        topic=named.get("self") or hints.topic,
    )


def bounded(seconds: float) -> float | None:
    """A stated time as it is used; None where it states nothing."""
    return min(seconds, LONGEST) if seconds > 0 else None
