from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import StopDownload
from scrapy.http import Headers

from newscrawl.extensions.download_limits import MAX_ROBOTS, DownloadLimits, is_wanted


@pytest.mark.parametrize(
    ("content_type", "kind", "wanted"),
    [
        ("text/html", "report", True),
        ("application/xhtml+xml", "report", True),
        ("", "report", True),
        ("application/json", "report", False),
        ("application/rss+xml", "report", False),
        ("application/rss+xml", "feed", True),
        ("application/json", "feed", True),
        ("application/gzip", "sitemap", True),
        ("video/mp4", "feed", False),
        ("application/pdf", "", False),
        ("image/png", "robots", True),
    ],
)
def test_media_types(content_type: str, kind: str, wanted: bool) -> None:
    assert is_wanted(content_type, kind) is wanted


def test_an_unwanted_download_ends_with_its_headers() -> None:
    request = Request("https://example.com/a.mp4", meta={"kind": "report"})
    with pytest.raises(StopDownload) as stopped:
        DownloadLimits().headers_received(Headers({"Content-Type": "Video/MP4; codecs=x"}), request)
    assert stopped.value.fail
    assert request.meta["unwanted"] == "content type video/mp4"


def test_parameters_of_the_type_do_not_count() -> None:
    request = Request("https://example.com/", meta={"kind": "report"})
    DownloadLimits().headers_received(Headers({"Content-Type": "text/HTML; charset=utf-8"}), request)
    assert "unwanted" not in request.meta


def test_a_long_robots_txt_is_read_as_far_as_it_must_be() -> None:
    request = Request("https://example.com/robots.txt", meta={"is_robots": True})
    limits = DownloadLimits()
    limits.bytes_received(b"#" * (MAX_ROBOTS - 1), request)
    with pytest.raises(StopDownload) as stopped:
        limits.bytes_received(b"#", request)
    assert not stopped.value.fail


def test_other_documents_may_be_longer() -> None:
    request = Request("https://example.com/", meta={"kind": "report"})
    DownloadLimits().bytes_received(b"#" * (MAX_ROBOTS + 1), request)
