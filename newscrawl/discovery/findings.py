"""What one document announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003
from typing import TYPE_CHECKING, Literal

from newscrawl.discovery.hints import Hints

if TYPE_CHECKING:
    from newscrawl.items import Entry

EndpointKind = Literal["feed", "sitemap", "section"]


class NotReadableError(ValueError):
    """A document is not of the kind it was read as; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A feed, sitemap or section page that announces reports."""

    url: str
    kind: EndpointKind
    title: str | None = None
    modified_at: datetime | None = None
    """When it last changed, where a sitemap index says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What a feed, a sitemap or an HTML page announces."""

    kind: Literal["feed", "sitemap", "page"]
    entries: tuple[Entry, ...] = ()
    """Announced reports in document order, one per normalised URL."""
    endpoints: tuple[Endpoint, ...] = ()
    """Other endpoints the document names, in document order."""
    next_page: str | None = None
    """URL of the next page of the same listing."""
    rejected: tuple[tuple[str, str], ...] = ()
    """(URL, reason) of what a feed or sitemap announces and that cannot be a report."""
    left_out: int = 0
    """How many announcements were beyond the limit of one document."""
    title: str | None = None
    language: str | None = None
    hints: Hints = Hints()  # noqa: RUF009  frozen
    """What it says of how often it is worth to ask it."""
