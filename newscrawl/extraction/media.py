"""Pictures and films, the main picture first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.jsonld import Node, as_list, plain_text, text_of
from newscrawl.items import Image, Video
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.meta import Head

MAX_MEDIA = 30
_PLAYER = re.compile(r"/(?:embed|player|video)s?[/.?-]|player\.", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:photo|picture|image|foto|bild|photographie|credit|crédit|©|\(c\))\s*(?:by|von|de)?\s*:?\s*(.{2,80})$",
    re.IGNORECASE,
)


def find_images(tree: HtmlElement, head: Head, article: Node, url: str) -> list[tuple[str, Image]]:
    """(method, image), the main one first, each address once."""
    figures = tree.xpath("//article//figure[.//img] | //main//figure[.//img] | //figure[.//img][figcaption]")
    addresses = [absolute_url(url, value) for value in head.every("og:image", "og:image:url", "twitter:image")]
    found: list[tuple[str, Image | None]] = [
        *(("jsonld", _jsonld_image(value, url)) for value in as_list(article.get("image"))[:MAX_MEDIA]),
        *(("opengraph", Image(url=address)) for address in addresses if address),
        *(("dom", _figure(figure, url)) for figure in figures[:MAX_MEDIA]),
    ]
    return _once([(method, image) for method, image in found if image is not None])


def _jsonld_image(value: Any, url: str) -> Image | None:
    address = text_of(value.get("url") or value.get("contentUrl")) if isinstance(value, dict) else text_of(value)
    where = absolute_url(url, address) if address else None
    if where is None:
        return None
    inside = value if isinstance(value, dict) else {}
    caption, credit = text_of(inside.get("caption")), text_of(inside.get("creditText") or inside.get("copyrightHolder"))
    return Image(url=where, caption=caption, credit=credit)


def _figure(figure: HtmlElement, url: str) -> Image | None:
    image = figure.xpath(".//img")[0]
    source = image.get("src") or ""
    if not source or source.startswith("data:"):
        source = image.get("data-src") or image.get("data-original") or (image.get("srcset") or "").split(" ")[0]
    where = absolute_url(url, source) if source else None
    if where is None:
        return None
    captions = figure.xpath(".//figcaption")
    credits_ = figure.xpath(
        ".//*[contains(@class, 'credit') or contains(@class, 'copyright') or @itemprop='copyrightHolder']"
    )
    credit = plain_text(credits_[0].text_content()) if credits_ else None
    caption = plain_text(captions[0].text_content()) if captions else None
    if caption and credit:
        caption = caption.replace(credit, "").strip(" ()|-–") or None
    elif caption and (match := _CREDIT.search(caption)) and match.start() > 0:
        credit = match[1].strip(" ()")
    return Image(url=where, caption=caption, credit=credit)


def _once(found: list[tuple[str, Image]]) -> list[tuple[str, Image]]:
    """Each picture once; the caption of a later mention is kept."""
    places: dict[str, int] = {}
    kept: list[tuple[str, Image]] = []
    for method, image in found:
        key = image.url.partition("?")[0].partition("://")[2]
        if key not in places:
            places[key] = len(kept)
            kept.append((method, image))
        elif not kept[places[key]][1].caption and image.caption:
            first = kept[places[key]]
            kept[places[key]] = (first[0], Image(url=first[1].url, caption=image.caption, credit=image.credit))
    return kept[:MAX_MEDIA]


def find_videos(tree: HtmlElement, head: Head, article: Node, url: str) -> list[tuple[str, Video]]:
    """(method, video): of the article's markup, its video elements and embedded players."""
    found: list[tuple[str, Video]] = []

    def add(method: str, address: str | None, caption: str | None = None, thumbnail: str | None = None) -> None:
        where = absolute_url(url, address) if address else None
        if where and all(video.url != where for _, video in found):
            picture = absolute_url(url, thumbnail) if thumbnail else None
            found.append((method, Video(url=where, caption=caption, thumbnail_url=picture)))

    for value in as_list(article.get("video"))[:MAX_MEDIA]:
        if isinstance(value, dict):
            address = text_of(value.get("contentUrl")) or text_of(value.get("embedUrl"))
            add("jsonld", address, text_of(value.get("name")), text_of(value.get("thumbnailUrl")))
    for element in tree.xpath("//video[not(ancestor::nav or ancestor::footer)]")[:MAX_MEDIA]:
        sources = [element.get("src"), *element.xpath(".//source/@src")]
        captions = element.xpath("ancestor::figure[1]//figcaption")
        caption = plain_text(captions[0].text_content()) if captions else None
        add("dom", next((source for source in sources if source), None), caption, element.get("poster"))
    for value in head.every("og:video:secure_url", "og:video:url", "og:video"):
        add("opengraph", value)
    for element in tree.xpath("//article//iframe[@src] | //main//iframe[@src]")[:MAX_MEDIA]:
        if _PLAYER.search(element.get("src", "")):
            add("dom", element.get("src"), element.get("title") and plain_text(element.get("title")))
    return found[:MAX_MEDIA]
