"""`newscrawl demo`"""

from __future__ import annotations

from typing import Annotated

import typer

from newscrawl.cli.crawl import crawl
from newscrawl.cli.options import SetOption, err
from newscrawl.demo.server import DemoSite

PORT = 8642
"""A fixed port, so that a second demo crawl finds the same URLs and shows that nothing is stored twice."""
SETTINGS = ["NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "DOWNLOAD_DELAY=0.05"]


def demo(
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the site, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks one.")] = PORT,
    set_: SetOption = None,
) -> None:
    """Serve a small news site on loopback and crawl it: a first look without internet."""
    try:
        site = DemoSite(port=port)
    except OSError:
        err.print(f"port {port} is taken; using another one", markup=False)
        site = DemoSite(port=0)
    with site:
        err.print(f"demo site at {site.url}", markup=False)
        if serve:
            err.print("Ctrl-C ends it", markup=False)
            site.wait()
        else:
            crawl([site.url], set_=[*SETTINGS, *(set_ or [])])
