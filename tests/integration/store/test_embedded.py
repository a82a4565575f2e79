from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import PyMongoError

from newscrawl.store.embedded import EmbeddedError, describe, find_mongod, start_private_server
from newscrawl.store.locks import is_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IDLE = 0.3

try:
    find_mongod()
except EmbeddedError as reason:
    pytest.skip(str(reason), allow_module_level=True)

CLIENT = """
import sys
from pathlib import Path
from newscrawl.store.embedded import start_private_server
server = start_private_server(Path(sys.argv[1]), idle_s=float(sys.argv[2]))
print(server.uri, flush=True)
{then}
sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path; when the test ends, so does its server."""
    folder = Path(tempfile.mkdtemp(prefix="nc", dir="/tmp"))
    yield folder
    eventually(lambda: not running(folder), 20)
    shutil.rmtree(folder)


def eventually(question: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def running(home: Path) -> bool:
    return is_held(home / "mongod" / "supervisor.lock")


def supervisor_of(home: Path) -> int:
    pid = describe(home)["pid"]
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def client_process(home: Path, then: str = "", idle_s: float = IDLE) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT.format(then=then), str(home), str(idle_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=20)


def insert(uri: str, *numbers: int) -> None:
    with MongoClient[dict[str, Any]](uri, w="majority", serverSelectionTimeoutMS=5000) as client:
        client.test.numbers.insert_many([{"_id": number} for number in numbers])


def numbers(uri: str) -> set[int]:
    with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=5000) as client:
        return {document["_id"] for document in client.test.numbers.find()}


# -- life ------------------------------------------------------------------------------------------------------------


def test_starts_is_reused_stops_and_keeps_the_data(home: Path) -> None:
    first = start_private_server(home, idle_s=IDLE)
    insert(first.uri, 1)
    began = time.monotonic()
    second = start_private_server(home, idle_s=IDLE)
    assert time.monotonic() - began < 2
    assert second.uri == first.uri
    first.close()
    first.close()
    time.sleep(IDLE * 4)
    assert numbers(second.uri) == {1}
    second.close()
    eventually(lambda: not running(home))
    third = start_private_server(home, idle_s=IDLE)
    assert numbers(third.uri) == {1}
    third.close()


def test_idle_server_waits_before_it_stops(home: Path) -> None:
    start_private_server(home, idle_s=2).close()
    pid = describe(home)["pid"]
    time.sleep(0.5)
    server = start_private_server(home)
    assert describe(home)["pid"] == pid
    server.close()


def test_cold_processes_share_one_server(home: Path) -> None:
    processes = [client_process(home) for _ in range(6)]
    assert len({line_of(process) for process in processes}) == 1
    pids = {describe(home)["pid"]}
    for process in processes:
        end(process)
        pids.add(describe(home)["pid"] or 0)
    assert len(pids - {0}) == 1


def test_starting_while_it_stops(home: Path) -> None:
    for pause in (0.28, 0.32, 0.5, 0.9):
        server = start_private_server(home, idle_s=IDLE)
        server.close()
        time.sleep(pause)
        server = start_private_server(home, idle_s=IDLE)
        numbers(server.uri)
        server.close()


def test_ctrl_c_of_a_crawl_leaves_the_server_alone(home: Path) -> None:
    process = client_process(home, idle_s=3)
    uri = line_of(process)
    pid = describe(home)["pid"]
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    assert numbers(uri) == set()
    assert alive(pid)


@pytest.mark.parametrize(
    "child",
    [
        "import os; os.fork() or os.setsid() or os.close(1) or __import__('time').sleep(60)",
        "import time, multiprocessing as m; m.get_context('forkserver').Process(target=time.sleep, args=(60,)).start()",
        "import subprocess; subprocess.Popen(['sleep', '60'], close_fds=False, stdout=subprocess.DEVNULL)",
    ],
)
def test_children_of_a_client_do_not_keep_the_server(home: Path, child: str) -> None:
    process = client_process(home, then=f"{child}; print('started', flush=True); server.close()")
    assert line_of(process).startswith("mongodb://")
    assert line_of(process) == "started"
    try:
        eventually(lambda: not running(home))
        assert process.poll() is None
    finally:
        kill_group(process)


