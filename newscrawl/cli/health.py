"""`newscrawl health`, and `newscrawl sources accept`"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from newscrawl.cli.options import FAILED, USAGE, JsonOption, SetOption, err, load_settings, out, plain, stop, with_store
from newscrawl.health.judge import verdict
from newscrawl.sources import load_sources
from newscrawl.store.store import may_exist

if TYPE_CHECKING:
    from newscrawl.health.observations import Observations
    from newscrawl.store.store import Store

UNWATCHED = timedelta(days=1)
"""Without a crawl for so long, nothing is said of the time since: a silence would be ours."""
URGENCY = ("blocked", "failing", "drifting", "quiet", "fresh", None)
COLOURS = {"fresh": "green", "quiet": "", "failing": "red", "blocked": "red", "drifting": "yellow"}


def health(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these. Default: all.")] = None,
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """How every source is, against its own past. Exit status 1 where somebody should look at one."""
    settings = load_settings(set_)
    folder, now = Path(settings["NEWSCRAWL_SOURCES"]), datetime.now(UTC)

    async def ask(store: Store) -> list[dict[str, Any]]:
        suspects = await store.observations.count_suspects()
        return [describe(*one, suspects.get(one[0], 0), now) for one in await store.observations.all(sources or ())]

    exists = may_exist(settings["MONGODB_URI"], Path(settings["NEWSCRAWL_HOME"]))
    found = with_store(settings, ask) if exists else []
    known = {row["source"] for row in found}
    defined = {source.id for source in load_sources(folder)[0] if source.enabled}
    if unknown := sorted(set(sources or ()) - known - defined):
        stop(f"no source {plain(unknown[0])!r}: there is no such file in {folder}, and it was never crawled", USAGE)
    uncrawled = [one for one in sorted(defined - known) if not sources or one in sources]
    found += [{"source": one, "state": None, "alarm": False, "reason": "not crawled yet"} for one in uncrawled]
    found.sort(key=lambda row: (not row["alarm"], URGENCY.index(row["state"]), row["source"]))
    if json_:
        out.print(json.dumps(found, ensure_ascii=False, indent=1), markup=False)
    else:
        _print(found)
    if any(row["alarm"] for row in found):
        raise typer.Exit(FAILED)


def describe(source: str, seen: Observations, observed_at: datetime, suspects: int, now: datetime) -> dict[str, Any]:
    """One row, as JSON values."""
    unwatched = now - observed_at > UNWATCHED
    said = verdict(seen, observed_at if unwatched else now)
    return {
        "source": source,
        "state": said.state,
        "alarm": said.alarm,
        "reason": said.reason + (f"; not crawled since {_minute(_text(observed_at))}" if unwatched else ""),
        "since": _text(said.since),
        "last_new_at": _text(seen.last_new_at),
        "observed_at": _text(observed_at),
        "suspect_reports": suspects,
        "moved_to": next((one.target for one in (seen.down, *seen.alarms.values()) if one and one.target), None),
        "alarms": {name: alarm.reason for name, alarm in sorted(seen.alarms.items())},
    }


def accept_source(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    reject: Annotated[
        bool, typer.Option("--reject", help="Leave the marks: what was read meanwhile is wrong.")
    ] = False,
    set_: SetOption = None,
) -> None:
    """Take what a source shows now as normal: its alarms end, and its reports are suspect no more.

    With `--reject` the alarms end as well and the past stays the measure, but reports that are marked keep the mark.
    """
    settings = load_settings(set_)

    async def change(store: Store) -> int | None:
        if not await store.observations.settle(source_id, datetime.now(UTC), as_normal=not reject):
            return None
        return 0 if reject else await store.observations.trust(source_id)

    exists = may_exist(settings["MONGODB_URI"], Path(settings["NEWSCRAWL_HOME"]))
    number = with_store(settings, change) if exists else None
    if number is None:
        stop(f"nothing is known of {plain(source_id)!r}; `newscrawl health` lists what is", FAILED)
    said = (
        "the alarms have ended; the marks stay" if reject else f"this is normal now; {number} reports are trusted again"
    )
    out.print(f"{plain(source_id)}: {said}", markup=False)


def _print(found: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "state", "since", "last new", "suspect", "reason"):
        table.add_column(name, justify="right" if name == "suspect" else "left")
    for row in found:
        state = Text(row["state"] or "", style=COLOURS.get(row["state"] or "", ""))
        state.append(" !" if row["alarm"] else "")
        times = [Text(_minute(row.get(name))) for name in ("since", "last_new_at")]
        suspects = Text(str(row.get("suspect_reports") or ""))
        table.add_row(Text(plain(row["source"])), state, *times, suspects, Text(plain(row["reason"])))
    out.print(table)
    alarms = [row for row in found if row["alarm"]]
    if alarms:
        drifting = [plain(row["source"]) for row in alarms if row["state"] == "drifting"]
        hint = f"; once looked at: newscrawl sources accept {drifting[0]}" if drifting else ""
        verb = "needs" if len(alarms) == 1 else "need"
        err.print(f"{len(alarms)} of {len(found)} {verb} a look (!){hint}", markup=False)


def _minute(at: str | None) -> str:
    """`2026-01-05 06:00`, UTC."""
    return (at or "")[:16].replace("T", " ")


def _text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
