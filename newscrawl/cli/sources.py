"""`newscrawl sources list|show|check|forget|add|remove|export`"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from newscrawl.cli.crawl import crawl
from newscrawl.cli.health import accept_source
from newscrawl.cli.options import (
    FAILED,
    USAGE,
    JsonOption,
    SetOption,
    err,
    load_settings,
    out,
    plain,
    stop,
    with_store,
)
from newscrawl.cli.sources_add import add_domains
from newscrawl.cli.sources_lists import add_list
from newscrawl.discovery.source_lists import write_opml
from newscrawl.sites.registry import check_page
from newscrawl.sources import Source, SourceError, load_source, load_sources
from newscrawl.store.store import may_exist

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.settings import Settings

    from newscrawl.extraction.body.boilerplate import Memory
    from newscrawl.store.store import Store

app = typer.Typer(no_args_is_help=True, help="The source files.")
app.command("accept")(accept_source)
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
def show_source(
    source_id: Annotated[str, typer.Argument(metavar="ID")], *, set_: SetOption = None, json_: JsonOption = False
) -> None:
    """One source: its file, defaults included, and what crawls have learned of it."""
    settings = load_settings(set_)
    folder = Path(settings["NEWSCRAWL_SOURCES"])
    source = _load(source_id, folder) if _has_file(source_id, folder) else None
    store_trouble = False
    memory = None
    try:
        memory = _recall(settings, source_id)
    except typer.Exit:  # said already; a file can be shown without a database
        store_trouble = True
        if source is None:
            raise
    if source is None and memory is None:
        _load(source_id, folder)  # says which there are
    values: dict[str, Any] = asdict(source) if source else {"id": source_id}
    if memory is not None:
        values["boilerplate"] = learned(memory)
    if json_:
        out.print(json.dumps(values, ensure_ascii=False, indent=1), markup=False)
    else:
        _print_source(values)
    if store_trouble:
        raise typer.Exit(FAILED)


@app.command("forget")
def forget_source(source_id: Annotated[str, typer.Argument(metavar="ID")], *, set_: SetOption = None) -> None:
    """Forget the boilerplate that crawls have learned of a source: its reports are counted anew."""
    settings = load_settings(set_)
    known = may_exist(settings["MONGODB_URI"], Path(settings["NEWSCRAWL_HOME"]))
    if not known or not with_store(settings, lambda store: store.boilerplate.forget(source_id)):
        stop(f"nothing was learned of {plain(source_id)!r}", FAILED)
    out.print(f"{plain(source_id)}: forgotten; `learn_boilerplate = false` in its file keeps it so", markup=False)


def learned(memory: Memory) -> dict[str, Any]:
    """What is known of the lines of a source, as JSON values: those that are left out, the most frequent first."""
    lines = [
        {
            "line": seen.sample,
            "reports": seen.reports,
            "first_seen_at": _text(seen.first_seen_at),
            "learned_at": _text(seen.learned_at),
            "last_seen_at": _text(seen.last_seen_at),
            "seen_under": list(seen.headlines),
        }
        for seen in sorted(memory.lines.values(), key=lambda seen: -seen.reports)
        if seen.learned_at
    ]
    return {"reports": memory.reports, "watched": len(memory.lines) - len(lines), "lines": lines}


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def _recall(settings: Settings, source_id: str) -> Memory | None:
    """What the store has learned of a source; None where it has never heard of it. Starts no server for nothing."""
    if not may_exist(settings["MONGODB_URI"], Path(settings["NEWSCRAWL_HOME"])):
        return None

    async def ask(store: Store) -> Memory | None:
        memory = await store.boilerplate.load(source_id)
        return memory if memory.reports or await store.crawls.latest(source=source_id, limit=1) else None

    return with_store(settings, ask)


def _print_source(values: dict[str, Any]) -> None:
    known = values.pop("boilerplate", None)
    for name, value in values.items():
        if value not in (None, (), []):
            items = value if isinstance(value, tuple) else (value,)
            text = ", ".join(str(item).lower() if isinstance(item, bool) else plain(item) for item in items)
            out.print(f"{name:20} {text}", markup=False)
    if known is None:
        return
    counts = f"{len(known['lines'])} lines left out, {known['watched']} watched, {known['reports']} reports counted"
    out.print(f"{'boilerplate':20} {counts}", markup=False)
    for line in known["lines"]:
        since = f"in {line['reports']} reports, known since {line['learned_at']}, last seen {line['last_seen_at']}"
        out.print(f"  {plain(line['line'])}\n    {since}", markup=False)
        out.print(f"    under: {'; '.join(plain(headline) for headline in line['seen_under'])}", markup=False)


@app.command("check")
def check_source(source_id: Annotated[str, typer.Argument(metavar="ID")], *, set_: SetOption = None) -> None:
    """Validate a source file, and crawl five of its reports without writing anything."""
    _load(source_id, Path(load_settings(set_)["NEWSCRAWL_SOURCES"]))
    crawl([source_id], limit=SAMPLE, dry_run=True, output="-", set_=set_)


@app.command("add")
def add_source(
    domains: Annotated[
        list[str] | None, typer.Argument(metavar="DOMAIN...", help="Sites to look at: domains, or URLs of home pages.")
    ] = None,
    *,
    opml: Annotated[str, typer.Option(metavar="FILE", help="Take the feeds of an OPML file over.")] = "",
    csv: Annotated[str, typer.Option(metavar="FILE", help="The same of a table of addresses.")] = "",
    sitelist: Annotated[str, typer.Option(metavar="FILE", help="The same of a news-please sitelist.hjson.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Look at sites, choose the endpoints to poll, and write the source files; or make them from a list, unseen."""
    settings = load_settings(set_)
    folder = Path(settings["NEWSCRAWL_SOURCES"])
    lists = {form: path for form, path in (("opml", opml), ("csv", csv), ("sitelist", sitelist)) if path}
    if len(lists) + bool(domains) != 1:
        stop("give domains, or one of --opml, --csv, --sitelist", USAGE)
    for form, path in lists.items():
        raise typer.Exit(add_list(folder, form, path, force=force, dry_run=dry_run, as_json=json_))
    raise typer.Exit(add_domains(settings, folder, domains or [], force=force, dry_run=dry_run, as_json=json_))


