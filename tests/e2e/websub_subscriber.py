"""The subscriber's side of WebSub in a process of its own: Scrapy's reactor cannot be started twice in one.

Arguments: folder of the private mongod, database, address of the callback. Reads lines of endpoint, topic and hub; sees
to the subscription, and prints a JSON line of what became of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.settings import Settings

from newscrawl.discovery.hints import Hints
from newscrawl.schedule.websub import WebSub
from newscrawl.spiders.run import run_spider
from newscrawl.store.store import open_store

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess


async def drive(process: AsyncCrawlerProcess) -> None:
    _, home, database, _ = sys.argv
    async with open_store("", database, Path(home), 20) as store:
        websub = WebSub(store, process)
        while line := await asyncio.to_thread(sys.stdin.readline):
            endpoint, topic, hub = line.split()
            await websub.hubs.tend(endpoint, "gazette", Hints(hub=hub, topic=topic))
            await websub.hubs.settled()
            known = await store.subscriptions.of(endpoint)
            assert known is not None
            state = {"live": known.is_live(datetime.now(UTC)), "relied on": known.is_relied_on(datetime.now(UTC))}
            print(json.dumps(state), flush=True)
        websub.stop()


if __name__ == "__main__":
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    settings.set("NEWSCRAWL_LISTEN", sys.argv[3])
    settings.set("NEWSCRAWL_CALLBACK_URL", f"http://{sys.argv[3]}/websub/")
    run_spider(settings, drive)
