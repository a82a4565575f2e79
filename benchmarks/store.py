"""What identity costs and how well it does, against a private mongod of its own.

    python -m benchmarks.store [pairs] [cost] [growth] [size] [races] [unchanged] [--signatures 1000000] [--rounds 300]

`pairs`      the near-duplicate sets imported as a user does, scored by pairs and by clusters. Needs the shared sets.
`cost`       CPU of signature, deduplication and write, of client and server, beside that of one extraction. The same.
`growth`     CPU of placing a report in batches with 10,000 and with `--signatures` signatures in the window.
`size`       bytes of a signature with its indexes (after `growth`: of all its signatures), and of a report's indexes.
`races`      rounds in which eight writers of near copies, let loose at once, split a story.
`unchanged`  bytes written to `reports` by a second crawl of the demo site.

CPU varies by a factor of two on a machine with other work; compare figures of one run only.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bson

from newscrawl.demo.server import DemoSite
from newscrawl.extraction.report import read_report
from newscrawl.identity.keys import content_hash, report_id
from newscrawl.identity.signature import LOOKED_UP, SPARE_KEYS, Signature, make_signature
from newscrawl.items import Report, from_json
from newscrawl.store.embedded import start_private_server
from newscrawl.store.signatures import Head, Signed, keys_for, order_of, window
from newscrawl.store.store import Store, open_store
from newscrawl.store.stories import Unplaced
from tests.web import SHARED, Newscrawl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newscrawl.store.embedded import PrivateServer

PAIRS = SHARED / "bench" / "pairs"
PARTS = ("pairs", "cost", "growth", "size", "races", "unchanged")
BATCH = 100
WRITERS = 8
PHRASES = 40
"""Few enough that all of them are stop keys with 10,000 reports: else those would cost more than a million."""
TICK = os.sysconf("SC_CLK_TCK")


def say(figure: str, value: object, goal: str = "") -> None:
    """One line of the result."""
    print(f"{figure:66} {value!s:>16}  {goal}", flush=True)


def batched(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """In pieces of `size`."""
    return [values[start : start + size] for start in range(0, len(values), size)]


# -- how well --------------------------------------------------------------------------------------------------------


def pairs(home: Path, server: PrivateServer) -> None:
    """Precision and recall after a real import."""
    for name, folder in (("generated", PAIRS), ("wire", PAIRS / "wire")):
        feed = home / f"{name}.jsonl"
        with gzip.open(folder / "feed.jsonl.gz") as packed, feed.open("wb") as file:
            shutil.copyfileobj(packed, file)
        program = Newscrawl(home, {"MONGODB_DATABASE": f"pairs_{name}"})
        done = program.run("import", str(feed))
        if done.returncode:
            sys.exit(done.stderr)
        command = [sys.executable, str(PAIRS / "score_pairs.py"), "--set", str(folder), "--split", "all", "--json"]
        command += ["--mongo", server.uri, "--collection", f"pairs_{name}.reports"]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        goals = (">= .98 / .97", ">= .95 / .97") if name == "generated" else (">= .90 / .75", "")
        for what, goal in zip(("pairs", "all_pairs"), goals, strict=True):
            precision, recall, _ = figures[f"{what}_prf"]
            say(f"{name}: {what.replace('_', ' ')}, precision / recall", f"{precision:.3f} / {recall:.3f}", goal)
        for kind, (right, of) in figures["kinds"].items():
            if right < 0.95 * of:
                say(f"  {kind}", f"{right} of {of}")


# -- what it costs ---------------------------------------------------------------------------------------------------


class Clock:
    """CPU milliseconds of this process and of mongod."""

    def __init__(self, pid: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self.restart()

    def restart(self) -> None:
        """Count from now on."""
        self._began = self._now()

    def _now(self) -> tuple[float, float]:
        ticks = self._stat.read_text().rpartition(")")[2].split()[11:13]
        return 1000 * time.process_time(), 1000 * sum(map(int, ticks)) / TICK

    def read(self) -> tuple[float, float]:
        """(client, server) since the start."""
        client, server = self._now()
        return client - self._began[0], server - self._began[1]


async def clock_of(store: Store) -> Clock:
    """A clock for the mongod of a store, which is given a cache of a size that the rule asks for."""
    admin = store.connection.client.admin
    await admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig="cache_size=1536M")
    return Clock((await admin.command("serverStatus"))["pid"])


async def cost(home: Path) -> None:
    """CPU of everything behind extraction, a report, and its share of one extraction."""
    reports = list(feed_reports())
    clock_s = time.process_time()
    signatures = [
        make_signature(report.headline, report.body or "", source=report.source, published_at=report.published_at)
        for report in reports
    ]
    signing = 1000 * (time.process_time() - clock_s) / len(reports)
    async with open_store("", "cost", home, 30) as store:
        clock = await clock_of(store)
        for number, batch in enumerate(batched(list(zip(reports, signatures, strict=True)), 50)):
            if number == 4:
                clock.restart()  # caches and connections are warm
                warm = 4 * 50
            for report, _ in batch:
                await store.reports.find_same(report)
            results = await store.reports.save([report for report, _ in batch])
            placed = [
                unplaced(report, signature)
                for (report, signature), saved in zip(batch, results, strict=True)
                if saved.outcome == "stored"
            ]
            await store.stories.place(placed)
        client, server = (spent / (len(reports) - warm) for spent in clock.read())
    extraction = extraction_ms()
    say("CPU of one extraction", f"{extraction:.1f} ms")
    say("CPU of the signature", f"{signing:.2f} ms")
    say("CPU of deduplication and write, client / server", f"{client:.2f} / {server:.2f} ms")
    share = (signing + client + server) / extraction
    say("all of them beside one extraction", f"{share:.1%}", "<= 10 %")


def feed_reports() -> Iterator[Report]:
    """The generated set."""
    with gzip.open(PAIRS / "feed.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield replace(from_json(json.loads(line), datetime.now(UTC)), crawl_id="bench")


def extraction_ms() -> float:
    """CPU of reading one page of the extraction corpora, every twentieth of them."""
    from benchmarks.extraction.corpora import read_pages  # noqa: PLC0415  only where it is needed

    pages = read_pages()[::20]
    for page in pages[:5]:
        read_report(page.html, page.url, source="bench", now=datetime.now(UTC))
    began = time.process_time()
    for page in pages:
        read_report(page.html, page.url, source="bench", now=datetime.now(UTC))
    return 1000 * (time.process_time() - began) / len(pages)


def unplaced(report: Report, signature: Signature | None) -> Unplaced:
    """A report that was just stored."""
    assert report.content_hash
    return Unplaced(report_id=report.id, content_hash=report.content_hash, signature=signature, new=True)


# -- growth ----------------------------------------------------------------------------------------------------------


class Signatures:
    """Signatures as of a stream of reports: one in five a near copy of a recent one, three in ten with a standing
    phrase, of PHRASES in all."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._recent: list[Signature] = []
        self._phrases = [self._key() for _ in range(PHRASES)]
        self.made = 0

    def _key(self) -> int:
        return self._random.getrandbits(64) - 2**63

    def _numbers(self, count: int) -> tuple[int, ...]:
        return tuple(sorted(self._random.getrandbits(16) for _ in range(count)))

    def one(self) -> Unplaced:
        """The next report."""
        self.made += 1
        if self._recent and self._random.random() < 0.2:
            signature = self._copy(self._random.choice(self._recent))
        else:
            signature = self._new()
        if len(self._recent) < 5000:
            self._recent.append(signature)
        else:
            self._recent[self._random.randrange(5000)] = signature
        id_ = f"{self._random.getrandbits(128):032x}"
        return Unplaced(report_id=id_, content_hash=id_[::-1], signature=signature, new=True)

    def _new(self) -> Signature:
        keys = [self._key() for _ in range(LOOKED_UP + SPARE_KEYS)]
        if self._random.random() < 0.3:
            keys[0] = self._random.choice(self._phrases)
        sketch = b"".join(sorted(self._random.randbytes(3) for _ in range(96)))
        lead = b"".join(sorted(self._random.randbytes(3) for _ in range(16)))
        return Signature(
            keys=tuple(keys),
            sketch=sketch,
            numbers=self._numbers(12),
            lead=lead,
            headline=self._numbers(8),
            names=self._numbers(16),
            source=self._random.getrandbits(16),
            hour=490_000 + self._random.randrange(500),
        )

    def _copy(self, signature: Signature) -> Signature:
        kept = [key if self._random.random() < 0.8 else self._key() for key in signature.keys]
        return replace(signature, keys=tuple(kept))


