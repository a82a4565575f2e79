"""The values that travel through newscrawl: what an endpoint announces (`Entry`) and what is stored (`Report`).

Every field that may be unknown is `None` or empty; nothing is invented. Times are aware and in UTC, URLs absolute.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (dataclass fields are inspected at run time)
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture of a report."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """A moving picture of a report."""

    url: str
    """The media file, or the player page where only that is known."""
    caption: str | None = None
    thumbnail_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    """Who published the page, by the page's own claim. It never decides where a report is filed."""

    name: str | None = None
    url: str | None = None
    country: str | None = None
    """Name of the country, as the page gives it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLink:
    """The link from an aggregated report to the original one."""

    url: str
    outlet: str | None = None
    """Name of the outlet that published the original."""
    country: str | None = None
    """Country of that outlet, as the page gives it."""
    report_id: str | None = None
    """`_id` of the original, once that one is stored too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Where the reported event happened."""

    name: str | None = None
    country: str | None = None
    point: tuple[float, float] | None = None
    """(longitude, latitude) in WGS 84 degrees: the order of GeoJSON (RFC 7946, section 3.1.1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """What readers gave the report."""

    value: float | None = None
    count: int | None = None
    raw: str | None = None
    """The text on the page, for it may be a value or a count: `(0)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One URL that an endpoint announces, with what the endpoint says about it."""

    url: str
    title: str | None = None
    summary: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    sections: tuple[str, ...] = ()
    certain: bool = True
    """False where only the shape of the URL speaks for a report: such entries are fetched last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One news report, normalised. The fields are those of the collection `reports`."""

    id: str
    """32 hex digits: `identity.keys.report_id` of the URL it was fetched from. `_id` in the store."""
    url: str
    """Where it was fetched, after redirects."""
    canonical_url: str | None = None
    """What the page names as its address; a claim."""
    also_at: tuple[str, ...] = ()
    """Other URLs of the same source with the same text."""
    source: str
    """Id of the source it was fetched for."""
    headline: str | None = None
    summary: str | None = None
    body: str | None = None
    """Paragraphs separated by blank lines; NFC, no control characters."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: str | None = None
    """`day`, `minute` or `second`."""
    published_zone: str | None = None
    """`stated` where the page gave an offset, `assumed` where it did not and UTC was taken."""
    modified_at: datetime | None = None
    language: str | None = None
    """BCP 47."""
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    """The main one first."""
    videos: tuple[Video, ...] = ()
    publisher: Publisher | None = None
    source_link: SourceLink | None = None
    locations: tuple[Location, ...] = ()
    rating: Rating | None = None
    comment_count: int | None = None
    word_count: int | None = None
    free_access: bool | None = None
    """False behind a paywall."""
    story_id: str | None = None
    content_hash: str | None = None
    """32 hex digits: `identity.keys.content_hash` of headline and body."""
    revision: int = 1
    first_seen_at: datetime | None = None
    fetched_at: datetime | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Field name -> `jsonld`, `opengraph`, `meta`, `microdata`, `dom`, `site`, `entry`, `trafilatura` or `url`."""
    discovered_via: str | None = None
    """URL of the endpoint that announced it; `target` where the user named it, `import` where it was imported."""
    crawl_id: str | None = None
    extractor: str | None = None
    """Name and version of what read it, for example `newscrawl/0.1.0 trafilatura/2.3.1`."""
    schema_version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Extracted:
    """What was read from one page: a report, and what speaks against it. The item of the pipelines."""

    report: Report
    rejection: str | None = None
    """Why the page is no report (`no body`, `section page`, `soft 404`, ...), by what the page itself shows."""
    candidates: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Field -> (method, value as text) of everything that was found, the winner first; for `extract --explain`."""
