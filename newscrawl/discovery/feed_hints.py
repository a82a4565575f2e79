"""The hints of a feed: how often it is updated by its own word, and its hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.discovery.collect import first_url
from newscrawl.discovery.hints import LONGEST, Hints, bounded
from newscrawl.discovery.lenient_xml import children_of, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_PERIODS = {"hourly": 3600.0, "daily": 86_400.0, "weekly": 7 * 86_400.0, "monthly": LONGEST, "yearly": LONGEST}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_feed_hints(head: dict[str, list[_Element]], base: str) -> Hints:
    """The hints of an RSS or Atom feed. `head`: what its channel or feed element holds, by name."""
    return Hints(
        every=_stated_period(head),
        skip_hours=tuple(
            sorted({hour % 24 for text in _inner(head, "skiphours") if (hour := _whole(text)) is not None})
        ),
        skip_days=tuple(
            sorted({_DAYS.index(day) for text in _inner(head, "skipdays") if (day := text.lower()) in _DAYS})
        ),
        hub=_linked(head, base, "hub"),
        topic=_linked(head, base, "self"),
    )


def _stated_period(head: dict[str, list[_Element]]) -> float | None:
    """Seconds. A ttl is in minutes."""
    minutes = _whole(text_of(head.get("ttl", ())))
    if minutes:
        return bounded(minutes * 60.0)
    period = text_of([*head.get("sy:updateperiod", ()), *head.get("updateperiod", ())]).lower()
    if period not in _PERIODS:
        return None
    times = _whole(text_of([*head.get("sy:updatefrequency", ()), *head.get("updatefrequency", ())])) or 1
    return bounded(_PERIODS[period] / times)


def _inner(head: dict[str, list[_Element]], name: str) -> list[str]:
    return [text_of([one]) for element in head.get(name, ()) for ones in children_of(element).values() for one in ones]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _linked(head: dict[str, list[_Element]], base: str, relation: str) -> str | None:
    links = [e for e in head.get("link", ()) if relation in e.get("rel", "").lower().split() and e.get("href")]
    return first_url([(base, element.get("href", "")) for element in links])[0]
