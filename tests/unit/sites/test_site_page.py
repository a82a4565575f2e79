"""A site page decides single fields; whatever is wrong with it costs those fields only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.extraction.report import read_report
from newscrawl.items import Image, Location, Publisher, SourceLink
from newscrawl.sites.selectors import css
from newscrawl.sites.site_page import ABSENT, SitePage

if TYPE_CHECKING:
    from newscrawl.extraction.page import Page
    from newscrawl.items import Extracted

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars. "
HTML = f"""<!doctype html><html lang=en><head><title>Pier closes</title><meta name=description content="The pier">
<meta property="article:published_time" content="2026-11-01T08:00:00Z">
<meta property="article:modified_time" content="2026-11-24T11:59:00Z"></head>
<body data-time="2026-11-20T09:30:00+02:00" data-summary="Own words">
<h1>Pier closes</h1><article><p>{TEXT * 2}</p><p>{TEXT}</p></article>
<div class="own" data-by="By Ada Quay and Tom Reed">Cafe\u0301 &shy;pier.<br>Second  line.</div></body></html>"""


def read(site: SitePage | None) -> Extracted:
    return read_report(HTML.encode(), "https://harbour.example/a", source="x", now=NOW, read_site=site, explain=True)


class Gives:
    """What a method of a site page may return."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _: Page) -> Any:
        return self.value


def test_its_values_win_and_are_clean() -> None:
    class Own(SitePage):
        body = css(".own")
        authors = css(".own", "data-by")
        published_at = css("body", "data-time")

    found = read(Own())
    assert found.report.body == "Café pier.\n\nSecond line."
    assert found.report.authors == ("Ada Quay", "Tom Reed")
    assert found.report.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert (found.report.published_zone, found.report.word_count) == ("stated", 4)
    assert {name for name, method in found.report.provenance.items() if method == "site"} == {
        "body",
        "authors",
        "published_at",
    }
    assert found.report.content_hash != read(None).report.content_hash


def test_what_it_leaves_open_is_read_by_the_general_rules() -> None:
    general = read(None).report

    class Own(SitePage):
        summary = css(".own")

    own = read(Own()).report
    assert (own.headline, own.body, own.authors) == (general.headline, general.body, general.authors)


def test_losing_candidates_are_kept() -> None:
    class Own(SitePage):
        summary = css("body", "data-summary")

    assert read(Own()).candidates["summary"] == (("site", "Own words"), ("meta", "The pier"))


def test_trouble_costs_one_field() -> None:
    class Own(SitePage):
        authors = css(".gone")
        published_at = css(".own")
        modified_at = css("body", "data-time")

        def headline(self, page: Page) -> str:
            return page.headings[7]

        summary = Gives({"a": 1})

    found, general = read(Own()), read(None)
    assert found.report.modified_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    for field in ("headline", "authors", "published_at", "summary", "body"):
        assert getattr(found.report, field) == getattr(general.report, field)
    assert found.gaps["authors"] == "finds nothing"
    assert found.gaps["headline"] == "raises IndexError: list index out of range"
    assert "which is no text" in found.gaps["summary"]
    assert "which is nothing for this field" in found.gaps["published_at"]


def test_a_field_that_the_site_does_not_state_is_unknown() -> None:
    class Own(SitePage):
        modified_at = ABSENT
        authors = ABSENT

    found = read(Own())
    assert (found.report.modified_at, found.report.authors, found.gaps) == (None, (), {})
    assert "authors" not in found.report.provenance


def test_without_a_body_there_is_no_report() -> None:
    class Own(SitePage):
        body = ABSENT

    assert read(Own()).rejection == "no body"


def test_texts_and_values_of_every_field() -> None:
    class Own(SitePage):
        canonical_url = css("h1", "data-none")
        keywords = Gives(["pier", " pier", "", "harbour"])
        images = Gives(["/a.png", Image(url="https://cdn.example/b.png", credit="Ada")])
        publisher = Gives("Harbour Post")
        source_link = Gives("https://coast.example/x")
        locations = Gives(["Aldra", Location(name="Norrhaven", country="Sweden")])
        comment_count = Gives("1,204 comments")
        free_access = Gives("no")
        published_at = Gives(datetime(2026, 11, 3, 10, tzinfo=UTC))
        modified_at = Gives("3 November 2026")
        language = Gives("en_gb")
        rating = Gives("(12)")

    found = read(Own())
    report = found.report
    assert set(found.gaps) == {"canonical_url"}
    assert report.keywords == ("pier", "harbour")
    assert [image.url for image in report.images] == ["https://harbour.example/a.png", "https://cdn.example/b.png"]
    assert report.publisher == Publisher(name="Harbour Post")
    assert report.source_link == SourceLink(url="https://coast.example/x")
    assert [place.name for place in report.locations] == ["Aldra", "Norrhaven"]
    assert (report.comment_count, report.free_access, report.language) == (1204, False, "en-GB")
    assert report.published_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert report.modified_at == datetime(2026, 11, 3, tzinfo=UTC)
    assert report.rating is not None
    assert report.rating.raw == "(12)"


def test_absurd_dates_are_refused() -> None:
    class Own(SitePage):
        published_at = Gives(datetime(2030, 1, 1, tzinfo=UTC))

    assert set(read(Own()).gaps) == {"published_at"}


def test_a_misspelt_field_is_told_at_once() -> None:
    with pytest.raises(TypeError, match=r"'headlines' is no field of a report; fields: authors, body"):

        class Own(SitePage):
            headlines = css("h1")
