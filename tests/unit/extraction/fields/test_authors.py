from __future__ import annotations

import pytest

from newscrawl.extraction.fields.authors import clean_authors, is_account, is_person, person_key, split_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Ann Example and Tom Reed, Jr", ["Ann Example", "Tom Reed, Jr"]),
        ("Kari Quay og Ola Pier", ["Kari Quay", "Ola Pier"]),
        ("Anne Quai, Jean Port et Luc Mer", ["Anne Quai", "Jean Port", "Luc Mer"]),
        ("Ann Example, Correspondent in Harbourtown", ["Ann Example"]),
        ("Ann Example und Tom Reed, dpa", ["Ann Example", "Tom Reed", "dpa"]),
        ("capital von Ann Example", ["Ann Example"]),
        ("Veröffentlicht vonAnn Example", ["Ann Example"]),
        ("Ursula von der Quay", ["Ursula von der Quay"]),
        ("Ann Example (pictured)", ["Ann Example"]),
        ("https://harbour.example/ann", []),
        ("Quay Media GmbH", []),
        ("Twitter Facebook", []),
        ("publisher", []),
    ],
)
def test_names_in_a_text(text: str, names: list[str]) -> None:
    assert split_names(text) == names


def test_the_site_is_no_author() -> None:
    sites = ["Harbour Post", "harbourpost.example"]
    values = ["Harbour Post", "harbourpost.example", "Harbour Post, Harbourtown, Norway", "coast.com", "Ann Example"]
    assert clean_authors(values, sites) == ("Ann Example",)


def test_one_person_in_two_forms_is_one_in_the_fuller_form() -> None:
    assert clean_authors(["Ana Perez", "Ana M. Pérez", "ANA PÉREZ"], ["x"]) == ("Ana M. Pérez",)
    assert person_key("Dr. Ana M. Pérez") == person_key("ana perez")


def test_capitals_become_a_name_and_agencies_stay() -> None:
    assert clean_authors(["ANN O'EXAMPLE", "AFP"], ["x"]) == ("Ann O'Example", "AFP")


@pytest.mark.parametrize("text", ["J.R. Stone", "Loïc Le Clerc", "Ursula von der Quay", "松岡大地", "AFP"])
def test_what_can_be_a_person(text: str) -> None:
    assert is_person(text)


@pytest.mark.parametrize("text", ["said on Friday", "Ann Example said on Friday", "04.05.2024", "By", "Read more", ""])
def test_what_can_be_none(text: str) -> None:
    assert not is_person(text)


def test_accounts_are_told_from_agencies() -> None:
    assert is_account("l-horstmann")
    assert not is_account("dpa")
    assert not is_account("Ann")
