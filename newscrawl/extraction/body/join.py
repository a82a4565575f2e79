"""A report in several pages becomes one: the texts in order, without what every page repeats."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newscrawl.extraction.body.read import MAX_BODY
from newscrawl.extraction.fields.media import MAX_IMAGES, MAX_VIDEOS
from newscrawl.extraction.fields.title import bare
from newscrawl.identity.keys import content_hash
from newscrawl.text import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newscrawl.items import Image, Report, Video

SHORT = 5
"""Words; shorter lines, a name before an answer, may well come twice in one text."""
_TURN = re.compile(
    r"(?:(?:page|seite|página|pagina|sida|side|sivu|strona|strana|oldal|sayfa|страница)\s+)?\d{1,2}\s*"
    r"(?:/|of|von|de|sur|di|av|af|z|из)\s*\d{1,2}|"
    r"(?:(?:read|continued) on )?(?:next page|nächste seite|page suivante|página siguiente|próxima página|"
    r"pagina successiva|volgende pagina|nästa sida|następna strona|следующая страница|次のページ|下一页)\b.{0,80}|"
    r"(?:lesen sie |weiter )?auf (?:der nächsten seite|seite \d{1,2})\b.{0,80}|\d{1,2}(?: \d{1,2})+",
    re.IGNORECASE,
)


def new_lines(told: str, body: str) -> list[str]:
    """The paragraphs of a further page that the text before it (`told`, both in paragraphs) does not have.

    Headline, standfirst and overlap are repeated at its beginning, notes at its end; in between only long lines count
    as repeated. Lines that lead from page to page go.
    """
    known = {bare(line) for line in told.split("\n\n")}
    lines = [line for line in body.split("\n\n") if line and not _TURN.fullmatch(line)]
    for end in (0, -1):
        while lines and bare(lines[end]) in known:
            del lines[end]
    return [line for line in lines if bare(line) not in known or len(line.split()) < SHORT]


def join_pages(first: Report, further: Sequence[Report]) -> Report:
    """The report of the first page with text, images and videos of the further ones, in order."""
    body = first.body or ""
    for page in further:
        body = "\n\n".join(filter(None, [_without_turn(body), *new_lines(body, page.body or "")]))
    body = body[:MAX_BODY].rstrip()
    pages = (first, *further)
    images: dict[str, Image] = {}
    videos: dict[str, Video] = {}
    for page in pages:
        for image in page.images:
            images.setdefault(image.url, image)
        for video in page.videos:
            videos.setdefault(video.url, video)
    return replace(
        first,
        body=body or None,
        word_count=count_words(body) if body else None,
        content_hash=content_hash(first.headline, body) if body else None,
        images=tuple(images.values())[:MAX_IMAGES],
        videos=tuple(videos.values())[:MAX_VIDEOS],
        free_access=False if any(page.free_access is False for page in pages) else first.free_access,
    )


def _without_turn(body: str) -> str:
    lines = body.split("\n\n")
    return "\n\n".join(lines[:-1] if len(lines) > 1 and _TURN.fullmatch(lines[-1]) else lines)
