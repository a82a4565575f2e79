"""Programs that read newscrawl: tail, export and import as a user runs them, and docs/consumers.md as it is written."""

from __future__ import annotations

import csv
import gzip
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from newscrawl.cli.formats import COLUMNS
from newscrawl.store.embedded import start_private_server
from tests.web import Newscrawl

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).parents[2] / "docs" / "consumers.md"
LONG = 300


@pytest.fixture
def program(tmp_path: Path) -> Newscrawl:
    return Newscrawl(tmp_path)


def line(number: int, text: str = "Text of the import.") -> dict[str, Any]:
    return {
        "url": f"https://harbour.example/{number}",
        "headline": f"Pier {number}",
        "body": f"{text} Number {number}.",
    }


def import_lines(program: Newscrawl, lines: Iterable[dict[str, Any]]) -> None:
    file = program.home / "lines.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    done = program.run("import", str(file))
    assert done.returncode == 0, done.stderr


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
    import_lines(program, [line(1), line(2)])
    first = tail(program)
    assert [(one["event"], one["report"]["headline"]) for one in first] == [
        ("created", "Pier 1"),
        ("created", "Pier 2"),
    ]
    import_lines(program, [line(1, "Another text.")])
    (change,) = tail(program, "--after", first[-1]["token"])
    assert (change["event"], change["id"], change["report"]["revision"]) == ("updated", first[0]["id"], 2)
    assert "last_event" not in change["report"]
    assert program.reports("--after", change["token"]) == []


def test_following_ends_in_order(program: Newscrawl) -> None:
    import_lines(program, [line(1)])
    for number, status in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        with following(program) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert json.loads(running.stdout.readline())["event"] == "created"
            running.send_signal(number)
            assert running.wait(20) == status
            assert "Traceback" not in running.stderr.read()


def test_a_follower_gets_new_lines_at_once_and_minds_a_closed_pipe(program: Newscrawl) -> None:
    import_lines(program, [line(1)])
    with following(program) as running:
        assert running.stdout is not None
        running.stdout.readline()
        import_lines(program, [line(2)])
        assert json.loads(running.stdout.readline())["report"]["headline"] == "Pier 2"
        running.stdout.close()
        assert running.wait(20) == 0  # though nothing more is written
        assert running.stderr is not None
        assert running.stderr.read() == ""


def test_a_reader_that_has_enough(program: Newscrawl) -> None:
    import_lines(program, [line(number, "Long text. " * 50) for number in range(LONG)])
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
    import_lines(program, [line(number, "Long text. " * 500) for number in range(100)])
    with following(program) as running:
        assert running.stdout is not None
        running.stdout.read(1)
        time.sleep(0.5)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


def test_exports_by_format(program: Newscrawl, tmp_path: Path) -> None:
    import_lines(program, [line(1), line(2) | {"headline": "=1+1"}])
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


def test_memory_does_not_grow_with_the_reports(program: Newscrawl, tmp_path: Path) -> None:
    def peak(format_: str) -> int:
        limited = "import re,runpy,sys; sys.argv=['newscrawl','export','--format','%s','-o','%s']\n"
        limited += "try: runpy.run_module('newscrawl', run_name='__main__')\n"
        limited += (
            "finally: sys.stderr.write('peak '+re.search(r'VmHWM:\\s*(\\d+)',open('/proc/self/status').read())[1])"
        )
        done = subprocess.run(
            [sys.executable, "-c", limited % (format_, tmp_path / "out")],
            env=program.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return int(done.stderr.rpartition("peak ")[2]) // 1024

    import_lines(program, [line(number, "Long text. " * 2500) for number in range(500)])
    few = {format_: peak(format_) for format_ in ("jsonl", "csv", "parquet")}
    import_lines(program, [line(number, "Long text. " * 2500) for number in range(500, 2300)])  # 50 MB more
    grown = {format_: peak(format_) - few[format_] for format_ in few}
    assert max(grown.values()) < 30, (few, grown)


def test_import_of_what_other_crawlers_wrote(program: Newscrawl, tmp_path: Path) -> None:
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
    ferry, pier = program.reports()
    assert (ferry["body"], ferry["published_at"]) == ("The ferry is late.\n\nAgain.", "2026-02-03T10:20:00Z")
    assert (pier["url"], pier["published_at"]) == ("https://harbour.example/pier", "2026-02-03T08:20:00Z")
    assert program.run("import", "--from", "nothing", str(tmp_path / "a.json")).returncode == 2


def test_two_states_of_one_report_in_one_file(program: Newscrawl) -> None:
    import_lines(program, [line(1), line(1, "Another text.")])
    (report,) = program.reports()
    assert (report["revision"], report["body"]) == (2, "Another text. Number 1.")


def test_a_file_that_is_cut_off(program: Newscrawl, tmp_path: Path) -> None:
    lines = "".join(json.dumps(line(number)) + "\n" for number in range(50))
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-20])
    done = program.run("import", str(tmp_path / "cut.jsonl.gz"))
    assert done.returncode == 1
    assert "cannot be read to its end" in done.stderr
    assert "Traceback" not in done.stderr


# -- docs/consumers.md -----------------------------------------------------------------------------------------------


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found


def test_the_python_consumer_as_written(program: Newscrawl, tmp_path: Path) -> None:
    home = Path(program.environment["NEWSCRAWL_HOME"])
    server = start_private_server(home, idle_s=1)
    (tmp_path / "consumer.py").write_text(code("python"), encoding="utf-8")
    environment = program.environment | {"MONGODB_URI": server.uri}

    def copied() -> dict[str, Any]:
        return {one["_id"]: one["body"] for one in client.mine.reports.find()}

    def consume_until(number: int) -> None:
        with subprocess.Popen([sys.executable, str(tmp_path / "consumer.py")], env=environment) as running:
            deadline = time.monotonic() + 30
            while len(copied()) != number and time.monotonic() < deadline:
                time.sleep(0.05)
            running.kill()

    with MongoClient[Any](server.uri) as client:
        import_lines(program, [line(1), line(2), line(3)])
        consume_until(3)
        import_lines(program, [line(1, "Another text."), line(4)])
        consume_until(4)
        assert copied() == {one["id"]: one["body"] for one in program.reports()}
        gone = client.newscrawl.reports.find_one_and_delete({"headline": "Pier 2"})
        stone = {"_id": gone["_id"], "event": "merged", "into": "x"}
        client.newscrawl.tombstones.update_one({"_id": gone["_id"]}, {"$set": stone, "$currentDate": {
            "changed": {"$type": "timestamp"}}}, upsert=True)  # fmt: skip
        consume_until(3)
        assert copied() == {one["id"]: one["body"] for one in program.reports()}
    server.close()


def test_the_question_of_the_mongosh_consumer(program: Newscrawl) -> None:
    (pipeline,) = re.findall(r"aggregate\((\[.*\])\)", code("js"))
    server = start_private_server(Path(program.environment["NEWSCRAWL_HOME"]), idle_s=1)
    with MongoClient[Any](server.uri) as client:
        assert list(client.admin.aggregate(json.loads(pipeline))) == []
    server.close()
