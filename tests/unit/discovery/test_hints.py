from __future__ import annotations

import pytest

from newscrawl.discovery.hints import Hints, with_headers

URL = "http://gazette.example/feed"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("public, max-age=300", 300.0),
        ("MAX-AGE = 60", 60.0),
        ("s-maxage=300", None),
        ("no-cache, max-age=0", None),
        ("max-age=soon", None),
        ("max-age=99999999999", 30 * 86_400.0),
        (None, None),
    ],
)
def test_max_age(header: str | None, seconds: float | None) -> None:
    assert with_headers(Hints(), header, [], URL).max_age == seconds


@pytest.mark.parametrize(
    "links",
    [
        ['<http://hub.example/a,b>; rel="hub", </feed.xml>; rel=self'],
        ["<http://hub.example/a,b>;rel=hub", '</feed.xml>; title="a, b"; rel="alternate self"'],
        ["<http://hub.example/a,b>; REL=HUB, <http://late.example/>; rel=hub", "</feed.xml>; rel=self"],
    ],
)
def test_link_headers(links: list[str]) -> None:
    hints = with_headers(Hints(hub="http://old.example/"), None, links, URL)
    assert (hints.hub, hints.topic) == ("http://hub.example/a,b", "http://gazette.example/feed.xml")


def test_what_headers_do_not_say_stays() -> None:
    hints = Hints(every=60.0, hub="http://hub.example/", skip_days=(6,))
    assert with_headers(hints, None, ["<ftp://hub.example/>; rel=hub", "nonsense"], URL) == hints
