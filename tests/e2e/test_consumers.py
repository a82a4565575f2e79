"""Programs that read newscrawl: tail, export and import as a user runs them, and docs/consumers.md as it is written."""

from __future__ import annotations

import asyncio
import csv
import gzip
import json
import re
import secrets
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bson import Timestamp
from pymongo import MongoClient

from newscrawl.cli.formats import COLUMNS
from newscrawl.identity.keys import content_hash, report_id
from newscrawl.items import Report
from newscrawl.store.embedded import start_private_server
from newscrawl.store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.web import Newscrawl

PAGE = Path(__file__).parents[2] / "docs" / "consumers.md"
LONG = 300


@pytest.fixture
def uri(mongodb_home: Path) -> Iterator[str]:
    server = start_private_server(mongodb_home)
    yield server.uri
    server.close()


def line(number: int, text: str = "Text of the import.") -> dict[str, Any]:
    return {
        "url": f"https://harbour.example/{number}",
        "headline": f"Pier {number}",
        "body": f"{text} Number {number}.",
    }


def save(program: Newscrawl, lines: Iterable[dict[str, Any]]) -> None:
    """Store reports, without a process of its own."""
    home, database = Path(program.environment["NEWSCRAWL_HOME"]), program.environment["MONGODB_DATABASE"]

    async def saving() -> None:
        async with open_store("", database, home, 20) as store:
            await store.reports.save([made(line) for line in lines])

    asyncio.run(saving())


def made(line: dict[str, Any]) -> Report:
    now, id_ = datetime.now(UTC), report_id(line["url"])
    about = {"id": id_, "story_id": id_, "source": "harbour.example", "crawl_id": "c1"}
    text = content_hash(line["headline"], line["body"])
    return Report(**line, **about, first_seen_at=now, fetched_at=now, content_hash=text)


def tail(program: Newscrawl, *options: str) -> list[dict[str, Any]]:
    done = program.run("tail", *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(one) for one in done.stdout.splitlines()]


def following(program: Newscrawl, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        program.command("tail", "--follow", *options),
        env=program.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_tail_goes_on_from_its_token(program: Newscrawl) -> None:
    save(program, [line(1), line(2)])
    first = tail(program)
    assert [(one["event"], one["report"]["headline"]) for one in first] == [
        ("created", "Pier 1"),
        ("created", "Pier 2"),
    ]
    save(program, [line(1, "Another text.")])
    (change,) = tail(program, "--after", first[-1]["token"])
    assert (change["event"], change["id"], change["report"]["revision"]) == ("updated", first[0]["id"], 2)
    assert "last_event" not in change["report"]
    assert program.reports("--after", change["token"]) == []


def test_following_ends_in_order(program: Newscrawl) -> None:
    save(program, [line(1)])
    for number, status in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        with following(program) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert json.loads(running.stdout.readline())["event"] == "created"
            running.send_signal(number)
            assert running.wait(20) == status
            assert "Traceback" not in running.stderr.read()


def test_a_follower_gets_new_lines_at_once_and_minds_a_closed_pipe(program: Newscrawl) -> None:
    save(program, [line(1)])
    with following(program) as running:
        assert running.stdout is not None
        running.stdout.readline()
        save(program, [line(2)])
        assert json.loads(running.stdout.readline())["report"]["headline"] == "Pier 2"
        running.stdout.close()
        assert running.wait(20) == 0  # though nothing more is written
        assert running.stderr is not None
        assert running.stderr.read() == ""


def test_a_reader_that_has_enough(program: Newscrawl) -> None:
    save(program, [line(number, "Long text. " * 50) for number in range(LONG)])
    for command in ("tail", "export"):
        words = " ".join(program.command(command))
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {words} | head -1"],
            env=program.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, ""), command


def test_a_follower_that_nobody_reads_can_be_ended(program: Newscrawl) -> None:
    save(program, [line(number, "Long text. " * 500) for number in range(100)])
    with following(program) as running:
        assert running.stdout is not None
        running.stdout.read(1)
        time.sleep(0.5)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


