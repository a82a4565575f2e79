"""Whether a consumer of the change feed that is killed again and again misses a change, or gets one out of order.

    python -m benchmarks.changes [--kills 50] [--writers 6]

Several processes save batches of new and changed reports and merge some, all at once. Now and then the server holds
inserts for up to a second between the moment when their place in the order is set and that when they are committed, so
that later changes are visible earlier. One `newscrawl tail --follow` after the other reads the feed, is killed with
SIGKILL at a random moment, and goes on from the token of the last whole line. At the end, what the lines add up to must
be what the database holds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson import Timestamp

from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Report
from newscrawl.store.changes import Place
from newscrawl.store.store import Store, open_store
from tests.mongod import Server

DATABASE = "changes"


def make_report(name: str, version: int) -> Report:
    """A report of some kilobytes; another `version` has another text."""
    url = f"https://example.com/{name}"
    now = datetime.now(UTC)
    body = f"Text {version} of {name}. " + "The ferry waits at the quay. " * random.randrange(20, 200)
    headline = f"Headline of {name}"
    return Report(
        id=report_id(url),
        url=url,
        source="example.com",
        headline=headline,
        body=body,
        content_hash=content_hash(headline, body),
        first_seen_at=now,
        fetched_at=now,
    )


def write(uri: str, number: int, stop: Any) -> None:
    """One writer: batches of any size, until told to stop."""
    random.seed(number)

    async def run() -> None:
        async with open_store(uri, DATABASE, Path(), 60) as store:
            made = 0
            while not stop.is_set():
                fresh = [make_report(f"{number}-{made + n}", 0) for n in range(random.randrange(1, 60))]
                made += len(fresh)
                # Some reports are changed by all writers, some by this one only; most never again.
                shared = [make_report(f"shared-{random.randrange(50)}", random.getrandbits(30)) for _ in range(3)]
                again = [make_report(f"{number}-{random.randrange(made)}", random.getrandbits(30)) for _ in range(5)]
                await store.reports.save(fresh + shared + again)
                await merge(store, fresh[0], fresh[-1])

    asyncio.run(run())


async def merge(store: Store, gone: Report, into: Report) -> None:
    """What the change feed is promised of a merge."""
    database = store.connection.database
    stone = {"_id": gone.id, "event": "merged", "into": into.id, "changed": Timestamp(0, 0)}
    if gone.id != into.id and random.random() < 0.3 and not await database.tombstones.find_one({"_id": gone.id}):
        await database.reports.delete_one({"_id": gone.id})
        await database.tombstones.insert_one(stone)


class Consumer:
    """Applies lines, each as it comes, and remembers how far it is."""

    def __init__(self) -> None:
        self.state: dict[str, str] = {}
        self.place: Place | None = None
        self.lines = self.out_of_order = 0

    def take(self, line: bytes) -> None:
        """One whole line."""
        change = json.loads(line)
        place = Place.parse(change["token"])
        self.out_of_order += self.place is not None and place <= self.place
        self.place = place
        self.lines += 1
        if change["event"] == "merged":
            self.state.pop(change["id"], None)
        else:
            self.state[change["id"]] = change["report"]["content_hash"]

    def read(self, uri: str, seconds: float | None) -> None:
        """Read from `newscrawl tail --follow`, and kill it after so many seconds; without them, read to the end."""
        command = [sys.executable, "-m", "newscrawl", "tail", "-s", f"MONGODB_DATABASE={DATABASE}"]
        command += ["--follow"] if seconds else []
        command += ["--after", self.place.token] if self.place else []
        environment = {**os.environ, "MONGODB_URI": uri}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as tail:
            assert tail.stdout is not None
            timer = threading.Timer(seconds or 600, tail.kill)
            timer.start()
            for line in tail.stdout:
                if line.endswith(b"\n"):  # the last one may be half a line
                    self.take(line)
            timer.cancel()


def hold(server: Server, stop: Any) -> None:
    """Hold inserts now and then."""
    while not stop.wait(random.uniform(0.1, 1)):
        server.hold_inserts(f"{DATABASE}.reports", "alwaysOn")
        time.sleep(random.uniform(0.01, 1))
        server.hold_inserts(f"{DATABASE}.reports", "off")


async def stored(uri: str) -> dict[str, str]:
    """What the database holds: id -> content hash."""
    async with open_store(uri, DATABASE, Path(), 60) as store:
        found = store.connection.database.reports.find({}, {"content_hash": 1})
        return {document["_id"]: document["content_hash"] async for document in found}


def measure(kills: int, writers: int) -> dict[str, float]:
    """The figures."""
    with tempfile.TemporaryDirectory(prefix="nc") as folder:
        server = Server(Path(folder), replica_set=True)
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        processes = [context.Process(target=write, args=(server.uri, number, stop)) for number in range(writers)]
        for process in processes:
            process.start()
        holding = threading.Thread(target=hold, args=(server, stop))
        holding.start()
        consumer = Consumer()
        random.seed(kills)
        begun = time.monotonic()
        for _ in range(kills):
            consumer.read(server.uri, random.uniform(0.8, 3.0))  # starting takes about half a second of it
        stop.set()
        for process in (holding, *processes):
            process.join()
        consumer.read(server.uri, None)
        truth = asyncio.run(stored(server.uri))
        server.stop()
    wrong = {id_ for id_ in truth.keys() | consumer.state.keys() if truth.get(id_) != consumer.state.get(id_)}
    return {
        "seconds": round(time.monotonic() - begun),
        "kills": kills,
        "reports": len(truth),
        "lines": consumer.lines,
        "missed": len(wrong),
        "out of order": consumer.out_of_order,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--writers", type=int, default=6)
    options = parser.parse_args()
    figures = measure(options.kills, options.writers)
    print(", ".join(f"{value} {name}" for name, value in figures.items()))
    sys.exit(bool(figures["missed"] or figures["out of order"]))
