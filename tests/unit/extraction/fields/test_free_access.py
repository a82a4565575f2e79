# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from newscrawl.extraction.report import read_report

TEXT = "The old pier opened again on Monday after two years of repair, the harbour office said in the evening."


def free_access(after: str = "", head: str = "", paragraphs: int = 5, tail: str = "") -> bool | None:
    text = "".join(f"<p>{TEXT} That was part {n} of it.</p>" for n in range(paragraphs))
    page = f"<html><head>{head}</head><body><article><h1>The old pier opens again</h1>{text}{after}</article>{tail}</body></html>"
    found = read_report(page.encode(), "https://x.example/2025/pier", source="x", now=datetime(2026, 1, 1, tzinfo=UTC))
    return found.report.free_access


def jsonld(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Pier", **values})}</script>'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (jsonld(isAccessibleForFree=False), False),
        (jsonld(isAccessibleForFree="False"), False),
        (jsonld(isAccessibleForFree="http://schema.org/True"), None),
        (jsonld(isAccessibleForFree=True), True),
        (jsonld(hasPart={"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"}), False),
        (jsonld(isAccessibleForFree=[7]), None),
        ('<meta property="article:content_tier" content="locked">', False),
        ('<meta property="article:content_tier" content="metered">', None),
        ('<meta name="cXenseParse:is-premium" content="true">', False),
        ('<meta name="premium" content="no">', True),
        (jsonld(isAccessibleForFree=True, hasPart={"isAccessibleForFree": "False", "cssSelector": ".paid"}), False),
        (jsonld(hasPart=[{"isAccessibleForFree": False}, None]), False),
        ('<meta name="isPremium" content="0">', True),
        ('<meta name="article.access" content="paid">', False),
        ('<meta name="description" content="premium">', None),
        ("", None),
    ],
)
def test_what_the_page_states(head: str, expected: bool | None) -> None:
    assert free_access(head=head) is expected


@pytest.mark.parametrize(
    "wall",
    [
        '<div class="paywall"><h2>Subscribe</h2><a href="/offer">See our offers</a></div>',
        "<div><p>To continue reading, create a free account.</p></div>",
        "<div><h3>Wählen Sie Ihren Zugang und lesen Sie weiter</h3></div>",
        "<section><p>Cet article est réservé aux abonnés.</p></section>",
        "<div><p>Suscríbete para seguir leyendo</p></div>",
        "<div><p>残り1234文字</p></div>",
        '<div class="sign-wall"><p>Register now, it is free.</p></div>',
    ],
)
def test_a_wall_right_after_the_text(wall: str) -> None:
    assert free_access(wall) is False


@pytest.mark.parametrize(
    "prompt",
    [
        "<p>Subscribe to our newsletter and get the news of the harbour every morning.</p>",
        '<div class="newsletter paywall"><p>Subscribe</p></div>',
        '<div class="paywall-modal"><p>Subscribe to continue reading</p></div>',
        '<div class="paywall"></div>',
        "<p>Already a subscriber? Log in.</p>",
        '<ul class="more"><li>For subscribers only: a ferry for the islands</li></ul>',
        "<p>If you want to continue reading about piers, here is a book.</p>",
    ],
)
def test_a_mere_prompt_is_no_wall(prompt: str) -> None:
    assert free_access(prompt) is None


def test_what_stands_before_the_text_goes_on_is_no_wall() -> None:
    wall = '<div class="paywall"><p>Subscribe to continue reading.</p></div>'
    assert free_access(wall + f"<p>{TEXT}</p><p>{TEXT} So it was.</p>") is None


def test_the_text_that_was_sent_is_kept() -> None:
    hidden = f'<div class="paid"><p>{TEXT} This is behind the wall.</p></div>'
    head = jsonld(isAccessibleForFree=False, hasPart={"isAccessibleForFree": False, "cssSelector": ".paid"})
    page = f"<html><head>{head}</head><body><article><h1>The old pier</h1><p>{TEXT}</p><p>{TEXT} Two.</p>{hidden}</article></body></html>"
    report = read_report(
        page.encode(), "https://x.example/2025/pier", source="x", now=datetime(2026, 1, 1, tzinfo=UTC)
    ).report
    assert "behind the wall" in (report.body or "")
    assert report.free_access is False
