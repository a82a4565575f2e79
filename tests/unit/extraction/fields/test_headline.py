# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.headline import read_headline
from newscrawl.extraction.page import read_page
from newscrawl.markup import parse_html

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def headline(html: str, url: str = "https://www.harbourpost.example/news/pier-closes") -> str | None:
    tree = parse_html(html)
    assert tree is not None
    found = Candidates()
    read_headline(read_page(tree, url, NOW), found)
    text: str | None = found.value("headline")
    return text


@pytest.mark.parametrize(
    "title",
    [
        "Northern pier closes | Harbourpost",
        "Northern pier closes - The Harbourpost Online",
        "Northern pier closes › harbourpost.example",
        "Northern pier closes｜HARBOURPOST",
        "Harbourpost's Home | Northern pier closes",
    ],
)
def test_the_name_of_the_host_is_cut(title: str) -> None:
    assert headline(f"<title>{title}</title>") == "Northern pier closes"


@pytest.mark.parametrize("title", ["»Northern pier closes«", "Northern pier closes - and stays closed"])
def test_what_belongs_to_the_headline_stays(title: str) -> None:
    assert headline(f"<title>{title}</title>") == title


def test_a_heading_that_leads_home_is_the_site() -> None:
    html = "<title>Northern pier closes « Tom's notes</title><h1><a href='/'>Tom's notes</a></h1><h2>Northern pier closes</h2>"
    assert headline(html) == "Northern pier closes"


def test_two_statements_outvote_one_and_what_repeats_it() -> None:
    html = """<title>Pier closed: all you need to know</title><meta property='og:title' content='Pier closed: all you need to know'>
        <meta name='twitter:title' content='Pier closed: all you need to know'><h1>Northern pier closes</h1>
        <script type='application/ld+json'>{"@type": "NewsArticle", "headline": "Northern pier closes"}</script>"""
    assert headline(html) == "Northern pier closes"


def test_a_title_that_ends_at_a_quote_which_is_not_escaped_loses() -> None:
    html = """<meta property=og:title content="Mayor calls pier "unfit"" /><meta name=twitter:title content="Mayor calls pier "unfit"">"""

    assert headline(f"<head>{html}</head><h1>Mayor calls pier &quot;unfit&quot;</h1>") == 'Mayor calls pier "unfit"'
