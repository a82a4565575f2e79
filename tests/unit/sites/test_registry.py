from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from newscrawl.sites.registry import NONE, SITE_PAGES, check_page, page_name_for, site_page_for
from newscrawl.sources import Source, SourceError

SITE = "http://127.0.0.1:8642"


def test_the_host_chooses_and_a_name_overrules_it() -> None:
    assert page_name_for(f"{SITE}/tidebook/2026-02-24-north-gauge") == "demo_tidebook"
    assert page_name_for(f"{SITE}/world/x") is None
    assert page_name_for("https://harbour.example/tidebook/x") is None
    assert site_page_for(f"{SITE}/tidebook/x", "demo_minutes") is SITE_PAGES["demo_minutes"]
    assert site_page_for(f"{SITE}/tidebook/x", NONE) is None


def test_names_are_sorted_and_those_of_the_files() -> None:
    assert list(SITE_PAGES) == sorted(SITE_PAGES)
    for name, page in SITE_PAGES.items():
        assert type(page) in vars(import_module(f"newscrawl.sites.{name}")).values()


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    check_page(Source(id="gazette"), Path("sources"))
    check_page(Source(id="gazette", page="demo_minutes"), Path("sources"))
    with pytest.raises(SourceError) as caught:
        check_page(Source(id="gazette", page="demo"), Path("sources"))
    assert str(caught.value).startswith("sources/gazette.toml: page = 'demo' is no site page; known: demo_minutes")
