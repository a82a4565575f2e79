from __future__ import annotations

from newscrawl.extraction.body.lines import locate
from tests.drafts import PARAGRAPHS, TEXT, blocks_of, draft_of


def places(texts: list[str], html: str) -> list[range]:
    return [line.at for line in locate(texts, blocks_of(html))]


# locate


def test_each_line_has_the_block_where_it_stands() -> None:
    lines = locate(list(PARAGRAPHS), blocks_of(f"<h1>Pier closes</h1>{TEXT}"))

    assert [line.at for line in lines] == [range(i, i + 1) for i in range(1, 6)]
    assert all(line.block is not None and line.block.text == line.text for line in lines)


def test_a_text_that_stands_twice_is_taken_from_behind_the_line_before() -> None:
    html = f"<nav>The harbour</nav><p>{PARAGRAPHS[0]}</p><h2>The harbour</h2><p>{PARAGRAPHS[1]}</p>"

    assert places([PARAGRAPHS[0], "The harbour", PARAGRAPHS[1]], html) == [range(1, 2), range(2, 3), range(3, 4)]


def test_a_line_that_the_page_does_not_have_has_no_block() -> None:
    nowhere = locate(["Made up by the extractor", PARAGRAPHS[0]], blocks_of(TEXT))[0]

    assert nowhere.at == range(0)
    assert nowhere.block is None
    assert nowhere.link_share == 0


def test_a_paragraph_that_was_broken_at_a_link_is_whole_again() -> None:
    blocks = blocks_of(
        "<p>The mayor of <a href=/x>Long Harbour (map)</a>'s old town, who knows every stone of it, said: <b>no.</b> "
        "That was all.</p>"
    )

    lines = locate(
        ["The mayor of", "Long Harbour", "'s old town, who knows every stone of it, said: no.", "That was all."], blocks
    )
    assert [line.text for line in lines] == [
        "The mayor of Long Harbour (map)'s old town, who knows every stone of it, said: no. That was all."
    ]


def test_sentences_of_a_div_and_lines_of_code_stay_apart() -> None:
    sentences = ["The pier is closed.", "Nobody knows why."]

    assert [line.text for line in locate(sentences, blocks_of(f"<div>{' '.join(sentences)}</div>"))] == sentences
    assert len(locate(["x = 1", "y = 2"], blocks_of("<pre>x = 1\ny = 2</pre>"))) == 2


def test_cells_of_layout_are_those_that_the_row_holds() -> None:
    cells = "".join(f"<div>{text}</div>" for text in ("Advertisement of the day", *PARAGRAPHS))

    row = locate([f"| {' '.join(PARAGRAPHS)} |"], blocks_of(f"<table><tr><td>{cells}</td></tr></table>"))
    assert [line.text for line in row] == list(PARAGRAPHS)


def test_a_row_of_paragraphs_is_layout_and_taken_apart() -> None:
    html = f"<table><tr><td><p>{PARAGRAPHS[0]}</p></td><td><p>{PARAGRAPHS[1]}</p></td></tr></table>"

    assert [line.text for line in locate([f"| {PARAGRAPHS[0]} | {PARAGRAPHS[1]} |"], blocks_of(html))] == [
        *PARAGRAPHS[:2]
    ]


def test_a_row_of_data_stays_one_line() -> None:
    html = "<table><tr><td>Fish quay</td><td>12 ferries a day</td></tr></table>"

    lines = locate(["| Fish quay | 12 ferries a day |"], blocks_of(html))

    assert [(line.text, line.at) for line in lines] == [("| Fish quay | 12 ferries a day |", range(2))]


def test_links_and_words_of_a_line() -> None:
    link, han = locate(
        ["See the plan", "码头周五关闭"], blocks_of("<p><a href=/plan>See the plan</a></p><p>码头周五关闭</p>")
    )

    assert (link.link_share, link.words) == (1.0, 3)
    assert (han.link_share, han.words) == (0.0, 3)


# Draft


def test_main_is_the_element_with_nearly_all_lines_and_tail_what_follows_it() -> None:
    draft = draft_of(f"<p>Above it</p><article>{TEXT}</article><p>Below it</p>")

    assert draft.main is not None
    assert draft.main.tag == "article"
    assert [line.text for line in draft.tail] == ["Below it"]


def test_the_ends_are_four_lines_each() -> None:
    draft = draft_of(TEXT + TEXT.replace("pier", "mole"))

    assert (draft.first, draft.last) == (set(draft.lines[:4]), set(draft.lines[-4:]))
    assert draft.ends == draft.first | draft.last


def test_below_is_the_next_line() -> None:
    draft = draft_of(TEXT)

    assert draft.below(draft.lines[0]) is draft.lines[1]
    assert draft.below(draft.lines[-1]) is None


def test_an_empty_draft_has_no_element_and_no_lines() -> None:
    draft = draft_of("")

    assert draft.main is None
    assert (draft.lines, draft.ends, draft.tail, draft.chars) == ((), frozenset(), frozenset(), 0)
