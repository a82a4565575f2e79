from __future__ import annotations

import re

import pytest

from newscrawl.identity.keys import content_hash, identity_url, report_id, url_key


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a",
        "https://EXAMPLE.com:443/a#top",
        "https://example.com/a?utm_source=rss",
        "https://example.com/x/../a",
    ],
)
def test_spellings_of_one_url_have_one_id(url: str) -> None:
    assert url_key(url) == "example.com/a"
    assert report_id(url) == report_id("https://example.com/a")


def test_other_documents_have_other_ids() -> None:
    urls = [
        "https://example.com/a",
        "https://example.com/a/",
        "https://www.example.com/a",
        "https://example.com/a?id=1",
    ]
    assert len({report_id(url) for url in urls}) == len(urls)


def test_ids_are_32_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{32}", report_id("https://example.com/"))
    assert re.fullmatch("[0-9a-f]{32}", content_hash(None, None))


def test_ids_stay_the_same_from_version_to_version() -> None:
    assert report_id("https://example.com/a") == "c47c880e9461e16545268e3156a7b7f6"
    assert content_hash("Storm", "It rains.") == "7d2ef399d1e35fb6dbddead71d24a993"


def test_typography_is_no_new_text() -> None:
    assert content_hash("“Storm” hits", "It’s\n\nraining") == content_hash('"storm" HITS ', "It's raining!")


def test_other_words_are_a_new_text() -> None:
    assert content_hash("Storm", "2 dead") != content_hash("Storm", "3 dead")


def test_lone_surrogates_do_no_harm() -> None:
    assert content_hash("a\ud800", "b")


def test_a_canonical_link_that_drops_the_number_of_the_report_is_not_believed() -> None:
    numbered = "https://harbour.example/story?id=17"
    assert identity_url(numbered, "https://harbour.example/story") == numbered
    clean = "https://harbour.example/a/pier-closes"
    assert identity_url(clean + "?ref=home", clean) == clean
    assert identity_url(clean, "https://harbour.example/a") == clean
    assert identity_url(clean, "https://victim.example/story") == clean
