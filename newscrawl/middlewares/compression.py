"""Decompression that takes no half bodies.

Scrapy hands on what it could decode of a cut gzip body; a report that ends in the middle would be stored as whole.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

import brotli
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware

from newscrawl.middlewares.refusals import BrokenAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request

_CHUNK = 65536


class WholeCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, but a body that ends too early or grows beyond the size limit is no body at all."""

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br")

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        decoders: dict[bytes, Callable[[bytes, int], bytes]] = {
            b"gzip": gunzip_whole,
            b"x-gzip": gunzip_whole,
            b"deflate": inflate_whole,
            b"br": unbrotli_whole,
        }
        if encoding not in decoders:
            raise BrokenAnswerError(f"content encoding {encoding.decode('latin-1')} was not asked for")
        return decoders[encoding](body, max_size)


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def gunzip_whole(body: bytes, max_size: int) -> bytes:
    """All members of a gzip body (RFC 1952). Raises BrokenAnswerError for a cut, broken or too large one."""
    parts: list[bytes] = []
    room = max_size
    while body:
        inflater = zlib.decompressobj(wbits=31)
        parts.append(_inflate(inflater, body, room))
        room -= len(parts[-1])
        body = inflater.unused_data
        if not body.startswith(b"\x1f\x8b"):  # padding after the last member
            break
    return b"".join(parts)


def inflate_whole(body: bytes, max_size: int) -> bytes:
    """A `deflate` body, with zlib's wrapper (RFC 1950) or, as some servers send it, without (RFC 1951)."""
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
    return _inflate(zlib.decompressobj(wbits=15 if wrapped else -15), body, max_size)


def _inflate(inflater: _Inflater, body: bytes, max_size: int) -> bytes:
    try:
        data = inflater.decompress(body, max_size + 1)
    except zlib.error as error:
        raise BrokenAnswerError("body is not validly compressed") from error
    if len(data) > max_size:
        raise BrokenAnswerError(f"body is larger than {max_size} bytes")
    if not inflater.eof:
        raise BrokenAnswerError("body is cut off")
    return data


def unbrotli_whole(body: bytes, max_size: int) -> bytes:
    """A brotli body (RFC 7932)."""
    decompressor = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        part = decompressor.process(body, output_buffer_limit=_CHUNK)
        while part or not decompressor.can_accept_more_data():
            parts.append(part)
            size += len(part)
            if size > max_size:
                raise BrokenAnswerError(f"body is larger than {max_size} bytes")
            part = decompressor.process(b"", output_buffer_limit=_CHUNK)
    except brotli.error as error:
        raise BrokenAnswerError("body is not validly compressed") from error
    if not decompressor.is_finished():
        raise BrokenAnswerError("body is cut off")
    return b"".join(parts)
