"""`newscrawl export`"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from newscrawl.cli.formats import FORMATS, writer
from newscrawl.cli.options import (
    FAILED,
    USAGE,
    AfterOption,
    SetOption,
    load_settings,
    parse_since,
    parse_token,
    plain,
    stop,
    with_store,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newscrawl.items import Report
    from newscrawl.store.changes import Place
    from newscrawl.store.store import Store


def export(
    *,
    format_: Annotated[str, typer.Option("--format", help="jsonl, csv or parquet.")] = "jsonl",
    source: Annotated[str | None, typer.Option(help="Only reports of this source.")] = None,
    language: Annotated[str | None, typer.Option(help="Only reports in this language.")] = None,
    story: Annotated[str | None, typer.Option(metavar="ID", help="Only reports of this story.")] = None,
    since: Annotated[str | None, typer.Option(help="Published since (2d, 6h, 2026-11-24).")] = None,
    until: Annotated[str | None, typer.Option(help="Published before.")] = None,
    after: AfterOption = None,
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Default: standard output.")] = "-",
    set_: SetOption = None,
) -> None:
    """Export reports, in the order in which they last changed. The last line on stderr is the token for --after.

    A FILE is complete or not there: it gets its name at the end.
    """
    settings = load_settings(set_)
    if format_ not in FORMATS:
        stop(f"--format {plain(format_)!r}: give {', '.join(FORMATS[:-1])} or {FORMATS[-1]}", USAGE)
    query: dict[str, Any] = {
        "source": source,
        "language": language,
        "story": story,
        "since": parse_since(since),
        "until": parse_since(until, "--until"),
        "after": parse_token(after),
    }
    try:
        with _file(output) as file, writer(format_, file) as write:
            place = with_store(settings, lambda store: _export(store, query, write))
    except BrokenPipeError:
        if output != "-":
            raise
        _forget_output()
        raise typer.Exit(0) from None  # whoever reads has enough: `newscrawl export | head`
    except ImportError as error:
        stop(f"--format parquet needs: pip install 'newscrawl[parquet]' ({error})", USAGE)
    except OSError as error:
        stop(f"-o {plain(output)}: cannot be written: {error.strerror or error}", FAILED)
    if place:
        sys.stderr.write(f"token {place.token}\n")


async def _export(store: Store, query: dict[str, Any], write: Callable[[Report], Any]) -> Place | None:
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))  # ends in order, too: no half file is left
    place = None
    async with aclosing(store.changes.reports(**query)) as reports:
        async for report, at in reports:
            write(report)
            place = at
    return place


@contextmanager
def _file(output: str) -> Iterator[BinaryIO]:
    """The file to write to. One of its own name exists only once everything is in it."""
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(output).resolve()
    if path.exists() and not path.is_file():  # a device or a pipe
        with path.open("wb") as file:
            yield file
        return
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _forget_output() -> None:
    """Nothing more is written to standard output, what is left in its buffer included."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
