"""`newscrawl sources list|show|check`"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from newscrawl.cli.crawl import crawl
from newscrawl.cli.options import FAILED, USAGE, JsonOption, SetOption, err, load_settings, out, plain, stop
from newscrawl.sites.registry import check_page
from newscrawl.sources import Source, SourceError, load_source, load_sources

app = typer.Typer(no_args_is_help=True, help="The source files.")
SAMPLE = 5
"""Reports that `check` crawls of a source."""


@app.command("list")
def list_sources(*, set_: SetOption = None, json_: JsonOption = False) -> None:
    """All sources, and the files that are broken."""
    folder = Path(load_settings(set_)["NEWSCRAWL_SOURCES"])
    sources, errors = load_sources(folder)
    for source in sources:
        try:
            check_page(source, folder)
        except SourceError as unknown:
            errors.append(unknown)
    if json_:
        out.print(json.dumps([asdict(source) for source in sources], ensure_ascii=False, indent=1), markup=False)
    elif sources:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("source", "name", "domains", "endpoints", "enabled"):
            table.add_column(name)
        for source in sources:
            endpoints = len(source.feeds) + len(source.sitemaps) + len(source.sections)
            cells = (
                source.id,
                source.name or "",
                ", ".join(source.domains),
                str(endpoints),
                str(source.enabled).lower(),
            )
            table.add_row(*(Text(plain(cell)) for cell in cells))
        out.print(table)
    else:
        err.print(f"no sources in {folder}; any domain or URL can be crawled without a file", markup=False)
    for error in errors:
        err.print(f"newscrawl: {plain(error)}", markup=False)
    if errors:
        raise typer.Exit(FAILED)


@app.command("show")
def show_source(source_id: Annotated[str, typer.Argument(metavar="ID")], *, set_: SetOption = None) -> None:
    """One source as JSON, defaults included."""
    source = _load(source_id, Path(load_settings(set_)["NEWSCRAWL_SOURCES"]))
    out.print(json.dumps(asdict(source), ensure_ascii=False, indent=1), markup=False)


@app.command("check")
def check_source(source_id: Annotated[str, typer.Argument(metavar="ID")], *, set_: SetOption = None) -> None:
    """Validate a source file, and crawl five of its reports without writing anything."""
    _load(source_id, Path(load_settings(set_)["NEWSCRAWL_SOURCES"]))
    crawl([source_id], limit=SAMPLE, dry_run=True, output="-", set_=set_)


def _load(source_id: str, folder: Path) -> Source:
    path = folder / f"{source_id}.toml"
    if "/" in source_id or not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml"))) or "none"
        stop(f"no source {plain(source_id)!r} in {folder}; known: {known}", USAGE)
    try:
        source = load_source(path)
        check_page(source, folder)
    except SourceError as error:
        stop(str(error), USAGE)
    return source
