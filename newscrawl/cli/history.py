"""`newscrawl history URL|ID`"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from newscrawl.cli.differences import Piece, paragraph_changes, word_changes
from newscrawl.cli.options import FAILED, USAGE, JsonOption, SetOption, load_settings, out, plain, stop, with_store
from newscrawl.store.revisions import changed_fields
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newscrawl.store.connection import Document
    from newscrawl.store.store import Store

_TEXTS = ("headline", "body")
_STYLES = {"same": "", "old": "red strike", "new": "green"}
_SIGNS = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
LONGEST = 300
"""Characters shown of a value that is neither headline nor body."""


def history(
    report: Annotated[str, typer.Argument(metavar="URL|ID", help="A report's URL or id.")],
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """All states of a report, and what has changed between them."""
    settings = load_settings(set_)
    wanted = report
    if re.fullmatch(r"[0-9a-f]{32}", report) is None:
        url = absolute_url("", report if "://" in report else f"https://{report}")
        if url is None:
            stop(f"{plain(report)!r} is neither an http(s) URL nor the id of a report (32 hex digits)", USAGE)
        wanted = url

    async def ask(store: Store) -> tuple[list[str], list[Document]]:
        id_, merged = await store.revisions.resolve(wanted)
        return merged, await store.revisions.states(id_) if id_ else []

    merged, states = with_store(settings, ask)
    if not states:
        advice = f"; `newscrawl why {plain(wanted)}` says what became of it" if "://" in wanted else ""
        stop(f"{plain(wanted)}: no report of it is stored{advice}", FAILED)
    if json_:
        out.print(json.dumps(as_json(states, merged), default=str, ensure_ascii=False, indent=1), markup=False)
        return
    for line in lines(states, merged, colour=out.is_terminal):
        out.print(line)


def as_json(states: Sequence[Document], merged: Sequence[str]) -> dict[str, Any]:
    """All states, oldest first; each but the first with `changed_fields`, what is different from the one before."""
    current = states[-1]
    told = []
    for number, state in enumerate(states):
        values = {name: value for name, value in state.items() if name not in ("_id", "changed", "changed_fields")}
        since = changed_fields(states[number - 1], state) if number else []
        told.append({**values, "changed_fields": since})
    return {"report": current["_id"], "url": current["url"], "merged_from": list(merged), "states": told}


def lines(states: Sequence[Document], merged: Sequence[str], *, colour: bool) -> Iterator[Text]:
    """The history for people. Without colour, what was taken out stands in `[-…-]`, what was put in in `{+…+}`."""
    current = states[-1]
    for id_ in merged:
        yield Text(plain(f"report {id_} was merged into {current['_id']}"))
    yield Text(plain(f"{current['url']} (source {current['source']}, report {current['_id']})"))
    yield from _state(states[0])
    yield Text(plain(f"  headline: {states[0].get('headline') or 'none'}"))
    for old, new in pairwise(states):
        yield from _state(new)
        names = changed_fields(old, new)
        yield Text(plain(f"  changed: {', '.join(names) or 'nothing but form'}"))
        yield from _changes(old, new, names, colour=colour)
    if len(states) == 1:
        yield Text("never changed since")
    if current.get("withdrawn_at"):
        yield Text(plain(f"{plain(current['withdrawn_at'])}  withdrawn: its page is gone"))


def _state(state: Document) -> Iterator[Text]:
    crawl = f", crawl {state['crawl_id']}" if state.get("crawl_id") else ""
    yield Text("")
    yield Text(plain(f"{plain(state['fetched_at'])}  revision {state['revision']}{crawl}"), style="bold")


def _changes(old: Document, new: Document, names: Sequence[str], *, colour: bool) -> Iterator[Text]:
    """The headline first, then the other values, then the body."""
    if "headline" in names:
        yield _line("  headline: ", word_changes(old.get("headline") or "", new.get("headline") or ""), colour=colour)
    for name in names:
        if name not in _TEXTS:
            pieces = [Piece("old", _short(old.get(name))), Piece("new", _short(new.get(name)))]
            yield _line(f"  {name}: ", [piece for piece in pieces if piece.text], colour=colour)
    if "body" in names:
        for pieces in paragraph_changes(old["body"], new["body"]):
            sign = {"old": "-", "new": "+"}.get(pieces[0].mark, "~") if len(pieces) == 1 else "~"
            bare = len(pieces) == 1 and not colour
            yield Text(f"  {sign} {_in_line(pieces[0].text)}") if bare else _line(f"  {sign} ", pieces, colour=colour)


def _line(beginning: str, pieces: Sequence[Piece], *, colour: bool) -> Text:
    line = Text(beginning)
    for piece in pieces:
        before, after = ("", "") if colour else _SIGNS[piece.mark]
        line.append(before + _in_line(piece.text) + after, style=_STYLES[piece.mark] if colour else "")
    return line


def _in_line(text: str) -> str:
    return plain(text.replace("\n", " "))


def _short(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = "; ".join(value)
    else:
        text = plain(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
