from __future__ import annotations

import pytest

from newscrawl.discovery.links import is_file, is_service_host, shape_of

SITE = "https://news.example"


@pytest.mark.parametrize(
    "path",
    [
        # a date with something after it
        "/2026/11/20/bridge", "/2026/nov/20/bridge-opens", "/2026/11/bridge", "/news/2026-11-20/4711", "/20261120/x",
        "/world/bridge-opens-2026-11-20", "/2026/11/my-privacy-policy.html",
        "/blog/2026/bridge-opens-today",
        # a headline
        "/bridge-opens-after-ten-years", "/sport/bridge_opens_after_ten_years.html",
        "/autoren/jo/heute-schon-an-morgen-denken",
        "/%D0%BC%D0%BE%D1%81%D1%82-%D0%BE%D1%82%D0%BA%D1%80%D1%8B%D0%BB%D0%B8-%D0%B2%D1%87%D0%B5%D1%80%D0%B0",
        "/news/%E6%A9%8B%E3%81%8C%E6%98%A8%E6%97%A5%E9%96%8B%E9%80%9A%E3%81%97%E3%81%9F",
        "/topic/bridge-opens-after-ten-long-years",
        # a number
        "/news/article/4711002.html", "/stories/337670/", "/report/000123.html", "/bridge-4711002", "/news/321",
        "/article/3cc842471fb9df42315d658d88c8403a", "/a/bridge,30063.html", "/archives/2146078",
        # a number in the query
        "/?p=123", "/news_view.html?idx=8576&page=1", "/view.php?ArtNr=335853", "/spip.php?article717",
        "/story.do?objectId=150350",
    ],
)  # fmt: skip
def test_reports(path: str) -> None:
    assert shape_of(SITE + path) == "report"


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/index.html", "/de/", "/sport", "/sport/football/", "/world/middle-east/oil", "/category/real-estate",
        "/section/sport/?page=2", "/rubrik/aus-dem-landkreis", "/news?page=3", "/sport/page/2", "/?cat=3", "/index/1",
        "/2026/11/20", "/2026/11/", "/2026/11/page/2", "/blog/2026-11-20", "/topics",
    ],
)  # fmt: skip
def test_sections(path: str) -> None:
    assert shape_of(SITE + path) == "section"


@pytest.mark.parametrize(
    "path",
    [
        "/about", "/en/privacy-policy", "/impressum.html", "/datenschutzerklaerung/", "/mentions-legales",
        "/aviso-legal",
        "/cookie-settings", "/tag/bridges", "/tags/bridges/page/2", "/author/jo-day", "/user/12345", "/login?back=/x",
        "/search?q=bridge", "/?s=bridge", "/newsletter", "/abo", "/shop/mug", "/wp-content/uploads/2026/x",
        "/a/photo.JPG", "/2026/11/20/report.pdf", "/feed/", "/rss.xml", "/bridge-opens-after-ten-years/comment-page-2",
        "/2026-bridge?replytocom=7", "/news/calendar?month=3", "/events/127",
    ],
)  # fmt: skip
def test_others(path: str) -> None:
    assert shape_of(SITE + path) == "other"


@pytest.mark.parametrize("path", ["/ear-candy/", "/about-bugs/", "/x/bridge-opens-today", "/822", "/index.php?id=30"])
def test_unknown(path: str) -> None:
    assert shape_of(SITE + path) == "unknown"


def test_service_hosts() -> None:
    assert is_service_host("https://shop.news.example/x")
    assert not is_service_host("https://www.news.example/shop")


def test_files() -> None:
    assert is_file(SITE + "/a/b.pdf?download=1")
    assert not is_file(SITE + "/a/b.html")