def kill_group(process: subprocess.Popen[str]) -> None:
    session = os.getsid(process.pid)
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(folder.name)) == session or parent(folder) == process.pid:
                os.kill(int(folder.name), signal.SIGKILL)
    process.communicate()


def parent(folder: Path) -> int:
    return int((folder / "stat").read_text().rpartition(")")[2].split()[1])


# -- violence --------------------------------------------------------------------------------------------------------


def test_killed_client_lets_go(home: Path) -> None:
    process = client_process(home)
    insert(line_of(process), 1)
    process.kill()
    process.communicate()
    eventually(lambda: not running(home))
    server = start_private_server(home, idle_s=IDLE)
    assert numbers(server.uri) == {1}
    server.close()


def test_killed_while_it_starts(home: Path) -> None:
    for pause in (0.1, 0.25, 0.3, 0.35, 0.5):
        process = client_process(home)
        time.sleep(pause)
        process.kill()
        process.communicate()
    server = start_private_server(home, idle_s=IDLE)
    insert(server.uri, 1)
    server.close()


def test_killed_supervisor(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE)
    insert(server.uri, 1)
    pid = describe(home)["pid"]
    os.kill(supervisor_of(home), signal.SIGKILL)
    again = start_private_server(home, idle_s=IDLE)
    assert not alive(pid)
    assert numbers(again.uri) == {1}
    server.ensure_running()
    assert numbers(server.uri) == {1}
    again.close()
    server.close()


def test_ensure_running_after_a_killed_supervisor(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE)
    pid = describe(home)["pid"]
    os.kill(supervisor_of(home), signal.SIGKILL)
    eventually(lambda: not alive(pid))
    server.ensure_running()
    insert(server.uri, 1)
    server.close()


def test_killed_mongod_comes_back_with_all_that_was_acknowledged(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE)
    pid = describe(home)["pid"]
    acknowledged = set()
    with MongoClient[dict[str, Any]](server.uri, w="majority", serverSelectionTimeoutMS=10_000) as client:
        for number in range(400):
            if number == 200:
                os.kill(pid, signal.SIGKILL)
            with suppress(PyMongoError):
                client.test.numbers.insert_one({"_id": number})
                acknowledged.add(number)
    assert len(acknowledged) >= 399
    assert acknowledged <= numbers(server.uri)
    assert describe(home)["pid"] != pid
    server.close()


def test_all_killed_at_once(home: Path) -> None:
    process = client_process(home)
    insert(line_of(process), *range(100))
    pid = describe(home)["pid"]
    for victim in (process.pid, supervisor_of(home), pid):
        os.kill(victim, signal.SIGKILL)
    process.communicate()
    server = start_private_server(home, idle_s=IDLE)
    assert numbers(server.uri) == set(range(100))
    server.close()


def test_sigterm_ends_it_in_good_order(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE)
    os.kill(supervisor_of(home), signal.SIGTERM)
    eventually(lambda: not running(home))
    assert not (home / "mongod" / "server.json").exists()
    server.close()


# -- what it is ------------------------------------------------------------------------------------------------------


def test_it_listens_on_a_private_socket_only(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE)
    facts = describe(home)
    folder = Path(facts["socket"]).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(facts["socket"]).stat().st_mode) == 0o700
    descriptors = Path(f"/proc/{facts['pid']}/fd").iterdir()
    inodes = {link[8:-1] for link in (str(item.readlink()) for item in descriptors) if link.startswith("socket:[")}
    listening = [
        line.split()[9]
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in Path(f"/proc/{facts['pid']}/net/{table}").read_text().splitlines()[1:]
    ]
    assert inodes
    assert not inodes & set(listening)
    server.close()


