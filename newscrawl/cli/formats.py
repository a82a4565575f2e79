"""Reports as a file: JSON Lines, CSV, Parquet. One report at a time, so that memory stays constant.

CSV and Parquet have a column for each field of `Report`, in its order, whether any report has it or not.
"""

from __future__ import annotations

import csv
import io
import json
import types
import typing
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from newscrawl.items import Report, to_json, to_json_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMATS = ("jsonl", "csv", "parquet")
COLUMNS = tuple(f.name for f in fields(Report))
ROW_GROUP, ROW_GROUP_TEXT = 500, 4_000_000
"""Reports, and characters of their bodies, of one row group of a Parquet file, which is held in memory."""

_FORMULA = "=+-@＝＋－＠"  # the wide forms count in some locales
_KEPT = ("\t", "\r", "\n", "'")


@contextmanager
def writer(format_: str, file: BinaryIO) -> Iterator[Callable[[Report], Any]]:
    """A function that writes a report to `file`, which is complete when the block ends.

    Raises ImportError for `parquet` without pyarrow (extra `parquet`).
    """
    if format_ == "parquet":
        with _parquet(file) as write:
            yield write
        return
    if format_ == "csv":
        rows = csv.writer(_Encoded(file))
        rows.writerow(COLUMNS)
        yield lambda report: rows.writerow(csv_row(report))
    else:
        yield lambda report: file.write(f"{to_json_line(report)}\n".encode())


# -- CSV -------------------------------------------------------------------------------------------------------------


class _Encoded:
    """What a CSV writer writes to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def csv_row(report: Report) -> list[str]:
    """The cells of one report: empty for what is unknown, JSON for lists and objects.

    A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection), and so does one
    that begins with an apostrophe already: whoever takes the first one away has the text.
    """
    values = to_json(report)
    return [_cell(values.get(column)) for column in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    dangerous = value[:1] in _KEPT or value.lstrip()[:1] in tuple(_FORMULA)
    return "'" + value if dangerous else value


# -- Parquet ---------------------------------------------------------------------------------------------------------


@contextmanager
def _parquet(file: BinaryIO) -> Iterator[Callable[[Report], Any]]:
    import pyarrow as pa  # noqa: PLC0415  an optional extra
    from pyarrow import parquet as pq  # noqa: PLC0415

    schema = pa.schema([(name, _arrow_type(pa, hint)) for name, hint in typing.get_type_hints(Report).items()])
    waiting: list[dict[str, Any]] = []
    text = 0

    def flush() -> None:
        nonlocal text
        out.write_batch(pa.RecordBatch.from_pylist(waiting, schema=schema))
        waiting.clear()
        text = 0

    def write(report: Report) -> None:
        nonlocal text
        waiting.append(_arrow_row(report))
        text += len(report.body or "")
        if len(waiting) >= ROW_GROUP or text >= ROW_GROUP_TEXT:
            flush()

    with pq.ParquetWriter(_Counted(file), schema, compression="zstd") as out:
        yield write
        if waiting:
            flush()


def _arrow_type(pa: Any, hint: Any) -> Any:
    """The Arrow type for a type of the fields of `Report`: lists, structs and maps stay what they are."""
    if isinstance(hint, types.UnionType):
        (hint,) = (one for one in typing.get_args(hint) if one is not types.NoneType)
    simple = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    if hint in simple:
        return simple[hint]
    if hint is datetime:
        return pa.timestamp("us", tz="UTC")
    if is_dataclass(hint):
        return pa.struct([(name, _arrow_type(pa, part)) for name, part in typing.get_type_hints(hint).items()])
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return pa.list_(_arrow_type(pa, parts[0]))
    if typing.get_origin(hint) is Mapping:
        return pa.map_(_arrow_type(pa, parts[0]), _arrow_type(pa, parts[1]))
    raise TypeError(f"no Arrow type is known for {hint!r}")


def _arrow_row(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists, maps as pairs; the times in UTC."""
    if is_dataclass(value):
        return {f.name: _arrow_row(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_arrow_row(item) for item in value]
    if isinstance(value, Mapping):
        return list(value.items())
    return value.astimezone(UTC) if isinstance(value, datetime) else value


class _Counted(io.RawIOBase):
    """A file that knows its position without asking: pyarrow wants to know it, and a pipe has none."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += self._file.write(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        self._file.flush()
