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
from newscrawl.spiders.foreign import FORMATS
from newscrawl.spiders.imports import ImportSpider
from newscrawl.spiders.run import run_crawls
from newscrawl.store.connection import StoreError
from newscrawl.store.ledger import OUTCOMES


def import_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON Lines or a JSON array, also gzipped; - for standard input.")
    ],
    *,
    form: Annotated[
        str, typer.Option("--from", metavar="FORMAT", help="newscrawl, news-please or fundus.")
    ] = "newscrawl",
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Import reports through the same pipelines as crawled ones.

    --from news-please and --from fundus read the articles of these crawlers. A broken line costs itself only.
    """
    settings = load_settings(set_)
    if file != "-" and not Path(file).is_file():
        stop(f"{plain(file)}: no such file", USAGE)
    if form not in FORMATS:
        stop(f"--from {plain(form)!r} is not known; give one of {', '.join(FORMATS)}", USAGE)
    try:
        (result,) = run_crawls(settings, [file], watch=watch_crawls, spider=ImportSpider, form=form)
    except StoreError as error:
        stop(str(error), FAILED)
    if json_:
        out.print(json.dumps(asdict(result), ensure_ascii=False, indent=1), markup=False)
    else:
        parts = [f"{result.counts.get(name, 0)} {name}" for name in OUTCOMES if result.counts.get(name)]
        refused = [f"{result.refused} not imported"] if result.refused else []
        total = result.counts.get("discovered", 0) + result.refused
        out.print(f"{total} reports: {', '.join(parts + refused) or 'nothing to import'}")
    for line in ([result.reason] if result.reason else []) + list(result.errors):
        err.print(f"newscrawl: {plain(line)}", markup=False)
    if result.refused > len(result.errors):
        err.print(f"newscrawl: ... and {result.refused - len(result.errors)} more", markup=False)
    status = exit_status([result], 1, 1.0)
    raise typer.Exit(FAILED if result.errors else status)
