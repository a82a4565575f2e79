"""`newscrawl tail`"""

from __future__ import annotations

import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.ending import write_lines
from newscrawl.cli.options import FAILED, AfterOption, SetOption, load_settings, parse_token, stop, with_store
from newscrawl.items import to_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from newscrawl.store.changes import Change
    from newscrawl.store.store import Store


def tail(
    *,
    after: AfterOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what changes from now on.")] = False,
    source: Annotated[str | None, typer.Option(help="Only reports of this source.")] = None,
    language: Annotated[str | None, typer.Option(help="Only reports in this language.")] = None,
    set_: SetOption = None,
) -> None:
    """The change feed: what was created, updated, merged, restoried or withdrawn, one JSON object a line.

    Each line has a token; --after TOKEN goes on behind it, at any later time. docs/consumers.md has the promises.
    """
    settings = load_settings(set_)
    place = parse_token(after)

    async def lines(store: Store) -> AsyncGenerator[str]:
        read = store.changes.follow if follow else store.changes.read
        async with aclosing(read(place, source=source, language=language)) as changes:
            async for change in changes:
                yield to_line(change)

    try:
        status = with_store(settings, lambda store: write_lines(lines(store), endless=follow), patient=follow)
    except OSError as error:
        stop(f"standard output: cannot be written: {error.strerror}", FAILED)
    raise typer.Exit(status)


def to_line(change: Change) -> str:
    """A change as a line of JSON: `event`, `token`, `id`, and the report, or `into` where it was merged."""
    what: dict[str, Any] = {"into": change.into} if change.report is None else {"report": to_json(change.report)}
    head = {"event": change.event, "token": change.place.token, "id": change.place.id}
    return json.dumps(head | what, ensure_ascii=False)
