from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.headline import read_headline
from newscrawl.extraction.fields.publisher import read_publisher
from newscrawl.extraction.page import read_page
from newscrawl.items import Publisher
from newscrawl.markup import parse_html


def publisher(html: str, country: str | None = None) -> Publisher | None:
    tree = parse_html(html)
    assert tree is not None
    page, found = read_page(tree, "https://harbour.example/x", datetime(2026, 1, 1, tzinfo=UTC)), Candidates()
    read_headline(page, found)
    read_publisher(page, found, country)
    value: Publisher | None = found.value("publisher")
    return value


def ld(address: Any) -> str:
    data = {"@type": "NewsArticle", "publisher": {"name": "Harbour Post", "address": address}}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_country_of_the_address() -> None:
    assert publisher(ld([None, {"addressCountry": {"@type": "Country", "name": "Norway"}}]), "Sweden") == Publisher(
        name="Harbour Post", country="Norway"
    )


def test_country_of_the_head_and_of_the_source() -> None:
    name = "<meta property='og:site_name' content='Harbour Post'>"
    head = f"{name}<meta property='og:country-name' content='Norway'>"
    assert publisher(head, "Sweden") == Publisher(name="Harbour Post", country="Norway")
    assert publisher(name, "Sweden") == Publisher(name="Harbour Post", country="Sweden")
