from __future__ import annotations

import pytest

from newscrawl.text import clean_line, clean_paragraphs, clean_text, count_words, printable, shorten


def test_text_is_in_normal_form_without_controls() -> None:
    assert clean_text(" Cafe\u0301\x00 \u200bat\u00a0 \t night\ufeff ") == "Café at night"


def test_line_ends_are_newlines() -> None:
    assert clean_text("a\r\nb\rc\u2028d \n e") == "a\nb\nc\nd\ne"


def test_joiners_stay_for_scripts_that_need_them() -> None:
    assert clean_text("می\u200cخواهم") == "می\u200cخواهم"


def test_surrogates_go() -> None:
    assert clean_text("a\ud800b").encode() == b"ab"


def test_one_line() -> None:
    assert clean_line("  Storm\n hits \r\n coast ") == "Storm hits coast"


def test_paragraphs_are_separated_by_one_blank_line() -> None:
    assert clean_paragraphs("\n One. \n\n\n\nTwo.\nThree.\n \n") == "One.\n\nTwo.\n\nThree."


def test_nothing_in_printable_text_moves_the_cursor() -> None:
    assert printable("a\x1b[2Jb\u202ec\rd") == "a[2Jbc d"


def test_shorten() -> None:
    assert shorten("four", 4) == "four"
    assert shorten("four five", 6) == "four…"
    assert shorten("four", 0) == "…"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("It's a well-known 3.5 km road.", 6), ("東京都知事", 3), ("Tokyo 東京 wins", 3), ("– ! …", 0)],
)
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words
