from __future__ import annotations

import pytest

from newscrawl.discovery.source_lists import ListError, group, read_csv, read_opml, read_sitelist, write_opml
from newscrawl.sources import Source

OPML = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="North">
  <outline type="rss" text="Gazette" xmlUrl="https://www.gazette.example/feed?a=1&b=2" htmlUrl="https://www.gazette.example/"/>
  <outline type="rss" text="Gazette sport" xmlUrl="https://www.gazette.example/sport.xml" language="de_AT"/>
</outline>
<outline type="rss" text="Courier" xmlUrl="https://feeds.service.example/courier" htmlUrl="https://courier.example"/>
<outline type="rss" text="Broken"/>
<outline type="rss" text="Odd" xmlUrl="gopher://old.example/feed"/>
</body></opml>"""


def test_opml_becomes_one_source_for_each_site() -> None:
    found = read_opml(OPML)
    (gazette, names), (courier, _) = group(found.named)

    assert gazette.id == "gazette.example"
    assert gazette.feeds == ("https://www.gazette.example/feed?a=1&b=2", "https://www.gazette.example/sport.xml")
    assert gazette.home == "https://www.gazette.example/"
    assert gazette.language == "de-AT"
    assert not gazette.discover
    assert names["https://www.gazette.example/sport.xml"] == "Gazette sport"
    assert (courier.id, courier.name) == ("courier.example", "Courier")
    assert courier.domains == ("courier.example", "service.example")


def test_what_opml_cannot_say_is_told_with_its_line() -> None:
    broken, odd = read_opml(OPML).troubles

    assert broken.startswith("line 8: outline 'Broken' has no xmlUrl")
    assert odd.startswith("line 9: 'gopher://old.example/feed' is no http(s) URL")
    with pytest.raises(ListError, match="no OPML"):
        read_opml(b"<rss/>")


def test_csv_with_a_heading() -> None:
    body = (
        "Name;Website;Feed;Language;Notes\n"
        "Gazette;gazette.example;https://gazette.example/a.xml;en;good\n"
        "Courier;courier.example;;english;\n"
        ";;;;lost\n"
        "Tide;tide.example;not a url;;\n"
    ).encode("utf-8-sig")
    found = read_csv(body)
    gazette, courier, tide = (source for source, _ in group(found.named))

    assert (gazette.name, gazette.home, gazette.language) == ("Gazette", "https://gazette.example/", "en")
    assert gazette.feeds == ("https://gazette.example/a.xml",)
    assert courier.discover
    assert courier.language is None
    assert tide.home == "https://tide.example/"
    assert [trouble.partition(":")[0] for trouble in found.troubles] == ["line 3", "line 4", "line 5"]
    assert "Notes" in found.notes[0]


def test_csv_of_addresses_alone() -> None:
    found = read_csv(b"# mine\ngazette.example\nhttps://gazette.example/rss\n\nhttps://tide.example/region/\nwhat\n")
    gazette, tide = (source for source, _ in group(found.named))

    assert (gazette.home, gazette.feeds) == ("https://gazette.example/", ("https://gazette.example/rss",))
    assert tide.sections == ("https://tide.example/region/",)
    assert found.troubles == ["line 6: 'what' is no address; give the table a heading"]


SITELIST = b"""# sites
{
  base_urls: [
    {
      # the whole site
      url: "https://gazette.example/"
      ignore_regex: "/quiz/"
      daemonize: 3600
    }
    { "url": ["https://tide.example", "https://courier.example/rss.xml"], "crawler": "RssCrawler", },
    { url: "https://paper.example/2026/03/02/flood", crawler: "Download" }
    { url: 7 }
  ]
}
"""


def test_sitelist_with_comments_and_unquoted_keys() -> None:
    found = read_sitelist(SITELIST)
    gazette, tide, courier = (source for source, _ in group(found.named))

    assert (gazette.home, gazette.exclude, gazette.discover) == ("https://gazette.example/", ("/quiz/",), True)
    assert tide.home == "https://tide.example/"
    assert courier.feeds == ("https://courier.example/rss.xml",)
    assert found.named[0].line == 6
    single, odd = found.troubles
    assert single.startswith("line 11: https://paper.example/2026/03/02/flood is a single report")
    assert odd.startswith("base_urls, entry 4: 'url' is 7")
    assert found.notes == ["base_urls, entry 1: daemonize have no meaning here"]


@pytest.mark.parametrize("body", [b"{ base_urls: [", b"[]", b"{}", b"\xff"])
def test_no_sitelist(body: bytes) -> None:
    with pytest.raises(ListError):
        read_sitelist(body)


def test_opml_goes_out_as_it_came_in() -> None:
    source = Source(
        id="gazette", name="Gazette & Co", home="https://g.example/", feeds=("https://g.example/a?b=1&c=2",)
    )
    (found, _), (bare, _) = group(
        read_opml(write_opml([source, Source(id="t", home="https://t.example/")]).encode()).named
    )

    assert (found.feeds, found.home, found.name) == (source.feeds, source.home, source.name)
    assert bare.home == "https://t.example/"
