from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from newscrawl.demo.announcements import DEAD_PATH, PRIVATE_PATH, SOFT_404_PATH
from newscrawl.demo.html import CHROME
from newscrawl.demo.server import DemoSite

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def get(site: DemoSite, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    url = path if path.startswith("http") else site.url.rstrip("/") + path
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with opener.open(urllib.request.Request(url, headers=named, method=method), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with closing(error):
            return error.code, dict(error.headers), error.read()


def links(html: bytes) -> list[str]:
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if tag == "a" and name == "href")

    Links().feed(html.decode())
    return found


@pytest.fixture
def site():
    with DemoSite() as site:
        yield site


def test_every_expected_report_is_served_with_its_text(site):
    assert len(site.expected) >= 12
    assert {report["language"] for report in site.expected} >= {"en", "de", "fr", "es", "pt", "ru", "ar", "ja"}
    for report in site.expected:
        status, _, body = get(site, report["url"])
        assert status == 200
        page = body.decode()
        assert report["headline"].replace("'", "&#x27;") in page
        for paragraph in report["body"]:
            assert paragraph.replace("'", "&#x27;") in page
            assert not any(words in paragraph for words in CHROME)


def test_expected_values_have_the_types_of_the_store(site):
    by_headline = {report["headline"].split()[0]: report for report in site.expected}
    buoy = by_headline["Fishing"]
    assert buoy["source_link"]["country"] == "Norway"
    assert buoy["locations"][0]["point"] == (13.0457, 66.3912)
    assert buoy["rating"] == {"value": 4.2, "count": 11}
    assert buoy["videos"][0]["url"] == f"{site.url}media/buoy.mp4"
    assert by_headline["Night"]["published_at"] == datetime(2026, 3, 2, 5, 15, tzinfo=UTC)
    assert by_headline["Inside"]["free_access"] is False
    assert by_headline["Border"]["published_precision"] == "day"
    assert "summary" not in by_headline["Border"]
    assert len(by_headline["In"]["images"]) == 3


def test_every_report_is_announced_and_every_announcement_is_known(site):
    announced = set()
    for path in ("/", "/world/", "/world/?page=2", "/science/", "/culture/"):
        announced |= set(links(get(site, path)[2]))
    assert PRIVATE_PATH in announced
    archive = ET.fromstring(gzip.decompress(get(site, "/sitemap-archive.xml.gz")[2]))
    archived = {loc.text.removeprefix(site.url.rstrip("/")) for loc in archive.iter(f"{SITEMAP}loc")}
    assert {DEAD_PATH, SOFT_404_PATH} <= archived
    expected = {report["url"].removeprefix(site.url.rstrip("/")) for report in site.expected}
    copies = {url.removeprefix(site.url.rstrip("/")) for report in site.expected for url in report.get("also_at", [])}
    assert len(copies) == 1
    assert expected | copies <= announced | archived
    assert archived - expected == {DEAD_PATH, SOFT_404_PATH}


def test_feeds(site):
    rss = ET.fromstring(get(site, "/feed.xml")[2])
    rss_links = [item.findtext("link") for item in rss.iter("item")]
    assert len(rss_links) >= 8
    assert all("utm_source=rss" in link for link in rss_links)
    assert get(site, rss_links[0])[0] == 200
    atom = ET.fromstring(get(site, "/atom.xml")[2])
    atom_links = [entry.find(f"{ATOM}link").get("href") for entry in atom.iter(f"{ATOM}entry")]
    status, headers, _ = get(site, next(link for link in atom_links if "/go/" in link))
    assert status == 302
    assert headers["Location"] in [report["url"].removeprefix(site.url.rstrip("/")) for report in site.expected]
    feed = json.loads(get(site, "/feed.json")[2])
    assert [item["url"] for item in feed["items"]] == [link.partition("?")[0] for link in rss_links]


def test_sitemaps_and_robots(site):
    robots = get(site, "/robots.txt")[2].decode()
    assert "Disallow: /private/" in robots
    assert "crawl-delay" not in robots.lower()
    index = ET.fromstring(get(site, "/sitemap.xml")[2])
    assert len(list(index.iter(f"{SITEMAP}sitemap"))) == 2
    news = ET.fromstring(get(site, "/sitemap-news.xml")[2])
    titles = [title.text for title in news.iter(f"{NEWS}title")]
    assert "Night ferries return to the Sound after eleven years" in titles


def test_some_reports_are_announced_in_one_place_only(site):
    news = (
        get(site, "/sitemap-news.xml")[2] + get(site, "/feed.xml")[2] + get(site, "/feed.json")[2] + get(site, "/")[2]
    )
    archive = gzip.decompress(get(site, "/sitemap-archive.xml.gz")[2])
    assert b"orgel" not in news + archive
    assert b"border-bridge" not in news + archive
    assert b"gare-de-vaubrun" not in news
    assert b"gare-de-vaubrun" in archive


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (DEAD_PATH, 404),
        (SOFT_404_PATH, 200),
        (PRIVATE_PATH, 200),
        ("/about", 200),
        ("/search?q=x", 200),
        ("/world", 301),
        ("/world/?page=1", 200),
        ("/world/?page=3", 404),
        ("/science/?page=2", 404),
        ("/media/gauge.png", 200),
    ],
)
def test_status(site, path, status):
    assert get(site, path)[0] == status


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/sitemap-archive.xml.gz", "/science/article/88321"])
def test_conditional_requests(site, path):
    _, headers, body = get(site, path)
    etag, modified = headers["ETag"], headers["Last-Modified"]
    assert body
    assert get(site, path, If_None_Match=etag)[::2] == (304, b"")
    assert get(site, path, If_None_Match=f'"x", W/{etag}')[0] == 304
    assert get(site, path, If_Modified_Since=modified)[0] == 304
    assert get(site, path, If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT")[0] == 200
    assert get(site, path, If_Modified_Since="yesterday")[0] == 200
    # If-None-Match wins (RFC 9110, section 13.2.2).
    assert get(site, path, If_None_Match='"x"', If_Modified_Since=modified)[0] == 200


def test_head_sends_no_body(site):
    status, headers, body = get(site, "/feed.xml", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


def test_requests_are_recorded(site):
    get(site, "/about")
    get(site, "/feed.xml?x=1", If_None_Match='"x"')
    get(site, "/nowhere")
    assert [(r.path, r.status, r.conditional) for r in site.requests] == [
        ("/about", 200, False),
        ("/feed.xml?x=1", 200, True),
        ("/nowhere", 404, False),
    ]


def test_publish_announces_a_staged_report(site):
    _, headers, _ = get(site, "/feed.xml")
    before = len(site.expected)
    assert site.staged == ["phare-automate", "library-van"]
    url = site.publish("library-van")
    assert get(site, url)[0] == 200
    assert len(site.expected) == before + 1
    assert site.expected[0]["url"] == url
    status, _, feed = get(site, "/feed.xml", If_None_Match=headers["ETag"], If_Modified_Since=headers["Last-Modified"])
    assert status == 200
    assert url.encode() in feed
    with pytest.raises(KeyError):
        site.publish("library-van")


def test_revise_changes_page_and_validators(site):
    url = next(report["url"] for report in site.expected if "article/88321" in report["url"])
    _, headers, _ = get(site, url)
    listing = get(site, "/science/")[1]
    assert site.revise("tide-clock-ja", "時計は三月から一般公開される。") == url
    status, _, page = get(site, url, If_Modified_Since=headers["Last-Modified"])
    assert status == 200
    assert "一般公開される" in page.decode()
    revised = next(report for report in site.expected if report["url"] == url)
    assert revised["body"][-1] == "時計は三月から一般公開される。"
    assert revised["modified_at"] > revised["published_at"]
    assert get(site, "/science/", If_Modified_Since=listing["Last-Modified"])[0] == 200
    with pytest.raises(KeyError):
        site.revise("nothing", "x")


def test_stop_frees_the_port():
    site = DemoSite()
    port = int(site.url.rstrip("/").rpartition(":")[2])
    site.stop()
    site.stop()
    with DemoSite(port) as again:
        assert get(again, "/about")[0] == 200
    with DemoSite() as other, pytest.raises(OSError, match="in use"):
        DemoSite(int(other.url.rstrip("/").rpartition(":")[2]))