@app.command("remove")
def remove_source(source_id: Annotated[str, typer.Argument(metavar="ID")], *, set_: SetOption = None) -> None:
    """Remove a source file. What is stored of the source stays."""
    folder = Path(load_settings(set_)["NEWSCRAWL_SOURCES"])
    if not _has_file(source_id, folder):
        _load(source_id, folder)  # says which there are
    path = folder / f"{source_id}.toml"
    try:
        path.unlink()
    except OSError as error:
        stop(f"{path}: cannot be removed: {error.strerror}", FAILED)
    out.print(f"removed {path}; its reports, and what crawls know of it, stay in the store", markup=False)


@app.command("export")
def export_sources(
    *, opml: Annotated[bool, typer.Option("--opml", help="As OPML, for feed readers.")] = False, set_: SetOption = None
) -> None:
    """Print the feeds of all sources as OPML."""
    if not opml:
        stop("say in which form: --opml", USAGE)
    sources, errors = load_sources(Path(load_settings(set_)["NEWSCRAWL_SOURCES"]))
    out.print(write_opml(sources), markup=False, end="")
    for error in errors:
        err.print(f"newscrawl: {plain(error)}", markup=False)
    if errors:
        raise typer.Exit(FAILED)


def _has_file(source_id: str, folder: Path) -> bool:
    return "/" not in source_id and (folder / f"{source_id}.toml").is_file()


def _load(source_id: str, folder: Path) -> Source:
    if not _has_file(source_id, folder):
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml"))) or "none"
        stop(f"no source {plain(source_id)!r} in {folder}; known: {known}", USAGE)
    try:
        source = load_source(folder / f"{source_id}.toml")
        check_page(source, folder)
    except SourceError as error:
        stop(str(error), USAGE)
    return source