def test_exports_by_format(program: Newscrawl, tmp_path: Path) -> None:
    save(program, [line(1), line(2) | {"headline": "=1+1"}])
    files = {format_: tmp_path / f"all.{format_}" for format_ in ("jsonl", "csv", "parquet")}
    for format_, file in files.items():
        done = program.run("export", "--format", format_, "-o", str(file))
        assert done.returncode == 0, done.stderr
    assert len(files["jsonl"].read_text("utf-8").splitlines()) == 2
    with files["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["headline"] for row in rows] == ["Pier 1", "'=1+1"]
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(files["parquet"]).column("headline").to_pylist() == ["Pier 1", "=1+1"]
    assert not list(tmp_path.glob(".*part"))


def test_an_export_that_fails_leaves_nothing(program: Newscrawl, tmp_path: Path) -> None:
    old = tmp_path / "all.jsonl"
    old.write_text("what was there", encoding="utf-8")
    done = program.run("export", "-o", str(old), "-s", "MONGODB_URI=mongodb://127.0.0.1:1/", "-s",
                       "NEWSCRAWL_STORE_PATIENCE=1")  # fmt: skip
    assert (done.returncode, "cannot be reached" in done.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["all.jsonl"]
    assert old.read_text(encoding="utf-8") == "what was there"
    nowhere = program.run("export", "-o", str(tmp_path / "no" / "folder"))
    assert (nowhere.returncode, "cannot be written" in nowhere.stderr) == (1, True)


def test_memory_does_not_grow_with_the_reports(program: Newscrawl, tmp_path: Path, uri: str) -> None:
    def peak() -> int:
        """MB of a process that exports in every format, one after the other."""
        formats = "import re,runpy,sys\n"
        formats += "for form in ('jsonl','csv','parquet'):\n"
        formats += " sys.argv=['newscrawl','export','--format',form,'-o','%s']\n"
        formats += " try: runpy.run_module('newscrawl', run_name='__main__')\n"
        formats += " except SystemExit as end: assert not end.code, form\n"
        formats += "sys.stderr.write('peak '+re.search(r'VmHWM:\\s*(\\d+)',open('/proc/self/status').read())[1])"
        done = subprocess.run(
            [sys.executable, "-c", formats % (tmp_path / "out")],
            env=program.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return int(done.stderr.rpartition("peak ")[2]) // 1024

    save(program, [line(0, "Long text. " * 5000)])
    with MongoClient[Any](uri) as client:
        reports = client[program.environment["MONGODB_DATABASE"]].reports
        stored = reports.find_one({})

        def copy(first: int, last: int) -> None:
            fresh = (
                {"_id": f"{n:032}", "content_hash": str(n), "changed": Timestamp(0, 0)} for n in range(first, last)
            )
            reports.insert_many(stored | values for values in fresh)

        copy(1, 200)
        few = peak()
        copy(200, 1400)  # 65 MB more
        assert peak() - few < 30


def stored(program: Newscrawl, uri: str) -> list[dict[str, Any]]:
    """Documents, in the order of their headlines."""
    with MongoClient[Any](uri, tz_aware=True) as client:
        return list(client[program.environment["MONGODB_DATABASE"]].reports.find().sort("headline"))


def test_import_of_what_other_crawlers_wrote(program: Newscrawl, tmp_path: Path, uri: str) -> None:
    news_please = {
        "title": "Ferry", "maintext": "The ferry is late.\nAgain.", "url": "https://harbour.example/ferry",
        "date_publish": "2026-02-03 10:20:00", "authors": ["Ada Pell"], "date_download": "None",
    }  # fmt: skip
    fundus = {
        "title": "Pier", "authors": ["Jo Vance"], "publishing_date": "2026-02-03 10:20:00+02:00", "topics": ["Harbour"],
        "body": {"summary": ["Cracks."], "sections": [{"headline": ["Cracks"], "paragraphs": ["The pier is closed."]}]},
        "html": {"requested_url": "https://harbour.example/p", "responded_url": "https://harbour.example/pier"},
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(news_please, indent=2), encoding="utf-8")
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps([fundus, {"title": 5}], indent=1).encode()))
    one = program.run("import", "--from", "news-please", str(tmp_path / "a.json"))
    other = program.run("import", "--from", "fundus", str(tmp_path / "b.json.gz"))
    assert (one.returncode, one.stdout) == (0, "1 reports: 1 stored\n"), one.stderr
    assert (other.returncode, other.stdout) == (1, "2 reports: 1 stored, 1 not imported\n"), other.stderr
    assert "b.json.gz:31: not imported: url is None" in other.stderr
    ferry, pier = stored(program, uri)
    published = datetime(2026, 2, 3, 10, 20, tzinfo=UTC)
    assert (ferry["body"], ferry["published_at"]) == ("The ferry is late.\n\nAgain.", published)
    assert (pier["url"], pier["published_at"]) == ("https://harbour.example/pier", published - timedelta(hours=2))
    assert program.run("import", "--from", "nothing", str(tmp_path / "a.json")).returncode == 2


def test_two_states_of_one_report_in_a_file_that_is_cut_off(program: Newscrawl, tmp_path: Path, uri: str) -> None:
    lines = [line(1), line(1, "Another text."), *(line(n, secrets.token_hex(2000)) for n in range(2, 150))]
    packed = gzip.compress("".join(json.dumps(one) + "\n" for one in lines).encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[:-20])
    done = program.run("import", str(tmp_path / "cut.jsonl.gz"))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "cannot be read to its end" in done.stderr
    report = stored(program, uri)[0]  # what was whole
    assert (report["revision"], report["body"]) == (2, "Another text. Number 1.")


# -- docs/consumers.md -----------------------------------------------------------------------------------------------


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found


def test_the_python_consumer_as_written(program: Newscrawl, tmp_path: Path, uri: str) -> None:
    (tmp_path / "consumer.py").write_text(code("python"), encoding="utf-8")
    database = program.environment["MONGODB_DATABASE"]
    environment = program.environment | {"MONGODB_URI": uri, "MY_DATABASE": f"{database}_mine"}
    client = MongoClient[Any](uri)
    news, mine = client[database], client[f"{database}_mine"]

    def consume_until(number: int) -> None:
        with subprocess.Popen([sys.executable, str(tmp_path / "consumer.py")], env=environment) as running:
            deadline = time.monotonic() + 30
            while mine.reports.count_documents({}) != number and time.monotonic() < deadline:
                time.sleep(0.05)
            running.kill()
        assert list(mine.reports.find().sort("_id")) == list(news.reports.find().sort("_id"))

    with client:
        save(program, [line(1), line(2), line(3)])
        consume_until(3)
        save(program, [line(1, "Another text."), line(4)])
        consume_until(4)
        gone = news.reports.find_one_and_delete({"headline": "Pier 2"})
        stone = {"_id": gone["_id"], "event": "merged", "into": "x"}
        news.tombstones.insert_one(stone | {"changed": Timestamp(0, 0)})
        consume_until(3)


def test_the_question_of_the_mongosh_consumer(uri: str) -> None:
    (pipeline,) = re.findall(r"aggregate\((\[.*\])\)", code("js"))
    with MongoClient[Any](uri) as client:
        assert list(client.admin.aggregate(json.loads(pipeline))) == []
