from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newscrawl.cli.fixtures import FOLDER, FixtureError, check_fixture, expected_values, load_fixture, save_fixture
from newscrawl.parsing.work import Page, read_report_page

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars. "
PAGE = Page(
    body=f"<html lang=de><title>Café</title><h1>Pier schließt, Fähren ziehen um</h1><p>{TEXT * 5}</p>".encode("cp1252"),
    url="https://harbour.example/a",
    content_type="text/html; charset=windows-1252",
    now=datetime(2026, 11, 24, 12, 0, 7, 345, tzinfo=UTC),
)


def test_what_is_saved_is_the_page_as_fetched_and_a_test_that_passes(tmp_path: Path) -> None:
    told = save_fixture(tmp_path / "new", "pier", PAGE, "demo_minutes")
    html = tmp_path / "new" / "pier.html"
    assert html.read_bytes() == PAGE.body
    page, about, expected = load_fixture(html)
    assert (page.content_type, page.now, about.page) == (
        PAGE.content_type,
        PAGE.now.replace(microsecond=0),
        "demo_minutes",
    )
    assert expected["headline"] == "Pier schließt, Fähren ziehen um"
    assert expected_values(read_report_page(page, about)) == expected
    assert not {"id", "extractor", "provenance", "fetched_at", "page"} & set(expected)
    assert any("nothing was found for: summary, authors, published_at" in line for line in told)
    assert told[-1].strip() == "then: pytest tests/pages -k pier"


def test_nothing_is_overwritten_unless_asked_for(tmp_path: Path) -> None:
    save_fixture(tmp_path, "pier", PAGE, None)
    assert "page" not in json.loads((tmp_path / "pier.json").read_text(encoding="utf-8"))
    with pytest.raises(FixtureError, match=r"pier\.html is there already; --force overwrites it"):
        check_fixture(tmp_path, "pier", force=False)
    check_fixture(tmp_path, "pier", force=True)


@pytest.mark.parametrize("name", ["", "../pier", "Pier", "a/b", "-x", "a.html"])
def test_names_are_file_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(FixtureError, match="use lower-case letters"):
        check_fixture(tmp_path, name, force=False)


def test_outside_of_a_checkout_the_folder_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FixtureError, match="run this in a checkout of newscrawl, or give --fixtures DIR"):
        check_fixture(FOLDER, "pier", force=False)
