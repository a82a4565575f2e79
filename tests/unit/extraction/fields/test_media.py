# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.media import read_images, read_videos
from newscrawl.extraction.page import read_page
from newscrawl.items import Image, Video
from newscrawl.markup import parse_html


def media(html: str) -> Candidates:
    tree = parse_html(html)
    assert tree is not None
    found = Candidates()
    page = read_page(tree, "https://harbour.example/x", datetime(2026, 1, 1, tzinfo=UTC))
    read_images(page, found)
    read_videos(page, found)
    return found


def images(html: str) -> tuple[Image, ...]:
    return media(html).value("images") or ()


def videos(html: str) -> tuple[Video, ...]:
    return media(html).value("videos") or ()


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


def test_a_video_of_jsonld_has_file_name_and_thumbnail() -> None:
    html = """<meta property='og:video' content='/player/1'>
        <script type='application/ld+json'>{"@type": "VideoObject", "name": "The pier", "contentUrl": "/v/pier.mp4",
        "embedUrl": "/player/1", "thumbnailUrl": "/i/pier.jpg"}</script>"""
    home = "https://harbour.example"
    assert videos(html) == (Video(url=f"{home}/v/pier.mp4", caption="The pier", thumbnail_url=f"{home}/i/pier.jpg"),)
    assert media(html).all("videos")[1] == ("opengraph", (Video(url=f"{home}/player/1"),))


def test_players_in_the_report_are_videos_and_other_frames_are_not() -> None:
    html = """<iframe src='https://tube.example/embed/0'></iframe>
        <article><video poster='/i/quay.jpg'><source src='/v/quay.mp4'></video>
        <iframe src='https://tube.example/embed/1' title='The quay'></iframe><iframe src='https://map.example/quay'></iframe>
        <iframe src='https://adverts.example/advert/player'></iframe></article>"""
    assert videos(html) == (
        Video(url="https://harbour.example/v/quay.mp4", thumbnail_url="https://harbour.example/i/quay.jpg"),
        Video(url="https://tube.example/embed/1", caption="The quay"),
    )
