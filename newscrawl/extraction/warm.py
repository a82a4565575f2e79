"""The first page of a process is slow: modules load, patterns are compiled. A made-up page does it beforehand."""

from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.extraction.report import read_report

_PARAGRAPH = (
    "<p>The harbour office of a town that does not exist opened its doors on Friday, a speaker of the council said.</p>"
)
_PAGE = (
    "<!doctype html><html lang='en'><head><title>A page | Made up</title>"
    '<script type="application/ld+json">{"@type": "NewsArticle", "author": "Ann Example"}</script>'
    f"</head><body><article><h1>A page</h1><time datetime='2020-01-01'>1</time>{_PARAGRAPH * 8}</article></body></html>"
)


def warm_up() -> None:
    """Read a made-up page, with and without a date, so that a worker's first page is as fast as its second."""
    for page in (_PAGE, _PAGE.replace("<time datetime='2020-01-01'>1</time>", "").replace("Ann Example", "")):
        read_report(page.encode(), "https://warm.invalid/page", source="warm.invalid", now=datetime.now(UTC))
