from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.spiders import records
from newscrawl.spiders.records import Record, open_records, read_records

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str | bytes, name: str = "reports.jsonl") -> list[Record]:
    return list(read_records(io.BytesIO(text if isinstance(text, bytes) else text.encode()), name))


def good(found: list[Record]) -> list[Any]:
    return [values["n"] for _, values in found if isinstance(values, dict)]


def bad(found: list[Record]) -> list[int]:
    return [number for number, values in found if isinstance(values, str)]


def test_lines() -> None:
    found = read('\ufeff{"n": 1}\n\n{broken\n[1]\n{"n": 2}')
    assert found[0] == (1, {"n": 1})
    assert (good(found), bad(found)) == ([1, 2], [3, 4])


def test_bytes_that_are_no_utf8_spoil_their_line_only() -> None:
    assert good(read(b'{"n": 1, "x": "\xff"}\n{"n": 2}\n')) == [1, 2]


def test_a_line_without_an_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_RECORD", 100)
    found = read('{"n": 1}\n' + "x" * 1000 + '\n{"n": 2}\n')
    assert (good(found), bad(found)) == ([1, 2], [2])


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("name", ["articles.json", "-"])
def test_an_array(indent: int | None, name: str) -> None:
    values = [{"n": n, "text": 'brackets ]}, "quotes" \\ and , commas', "parts": [[{}], []]} for n in range(5)]
    assert [values for _, values in read(json.dumps(values, indent=indent), name)] == values


def test_an_array_larger_than_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    for chunk in (1, 7, 64):
        monkeypatch.setattr(records, "_CHUNK", chunk)
        values = [{"n": n, "text": 'a ] in a "string"' * 5} for n in range(20)]
        found = read(json.dumps(values, indent=1), "articles.json")
        assert [values for _, values in found] == values
        assert [number for number, _ in found] == [2 + 4 * n for n in range(20)]


def test_broken_elements_of_an_array_cost_themselves_only() -> None:
    found = read('[{"n": 1},\n {broken},\n 5,\n {"n": 2}]', "articles.json")
    assert (good(found), bad(found)) == ([1, 2], [2, 3])


def test_an_array_that_is_cut_off() -> None:
    found = read('[{"n": 1},\n {"n": 2}, {"n": "a ]', "articles.json")
    assert (good(found), bad(found)) == ([1, 2], [2])


def test_a_json_file_is_one_object_or_lines() -> None:
    assert good(read('{\n "n": 1\n}\n', "article.json")) == [1]
    assert good(read('{"n": 1}\n{"n": 2}\n', "articles.json")) == [1, 2]
    assert good(read('{broken\n{"n": 2}\n', "articles.json")) == [2]


def test_nothing() -> None:
    assert read("") == read("\n\n") == read("[]", "a.json") == read("[\n]\n", "a.json") == []


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    file = tmp_path / "articles.json.gz"
    file.write_bytes(gzip.compress(b'{\n "n": 1\n}'))
    with open_records(str(file)) as found:
        assert good(list(found)) == [1]