async def growth(home: Path, most: int) -> None:
    """CPU of placing a report among few and among many."""
    stream = Signatures(seed=1)
    async with open_store("", "growth", home, 60) as store:
        clock = await clock_of(store)
        for age in (2, 1):
            await _fill(store, stream, 10_000 * (3 - age) // 3, datetime.now(UTC) - timedelta(weeks=age))
        while stream.made < 10_000:
            await store.stories.place([stream.one() for _ in range(BATCH)])
        await _placing(store, stream, clock)  # connections and caches are warm
        few = await _placing(store, stream, clock)
        say("CPU of placing a report, 10,000 in the window, client / server", _ms(few))
        for age in (2, 1, 0):
            until = stream.made + (most - stream.made) // (1 + age)
            await _fill(store, stream, until, datetime.now(UTC) - timedelta(weeks=age))
        many = await _placing(store, stream, clock)
        say(f"CPU of placing a report, {stream.made:,} in the window, client / server", _ms(many))
        say("many / few", f"{sum(many) / sum(few):.2f}", "<= 1.5")
        say(f"stop keys learned of {PHRASES} phrases", await store.connection.database.stop_keys.count_documents({}))
        say("bytes of a signature: data + indexes", await _signature_bytes(store), "<= 1,000")


async def _placing(store: Store, stream: Signatures, clock: Clock) -> tuple[float, float]:
    """(client, server) milliseconds a report; the median of nine times 500 reports, stored before."""
    rounds = []
    for _ in range(9):
        batches = [[stream.one() for _ in range(BATCH)] for _ in range(5)]
        for batch in batches:
            await store.connection.database.reports.insert_many([_small_report(one) for one in batch])
        clock.restart()
        for batch in batches:
            await store.stories.place(batch)
        rounds.append([spent / (5 * BATCH) for spent in clock.read()])
    client, server = (statistics.median(column) for column in zip(*rounds, strict=True))
    return client, server


def _small_report(one: Unplaced) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "_id": one.report_id,
        "url": f"https://bench.example/{one.report_id}",
        "source": "bench",
        "body": "A body.",
        "content_hash": one.content_hash,
        "story_id": one.report_id,
        "unplaced": True,
        "revision": 1,
        "first_seen_at": now,
        "fetched_at": now,
    }


