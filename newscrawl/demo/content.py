"""The demo site's reports: read from `reports.toml`, and what a perfect crawl makes of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Callable

SITE_NAME = "The Sound Courier"

BlockKind = Literal["paragraph", "heading", "quote", "list", "table"]
_MARKS: dict[str, BlockKind] = {"## ": "heading", "> ": "quote", "- ": "list", "| ": "table"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A part of a report's text: one line for paragraphs, headings and quotations, one an item or row otherwise."""

    kind: BlockKind
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    file: str
    """Name below `/media/`."""
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    file: str
    thumbnail: str
    caption: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """The report of another outlet that an aggregated report retells."""

    url: str
    outlet: str
    country: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    name: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Stars:
    value: float
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoReport:
    """One report of the site."""

    id: str
    path: str
    style: Literal["jsonld", "opengraph", "microdata", "plain", "gallery", "aggregated", "tidebook", "minutes"]
    """How its page is marked up: a function of `pages` or `odd_pages`."""
    language: str
    section: str
    headline: str
    published_at: datetime
    """Pages of the style `plain` show the day only."""
    body: tuple[Block, ...]
    listed: frozenset[str]
    """What announces it: `home`, `section`, `feeds`, `news` (news sitemap), `archive` (archive sitemap)."""
    summary: str | None = None
    authors: tuple[str, ...] = ()
    modified_at: datetime | None = None
    keywords: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    video: Film | None = None
    original: Original | None = None
    places: tuple[Place, ...] = ()
    rating: Stars | None = None
    comment_count: int | None = None
    free: bool | None = None
    copy_at: str | None = None
    """A second path with the same report."""
    staged: bool = False
    """Not there until it is published."""

    @property
    def changed_at(self) -> datetime:
        """When the page last changed."""
        return self.modified_at or self.published_at

    def paragraphs(self) -> list[str]:
        """The text in reading order, without tables."""
        return [line for block in self.body if block.kind != "table" for line in block.lines]


def load_reports() -> list[DemoReport]:
    """All reports, staged ones included, newest first."""
    table = tomllib.loads(files(__package__).joinpath("reports.toml").read_text("utf-8"))
    return sorted((_report(values) for values in table["reports"]), key=lambda r: r.published_at, reverse=True)


def _report(values: dict[str, Any]) -> DemoReport:
    read: dict[str, Callable[[Any], Any]] = {
        "authors": tuple,
        "keywords": tuple,
        "listed": frozenset,
        "body": lambda text: tuple(read_block(chunk) for chunk in text.strip().split("\n\n")),
        "images": lambda items: tuple(Picture(**item) for item in items),
        "places": lambda items: tuple(Place(**item) for item in items),
        "video": lambda item: Film(**item),
        "original": lambda item: Original(**item),
        "rating": lambda item: Stars(**item),
    }
    return DemoReport(**{key: read[key](value) if key in read else value for key, value in values.items()})


def read_block(chunk: str) -> Block:
    """One block of the text in `reports.toml`; the form is described there."""
    mark = next((mark for mark in _MARKS if chunk.startswith(mark)), "")
    lines = tuple(line.removeprefix(mark).strip() for line in chunk.strip().split("\n"))
    return Block(kind=_MARKS.get(mark, "paragraph"), lines=lines)


def expected_report(report: DemoReport, base: str) -> dict[str, Any]:
    """What a perfect crawl of the site at `base` stores: names and types as in the collection `reports`.

    Two differences: `body` is the list of the paragraphs that must be in the body, in order (tables may be there
    too), and a field that the page does not state is absent.
    """
    plain = report.style == "plain"
    published = report.published_at.astimezone(UTC)
    values: dict[str, Any] = {
        "url": urljoin(base, report.path),
        "headline": report.headline,
        "summary": report.summary,
        "body": report.paragraphs(),
        "authors": list(report.authors),
        "published_at": published,
        "published_precision": "day" if plain else None,
        "modified_at": report.modified_at.astimezone(UTC) if report.modified_at and not plain else None,
        "language": report.language,
        "sections": [report.section],
        "keywords": list(report.keywords),
        "images": [_expected_image(picture, base) for picture in report.images],
        "videos": [_expected_video(report.video, base)] if report.video else [],
        "source_link": _expected_source_link(report.original),
        "locations": [_expected_location(place) for place in report.places],
        "rating": {"value": report.rating.value, "count": report.rating.count} if report.rating else None,
        "comment_count": report.comment_count,
        "free_access": report.free,
        "also_at": [urljoin(base, report.copy_at)] if report.copy_at else [],
    }
    return {key: value for key, value in values.items() if value is not None and value != []}


def _expected_image(picture: Picture, base: str) -> dict[str, str]:
    values = {"url": urljoin(base, f"/media/{picture.file}"), "caption": picture.caption, "credit": picture.credit}
    return {key: value for key, value in values.items() if value}


def _expected_video(film: Film, base: str) -> dict[str, str]:
    values = {
        "url": urljoin(base, f"/media/{film.file}"),
        "thumbnail_url": urljoin(base, f"/media/{film.thumbnail}"),
        "caption": film.caption,
    }
    return {key: value for key, value in values.items() if value}


def _expected_source_link(original: Original | None) -> dict[str, str] | None:
    return {"url": original.url, "outlet": original.outlet, "country": original.country} if original else None


def _expected_location(place: Place) -> dict[str, Any]:
    return {"name": place.name, "country": place.country, "point": (place.longitude, place.latitude)}
