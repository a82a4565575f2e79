"""`newscrawl stories list|show|split`"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from newscrawl.cli.options import (
    FAILED,
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
from newscrawl.store.store import Store  # noqa: TC001  (typer reads annotations at run time)
from newscrawl.store.stories import StoryError

app = typer.Typer(no_args_is_help=True, help="Stories: reports that tell the same text or nearly the same.")


@app.command("list")
def list_stories(
    *,
    since: Annotated[str | None, typer.Option(help="With a report since (2d, 6h, 2026-11-24).")] = None,
    until: Annotated[str | None, typer.Option(help="With a report before.")] = None,
    source: Annotated[str | None, typer.Option(help="With a report of this source.")] = None,
    language: Annotated[str | None, typer.Option(help="With a report in this language.")] = None,
    limit: Annotated[int, typer.Option("-n", min=1, help="How many, the newest first.")] = 20,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """The latest stories of more than one report."""
    settings = load_settings(set_)
    span = {"since": parse_since(since), "until": parse_since(until, "--until")}
    stories = with_store(
        settings, lambda store: store.stories.latest(**span, source=source, language=language, limit=limit)
    )
    if json_:
        _print_json(stories)
    elif stories:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("story", "reports", "sources", "first", "last", "headline"):
            table.add_column(name, justify="right" if name == "reports" else "left", no_wrap=name == "story")
        for story in stories:
            sources = _shortened(story["sources"])
            cells = (story["story_id"], len(story["members"]), sources, story["first_at"], story["last_at"])
            table.add_row(*(Text(plain(cell)) for cell in (*cells, story["headline"])))
        out.print(table)
    else:
        err.print("no story of more than one report")


@app.command("show")
def show_story(
    name: Annotated[str, typer.Argument(metavar="STORY|REPORT|URL", help="Id of a story or a report, or a URL.")],
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """One story: the copy seen first, where the text comes from, all its reports in the order they were seen."""
    story = with_store(load_settings(set_), lambda store: store.stories.show(name))
    if story is None:
        stop(f"{plain(name)}: no story and no stored report; `newscrawl why URL` says what became of a URL", FAILED)
    if json_:
        _print_json(story)
        return
    for line in lines(story):
        out.print(line, markup=False)


@app.command("split")
def split_story(
    names: Annotated[list[str], typer.Argument(metavar="URL|ID...", help="Reports that do not belong to their story.")],
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Take reports out of their story, into one of their own. They are never joined again with what they left."""

    async def ask(store: Store) -> dict[str, str]:
        found = {name: await store.stories.find_report(name) for name in names}
        if unknown := [name for name, id_ in found.items() if id_ is None]:
            raise StoryError(f"{', '.join(unknown)}: no stored report")
        left, own = await store.stories.split([id_ for id_ in found.values() if id_])
        return {"left": left, "story_id": own}

    settings = load_settings(set_)
    try:
        result = with_store(settings, ask)
    except StoryError as error:
        stop(plain(error), USAGE)
    if json_:
        _print_json(result)
    else:
        count = f"{len(set(names))} report{'s' if len(set(names)) > 1 else ''}"
        out.print(f"{count} now in story {result['story_id']}, apart from {result['left']}", markup=False)


def lines(story: dict[str, Any]) -> list[str]:
    """A story for people."""
    first = story["members"][0]
    sources = f"{len(story['members'])} from {', '.join(story['sources'])}"
    rows = {
        "story": story["story_id"],
        "headline": story["headline"] or "without headline",
        "first seen": f"{first['source']}, {plain(first['first_seen_at'])}",
        "credit": story["credit"],
        "reports": sources,
        "from": plain(story["first_at"]),
        "to": plain(story["last_at"]),
        "split off": "by hand" if story["split_off"] else None,
    }
    text = [f"{name:12} {plain(value)}" for name, value in rows.items() if value]
    for member in story["members"]:
        at = plain(member.get("published_at") or member["first_seen_at"])
        text.append(f"  {at}  {plain(member['source'])}: {plain(member.get('headline') or 'without headline')}")
        text.append(f"    {plain(member['id'])}  {plain(member['url'])}")
        text += [f"    also at {plain(url)}" for url in member.get("also_at", ())]
    return text


def _shortened(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _print_json(value: Any) -> None:
    out.print(json.dumps(value, default=_json_value, ensure_ascii=False, indent=1), markup=False)


def _json_value(value: Any) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
