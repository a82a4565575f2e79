from __future__ import annotations

import pytest

from newscrawl.extraction.body import blocks as module
from newscrawl.extraction.body.blocks import container_of
from newscrawl.extraction.fields.title import bare
from tests.drafts import PARAGRAPHS, TEXT, blocks_of


def texts(html: str) -> list[str]:
    return [block.text for block in blocks_of(html).all]


# read_blocks


def test_elements_that_begin_a_line_and_br_make_blocks() -> None:
    html = "<h1>Pier\n closes</h1>Text of the <b>body</b><br>next line<ul><li>one</li><li>two</li></ul>and last"

    assert texts(html) == ["Pier closes", "Text of the body", "next line", "one", "two", "and last"]


def test_text_around_an_inner_block_is_in_order_and_in_its_element() -> None:
    blocks = blocks_of("<div class=outer>before<p>inner</p>after</div>").all

    assert [(block.text, block.element.tag) for block in blocks] == [
        ("before", "div"),
        ("inner", "p"),
        ("after", "div"),
    ]


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template", "textarea", "svg"])
def test_what_no_reader_sees_is_left_out_but_not_what_follows(tag: str) -> None:
    assert texts(f"<p>The pier <{tag}>hidden</{tag}>is closed</p>") == ["The pier is closed"]


def test_a_run_without_letter_or_digit_is_left_out() -> None:
    assert texts("<p>* * *</p><p>_ _</p><p>1</p><p>字</p>") == ["1", "字"]


def test_the_key_has_letters_and_digits_only() -> None:
    assert [block.key for block in blocks_of("<p>Größe: 12_km!</p><p>ДОМ 字</p>").all] == ["grösse12km", "дом字"]


def test_an_accent_that_is_a_character_of_its_own_is_joined_with_its_letter() -> None:
    block = blocks_of("<p>Gru\u0308nder</p>").all[0]

    assert (block.text, block.key) == ("Gründer", "gründer")


def test_the_link_share_is_that_of_the_characters() -> None:
    blocks = blocks_of("<p><a href=/1>abcd</a> efgh</p><p><a href=/2><b>all</b></a></p><p>none</p>").all

    assert [round(block.link_share, 1) for block in blocks] == [0.4, 1.0, 0.0]


def test_the_number_of_blocks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BLOCKS", 3)

    assert len(texts(TEXT)) == 3


def test_names_and_surroundings_of_a_block() -> None:
    block = blocks_of("<aside><div class='Box Red' id=top><p class=Small>A line</p></div></aside>").all[0]

    assert block.names().split() == ["small", "box", "red", "top"]
    assert block.inside("aside", "nav")
    assert block.inside("p")
    assert not block.inside("nav")


# find


def test_a_line_is_found_in_its_block_or_in_those_it_spans() -> None:
    blocks = blocks_of(f"<h1>Pier closes</h1>{TEXT}<table><tr><td>Ferries</td><td>twelve</td></tr></table>")

    assert blocks.find(bare(PARAGRAPHS[1])) == range(2, 3)
    assert blocks.find(bare("| Ferries | twelve |")) == range(6, 8)


def test_a_line_is_looked_for_behind_the_last_and_then_from_the_start() -> None:
    blocks = blocks_of("<p>The bus is late again</p><p>The pier is closed today</p><p>The bus is late again</p>")

    assert blocks.find(bare("The bus is late again"), 1) == range(2, 3)
    assert blocks.find(bare("The pier is closed today"), 2) == range(1, 2)


def test_a_long_line_is_found_though_the_page_has_something_in_between() -> None:
    blocks = blocks_of(f"<p>{PARAGRAPHS[0].replace('on Friday', 'on <button>Listen</button> Friday')}</p>")

    assert blocks.find(bare(PARAGRAPHS[0])) == range(3)


def test_a_short_key_counts_only_where_a_block_begins() -> None:
    blocks = blocks_of("<p>Everyone at sea</p><p>Sea</p>")

    assert blocks.find("sea") == range(1, 2)
    assert blocks.find("ryo") == range(0)


@pytest.mark.parametrize("key", ["", "thisisnowhereonthepage", bare(PARAGRAPHS[0])])
def test_what_the_page_does_not_have_is_nowhere(key: str) -> None:
    assert blocks_of("<p>The pier is closed</p>").find(key) == range(0)
    assert blocks_of("").find(key) == range(0)


# container_of


def test_the_container_is_the_innermost_element_with_that_share() -> None:
    blocks = blocks_of(f"<main><article id=all><div id=text>{TEXT}</div><p>{PARAGRAPHS[0]}</p></article></main>").all

    inner, outer = container_of(blocks, 0.8), container_of(blocks, 0.95)
    assert inner is not None
    assert outer is not None
    assert (inner.get("id"), outer.get("id")) == ("text", "all")
    assert container_of([], 0.8) is None
