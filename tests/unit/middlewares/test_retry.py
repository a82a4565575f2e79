from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newscrawl.middlewares.host_gate import end_of_peace
from newscrawl.middlewares.retry import PatientRetryMiddleware, retry_after

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0.0),
        (b" 120 ", 120.0),
        (b"9" * 400, 999_999_999.0),
        (b"Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        (b"Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        (b"Fri, 27 Nov 2026 12:00:00 GMT", 259_200.0),
    ],
)
def test_seconds_and_dates(value: bytes, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", [None, b"", b"-5", b"soon", b"1.5", b"\xb2", b"\xff\x00"])
def test_what_says_nothing(value: bytes | None) -> None:
    assert retry_after(value, NOW) is None


def test_peace_is_a_week_at_most() -> None:
    assert end_of_peace(NOW, 3600) - NOW == timedelta(hours=1)
    assert end_of_peace(NOW, 99_999_999) - NOW == timedelta(days=7)


async def test_other_answers_pass() -> None:
    middleware = PatientRetryMiddleware.from_crawler(get_crawler())
    answer = Response("https://example.com/", status=200, headers={"Retry-After": "1"})
    assert await middleware.process_response(Request("https://example.com/"), answer) is answer
