"""The records of a file: JSON Lines, or JSON as an array or a single object; gzipped or not.

What is broken costs itself only. Memory stays constant but for a `.json` file that is one object over several lines.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RECORD = 32 * 1024 * 1024
"""Bytes; a page may have 4 MiB, and no report is larger than that."""
_CHUNK = 1024 * 1024
# What matters between the records of an array: strings, whose brackets do not count, brackets and commas.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)

Record = tuple[int, dict[str, Any] | str]
"""Number of its first line, and the record or what is wrong with it."""


@contextmanager
def open_records(path: str) -> Iterator[Iterator[Record]]:
    """The records of a file; `-` is standard input. Raises OSError, EOFError for a gzip file that is cut off."""
    with _open(path) as raw:
        file = io.BufferedReader(gzip.GzipFile(fileobj=raw)) if raw.peek(2)[:2] == b"\x1f\x8b" else raw
        yield read_records(file, path.removesuffix(".gz"))


@contextmanager
def _open(path: str) -> Iterator[io.BufferedReader]:
    if path == "-":
        yield sys.stdin.buffer  # type: ignore[misc]
    else:
        with Path(path).open("rb") as file:
            yield file


def read_records(file: BinaryIO, name: str) -> Iterator[Record]:
    """The records of an open file. Its `name` says what its beginning leaves open."""
    first = file.readline(MAX_RECORD)
    start = first.removeprefix(b"\xef\xbb\xbf")  # a byte order mark
    if start.lstrip()[:1] == b"[" and not name.endswith((".jsonl", ".ndjson")):
        return _array(start, file)
    if name.endswith(".json") and isinstance(_parse(start), str):  # one object, over several lines
        whole = start + file.read(MAX_RECORD)
        if not isinstance(record := _parse(whole), str):
            return iter([(1, record)])
        return _lines(io.BytesIO(whole), file)
    return _lines(io.BytesIO(start), file)


def _lines(*files: BinaryIO) -> Iterator[Record]:
    number = 0
    for file in files:
        while line := file.readline(MAX_RECORD):
            number += 1
            if len(line) >= MAX_RECORD and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_RECORD)
                yield number, f"is longer than {MAX_RECORD} bytes"
            elif line.strip():
                yield number, _parse(line)


def _array(start: bytes, file: BinaryIO) -> Iterator[Record]:
    """The elements of an array, told apart by brackets and commas alone: a broken one does not spoil the next."""
    text = start
    lines = 1  # of what `text` begins with
    position = text.index(b"[") + 1
    begin, depth, ended = position, 0, False
    while True:
        found = _TOKEN.search(text, position)
        # A string may go on in the next chunk: a lone quotation mark before the next token says so.
        open_string = text.find(b'"', position, found.start() if found else len(text))
        if (found is None or open_string >= 0) and not ended and len(text) - begin < MAX_RECORD:
            lines += text.count(b"\n", 0, begin)
            rest = text[begin:]
            position, begin = (max(position - begin, 0), 0)
            more = file.read(_CHUNK)
            ended = not more
            text = rest + more
            continue
        if found is None:
            if text[begin:].strip():
                yield lines + text.count(b"\n", 0, begin), "is not closed: the array ends in the middle of it"
            return
        position = found.end()
        token = found[0]
        if token in (b"{", b"["):
            depth += 1
        elif depth and token in (b"}", b"]"):
            depth -= 1
        elif not depth and token in (b",", b"]"):
            if (element := text[begin : found.start()]).strip():
                beginning = begin + len(element) - len(element.lstrip())
                yield lines + text.count(b"\n", 0, beginning), _parse(element)
            begin = position
            if token == b"]":
                return


def _parse(data: bytes) -> dict[str, Any] | str:
    try:
        values = json.loads(data.decode("utf-8", "surrogateescape"))  # bytes that are no UTF-8 spoil their text only
    except (ValueError, RecursionError) as error:
        return f"is no JSON: {error}"
    return values if isinstance(values, dict) else "is no JSON object"