async def _fill(store: Store, stream: Signatures, until: int, at: datetime) -> None:
    """Signatures of one week, without looking for copies."""
    index = store.stories.index
    while stream.made < until:
        batch = []
        for number in range(1000):
            one = stream.one()
            id_, order = bytes.fromhex(one.report_id), order_of(at) + number
            batch.append(
                Signed(
                    report=id_,
                    keys=keys_for(one.signature, one.content_hash),
                    signature=one.signature,
                    head=Head(order, id_),
                    order=order,
                )
            )
        await index.put(batch, await index.keys_of(batch), at, {one.report for one in batch})


def _ms(times: tuple[float, float]) -> str:
    return f"{times[0]:.3f} / {times[1]:.3f} ms"


# -- size ------------------------------------------------------------------------------------------------------------


async def size(home: Path) -> None:
    """Bytes of the indexes of a report, of 19,000 real ones with other URLs."""
    async with open_store("", "size", home, 60) as store:
        originals = list(feed_reports())
        for turn in range(16):
            copies = [_varied(report, turn) for report in originals]
            for batch in batched(copies, BATCH):
                await store.reports.save(batch)
            placed = {"$unset": {"unplaced": ""}}  # as if it were: near copies of these are of no interest here
            await store.connection.database.reports.update_many({"unplaced": True}, placed)
        await store.connection.client.admin.command("fsync")
        stats = await store.connection.database.command("collStats", "reports", indexDetails=True)
        sizes = {name: bytes_ / stats["count"] for name, bytes_ in _index_bytes(stats).items()}
        text = sum(value for name, value in sizes.items() if "text" in name)
        say("bytes of a report's indexes without text", f"{sum(sizes.values()) - text:.0f}", "<= 500")
        say("  of the text index", f"{text:.0f}")


def _varied(report: Report, turn: int) -> Report:
    url = f"{report.url}/{turn}"
    headline = f"{report.headline} ({turn})"
    digest = content_hash(headline, report.body)
    return replace(report, id=report_id(url), url=url, headline=headline, content_hash=digest)


def _index_bytes(stats: dict[str, Any]) -> dict[str, int]:
    """Of blocks in use, by index; files also have blocks that wait to be used again."""
    return {
        name: stats["indexSizes"][name] - one["block-manager"]["file bytes available for reuse"]
        for name, one in stats["indexDetails"].items()
    }


