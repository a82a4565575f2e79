from __future__ import annotations

from newscrawl.cli.differences import Piece, paragraph_changes, word_changes


def test_words_that_were_replaced() -> None:
    assert word_changes("Ten people were hurt", "Twelve people were hurt") == [
        Piece("old", "Ten"),
        Piece("new", "Twelve"),
        Piece("same", " people were hurt"),
    ]


def test_neighbours_are_one_change() -> None:
    assert word_changes("The old pier opens", "The new bridge opens") == [
        Piece("same", "The "),
        Piece("old", "old pier"),
        Piece("new", "new bridge"),
        Piece("same", " opens"),
    ]


def test_both_texts_can_be_read_from_the_pieces() -> None:
    old, new = "A storm, they said, came at 7 or 8.", "Later a storm came, they said: at 8!"
    pieces = word_changes(old, new)
    assert "".join(piece.text for piece in pieces if piece.mark != "new") == old
    assert "".join(piece.text for piece in pieces if piece.mark != "old") == new


def test_a_character_is_a_word_where_no_spaces_are() -> None:
    assert word_changes("台风造成三人受伤", "台风造成五人受伤")[1:3] == [Piece("old", "三"), Piece("new", "五")]


def test_paragraphs_that_stayed_are_not_told() -> None:
    old = "First one.\n\nTen people were hurt in the harbour.\n\nThird one, about boats.\n\nLast."
    new = "First one.\n\nTwelve people were hurt in the harbour.\n\nLast.\n\nWhat was added in the evening."
    assert paragraph_changes(old, new) == [
        [Piece("old", "Ten"), Piece("new", "Twelve"), Piece("same", " people were hurt in the harbour.")],
        [Piece("old", "Third one, about boats.")],
        [Piece("new", "What was added in the evening.")],
    ]


def test_long_stretches_are_cut() -> None:
    words = " ".join(f"word{n}" for n in range(200))
    (pieces,) = paragraph_changes(f"{words} end", f"{words} finish")
    assert pieces[0].text.startswith("…")
    assert len(pieces[0].text) < 200
    assert paragraph_changes("", "One.\n\nTwo.") == [[Piece("new", "One.")], [Piece("new", "Two.")]]
