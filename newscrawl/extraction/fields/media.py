"""Images and videos of a report, the main one first."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newscrawl.extraction.page import Page, lies_in, names_of, text_in
from newscrawl.extraction.structured.jsonld import as_list, resolve, text_of, types_of
from newscrawl.items import Image, Video

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.candidates import Candidates

MAX_IMAGES, MAX_VIDEOS, MAX_CAPTION = 20, 10, 1_000
_CREDIT = re.compile(r"credit|copyright|photographer|image-source|fotograf|byline")
_PLAYER = re.compile(r"/embed|player|video", re.IGNORECASE)
_NO_PLAYER = re.compile(r"advert|doubleclick|/ads?[/.]|analytics|consent", re.IGNORECASE)
_LAZY = ("data-src", "data-original", "data-lazy-src", "src")
"""Where the address of an image can be: `src` last, for it may hold a placeholder."""


def read_images(page: Page, found: Candidates) -> None:
    """Note the images: the main one as the page's metadata names it, then the figures in the report."""
    figures = [image for element in page.within("figure")[:60] if (image := _figure(page, element))]
    sources: tuple[tuple[str, list[Image]], ...] = (
        ("jsonld", [i for v in as_list(page.article.get("image"))[:5] if (i := _jsonld_image(page, v))][:1]),
        ("opengraph", _plain(page, page.head.first("og:image:secure_url", "og:image", "og:image:url"), "og:image:alt")),
        ("microdata", _plain(page, next(iter(page.microdata.get("image", [])), None))),
        ("meta", _plain(page, page.head.first("twitter:image", "twitter:image:src"), "twitter:image:alt")),
        ("dom", figures),
    )
    for method, images in sources:
        if images:
            found.add("images", method, _merged([*images, *figures]))


def _plain(page: Page, href: str | None, alt: str | None = None) -> list[Image]:
    url = page.absolute(href)
    return [Image(url=url, caption=page.head.first(alt) if alt else None)] if url else []


def _jsonld_image(page: Page, value: Any) -> Image | None:
    value = resolve(value, page.nodes)
    node = value if isinstance(value, dict) else {"url": value}
    url = page.absolute(text_of(node.get("contentUrl")) or text_of(node.get("url")))
    caption = text_of(node.get("caption")) or text_of(node.get("description"))
    names = (node.get(key) for key in ("creditText", "author", "creator", "copyrightHolder"))
    return Image(url=url, caption=caption, credit=next((t for n in names if (t := text_of(n))), None)) if url else None


def _figure(page: Page, figure: HtmlElement) -> Image | None:
    images = figure.xpath(".//img")
    hrefs = [images[0].get(name) for name in _LAZY] if images else []
    hrefs += _widest(figure)
    url = next((url for href in hrefs if href and not href.startswith("data:") and (url := page.absolute(href))), None)
    if url is None:
        return None
    captions = figure.xpath(".//figcaption")
    caption = text_in(captions[0])[:MAX_CAPTION] if captions else None
    credited = [
        text_in(e) for e in figure.xpath(".//*[@class]") if _CREDIT.search(names_of(e)) and len(text_in(e)) < 200
    ]
    credit = next((text for text in credited if text), None)
    if caption and credit and caption != credit:
        caption = caption.replace(credit, "").strip(" |·–-") or None
    return Image(url=url, caption=caption, credit=credit)


def _widest(figure: HtmlElement) -> list[str]:
    """The address of the largest file in the first `srcset` (HTML, section 4.8.4.2), for images that have no `src`."""
    sets = figure.xpath(".//img/@srcset | .//img/@data-srcset | .//source/@srcset | .//source/@data-srcset")
    choices = [choice.split() for choice in sets[0].split(", ")[:30]] if sets else []
    sized = [(_number(choice[1]) if len(choice) > 1 else 1.0, choice[0].rstrip(",")) for choice in choices if choice]
    return [max(sized)[1]] if sized else []


def _number(descriptor: str) -> float:
    return float(descriptor[:-1]) if re.fullmatch(r"\d{1,6}(?:\.\d{1,3})?[wx]", descriptor) else 1.0


def _merged(images: list[Image]) -> tuple[Image, ...]:
    """One image for each file; what one statement lacks is taken from another."""
    by_file: dict[str, Image] = {}
    for image in images:
        file = urlsplit(image.url).path.rpartition("/")[2] or image.url
        known = by_file.setdefault(file, image)
        by_file[file] = replace(known, caption=known.caption or image.caption, credit=known.credit or image.credit)
    return tuple(by_file.values())[:MAX_IMAGES]


def read_videos(page: Page, found: Candidates) -> None:
    """Note the videos."""
    og = page.absolute(page.head.first("og:video:secure_url", "og:video:url", "og:video"))
    sources: tuple[tuple[str, list[Video]], ...] = (
        ("jsonld", [v for node in page.nodes if "VideoObject" in types_of(node) and (v := _jsonld_video(page, node))]),
        ("opengraph", [Video(url=og)] if og else []),
        ("dom", _dom_videos(page)),
    )
    for method, videos in sources:
        found.add("videos", method, tuple({video.url: video for video in videos}.values())[:MAX_VIDEOS])


def _jsonld_video(page: Page, node: dict[str, Any]) -> Video | None:
    url = next((u for key in ("contentUrl", "embedUrl") if (u := page.absolute(text_of(node.get(key))))), None)
    caption = text_of(node.get("name")) or text_of(node.get("description"))
    return (
        Video(url=url, caption=caption, thumbnail_url=page.absolute(text_of(node.get("thumbnailUrl")))) if url else None
    )


def _dom_videos(page: Page) -> list[Video]:
    """Video elements, and frames of players in the report."""
    videos: list[Video] = []
    for element in page.within("video")[:MAX_VIDEOS]:
        hrefs = [element.get("src"), *element.xpath(".//source/@src"), element.get("data-src")]
        url = next((url for href in hrefs if (url := page.absolute(href))), None)
        if url:
            videos.append(Video(url=url, thumbnail_url=page.absolute(element.get("poster"))))
    frames = (frame for frame in page.tree.iter("iframe") if lies_in(frame, "article", "main", "figure"))
    for element in islice(frames, 40):
        url = page.absolute(element.get("src") or element.get("data-src"))
        if url and _PLAYER.search(url) and not _NO_PLAYER.search(url):
            videos.append(Video(url=url, caption=(element.get("title") or "")[:MAX_CAPTION] or None))
    return videos
