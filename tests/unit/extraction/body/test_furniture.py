from __future__ import annotations

import pytest

from newscrawl.extraction.body.furniture import furniture_name, is_furniture
from tests.drafts import TEXT, blocks_of


@pytest.mark.parametrize(
    "name",
    ["related", "share-buttons", "newsletter-signup", "author_bio", "cookie", "c-ad", "image-caption", "pageShareBar"],
)
def test_names_of_boxes_around_the_text(name: str) -> None:
    block = blocks_of(f"<div class='{name}'><p>A line</p></div>").all[0]

    assert furniture_name(block, lead=False) is not None


@pytest.mark.parametrize("name", ["article-body", "text", "shared-pier", "headed", "relatedness", "story__content"])
def test_a_word_counts_only_whole(name: str) -> None:
    assert furniture_name(blocks_of(f"<p class='{name}'>A line</p>").all[0], lead=False) is None


def test_an_id_is_a_name_too() -> None:
    assert furniture_name(blocks_of("<p id=newsletter>A line</p>").all[0], lead=False) is not None


def test_a_name_of_standfirsts_is_none_where_one_may_stand() -> None:
    block = blocks_of("<p class=teaser>A line</p>").all[0]

    assert furniture_name(block, lead=True) is None
    assert furniture_name(block, lead=False) is not None


def test_a_caption_is_none_wherever_it_stands() -> None:
    assert furniture_name(blocks_of("<p class='lead-image-caption'>A line</p>").all[0], lead=True) is not None


def test_a_box_further_up_counts() -> None:
    block = blocks_of("<section><div class=newsletter><div><div><p>A line</p></div></div></div></section>").all[0]

    assert furniture_name(block, lead=False) is None
    assert is_furniture(block, frozenset())


@pytest.mark.parametrize("tag", ["aside", "nav", "form", "footer", "figure"])
def test_an_element_that_is_no_text_counts_whatever_its_name(tag: str) -> None:
    assert is_furniture(blocks_of(f"<{tag}><div><p>A line</p></div></{tag}>").all[0], frozenset())


def test_what_is_around_the_text_as_a_whole_does_not_count() -> None:
    blocks = blocks_of(f"<div class=widget><div><div>{TEXT}</div></div></div>")
    around_the_text = blocks.all[0].element.getparent()

    assert is_furniture(blocks.all[0], frozenset())
    assert not is_furniture(blocks.all[0], frozenset((around_the_text,)))


@pytest.mark.parametrize("tag", ["article", "main"])
def test_nothing_beyond_the_article_counts(tag: str) -> None:
    assert not is_furniture(blocks_of(f"<div class=widget><{tag}><div>{TEXT}</div></{tag}></div>").all[0], frozenset())
