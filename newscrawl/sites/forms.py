"""Fields of a report as a site page may give them, and the form in which extraction takes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from newscrawl.dates import Moment, parse_date
from newscrawl.extraction.body.read import MAX_BODY
from newscrawl.extraction.fields.authors import clean_authors
from newscrawl.extraction.fields.headline import MAX_HEADLINE, MAX_SUMMARY
from newscrawl.extraction.fields.language import language_tag
from newscrawl.extraction.fields.written_dates import read_written_date
from newscrawl.items import Image, Location, Publisher, Rating, SourceLink, Video
from newscrawl.text import clean_line, clean_paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.extraction.page import Page

T = TypeVar("T")

_FREE = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def in_form(field: str, given: Any, page: Page) -> Any:
    """What a site page gives for `field`, cleaned and of the type that the report has; empty where it is no such thing.

    Raises ValueError where it is of a type that cannot be one.
    """
    return _FORMS[field](given, page)


def _texts(given: Any) -> list[str]:
    """One text, or several."""
    values = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple) else None
    if values is None or not all(isinstance(value, str) for value in values):
        raise ValueError(f"gives {given!r:.80}, which is no text")
    return values


def _line(given: Any, most: int) -> str:
    lines = (clean_line(text) for text in _texts(given))
    return next((line[:most] for line in lines if line), "")


def _lines(given: Any, _: Page) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in _texts(given) if (line := clean_line(text))))


def _body(given: Any, _: Page) -> str:
    return clean_paragraphs("\n".join(_texts(given)))[:MAX_BODY].rstrip()


def _authors(given: Any, _: Page) -> tuple[str, ...]:
    return clean_authors(_texts(given), ())


def _moment(given: Any, page: Page) -> Moment | None:
    if isinstance(given, Moment):
        return given
    if isinstance(given, datetime):
        return parse_date((given.astimezone(UTC) if given.tzinfo else given).isoformat(), page.now)
    text = _line(given, 100)
    return parse_date(text, page.now) or read_written_date(text, page.now)


def _url(given: Any, page: Page) -> str | None:
    return page.absolute(_line(given, 5_000))


def _count(given: Any, _: Page) -> int | None:
    if isinstance(given, int):
        return given
    digits = re.sub(r"(?<=\d)[.,\s](?=\d{3})", "", _line(given, 100))
    match = re.search(r"\d{1,9}", digits)
    return int(match[0]) if match else None


def _free(given: Any, _: Page) -> bool | None:
    return given if isinstance(given, bool) else _FREE.get(_line(given, 10).lower())


def _one(item: type[T], from_text: Callable[[str, Page], T | None]) -> Callable[[Any, Page], T | None]:
    """A value of the type `item`, or what a text makes of it."""
    return lambda given, page: given if isinstance(given, item) else from_text(_line(given, 5_000), page)


def _several(item: type[T], from_text: Callable[[str, Page], T | None]) -> Callable[[Any, Page], tuple[T, ...]]:
    one = _one(item, from_text)
    return lambda given, page: tuple(
        value
        for part in (given if isinstance(given, list | tuple) else [given])
        if (value := one(part, page)) is not None
    )


def _image(text: str, page: Page) -> Image | None:
    return Image(url=url) if (url := page.absolute(text)) else None


def _video(text: str, page: Page) -> Video | None:
    return Video(url=url) if (url := page.absolute(text)) else None


def _source_link(text: str, page: Page) -> SourceLink | None:
    return SourceLink(url=url) if (url := page.absolute(text)) else None


def _publisher(text: str, _: Page) -> Publisher | None:
    return Publisher(name=text) if text else None


def _location(text: str, _: Page) -> Location | None:
    return Location(name=text) if text else None


def _rating(text: str, _: Page) -> Rating | None:
    return Rating(raw=text) if text else None


_FORMS: dict[str, Callable[[Any, Page], Any]] = {
    "authors": _authors,
    "body": _body,
    "canonical_url": _url,
    "comment_count": _count,
    "free_access": _free,
    "headline": lambda given, _: _line(given, MAX_HEADLINE),
    "images": _several(Image, _image),
    "keywords": _lines,
    "language": lambda given, _: language_tag(_line(given, 50)),
    "locations": _several(Location, _location),
    "modified_at": _moment,
    "published_at": _moment,
    "publisher": _one(Publisher, _publisher),
    "rating": _one(Rating, _rating),
    "sections": _lines,
    "source_link": _one(SourceLink, _source_link),
    "summary": lambda given, _: _line(given, MAX_SUMMARY),
    "videos": _several(Video, _video),
}
FIELDS = tuple(_FORMS)
"""The fields that a site page may give."""
