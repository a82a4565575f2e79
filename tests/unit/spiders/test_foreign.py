from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.items import Image, Publisher, from_json
from newscrawl.spiders.foreign import as_report

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FERRY = {
    "authors": ["Ada Pell"],
    "date_download": "2026-02-04 01:02:03",
    "date_modify": "None",
    "date_publish": "2026-02-03 10:20:00",
    "description": "It is late.",
    "filename": "ferry.json",
    "image_url": "https://harbour.example/ferry.jpg",
    "language": "en",
    "localpath": None,
    "maintext": "The ferry is late.\nNobody knows why.",
    "source_domain": "www.harbour.example",
    "title": "Ferry late",
    "title_page": None,
    "title_rss": None,
    "url": "https://www.harbour.example/ferry",
}
PIER = {
    "title": "Pier closed",
    "authors": ["Jo Vance"],
    "publishing_date": "2026-02-03 10:20:00+02:00",
    "topics": ["Harbour", "Pier"],
    "free_access": True,
    "body": {
        "summary": ["Cracks were found."],
        "sections": [
            {"headline": [], "paragraphs": ["The pier is closed.", "It was old."]},
            {"headline": ["What now"], "paragraphs": ["Nobody knows."]},
        ],
    },
    "images": [
        {"versions": [{"url": "https://harbour.example/2.jpg"}], "is_cover": False, "caption": "Two"},
        {"versions": [{"url": "https://harbour.example/1s.jpg"}, {"url": "https://harbour.example/1.jpg"}],
         "is_cover": True, "caption": None},
    ],
    "publisher": "The Harbour",
    "html": {"requested_url": "https://harbour.example/p", "responded_url": "https://harbour.example/pier"},
    "language": "en",
}  # fmt: skip


def test_news_please() -> None:
    report = from_json(as_report(FERRY, "news-please"), NOW)
    assert (report.headline, report.summary, report.authors) == ("Ferry late", "It is late.", ("Ada Pell",))
    assert report.body == "The ferry is late.\n\nNobody knows why."
    assert report.published_at == datetime(2026, 2, 3, 10, 20, tzinfo=UTC)
    assert (report.published_precision, report.published_zone) == ("second", "assumed")
    assert (report.modified_at, report.source, report.extractor) == (None, "harbour.example", "news-please")
    assert report.images == (Image(url="https://harbour.example/ferry.jpg"),)
    assert report.fetched_at == datetime(2026, 2, 4, 1, 2, 3, tzinfo=UTC)


def test_a_date_alone_is_a_day() -> None:
    report = from_json(as_report(FERRY | {"date_publish": "2026-02-03 00:00:00"}, "news-please"), NOW)
    assert report.published_precision == "day"
    unknown = from_json(as_report(FERRY | {"date_publish": "None"}, "news-please"), NOW)
    assert (unknown.published_at, unknown.published_precision, unknown.published_zone) == (None, None, None)


def test_fundus() -> None:
    report = from_json(as_report(PIER, "fundus"), NOW)
    assert (report.url, report.headline) == ("https://harbour.example/pier", "Pier closed")
    assert report.body == "The pier is closed.\n\nIt was old.\n\nWhat now\n\nNobody knows."
    assert (report.summary, report.keywords, report.free_access) == ("Cracks were found.", ("Harbour", "Pier"), True)
    assert report.published_at == datetime(2026, 2, 3, 8, 20, tzinfo=UTC)
    assert (report.published_precision, report.published_zone) == ("second", "stated")
    assert [image.url for image in report.images] == ["https://harbour.example/1.jpg", "https://harbour.example/2.jpg"]
    assert (report.publisher, report.language) == (Publisher(name="The Harbour"), "en")


def test_fundus_as_plain_text_with_a_url() -> None:
    article = {"url": "https://harbour.example/pier", "plaintext": "The pier.\n\nClosed.", "title": "Pier"}
    assert from_json(as_report(article, "fundus"), NOW).body == "The pier.\n\nClosed."


@pytest.mark.parametrize("broken", [{"body": {"sections": [5]}}, {"body": {"sections": 5}}, {"images": [1]}])
def test_another_shape_is_told(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="does not have the form of fundus"):
        as_report(PIER | broken, "fundus")


def test_without_a_url_there_is_no_report() -> None:
    with pytest.raises(ValueError, match="url is None"):
        from_json(as_report({"title": "Pier"}, "news-please"), NOW)
