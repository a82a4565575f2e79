"""`newscrawl`: all commands in one place."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from newscrawl.cli import (
    crawl,
    crawls,
    db,
    demo,
    export,
    extract,
    health,
    history,
    imports,
    schedule,
    sources,
    stories,
    tail,
    why,
)

app = typer.Typer(
    name="newscrawl",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Crawl news sources into MongoDB, and say of every URL what became of it.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("newscrawl"))
        raise typer.Exit


@app.callback()
def _newscrawl(
    *, _version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False
) -> None:
    pass


app.command("crawl")(crawl.crawl)
app.command("schedule")(schedule.schedule)
app.command("extract")(extract.extract)
app.command("import")(imports.import_file)
app.command("export")(export.export)
app.command("tail")(tail.tail)
app.command("why")(why.why)
app.command("health")(health.health)
app.command("history")(history.history)
app.add_typer(sources.app, name="sources")
app.add_typer(stories.app, name="stories")
app.add_typer(crawls.app, name="crawls")
app.add_typer(db.app, name="db")
app.command("demo")(demo.demo)
