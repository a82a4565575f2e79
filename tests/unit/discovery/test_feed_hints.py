from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newscrawl.discovery.feeds import read_feed

if TYPE_CHECKING:
    from newscrawl.discovery.hints import Hints

URL = "http://gazette.example/feed"


def hints_of(feed: str) -> Hints:
    return read_feed(feed.encode(), URL, datetime(2026, 1, 1, tzinfo=UTC)).hints


def rss(inner: str) -> str:
    return (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Gazette</title>{inner}</channel></rss>'
    )


@pytest.mark.parametrize(
    ("inner", "every"),
    [
        ("<ttl>60</ttl>", 3600.0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900.0),
        ("<sy:updatePeriod> daily </sy:updatePeriod>", 86_400.0),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>999999999</ttl>", 30 * 86_400.0),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3600.0),
        ("", None),
    ],
)
def test_how_often_a_feed_says_it_is_updated(inner: str, every: float | None) -> None:
    assert hints_of(rss(inner)).every == every


def test_hours_and_days_to_skip() -> None:
    hints = hints_of(
        rss(
            "<skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>x</hour></skipHours>"
            "<skipDays><day>Sunday</day><day>Saturday</day><day>Someday</day></skipDays>"
        )
    )
    assert (hints.skip_hours, hints.skip_days) == ((0, 5), (5, 6))


def test_the_hub_of_rss_atom_and_json_feeds() -> None:
    links = '<{0}link rel="hub" href="http://hub.example/"/><{0}link rel="self" href="/feed.xml"/>'
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>{links.format("")}</feed>'
    hubs = [{"type": "rssCloud", "url": "http://x.example/"}, {"type": "WebSub", "url": "http://hub.example/"}]
    json_feed = json.dumps({"items": [], "feed_url": "http://gazette.example/feed.xml", "hubs": hubs})
    for feed in (rss(links.format("atom:")), atom, json_feed):
        hints = hints_of(feed)
        assert (hints.hub, hints.topic) == ("http://hub.example/", "http://gazette.example/feed.xml")
