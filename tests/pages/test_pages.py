"""Saved pages written by us, each with the report that it must give: `saved/NAME.html` and `saved/NAME.json`."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl.cli.fixtures import expected_values, load_fixture
from newscrawl.parsing.work import read_report_page
from newscrawl.sites.registry import SITE_PAGES

SAVED = Path(__file__).parent / "saved"
PAGES = sorted(SAVED.glob("*.html"))


@pytest.mark.parametrize("html", PAGES, ids=lambda html: html.stem)
def test_saved_page_gives_the_expected_report(html: Path) -> None:
    page, about, expected = load_fixture(html)
    extracted = read_report_page(page, about)
    assert (extracted.rejection, extracted.gaps) == (None, {})
    assert expected_values(extracted) == expected


def test_no_site_page_is_without_a_saved_page() -> None:
    assert {load_fixture(html)[1].page for html in PAGES} >= set(SITE_PAGES)
