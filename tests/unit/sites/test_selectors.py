"""One fragment of a page for each thing that selectors see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extraction.page import Page, read_page
from newscrawl.markup import parse_html
from newscrawl.sites.selectors import css, in_json, xpath


def page(html: str) -> Page:
    tree = parse_html(f"<html><body>{html}</body></html>")
    assert tree is not None
    return read_page(tree, "https://harbour.example/a", datetime(2026, 11, 24, tzinfo=UTC))


def lines(texts: list[str]) -> list[list[str]]:
    return [[line.strip() for line in text.split("\n") if line.strip()] for text in texts]


def test_texts_break_where_people_see_a_line_end() -> None:
    found = css(".log")(page("<div class=log>One\n<b>two</b>.<br><br>Three.<p>Four.</p>Five.</div>"))
    assert lines(found) == [["One two.", "Three.", "Four.", "Five."]]


def test_parts_and_scripts_are_left_out_but_not_what_follows_them() -> None:
    html = "<div class=log>One.<div class=ad>Buy!</div>Two<i class=ad>!</i>.<script>x()</script></div>"
    assert lines(css(".log", without=".ad")(page(html))) == [["One.", "Two."]]
    assert lines(xpath("//div[@class='log']", without="//*[@class='ad']")(page(html))) == [["One.", "Two."]]


def test_the_page_is_not_changed() -> None:
    read = page("<div class=log>One.<div class=ad>Buy!</div></div>")
    css(".log", without=".ad")(read)
    assert len(read.tree.xpath("//*[@class='ad']")) == 1


def test_attributes() -> None:
    read = page("<img alt='Pier closes'><img><img alt='Two'>")
    assert css("img", "alt")(read) == ["Pier closes", "", "Two"]
    assert xpath("//img/@alt")(read) == ["Pier closes", "Two"]
    assert xpath("string(//img[1]/@alt)")(read) == ["Pier closes"]
    assert css(".none")(read) == []


def test_json_is_followed_through_lists() -> None:
    state = '{"report": {"line": "Pier closes", "parts": [{"say": "One."}, {"ad": 1}, {"say": "<p>Two</p><p>Three"}]}}'
    read = page(f"<script id=state>window.state = {state}; start()</script>")
    assert in_json("#state", "report", "line")(read) == ["Pier closes"]
    assert lines(in_json("#state", "report", "parts", "say")(read)) == [["One."], ["Two", "Three"]]
    assert in_json("#state", "report", "nothing")(read) == []
    assert in_json("#nothing", "report")(read) == []


def test_what_is_no_json() -> None:
    for text in ("start()", "{'a': 1}", "["):
        with pytest.raises(ValueError, match=r"JSON|Expecting"):
            in_json("#state", "a")(page(f"<script id=state>{text}</script>"))


def test_deep_markup() -> None:
    assert lines(css(".log")(page(f"<div class=log>{'<div>' * 200}One."))) == [["One."]]
    css(".log")(page(f"<div class=log>{'<div>' * 20_000}One."))
