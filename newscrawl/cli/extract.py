"""`newscrawl extract FILE|URL|-`"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import FAILED, USAGE, SetOption, load_settings, out, plain, stop
from newscrawl.extraction.report import read_report
from newscrawl.items import to_json
from newscrawl.spiders.page import fetch_page
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from newscrawl.items import Extracted


def extract(
    what: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="A saved page, a URL, or - for standard input.")],
    *,
    url: Annotated[str | None, typer.Option(help="Where a saved page was fetched.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="With every candidate of every field, the winner first.")
    ] = False,
    set_: SetOption = None,
) -> None:
    """Print one report as JSON, without a database."""
    settings = load_settings(set_)
    if what.startswith(("http://", "https://")):
        page = fetch_page(settings, what)
        if isinstance(page, str):
            stop(page, FAILED)
        extracted = _read(page.body, page.url, page.content_type)
    else:
        where = absolute_url("", url or "https://unknown.invalid/page")
        if where is None:
            stop(f"--url {plain(url)!r} is no http(s) URL", USAGE)
        extracted = _read(_load(what), where, None)
    report = to_json(extracted.report)
    if not explain:
        report.pop("provenance", None)
    if explain:
        report["candidates"] = {
            field: [{"method": method, "value": value} for method, value in found]
            for field, found in extracted.candidates.items()
        }
    if extracted.rejection:
        report["rejection"] = extracted.rejection
    out.print(json.dumps(report, ensure_ascii=False, indent=1), markup=False)


def _read(body: bytes, url: str, content_type: str | None) -> Extracted:
    return read_report(body, url, source=registered_domain(url), now=datetime.now(UTC), content_type=content_type)


def _load(what: str) -> bytes:
    if what == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(what).read_bytes()
    except OSError as error:
        stop(f"{plain(what)}: cannot be read: {error.strerror}", USAGE)
