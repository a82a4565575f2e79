"""Source files as this program writes them: readable, with a comment for what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import tomlkit

from newscrawl.sources import Source, SourceError
from newscrawl.text import clean_line
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_DEFAULTS = Source(id="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Remarks:
    """The comments of a file; each is one line."""

    head: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key, or item of a list, -> what is said beside it."""
    foot: Sequence[str] = ()


def render_source(source: Source, remarks: Remarks | None = None) -> str:
    """The TOML of a source: what differs from the defaults, and `discover`, which is a decision either way.

    Of `domains` only those that do not follow from its URLs are written.
    """
    remarks = remarks or Remarks()
    document = tomlkit.document()
    for line in remarks.head:
        document.add(tomlkit.comment(clean_line(line)))
    for name in (f.name for f in fields(Source)):
        value = _more_domains(source) if name == "domains" else getattr(source, name)
        if name == "id" or (value == getattr(_DEFAULTS, name) and name != "discover"):
            continue
        if isinstance(value, tuple):
            item = tomlkit.array()
            for one in value:
                item.add_line(one, indent="    ", comment=clean_line(remarks.keys.get(one, "")) or None)
            item.add_line(indent="")
            document.add(name, item)
        else:
            plain = tomlkit.item(value)
            if name in remarks.keys:
                plain.comment(clean_line(remarks.keys[name]))
            document.add(name, plain)
    if remarks.foot:
        document.add(tomlkit.nl())
    for line in remarks.foot:
        document.add(tomlkit.comment(clean_line(line)))
    return tomlkit.dumps(document)


def _more_domains(source: Source) -> tuple[str, ...]:
    urls = (*source.feeds, *source.sitemaps, *source.sections, *([source.home] if source.home else []))
    of_urls = {registered_domain(url) for url in urls}
    return tuple(domain for domain in source.domains if domain not in of_urls)


def write_source(path: Path, text: str, *, force: bool) -> None:
    """Write a source file. Raises SourceError where it is there already, unless `force`, or cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise SourceError(f"{path}: is there already; --force overwrites it, --dry-run only shows") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be written: {error.strerror}") from error
