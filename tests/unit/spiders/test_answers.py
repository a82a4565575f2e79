from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError, StopDownload
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.middlewares.refusals import RefusedError
from newscrawl.spiders.answers import describe_failure, location_of, read_answer
from newscrawl.store.ledger import Fetched

URL = "https://example.com/a"


def test_a_whole_answer_has_validators_and_a_hash() -> None:
    headers = {"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
    fetched = read_answer(Response(URL, headers=headers, body=b"text"))
    assert (fetched.status, fetched.etag, fetched.last_modified) == (200, '"1"', "Fri, 20 Nov 2026 08:00:00 GMT")
    assert fetched.raw_hash == read_answer(Response(URL, body=b"text")).raw_hash
    assert fetched.raw_hash != read_answer(Response(URL, body=b"other")).raw_hash


@pytest.mark.parametrize("status", [304, 404, 500])
def test_other_answers_have_a_status_only(status: int) -> None:
    assert read_answer(Response(URL, status=status, headers={"ETag": '"1"'}, body=b"x")) == Fetched(status=status)


def test_a_huge_validator_is_cut() -> None:
    assert len(read_answer(Response(URL, headers={"ETag": "x" * 100_000})).etag or "") == 500


def test_where_a_redirect_leads() -> None:
    assert location_of(Response(URL, status=301, headers={"Location": "/b"})) == "/b"
    assert location_of(Response(URL, status=308, headers={"Location": "/caf\u00e9".encode()})) == "/café"
    assert location_of(Response(URL, status=302)) is None
    assert location_of(Response(URL, status=200, headers={"Location": "/b"})) is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CannotResolveHostError("x"), "host does not resolve"),
        (DownloadConnectionRefusedError("x"), "connection refused"),
        (DownloadTimeoutError("x"), "timeout"),
        (RefusedError("inside address 10.0.0.1"), "inside address 10.0.0.1"),
        (RefusedError(), "refused"),
        (ValueError("two\nlines\x1b[2J"), "ValueError: two lines[2J"),
    ],
)
def test_failures_in_the_words_of_the_ledger(error: Exception, reason: str) -> None:
    assert describe_failure(Failure(error)) == reason


def test_a_long_message_is_cut() -> None:
    assert len(describe_failure(Failure(ValueError("x" * 1000)))) <= 200


def test_why_a_download_was_stopped() -> None:
    failure = Failure(StopDownload(fail=True))
    failure.request = Request(URL, meta={"unwanted": "content type video/mp4"})  # type: ignore[attr-defined]
    assert describe_failure(failure) == "content type video/mp4"
