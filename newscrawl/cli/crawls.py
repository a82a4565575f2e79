"""`newscrawl crawls list|show`"""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from newscrawl.cli.options import FAILED, JsonOption, SetOption, load_settings, out, plain, stop, with_store
from newscrawl.store.ledger import OUTCOMES

app = typer.Typer(no_args_is_help=True, help="History of crawls, with counts per outcome.")


@app.command("list")
def list_crawls(
    *,
    source: Annotated[str | None, typer.Option(help="Only crawls of this source.")] = None,
    limit: Annotated[int, typer.Option("-n", min=1, help="How many, the newest first.")] = 20,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """The latest crawls."""
    found = with_store(load_settings(set_), lambda store: store.crawls.latest(source=source, limit=limit))
    if json_:
        out.print(json.dumps(found, default=str, ensure_ascii=False, indent=1), markup=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("crawl", "source", "state", "started"):
        table.add_column(name)
    for name in ("discovered", *OUTCOMES, "requests"):
        table.add_column(name, justify="right")
    for crawl in found:
        counts = crawl.get("counts", {})
        cells = [plain(crawl[key]) for key in ("_id", "source", "state", "started_at")]
        numbers = [str(counts.get(name, 0)) for name in ("discovered", *OUTCOMES)]
        table.add_row(*map(Text, [*cells, *numbers, plain(crawl.get("requests"))]))
    out.print(table)


@app.command("show")
def show_crawl(
    crawl_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """One crawl."""
    found = with_store(load_settings(set_), lambda store: store.crawls.find(crawl_id))
    if found is None:
        stop(f"no crawl {plain(crawl_id)!r}; `newscrawl crawls list` shows the latest", FAILED)
    if json_:
        out.print(json.dumps(found, default=str, ensure_ascii=False, indent=1), markup=False)
        return
    for name in ("_id", "source", "target", "state", "reason", "started_at", "finished_at", "host", "requests"):
        if found.get(name) is not None:
            out.print(f"{name.strip('_'):12} {plain(found[name])}", markup=False)
    for name, number in found.get("counts", {}).items():
        out.print(f"{name:12} {number}", markup=False)
    for row in found.get("reasons", []):
        out.print(f"  {row['count']:6} {plain(row['reason'])}", markup=False)
    for error in found.get("errors", []):
        out.print(f"  {plain(error)}", markup=False)
