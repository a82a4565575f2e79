"""Options and beginnings that commands share."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.logging import RichHandler
from scrapy.settings import Settings

from newscrawl.dates import parse_date
from newscrawl.middlewares.addresses import parse_networks
from newscrawl.store.changes import Place
from newscrawl.store.store import Store, StoreError, open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")

FAILED, USAGE, TOO_MANY_ERRORS, INTERRUPTED = 1, 2, 3, 130
"""Exit statuses; 0 is done."""

SetOption = Annotated[
    list[str] | None, typer.Option("-s", "--set", metavar="NAME=VALUE", help="Set a Scrapy or NEWSCRAWL_* setting.")
]
AfterOption = Annotated[
    str | None, typer.Option("--after", metavar="TOKEN", help="Only what has changed after the line of this token.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
for _console in (out, err):
    if not _console.is_terminal:
        _console.width = 200  # a file has no edge at which a table must be cut


def stop(message: str, status: int) -> NoReturn:
    """End the program with one clear line."""
    err.print(f"newscrawl: {message}", markup=False)
    raise typer.Exit(status)


def load_settings(assignments: Sequence[str] | None) -> Settings:
    """The settings module, with `-s NAME=VALUE` over it. Ends the program on a malformed one."""
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    # Scrapy's INFO is a page of set-up for each crawl; `-s LOG_LEVEL=INFO` shows it.
    settings.set("LOG_LEVEL", "WARNING", priority="project")
    settings.set("LOG_INSTALL_ROOT_HANDLER", value=False, priority="project")
    for assignment in assignments or ():
        name, equals, value = assignment.partition("=")
        if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            stop(f"-s {assignment!r}: write NAME=VALUE, the name in capitals", USAGE)
        settings.set(name, value, priority="cmdline")
    _check_settings(settings)
    _set_up_logging(settings["LOG_LEVEL"])
    return settings


def _check_settings(settings: Settings) -> None:
    try:
        parse_networks(settings["NEWSCRAWL_ALLOW_NETWORKS"])
    except ValueError as error:
        stop(str(error), USAGE)
    checked = [name for name in settings if name.startswith("NEWSCRAWL_") and isinstance(settings[name], str)]
    for name in (*(n for n in checked if _is_number(n)), "DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN"):
        try:
            if float(settings[name]) < 0:
                raise ValueError
        except ValueError:
            stop(f"{name} is {settings[name]!r}; give a number from 0", USAGE)


def _is_number(name: str) -> bool:
    return name not in (
        "NEWSCRAWL_HOME",
        "NEWSCRAWL_SOURCES",
        "NEWSCRAWL_OUTPUT",
        "NEWSCRAWL_ALLOW_NETWORKS",
        "NEWSCRAWL_NOTIFY_COMMAND",
        "NEWSCRAWL_NOTIFY_URLS",
        "NEWSCRAWL_METRICS_LISTEN",
        "NEWSCRAWL_BROKER",
        "NEWSCRAWL_CALLBACK_URL",
        "NEWSCRAWL_LISTEN",
    )


def _set_up_logging(level: str) -> None:
    if str(level).upper() not in logging.getLevelNamesMapping():
        stop(f"LOG_LEVEL is {level!r}; give DEBUG, INFO, WARNING or ERROR", USAGE)
    if err.is_terminal:
        handler: logging.Handler = RichHandler(console=err, show_path=False, markup=False)
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # Scrapy opens the root logger wide: the level is the handler's, and Scrapy's own loggers are told too, which saves
    # formatting every item for nobody.
    handler.setLevel(str(level).upper())
    logging.basicConfig(level=str(level).upper(), handlers=[handler], force=True)
    for name in ("scrapy", "twisted", "pymongo", "trafilatura", "asyncio"):
        logging.getLogger(name).setLevel(str(level).upper())
    logging.captureWarnings(capture=True)


def with_store(settings: Settings, ask: Callable[[Store], Awaitable[T]], *, patient: bool = False) -> T:
    """What `ask` finds in the store. Ends the program where there is no store: soon, or `patient` as a crawl is."""

    async def run() -> T:
        patience = settings.getfloat("NEWSCRAWL_STORE_PATIENCE")
        patience = patience if patient else min(10.0, patience)  # a person waits
        home = Path(settings["NEWSCRAWL_HOME"])
        async with open_store(settings["MONGODB_URI"], settings["MONGODB_DATABASE"], home, patience) as store:
            return await ask(store)

    try:
        return asyncio.run(run())
    except StoreError as error:
        stop(str(error), FAILED)
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED)


def parse_since(text: str | None, name: str = "--since") -> datetime | None:
    """`90m`, `6h`, `2d`, `3w` before now, or a date. Ends the program on anything else."""
    if not text:
        return None
    now = datetime.now(UTC)
    if match := re.fullmatch(r"(\d{1,5})([mhdw])", text):
        unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[match[2]]
        return now - timedelta(**{unit: int(match[1])})
    moment = parse_date(text, now)
    if moment is None:
        stop(f"{name} {text!r}: write 90m, 6h, 2d, 3w, or a date like 2026-11-24 or 2026-11-24T08:00Z", USAGE)
    return moment.at


def parse_token(token: str | None) -> Place | None:
    """The place in the change feed that a token means. Ends the program on anything else."""
    try:
        return None if token is None else Place.parse(token)
    except ValueError:
        stop(f"--after {plain(token)!r}: is no token that `newscrawl tail` or `newscrawl export` printed", USAGE)


def plain(value: Any) -> str:
    """A value for a table cell, safe for a terminal."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return "".join(ch for ch in str(value) if ch.isprintable() or ch == " ")
