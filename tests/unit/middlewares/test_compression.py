from __future__ import annotations

import gzip
import time
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newscrawl.middlewares.compression import (
    WholeCompressionMiddleware,
    gunzip_whole,
    inflate_whole,
    unbrotli_whole,
)
from newscrawl.middlewares.refusals import BrokenAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    Squeeze = Callable[[bytes], bytes]
    Expand = Callable[[bytes, int], bytes]

TEXT = b"".join(b"Line %d of the report. " % number for number in range(5000))
MOST = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(data) + squeezer.flush()


def quick_brotli(data: bytes) -> bytes:
    return brotli.compress(data, quality=1)


CODECS = [
    pytest.param(gzip.compress, gunzip_whole, id="gzip"),
    pytest.param(zlib.compress, inflate_whole, id="deflate"),
    pytest.param(raw_deflate, inflate_whole, id="raw deflate"),
    pytest.param(quick_brotli, unbrotli_whole, id="brotli"),
]


@pytest.mark.parametrize(("squeeze", "expand"), CODECS)
def test_a_whole_body(squeeze: Squeeze, expand: Expand) -> None:
    assert expand(squeeze(TEXT), MOST) == TEXT
    assert expand(squeeze(b""), MOST) == b""
    assert expand(squeeze(TEXT), len(TEXT)) == TEXT


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
@pytest.mark.parametrize(("squeeze", "expand"), CODECS)
def test_a_cut_body_is_none(squeeze: Squeeze, expand: Expand, share: float) -> None:
    body = squeeze(TEXT)
    with pytest.raises(BrokenAnswerError, match="body is cut off"):
        expand(body[: int(len(body) * share)], MOST)


@pytest.mark.parametrize(("squeeze", "expand"), CODECS)
def test_a_body_beyond_the_limit_is_none(squeeze: Squeeze, expand: Expand) -> None:
    with pytest.raises(BrokenAnswerError, match="larger than 1000 bytes"):
        expand(squeeze(TEXT), 1000)


@pytest.mark.parametrize(("squeeze", "expand"), CODECS)
def test_a_bomb_is_not_expanded(squeeze: Squeeze, expand: Expand) -> None:
    bomb = squeeze(bytes(50_000_000))
    began = time.process_time()
    with pytest.raises(BrokenAnswerError, match="larger than"):
        expand(bomb, MOST)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("expand", [gunzip_whole, inflate_whole, unbrotli_whole])
def test_what_is_not_compressed(expand: Expand) -> None:
    with pytest.raises(BrokenAnswerError, match=r"body is not validly compressed|body is cut off"):
        expand(b"<html>plain text that calls itself compressed</html>", MOST)


def test_all_members_of_a_gzip_body_count() -> None:
    assert gunzip_whole(gzip.compress(b"one ") + gzip.compress(b"two"), MOST) == b"one two"


def test_padding_after_the_last_member_does_not() -> None:
    assert gunzip_whole(gzip.compress(b"one") + b"\0" * 10, MOST) == b"one"


def test_the_limit_is_for_all_members_together() -> None:
    with pytest.raises(BrokenAnswerError, match="larger than"):
        gunzip_whole(gzip.compress(b"a" * 600) * 2, 1000)


def test_a_cut_second_member_is_a_cut_body() -> None:
    with pytest.raises(BrokenAnswerError, match="cut off"):
        gunzip_whole(gzip.compress(b"one") + gzip.compress(b"two")[:-4], MOST)


def test_a_broken_checksum() -> None:
    body = bytearray(gzip.compress(TEXT))
    body[-6] ^= 1
    with pytest.raises(BrokenAnswerError, match="not validly compressed"):
        gunzip_whole(bytes(body), MOST)


def decode(body: bytes, encoding: str) -> bytes:
    middleware = WholeCompressionMiddleware.from_crawler(get_crawler())
    answer = Response("https://example.com/", body=body, headers={"Content-Encoding": encoding})
    return middleware.process_response(Request("https://example.com/"), answer).body


def test_scrapy_hands_on_what_was_expanded() -> None:
    assert decode(gzip.compress(TEXT), "gzip") == TEXT
    assert decode(brotli.compress(TEXT, quality=1), "br") == TEXT


def test_scrapy_hands_on_no_half_body() -> None:
    with pytest.raises(BrokenAnswerError, match="body is cut off"):
        decode(gzip.compress(TEXT)[:-100], "gzip")


def test_what_can_be_expanded_is_asked_for() -> None:
    request = Request("https://example.com/")
    WholeCompressionMiddleware.from_crawler(get_crawler()).process_request(request)
    assert request.headers["Accept-Encoding"] == b"gzip, deflate, br"