async def _signature_bytes(store: Store) -> str:
    await store.connection.client.admin.command("fsync")
    data = indexes = count = 0
    for name in window(datetime.now(UTC)):
        stats = await store.connection.database.command("collStats", name, indexDetails=True)
        data += stats["storageSize"] - stats["freeStorageSize"]
        indexes += sum(_index_bytes(stats).values())
        count += stats["count"]
    return f"{data / count:.0f} + {indexes / count:.0f}"


# -- races -----------------------------------------------------------------------------------------------------------


def racing(number: int, turn: int) -> Report:
    """The near copy that a writer has in a round."""
    words = random.Random(turn)
    body = " ".join(f"{words.choice('bcdfgklmnprst')}{words.getrandbits(24):x}" for _ in range(120))
    url = f"https://s{number}.example/{turn}"
    body = f"{body}\n\nPrinted by {number}."
    return Report(
        id=report_id(url),
        url=url,
        source=f"s{number}",
        headline=f"Round {turn}",
        body=body,
        content_hash=content_hash(None, body),
        first_seen_at=datetime.now(UTC),
        fetched_at=datetime.now(UTC),
    )


def race(home: Path, number: int, rounds: int, barrier: Any) -> None:
    """One of the writers."""

    async def run() -> None:
        async with open_store("", "races", home, 60) as store:
            for turn in range(rounds):
                report = racing(number, turn)
                signature = make_signature(report.headline, report.body or "")
                await store.reports.save([report])
                await asyncio.to_thread(barrier.wait, 60)
                await store.stories.place([unplaced(report, signature)])

    asyncio.run(run())


async def races(home: Path, rounds: int) -> None:
    """Rounds in which the writers did not agree."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(WRITERS)
    writers = [spawn.Process(target=race, args=(home, n, rounds, barrier)) for n in range(WRITERS)]
    async with open_store("", "races", home, 60) as store:
        for writer in writers:
            writer.start()
        for writer in writers:
            await asyncio.to_thread(writer.join)
        if any(writer.exitcode for writer in writers):
            sys.exit("a writer has failed")
        split = 0
        for turn in range(rounds):
            ids = [racing(number, turn).id for number in range(WRITERS)]
            stories = await store.connection.database.reports.distinct("story_id", {"_id": {"$in": ids}})
            split += len(stories) > 1
        say(f"rounds of {rounds} in which {WRITERS} racing writers split a story", split, "0")


# -- unchanged -------------------------------------------------------------------------------------------------------


async def unchanged(home: Path) -> None:
    """Bytes of the operations on `reports` in the replication log, while the demo site is crawled a second time."""
    program = Newscrawl(home.parent, {"MONGODB_DATABASE": "unchanged"})
    options = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0.02")
    async with open_store("", "unchanged", home, 60) as store:
        log = store.connection.client.local["oplog.rs"]

        async def written() -> int:
            return sum([len(bson.encode(entry)) async for entry in log.find({"ns": "unchanged.reports"})])

        with DemoSite(port=0) as site:
            _, (first,), _ = await asyncio.to_thread(program.crawl, site.url, *options)
            before = await written()
            # Each report by name, so that it is fetched and read again.
            urls = [report["url"] for report in await asyncio.to_thread(program.reports)]
            _, again, _ = await asyncio.to_thread(program.crawl, site.url, *urls, *options)
        say(f"bytes written to reports for {first['counts']['stored']} of the demo site", before)
        same = sum(result["counts"].get("unchanged", 0) for result in again)
        say(f"the same by another crawl that finds {same} unchanged", await written() - before, "0")


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--signatures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args(arguments)
    home = Path(tempfile.mkdtemp(prefix="nc"))
    server = start_private_server(home / "data", idle_s=1)
    try:
        for part in options.parts:
            if part in ("pairs", "cost", "size") and not PAIRS.exists():
                say(part, "left out", f"{PAIRS} is missing")
            elif part == "pairs":
                pairs(home, server)
            elif part == "cost":
                asyncio.run(cost(home / "data"))
            elif part == "growth":
                asyncio.run(growth(home / "data", options.signatures))
            elif part == "size":
                asyncio.run(size(home / "data"))
            elif part == "races":
                asyncio.run(races(home / "data", options.rounds))
            else:
                asyncio.run(unchanged(home / "data"))
    finally:
        server.close()
        time.sleep(3)  # the server goes when nobody uses it
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
