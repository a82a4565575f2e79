from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.page import read_page
from newscrawl.extraction.topics import read_free_access
from newscrawl.markup import parse_html


def free(html: str) -> bool | None:
    tree = parse_html(f"<html><head>{html}</head><body><h1>Pier closes</h1></body></html>")
    assert tree is not None
    found = Candidates()
    read_free_access(read_page(tree, "https://harbour.example/x", datetime(2026, 1, 1, tzinfo=UTC)), found)
    value: bool | None = found.value("free_access")
    return value


def ld(**values: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


@pytest.mark.parametrize(
    ("html", "is_free"),
    [
        (ld(isAccessibleForFree=True), True),
        (ld(isAccessibleForFree="False"), False),
        (ld(isAccessibleForFree=True, hasPart={"isAccessibleForFree": "False", "cssSelector": ".paywall"}), False),
        (ld(hasPart=[{"isAccessibleForFree": False}, None]), False),
        ("<meta property='article:content_tier' content='locked'>", False),
        ("<meta property='article:content_tier' content='metered'>", None),
        ("<meta name='adv:premium' content='yes'>", False),
        ("<meta name='isPremium' content='0'>", True),
        ("<meta name='article.access' content='paid'>", False),
        ("<meta name='description' content='premium'>", None),
    ],
)
def test_free_access(html: str, is_free: bool | None) -> None:
    assert free(html) is is_free
