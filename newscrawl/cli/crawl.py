"""`newscrawl crawl TARGET...`"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from newscrawl.cli.on_demand import ask_schedule
from newscrawl.cli.options import (
    FAILED,
    INTERRUPTED,
    TOO_MANY_ERRORS,
    USAGE,
    JsonOption,
    SetOption,
    err,
    load_settings,
    out,
    parse_since,
    plain,
    stop,
    with_store,
)
from newscrawl.cli.progress import watch_crawls
from newscrawl.sites.registry import check_page
from newscrawl.sources import SourceError, resolve_target
from newscrawl.spiders.run import CrawlResult, run_crawls
from newscrawl.store.connection import StoreError
from newscrawl.store.ledger import OUTCOMES
from newscrawl.store.store import may_exist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.settings import Settings

MOST_LINES = 10
"""Lines of trouble shown of one crawl; `newscrawl crawls show` has the rest."""


def crawl(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET...",
            help="A source id, a domain, or a URL of a home page, feed, sitemap, section or single report.",
        ),
    ],
    *,
    limit: Annotated[int | None, typer.Option(min=1, help="Store at most N reports of each target.")] = None,
    since: Annotated[str | None, typer.Option(help="Leave out what was published before (2d, 6h, 2026-11-24).")] = None,
    full: Annotated[bool, typer.Option("--full", help="Without a budget of pages, and all endpoints.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Fetch and read, but write nothing.")] = False,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="Also append new and changed reports, as JSON Lines.")
    ] = "",
    max_error_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of failed URLs that still counts as done.")
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Leave it to the running schedule, and do not wait for the end.")
    ] = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Crawl targets now: by the schedule, where one runs that has them, else in this process."""
    settings = load_settings(set_)
    if output:
        settings.set("NEWSCRAWL_OUTPUT", output, priority="cmdline")
    _check_output(settings["NEWSCRAWL_OUTPUT"])
    folder = Path(settings["NEWSCRAWL_SOURCES"])
    for target in targets:
        try:
            source, _ = resolve_target(target, folder)
            check_page(source, folder)
        except SourceError as error:
            stop(str(error), USAGE)
        if source.render and find_spec("scrapy_playwright") is None:
            stop(f"source {source.id!r} has render = true, which needs: pip install 'newscrawl[render]'", USAGE)
    highest = settings.getfloat("NEWSCRAWL_MAX_ERROR_RATE") if max_error_rate is None else max_error_rate
    targets = list(dict.fromkeys(targets))
    alone = bool(limit or since or full or dry_run or settings["NEWSCRAWL_OUTPUT"] or not _are_places(set_))
    results = None if alone else _ask_schedule(settings, targets, detach=detach)
    if detach:
        if results is None:
            stop("--detach needs a running `newscrawl schedule` that crawls these sources, and no other options", USAGE)
        raise typer.Exit(0)
    try:
        results = results or run_crawls(
            settings,
            targets,
            watch=watch_crawls,
            limit=limit or 0,
            since=parse_since(since) or "",
            full=full,
            dry_run=dry_run,
        )
    except StoreError as error:
        stop(str(error), FAILED)
    except (KeyboardInterrupt, asyncio.CancelledError):
        stop("interrupted; the next crawl takes up what is left", INTERRUPTED)
    if json_:
        out.print(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1), markup=False)
    elif settings["NEWSCRAWL_OUTPUT"] == "-":
        _print_table(results, err)
    else:
        _print_table(results, out)
    _print_trouble(results)
    raise typer.Exit(exit_status(results, len(set(targets)), highest))


def _are_places(assignments: Sequence[str] | None) -> bool:
    """Whether `-s` says only where things are: all else would be other than what the schedule was started with."""
    names = {assignment.partition("=")[0] for assignment in assignments or ()}
    return names <= {"MONGODB_URI", "MONGODB_DATABASE", "NEWSCRAWL_HOME", "NEWSCRAWL_SOURCES", "LOG_LEVEL"}


def _ask_schedule(settings: Settings, targets: Sequence[str], *, detach: bool) -> list[CrawlResult] | None:
    """The results of a schedule that crawls these sources; None where there is none."""
    folder = Path(settings["NEWSCRAWL_SOURCES"])
    if not may_exist(settings["MONGODB_URI"], Path(settings["NEWSCRAWL_HOME"])):
        return None
    if not all("://" not in target and (folder / f"{target}.toml").is_file() for target in targets):
        return None
    return with_store(settings, lambda store: ask_schedule(store, targets, detach=detach))


def exit_status(results: Sequence[CrawlResult], targets: int, max_error_rate: float) -> int:
    """0 done, 1 failed or something was left unsaved, 3 too many failed URLs, 130 interrupted."""
    if any(result.state == "failed" for result in results):
        return FAILED
    if any(result.state == "interrupted" for result in results) or len(results) < targets:
        return INTERRUPTED
    if any(result.unavailable or result.error_rate > max_error_rate for result in results):
        return TOO_MANY_ERRORS
    return 0


def _check_output(path: str) -> None:
    if path and path != "-":
        try:
            with Path(path).open("a", encoding="utf-8"):
                pass
        except OSError as error:
            stop(f"-o {path}: cannot be written: {error.strerror}", FAILED)


def _print_table(results: Sequence[CrawlResult], console: object) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("source")
    for name in ("discovered", *OUTCOMES, "requests", "seconds"):
        table.add_column(name, justify="right")
    for result in sorted(results, key=lambda one: one.source):
        counts = [str(result.counts.get(name, 0)) for name in ("discovered", *OUTCOMES)]
        table.add_row(Text(plain(result.source)), *counts, str(result.requests), f"{result.seconds:.1f}")
    if len(results) > 1:
        sums = [str(sum(r.counts.get(name, 0) for r in results)) for name in ("discovered", *OUTCOMES)]
        total = str(sum(r.requests for r in results))
        table.add_row("all", *sums, total, f"{max(r.seconds for r in results):.1f}", style="bold")
    console.print(table)  # type: ignore[attr-defined]


def _print_trouble(results: Sequence[CrawlResult]) -> None:
    for result in results:
        if result.reason:
            err.print(f"newscrawl: {plain(result.reason)}", markup=False)
        lines = [f"{count} {reason}" for reason, count in result.reasons.items() if not reason.startswith("duplicate")]
        lines += [error for error in result.errors if result.reason is None or error not in result.reason]
        for line in lines[:MOST_LINES]:
            err.print(f"  {plain(result.source)}: {plain(line)}", markup=False)
        if len(lines) > MOST_LINES:
            err.print(
                f"  {plain(result.source)}: and {len(lines) - MOST_LINES} more; "
                f"`newscrawl crawls show {result.crawl_id}` has all",
                markup=False,
            )
