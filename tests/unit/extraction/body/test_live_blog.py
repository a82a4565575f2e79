# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

import json
from datetime import UTC, datetime

from newscrawl.extraction.body.live_blog import with_live_posts
from newscrawl.extraction.page import Page, read_page
from newscrawl.extraction.report import read_report
from newscrawl.markup import parse_html

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://harbour.example/live/storm"
TEXTS = [
    (
        f"{18 - n}:0{n}",
        f"Headline of post {n}",
        f"The harbour office says in post number {n} that the pier stays closed for now.",
    )
    for n in range(6)
]


def post(time: str, headline: str, text: str, classes: str = "live-post") -> str:
    return (
        f'<div class="{classes}"><div class="meta"><time datetime="2025-05-12T{time}:00Z">{time}</time>'
        f'<span class="author">Ann</span></div><h3>{headline}</h3><p>{text}</p><div class="share"><p>Share this</p></div></div>'
    )


def markup(posts: str, script: str = "") -> str:
    return (
        f"<html><head><title>Storm live</title>{script}</head><body><article><h1>Storm over the harbour: live</h1>"
        f'<p>A storm comes in.</p><div class="live-blog">{posts}</div></article></body></html>'
    )


def page(text: str) -> Page:
    tree = parse_html(text)
    assert tree is not None
    return read_page(tree, URL, NOW)


def updates(*posts: tuple[str, str, str]) -> str:
    listed = [
        {
            "@type": "BlogPosting",
            "headline": h,
            "datePublished": f"2025-05-12T{t}:00+02:00",
            "articleBody": f"<p>{b}</p>",
        }
        for t, h, b in posts
    ]
    node = {"@type": "LiveBlogPosting", "headline": "Storm", "liveBlogUpdate": listed}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def test_all_posts_in_page_order_under_time_and_headline() -> None:
    text = with_live_posts(page(markup("".join(post(*p) for p in TEXTS))), "A storm comes in.")
    expected = ["A storm comes in.", *(line for t, h, b in TEXTS for line in (f"{t} {h}", b))]
    assert text.split("\n") == expected


def test_posts_that_only_jsonld_has_follow_those_of_the_page() -> None:
    shown, told = TEXTS[:3], TEXTS
    text = with_live_posts(page(markup("".join(post(*p) for p in shown), updates(*told))), "A storm comes in.")
    assert [text.count(body) for _, _, body in TEXTS] == [1] * 6
    assert text.index(TEXTS[2][2]) < text.index(TEXTS[3][2]) < text.index(TEXTS[5][2])
    assert f"{TEXTS[4][0]} {TEXTS[4][1]}" in text


def test_posts_of_jsonld_alone_are_enough() -> None:
    text = with_live_posts(page(markup("<p>Loading</p>", updates(*TEXTS))), "A storm comes in.")
    assert all(body in text for _, _, body in TEXTS)


def test_a_page_that_is_no_live_blog_stays_as_it_is() -> None:
    comments = "".join(post(*p, classes="comment") for p in TEXTS)
    plain = comments.replace("live-post", "entry")
    tree = page(
        f"<html><body><article><h1>Storm</h1><p>A storm.</p></article><div class='talk'>{plain}</div></body></html>"
    )
    assert with_live_posts(tree, "A storm.") == "A storm."


def test_jsonld_of_any_type_is_no_error() -> None:
    for value in (None, 7, "x", [None, 3, {"articleBody": 5, "headline": []}], {"articleBody": {}}):
        node = json.dumps({"@type": "LiveBlogPosting", "liveBlogUpdate": value})
        tree = page(markup("", f'<script type="application/ld+json">{node}</script>'))
        assert with_live_posts(tree, "A storm.") == "A storm."


def test_the_report_has_all_posts() -> None:
    body = read_report(markup("".join(post(*p) for p in TEXTS)).encode(), URL, source="x", now=NOW).report.body or ""
    assert [body.count(text) for _, _, text in TEXTS] == [1] * 6
    assert f"{TEXTS[0][0]} {TEXTS[0][1]}" in body
