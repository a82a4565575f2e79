from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.health.sightings import Sightings, kind_of, trouble_of
from newscrawl.items import Report

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (("stored", None, 200), "report"),
        (("updated", None, 200), None),
        (("unchanged", None, 304), None),
        (("pending", "robots.txt: timeout", None), None),
        (("duplicate", "same text as 0af", 200), "duplicate"),
        (("duplicate", "redirects to another URL", 301), None),
        (("rejected", "consent or bot wall", 200), "wall"),
        (("failed", "http 402", 402), "wall"),
        (("failed", "http 429", 429), "blocked"),
        (("failed", "http 451", 451), "blocked"),
        (("rejected", "disallowed by robots.txt", None), "blocked"),
        (("rejected", "redirects to another site", 301), "moved"),
        (("failed", "http 404", 404), "gone"),
        (("rejected", "no body", 200), "rejected"),
        (("failed", "timeout", None), "failed"),
    ],
)
def test_what_an_end_says(end: tuple[str, str | None, int | None], kind: str | None) -> None:
    assert kind_of(*end) == kind


def test_a_report_with_its_fields_and_the_feed_that_has_it() -> None:
    sightings = Sightings()
    for id_ in ("a", "b"):
        report = Report(id=id_, url="https://a.example/1", source="a", headline="H", body="one two", authors=("X",),
                        provenance={"headline": "entry"}, free_access=False, first_seen_at=NOW)  # fmt: skip
        sightings.note_report(id_, report, furnished=False)
        sightings.note_end(id_, "stored", None, at=NOW, status=200, target=None)
    sightings.note_listing("https://a.example/feed", "feed", ["a"], new=1)
    first, second = sightings.facts(NOW, None).samples
    assert first.flags == {"headline", "authors", "paywalled", "in_feed"}
    assert second.flags == {"headline", "authors", "paywalled"}
    assert first.words == 2


def test_without_a_feed_none_lacks_the_report() -> None:
    sightings = Sightings()
    sightings.note_end("a", "stored", None, at=NOW, status=200, target=None)
    assert "in_feed" in sightings.facts(NOW, None).samples[0].flags


HOME, FEED = "https://a.example/", "https://a.example/feed"


def test_a_site_that_lists_nothing() -> None:
    sightings = Sightings()
    sightings.note_listing(HOME, "section", [], new=0)
    assert sightings.lists_nothing([])
    sightings.note_unchanged(FEED)
    assert not sightings.lists_nothing([])
    assert sightings.lists_nothing([FEED])  # it listed nothing before either


def test_an_empty_endpoint_that_alone_was_due() -> None:
    sightings = Sightings()
    sightings.note_listing(HOME, "section", [], new=0)
    assert not sightings.lists_nothing([], others=[FEED])
    assert sightings.lists_nothing([FEED], others=[FEED])
    assert not sightings.saw_nothing_new([])
    assert sightings.saw_nothing_new([HOME])


def test_an_endpoint_that_lists_again() -> None:
    sightings = Sightings()
    sightings.note_listing(HOME, "section", ["a"], new=0)
    assert sightings.now_empty([HOME, FEED]) == {FEED}
    assert not sightings.saw_nothing_new([HOME])


@pytest.mark.parametrize(
    ("error", "kind", "target"),
    [
        ("https://a.example/: answers http 403", "blocked", None),
        ("https://a.example/: answers http 503", "failing", None),
        ("a.example: redirects to another site; crawl https://www.b.example/x if you mean that", "moved", "b.example"),
        ("https://a.example/feed: redirects to 'https://b.example/feed'", "moved", "b.example"),
        ("https://a.example/feed: redirects to 'https://www.a.example/login'", "failing", None),
    ],
)
def test_why_nothing_could_be_read(error: str, kind: str, target: str | None) -> None:
    trouble = trouble_of([error], ["a.example"])
    assert trouble is not None
    assert (trouble.kind, trouble.target) == (kind, target)
