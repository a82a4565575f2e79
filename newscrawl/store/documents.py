"""`Report` <-> document of the collection `reports`. Unknown values are absent from the document."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.identity.keys import report_id
from newscrawl.items import Image, Location, Publisher, Rating, Report, SourceLink, Video

if TYPE_CHECKING:
    from collections.abc import Mapping

Document = dict[str, Any]

_LISTS: dict[str, type] = {"images": Image, "videos": Video}
_OBJECTS: dict[str, type] = {"publisher": Publisher, "source_link": SourceLink, "rating": Rating}
_STRINGS = ("also_at", "authors", "sections", "keywords")


def to_document(report: Report) -> Document:
    """The document of a report, without `changed`, which the server sets."""
    document = {name: value for f in fields(report) if (value := _plain(getattr(report, f.name))) is not None
                for name in [f.name]}  # fmt: skip
    document["_id"] = document.pop("id")
    if report.source_link is not None:  # what the original is found by, once it is stored
        document["source_link"]["key"] = report_id(report.source_link.url)
    if report.locations:
        document["locations"] = [_location(location) for location in report.locations]
    return document


def _plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists; None for what is unknown or empty."""
    if is_dataclass(value) and not isinstance(value, type):
        values = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {key: item for key, item in values.items() if item is not None} or None
    if isinstance(value, tuple):
        return [_plain(item) for item in value] or None
    return dict(value) or None if isinstance(value, dict) else value


def _location(location: Location) -> Document:
    document = _plain(location) or {}
    if location.point is not None:
        document["point"] = {"type": "Point", "coordinates": list(location.point)}
    return document


def to_report(document: Mapping[str, Any]) -> Report:
    """The report of a document. Fields that this version does not know are left out."""
    known = {f.name for f in fields(Report)}
    values = {key: value for key, value in document.items() if key in known}
    values["id"] = document["_id"]
    for name, cls in _LISTS.items():
        if name in values:
            values[name] = tuple(_object(cls, item) for item in values[name])
    for name, cls in _OBJECTS.items():
        if name in values:
            values[name] = _object(cls, values[name])
    for name in _STRINGS:
        if name in values:
            values[name] = tuple(values[name])
    if "locations" in values:
        values["locations"] = tuple(_read_location(item) for item in values["locations"])
    return Report(**values)


def _object(cls: Any, values: Mapping[str, Any]) -> Any:
    known = {f.name for f in fields(cls)}
    return cls(**{key: value for key, value in values.items() if key in known})


def _read_location(values: Mapping[str, Any]) -> Location:
    point = values.get("point")
    coordinates = point.get("coordinates") if isinstance(point, dict) else point
    return Location(
        name=values.get("name"),
        country=values.get("country"),
        point=(float(coordinates[0]), float(coordinates[1])) if coordinates else None,
    )


def mark(event: str, values: Mapping[str, Any] | None = None) -> Document:
    """What an update of a report must hold, so that the change feed tells of it: `event` is what has happened.

    `values` are fields to set. The server's clock orders the feed, never ours.
    """
    return {"$set": {**(values or {}), "last_event": event}, "$currentDate": {"changed": {"$type": "timestamp"}}}
