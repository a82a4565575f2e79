from __future__ import annotations

import pytest

from newscrawl.discovery.pager import following, is_next, page_number

SPORT = "https://news.example/sport"


@pytest.mark.parametrize(
    ("tail", "number"),
    [("", None), ("?page=3", 3), ("/page/3/", 3), ("?q=3", None), ("?page=x", None), ("?page=³", None)],
)
def test_page_number(tail: str, number: int | None) -> None:
    assert page_number(SPORT + tail) == number


def test_following() -> None:
    assert {SPORT + "?page=2", SPORT + "/page/2"} <= following(SPORT)
    assert {SPORT + "/?page=4", SPORT + "/page/4/"} <= following(SPORT + "/page/3/")
    assert SPORT + "?sort=new&page=4" in following(SPORT + "?sort=new&page=3")


@pytest.mark.parametrize(
    ("url", "text", "classes", "right"),
    [
        (SPORT + "?page=2", "Nächste »", "", True),
        (SPORT + "/2", "", "btn-next", True),
        (SPORT, "Next", "next", False),
        (SPORT + "?page=2", "2", "", False),
    ],
)
def test_is_next(url: str, text: str, classes: str, *, right: bool) -> None:
    assert is_next(url, text, classes) is right
