"""The subscriber's side of WebSub in a process of its own: Scrapy's reactor cannot be started twice in one.

Arguments: folder of the private mongod, database, address of the callback, URL of the hub. Prints a JSON line for what
it does, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.settings import Settings

from newscrawl.discovery.hints import Hints
from newscrawl.schedule.websub import Hubs, listen
from newscrawl.spiders.run import run_spider
from newscrawl.store.store import open_store

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess


def say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


async def drive(process: AsyncCrawlerProcess) -> None:
    _, home, database, address, hub = sys.argv

    async def on_push(source: str, endpoint: str) -> None:
        say(pushed=endpoint, source=source)

    async with open_store("", database, Path(home), 20) as store:
        port = listen(address, store.subscriptions, on_push)
        hubs = Hubs(store.subscriptions, process, f"http://{address}/websub")
        hints = Hints(hub=hub, topic="http://gazette.example/feed")
        await hubs.tend("http://gazette.example/rss", "gazette", hints)
        await hubs.settled()
        say(live=await hubs.tend("http://gazette.example/rss", "gazette", hints))
        while await asyncio.to_thread(sys.stdin.readline):
            say(live=await hubs.tend("http://gazette.example/rss", "gazette", hints))
        await asyncio.ensure_future(port.stopListening().asFuture(asyncio.get_running_loop()))


if __name__ == "__main__":
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    run_spider(settings, drive)