async def test_transactions_and_change_streams(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE)
    async with AsyncMongoClient[dict[str, Any]](server.uri) as client:
        numbers = client.test.numbers
        await client.test.create_collection("numbers")
        async with await numbers.watch() as stream:
            async with client.start_session() as session, await session.start_transaction():
                await numbers.insert_one({"_id": 1}, session=session)
                await numbers.insert_one({"_id": 2}, session=session)
            seen = [(await asyncio.wait_for(anext(stream), 10))["fullDocument"]["_id"] for _ in range(2)]
        assert seen == [1, 2]
        async with client.start_session() as session:
            await session.start_transaction()
            await numbers.insert_one({"_id": 3}, session=session)
            await session.abort_transaction()
        assert await numbers.count_documents({}) == 2
    server.close()


def test_moved_home(home: Path) -> None:
    server = start_private_server(home / "a", idle_s=IDLE)
    insert(server.uri, 1)
    server.close()
    eventually(lambda: not running(home / "a"))
    (home / "a").rename(home / "b")
    moved = start_private_server(home / "b", idle_s=IDLE)
    assert moved.uri != server.uri
    insert(moved.uri, 2)
    assert numbers(moved.uri) == {1, 2}
    moved.close()
    eventually(lambda: not running(home / "b"))


@pytest.mark.parametrize("name", ["long" * 20, "with space, comma: Grün%20"])
def test_home_whose_path_no_socket_can_have(home: Path, name: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as runtime:
        server = start_private_server(home / name, idle_s=IDLE, runtime_dir=Path(runtime))
        socket = Path(describe(home / name)["socket"])
        assert socket.parent.parent == Path(runtime)
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        elsewhere = start_private_server(home / name)  # as a process without the variable would
        assert elsewhere.uri == server.uri
        insert(server.uri, 1)
        server.close()
        elsewhere.close()
        eventually(lambda: not running(home / name))


def test_log_is_rotated(home: Path) -> None:
    server = start_private_server(home, idle_s=IDLE, log_bytes=1000)
    old = home / "mongod" / "mongod.log.1"
    eventually(old.exists)
    eventually((home / "mongod" / "mongod.log").exists)
    numbers(server.uri)
    server.close()


def test_describe(home: Path) -> None:
    facts = describe(home)
    assert (facts["running"], facts["pid"], facts["socket"], facts["size"]) == (False, None, None, 0)
    server = start_private_server(home, idle_s=IDLE)
    facts = describe(home)
    assert facts["running"]
    assert alive(facts["pid"])
    assert Path(facts["socket"]).is_socket()
    assert Path(facts["binary"]).name == "mongod"
    assert facts["version"][0].isdigit()
    assert facts["data"] == str(home / "mongod")
    assert facts["size"] > 1_000_000
    server.close()


# -- errors ----------------------------------------------------------------------------------------------------------


def test_failed_start_says_what_mongod_said(home: Path) -> None:
    start_private_server(home, idle_s=IDLE).close()
    eventually(lambda: not running(home))
    turtle = home / "mongod" / "data" / "WiredTiger.turtle"
    turtle.write_bytes(b"gone")
    with pytest.raises(
        EmbeddedError, match=r"does not start: mongod ended with status .*WiredTiger.*mongod\.log"
    ) as error:
        start_private_server(home, idle_s=IDLE)
    assert "\n" not in str(error.value)


def test_no_mongod(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(EmbeddedError, match="MONGODB_URI"):
        start_private_server(home, search_path="")
    assert describe(home, search_path="")["version"] is None


def test_broken_mongod(home: Path) -> None:
    program = home / "mongod-folder" / "mongod"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\ntest $1 = --version && echo 'db version v9.9.9' && exit\necho 'no such option' >&2\nexit 2\n"
    )
    program.chmod(0o755)
    with pytest.raises(EmbeddedError, match="ended with status 2: no such option"):
        start_private_server(home, search_path=str(program.parent))


def test_unusable_home(home: Path) -> None:
    (home / "file").touch()
    with pytest.raises(EmbeddedError, match=r"file/mongod.*Not a directory.*NEWSCRAWL_HOME"):
        start_private_server(home / "file")


def test_unusable_lock(home: Path) -> None:
    (home / "mongod" / "users.lock").mkdir(parents=True)
    with pytest.raises(EmbeddedError, match=r"users\.lock"):
        start_private_server(home)
