"""A worker's first page is as fast as its second: what loads lazily is loaded on a made-up page."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extraction.report import read_report

_PAGE = (
    "<html lang=en><head><title>Warm up</title><meta property='article:published_time' content='2026-01-01T00:00:00Z'>"
    "</head><body><article><h1>Warm up</h1>" + "<p>The council met on Friday and voted for the bridge. </p>" * 40
).encode()


def warm_up() -> None:
    """Read one page."""
    read_report(_PAGE, "https://warm.invalid/up", source="warm", now=datetime.now(UTC))
