# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.headline import read_headline
from newscrawl.extraction.fields.people import read_authors
from newscrawl.extraction.page import read_page
from newscrawl.markup import parse_html

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://harbour.example/news/pier-closes"


def authors(html: str) -> tuple[str, ...]:
    tree = parse_html(html + "<p>The council has closed the pier, and it will stay closed until spring.</p>")
    assert tree is not None
    page, found = read_page(tree, URL, NOW), Candidates()
    read_headline(page, found)
    read_authors(page, found)
    return found.value("authors") or ()


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Pier closes</h1><p>By Ann Example</p>",
        "<h1>Pier closes</h1><p>Von <b>Ann Example</b></p>",
        "<h1>Pier closes</h1><p>Par Ann Example, correspondante à Port</p>",
        "<h1>Pier closes</h1><p>03.05.2024 13:30 von Ann Example</p>",
        "<h1>Pier closes</h1><p>03.05.2024 | 13:30 Uhr | Ann Example</p>",
        "<h1>Pier closes</h1><p>Автор: Ann Example</p>",
        "<h1>Pier closes</h1><div class='wrote_by'>By <a href='/ann'>Ann Example</a></div>",
        "<h1>Pier closes</h1><ul><li><span class='newsAuthorName'>Ann Example</span></li></ul>",
        "<h1>Pier closes</h1><p><a rel='author' href='/ann'>Ann Example</a></p>",
        "<article><h1>Pier closes</h1><footer><span class='author vcard'>Ann Example</span></footer></article>",
        "<h1>Pier closes</h1>" + "<p>word</p>" * 40 + "<div class='author'>By Ann Example on 3 May</div>",
    ],
)
def test_bylines_that_the_page_shows(html: str) -> None:
    assert authors(html) == ("Ann Example",)


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Pier closes</h1><p>By the end of the year it will open again.</p>",
        "<h1>Pier closes</h1><p>Von Anfang an war das klar</p>",
        "<h1>Pier closes</h1><figure><figcaption>By Ann Example</figcaption></figure>",
        "<h1>Pier closes</h1><div class='comment'><span class='author'>Ann Example</span></div>",
        "<h1>Pier closes</h1><a href='/other'>Another report that is long <span>By Ann Example</span></a>",
    ],
)
def test_what_is_no_byline(html: str) -> None:
    assert authors(html) == ()


def test_several_authors_in_several_elements() -> None:
    html = "<h1>Pier closes</h1><div class='byline'>By <a>Ann Example</a> and <a>Tom Reed</a></div>"
    assert authors(html) == ("Ann Example", "Tom Reed")


def test_who_is_in_metadata_only_does_not_sign() -> None:
    html = "<meta name='author' content='Quay Web Agency'><h1>Pier closes</h1>"
    assert authors(html) == ()
    assert authors(f"{html}<p>Text: Tom Reed</p>") == ("Tom Reed",)
    assert authors(f"{html}<p>quay web agency</p>") == ("Quay Web Agency",)


def test_news_in_jsonld_is_believed_and_other_articles_are_not() -> None:
    html = '<script type="application/ld+json">{{"@type": "{}", "author": {{"name": "Ann Example"}}}}</script><h1>Pier closes</h1>'
    assert authors(html.format("NewsArticle")) == ("Ann Example",)
    assert authors(html.format("Article")) == ()


def test_a_byline_goes_before_an_account() -> None:
    html = "<meta name='author' content='aexample'><h1>Pier closes</h1><p>By Ann Example</p><p>aexample</p>"
    assert authors(html) == ("Ann Example",)


def test_role_and_site_beside_a_name_go() -> None:
    meta = "<meta property='og:site_name' content='Harbour Post'><meta name='author' content='{0}'><h1>Pier closes</h1><p>{0}</p>"
    link = "<a rel='author'>Ann Example</a>"
    assert authors(meta.format("Ann Example Chief Editor") + link) == ("Ann Example",)
    assert authors(meta.format("Ann Harbour Post")) == ("Ann",)


def test_who_does_not_sign_is_still_told_to_people() -> None:
    html = "<meta name='author' content='Quay Web Agency'><h1>Pier closes</h1>"
    tree = parse_html(html)
    assert tree is not None
    found = Candidates()
    read_authors(read_page(tree, URL, NOW), found)
    assert found.as_text() == {}
    assert found.refused_as_text() == {"authors": (("meta", "Quay Web Agency"),)}
