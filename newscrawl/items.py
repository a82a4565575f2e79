"""The values that travel through newscrawl: what an endpoint announces (`Entry`) and what is stored (`Report`).

Every field that may be unknown is `None` or empty; nothing is invented. Times are aware and in UTC, URLs absolute.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.text import clean_line, clean_paragraphs, count_words
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from newscrawl.identity.signature import Signature


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
    """An instant; fresh from a page it keeps the offset that the page gave, from the store it comes in UTC."""
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
    withdrawn_at: datetime | None = None
    """Since when its page is known to be gone."""
    suspect: bool | None = None
    """True where it was read while its source drifted, and nobody has looked at it yet."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Field name -> `jsonld`, `opengraph`, `meta`, `microdata`, `dom`, `site`, `entry`, `trafilatura` or `url`."""
    discovered_via: str | None = None
    """URL of the endpoint that announced it; `target` where the user named it, `import` where it was imported."""
    crawl_id: str | None = None
    extractor: str | None = None
    """Name and version of what read it, for example `newscrawl/0.1.0 trafilatura/2.3.1`."""
    schema_version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspect:
    """A line of a body that may be boilerplate, if other reports of the source have it too."""

    key: str
    """Hash of its letters and digits."""
    sample: str
    """Its beginning, for people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extracted:
    """What was read from one page: a report, and what speaks against it. The item of the pipelines."""

    report: Report
    rejection: str | None = None
    """Why the page is no report (`no body`, `section page`, `soft 404`, ...), by what the page itself shows."""
    candidates: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Field -> (method, value as text) of everything that was found, the winner first; only where it was asked for."""
    refused: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """The same of what never wins: dates that cannot be, names that sign nowhere on the page."""
    gaps: Mapping[str, str] = field(default_factory=dict)
    """Field -> why the site page gives nothing for it, though it should."""
    lines: tuple[tuple[str, str], ...] = ()
    """(rule, line) of every line of the body that a rule brought back (`+standfirst`) or took away (`-prompt`)."""
    suspects: tuple[Suspect, ...] = ()
    """Lines of the page that may be boilerplate, those that were left out included."""
    left_out: tuple[str, ...] = ()
    """Known boilerplate of the source that was left out of the body."""
    whole_hash: str | None = None
    """`content_hash` of the report with what was left out; None where nothing was."""
    signature: Signature | None = None
    """Of the report's text, where the worker has made it."""
    next_page: str | None = None
    """URL of the next page of the same report, where it goes on there."""
    first_page: str | None = None
    """URL of the report's first page, where this is a later one."""


def to_json(report: Report) -> dict[str, Any]:
    """A report as JSON values: times as ISO 8601, points as [longitude, latitude]; what is unknown is left out."""
    return {
        f.name: value for f in fields(report) if (value := _json_value(getattr(report, f.name))) not in (None, [], {})
    }


def to_json_line(report: Report) -> str:
    """A report as one line of JSON."""
    return json.dumps(to_json(report), ensure_ascii=False)


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: item for f in fields(value) if (item := _json_value(getattr(value, f.name))) is not None}
    if isinstance(value, tuple):
        return [_json_value(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def from_json(values: Mapping[str, Any], now: datetime) -> Report:
    """A report from JSON values as `to_json` makes them; `url` and `body` must be there.

    Keys (`id`, `content_hash`) are worked out anew, and the source is the registered domain where none is named.
    Raises ValueError saying which field is wrong and why.
    """
    url = absolute_url("", values["url"]) if isinstance(values.get("url"), str) else None
    if url is None:
        raise ValueError(f"url is {values.get('url')!r}, which is no http(s) URL")
    known = {f.name for f in fields(Report)} - {"id", "url", "content_hash", "revision", "schema_version"}
    read = {name: _read_field(name, value) for name, value in values.items() if name in known and value is not None}
    for name in ("headline", "summary"):
        if name in read:
            read[name] = clean_line(read[name])
    body = clean_paragraphs(read.get("body") or "")
    read |= {"body": body or None, "word_count": count_words(body) if body else None}
    read.setdefault("source", registered_domain(url))
    read.setdefault("fetched_at", now)
    read.setdefault("first_seen_at", read["fetched_at"])
    digest = content_hash(read.get("headline"), body) if body else None
    return Report(id=report_id(url), url=url, content_hash=digest, **read)


_TIMES = ("published_at", "modified_at", "first_seen_at", "fetched_at", "withdrawn_at")
_NUMBERS = ("comment_count", "word_count")
_STRING_LISTS = ("also_at", "authors", "sections", "keywords")
_PART_LISTS = ("images", "videos", "locations")
_PARTS: dict[str, type] = {
    "images": Image,
    "videos": Video,
    "publisher": Publisher,
    "source_link": SourceLink,
    "locations": Location,
    "rating": Rating,
}


def _read_field(name: str, value: Any) -> Any:
    if name in _TIMES:
        return _read_time(name, value)
    if name in _STRING_LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{name} is {value!r:.80}, not a list of strings")
        return tuple(clean_line(item) for item in value)
    if name in _PART_LISTS:
        if not isinstance(value, list):
            raise ValueError(f"{name} is {value!r:.80}, not a list of objects")
        return tuple(_read_part(name, item) for item in value)
    if name in _PARTS:
        return _read_part(name, value)
    if name == "provenance":
        return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}
    if name in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
            raise ValueError(f"{name} is {value!r:.80}, not a whole number")
        return value
    expected = bool if name == "free_access" else str
    if not isinstance(value, expected):
        raise ValueError(f"{name} is {value!r:.80}, not a {expected.__name__}")
    return value


def _read_time(name: str, value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} is {value!r:.80}, not a time in ISO 8601") from error


def _read_part(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{name} has {value!r:.80}, not an object")
    cls = _PARTS[name]
    part = {f.name: value[f.name] for f in fields(cls) if f.name in value}
    if part.get("point") is not None:
        part["point"] = _read_point(name, value)
    try:
        return cls(**part)
    except TypeError as error:
        raise ValueError(f"{name} has {value!r:.80}, which lacks a field: {error}") from error


def _read_point(name: str, value: dict[str, Any]) -> tuple[float, float]:
    try:
        longitude, latitude = map(float, value["point"])
    except (TypeError, ValueError):
        longitude = latitude = math.inf
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError(f"{name} has {value!r:.80}, whose point is not [longitude, latitude] in degrees")
    return longitude, latitude
