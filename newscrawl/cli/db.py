"""`newscrawl db info|init|check`"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from newscrawl.cli.options import FAILED, JsonOption, SetOption, load_settings, out, plain, with_store

if TYPE_CHECKING:
    from newscrawl.store.store import Store

app = typer.Typer(no_args_is_help=True, help="The database: where it is, its schema.")


@app.command()
def info(*, set_: SetOption = None, json_: JsonOption = False) -> None:
    """Where the database is and what it holds."""
    found = with_store(load_settings(set_), lambda store: store.info())
    if json_:
        out.print(json.dumps(found, default=str, ensure_ascii=False, indent=1), markup=False)
        return
    for name, value in found.items():
        if isinstance(value, dict):
            out.print(f"{name}:", markup=False)
            for key, item in value.items():
                out.print(f"  {key:20} {plain(item)}", markup=False)
        else:
            out.print(f"{name:22} {plain(value)}", markup=False)


@app.command()
def init(*, set_: SetOption = None) -> None:
    """Make what is missing of collections, validators and indexes, as every command does; place what crashes left."""

    async def ask(store: Store) -> dict[str, Any]:
        await store.stories.heal()
        return await store.info()

    found = with_store(load_settings(set_), ask)
    out.print(f"{plain(found['database'])} on {plain(found['server'])}: schema version {found['schema_version']}")


@app.command()
def check(*, set_: SetOption = None) -> None:
    """Whether indexes and schema version are as they should be."""
    problems = with_store(load_settings(set_), lambda store: store.problems())
    for problem in problems:
        out.print(plain(problem), markup=False)
    if problems:
        raise typer.Exit(FAILED)
    out.print("as it should be")
