# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.media import read_images
from newscrawl.extraction.page import read_page
from newscrawl.items import Image
from newscrawl.markup import parse_html


def images(html: str) -> tuple[Image, ...]:
    tree = parse_html(html)
    assert tree is not None
    found = Candidates()
    read_images(read_page(tree, "https://harbour.example/x", datetime(2026, 1, 1, tzinfo=UTC)), found)
    return found.value("images") or ()


def test_the_main_image_is_first_and_takes_the_caption_of_its_figure() -> None:
    html = """<meta property='og:image' content='/i/pier.jpg'>
        <figure><img src='/i/quay.jpg'><figcaption>The quay</figcaption></figure>
        <figure><img src='/i/pier.jpg'><figcaption>The pier <span class='credit'>Ann Example</span></figcaption></figure>"""
    assert images(html) == (
        Image(url="https://harbour.example/i/pier.jpg", caption="The pier", credit="Ann Example"),
        Image(url="https://harbour.example/i/quay.jpg", caption="The quay"),
    )


def test_the_author_of_an_image_is_its_credit() -> None:
    html = """<script type='application/ld+json'>{"@type": "NewsArticle", "image": {"url": "/p.jpg", "author": "dpa/Ann Example"}}</script>"""
    assert images(html) == (Image(url="https://harbour.example/p.jpg", credit="dpa/Ann Example"),)


def test_the_widest_of_a_set_where_there_is_no_source() -> None:
    html = "<figure><picture><source srcset='/s.webp 320w, /l.webp 1280w, /m.webp 640w'><img src='data:image/gif;base64,R0'></picture></figure>"
    assert images(html) == (Image(url="https://harbour.example/l.webp"),)
