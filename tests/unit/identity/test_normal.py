from __future__ import annotations

import unicodedata

import pytest

from newscrawl.identity.normal import (
    is_unspaced,
    names_of,
    normal_text,
    numbers_of,
    repaired,
    tokens_of,
    without_dateline,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Straße in KÖLN", "strasse in koln"),
        (unicodedata.normalize("NFD", "Élysée"), "elysee"),
        ("ﬁn\u00ad\u200bale", "finale"),
        ("１２３ और ४५", "123 और 45"),
        ("كـــتاب", "كتاب"),
    ],
)
def test_form_and_script_of_digits_do_not_count(text: str, normal: str) -> None:
    assert normal_text(text) == normal_text(normal)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_mojibake_is_repaired(encoding: str) -> None:
    text = "Der Fluß „Große Röder“ – für 5 €"
    broken = text.encode().decode(encoding, "replace")
    if "\ufffd" not in broken:
        assert repaired(broken) == text
    assert repaired("für Ærø") == "für Ærø"


def test_lost_bytes_are_left_alone() -> None:
    assert repaired("Ð\ufffd and â€") == "Ð\ufffd and â€"


def test_tokens_are_words_or_characters() -> None:
    assert tokens_of("it's 5 o'clock, under_score") == ["it", "s", "5", "o", "clock", "under", "score"]
    assert tokens_of(normal_text("3月5日 Tokyo")) == ["3", "月", "5", "日", "tokyo"]


def test_is_unspaced() -> None:
    for text, unspaced in (("東京で地震", True), ("ตลาดหุ้น", True), ("plain words", False), ("부산 호우", False)):
        normal = normal_text(text)
        assert is_unspaced(normal, tokens_of(normal)) is unspaced


def test_numbers_have_no_separators() -> None:
    assert numbers_of("1,042,000 or 1.042.000 and 3.5, at 18:30") == ["1042000", "1042000", "35", "18", "30"]


def test_digits_in_words_are_no_numbers() -> None:
    assert numbers_of("w0rld h1 5th b4 7") == ["7"]
    assert numbers_of(normal_text("深さは約10キロ")) == ["10"]


def test_names_are_capitalised_words_within_sentences() -> None:
    text = 'Officers met Maria Lopez in Lisbon. Later she left.\n\nNobody said "Never" to  Óscar.'
    assert names_of(text) == {"maria", "lopez", "lisbo", "oscar"}
    assert names_of(unicodedata.normalize("NFD", text).replace(" ", "\u00a0")) == names_of(text)
    assert names_of("東京で地震") == set()


@pytest.mark.parametrize(
    "dateline",
    [
        "LONDON, March 5 (Reuters) - ",
        "Berlin (dpa) – ",
        "PARIS, 3 mars /PRNewswire/ -- ",
        "NEW YORK - ",
        "Belmore, 5. März – ",
        "(AFP) ",
        "新华社北京3月5日电 ",
        "東京（共同）－ ",
    ],
)
def test_datelines_go(dateline: str) -> None:
    assert without_dateline(f"{dateline}The ferry sank.") == "The ferry sank."


@pytest.mark.parametrize(
    "text",
    ["The ferry - a ship of 1931 - sank.", "Arden won, and Belmore (a town) lost.", "In 1998 (or so) it sank.", ""],
)
def test_sentences_are_no_datelines(text: str) -> None:
    assert without_dateline(text) == text
