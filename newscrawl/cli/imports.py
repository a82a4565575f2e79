"""`newscrawl import FILE`"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from newscrawl.cli.crawl import exit_status
from newscrawl.cli.options import FAILED, USAGE, JsonOption, SetOption, err, load_settings, out, plain, stop
from newscrawl.cli.progress import watch_crawls
from newscrawl.spiders.imports import ImportSpider
from newscrawl.spiders.run import run_crawls
from newscrawl.store.connection import StoreError
from newscrawl.store.ledger import OUTCOMES


def import_file(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines of reports; - for standard input.")],
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Import reports through the same pipelines as crawled ones."""
    settings = load_settings(set_)
    if file != "-" and not Path(file).is_file():
        stop(f"{plain(file)}: no such file", USAGE)
    try:
        (result,) = run_crawls(settings, [file], watch=watch_crawls, spider=ImportSpider)
    except StoreError as error:
        stop(str(error), FAILED)
    if json_:
        out.print(json.dumps(asdict(result), ensure_ascii=False, indent=1), markup=False)
    else:
        parts = [f"{result.counts.get(name, 0)} {name}" for name in OUTCOMES if result.counts.get(name)]
        out.print(f"{result.counts.get('discovered', 0)} reports: {', '.join(parts) or 'nothing to import'}")
    for line in ([result.reason] if result.reason else []) + list(result.errors):
        err.print(f"newscrawl: {plain(line)}", markup=False)
    status = exit_status([result], 1, 1.0)
    raise typer.Exit(FAILED if result.errors else status)
