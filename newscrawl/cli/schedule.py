"""`newscrawl schedule`"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.options import FAILED, USAGE, SetOption, err, load_settings, plain, stop
from newscrawl.schedule.loop import run_schedule
from newscrawl.sources import load_sources
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from newscrawl.spiders.run import CrawlResult
    from newscrawl.store.sources import Claim


def schedule(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Crawl what is due now, and end: for cron and the like.")
    ] = False,
    set_: SetOption = None,
) -> None:
    """Crawl all sources when they are due, for good. Ctrl-C or SIGTERM ends it in order."""
    settings = load_settings(set_)
    folder = Path(settings["NEWSCRAWL_SOURCES"])
    sources, errors = load_sources(folder)
    if not sources:
        trouble = (
            str(errors[0]) if errors else f"{folder} has no source files; `newscrawl sources add DOMAIN` makes one"
        )
        stop(trouble, USAGE)
    try:
        done = run_schedule(settings, once=once, tell=_tell)
    except (StoreError, ValueError) as error:
        stop(str(error), FAILED)
    except (KeyboardInterrupt, asyncio.CancelledError):
        stop("ended", FAILED)
    raise typer.Exit(0 if done or not once else FAILED)


def _tell(claim: Claim, result: CrawlResult) -> None:
    """One line for a crawl that has found something, or has failed."""
    changes = {name: n for name, n in result.counts.items() if n and name not in ("discovered", "unchanged")}
    if changes or result.reason or claim.priority:
        counts = ", ".join(f"{n} {name}" for name, n in changes.items()) or "nothing new"
        reason = f"; {result.reason}" if result.reason else ""
        err.print(f"{plain(claim.source)}: {counts} ({result.seconds:.1f} s){plain(reason)}", markup=False)
