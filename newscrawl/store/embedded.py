"""The private mongod: started when it is needed, shared by all processes of one user, stopped when nobody uses it.

It listens on a unix socket in a private folder and on nothing else, and is a replica set of one member, so that
transactions and change streams work. `supervisor.py` is the process that looks after it and lists the files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from newscrawl.store import supervisor
from newscrawl.store.locks import EXCLUSIVE, SHARED, held, is_held, open_lock, try_lock
from newscrawl.store.mongod import (
    EmbeddedError,
    check_platform,
    find_mongod,
    make_private,
    mongod_version,
    prepare_folder,
    socket_path,
)

__all__ = ["EmbeddedError", "PrivateServer", "describe", "find_mongod", "start_private_server"]

IDLE_SECONDS = 60.0
"""Between two commands of one person mongod stays up; it takes 130 MB."""
LOG_BYTES = 32 * 1024 * 1024
_WAIT_SECONDS = supervisor.STOP_SECONDS + supervisor.START_SECONDS + 10  # another process may stop it, then start it
_NOT_YET_INITIALIZED = 94


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """The server that a process asks for."""

    folder: Path
    idle_s: float
    log_bytes: int
    runtime_dir: Path | None
    search_path: str | None


class PrivateServer:
    """This process's claim on the private mongod, which runs at least until `close` or the end of the process.

    `uri` is for a `MongoClient` or `AsyncMongoClient` of this process: make clients after a fork, not before.
    """

    def __init__(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        self._claim: int | None = open_lock(wanted.folder / "users.lock")
        _open_servers.add(self)
        try:
            while not try_lock(self._claim, SHARED):  # a supervisor is having a look
                time.sleep(0.001)
            self.uri = _ensure_running(wanted)
        except BaseException:
            self.close()
            raise

    def ensure_running(self) -> None:
        """Start mongod again where it and its supervisor are gone; costs milliseconds. Raises EmbeddedError."""
        self.uri = _ensure_running(self._wanted)

    def close(self) -> None:
        """Let go. mongod stops once nobody has held it for `idle_s` seconds."""
        claim, self._claim = self._claim, None
        if claim is not None:
            os.close(claim)


_open_servers: weakref.WeakSet[PrivateServer] = weakref.WeakSet()


def _let_go_in_child() -> None:
    """A forked child shares its parent's claim and would keep mongod running; the parent's stays as it is."""
    for server in list(_open_servers):
        server.close()


os.register_at_fork(after_in_child=_let_go_in_child)


def start_private_server(
    home: Path,
    *,
    idle_s: float = IDLE_SECONDS,
    log_bytes: int = LOG_BYTES,
    runtime_dir: Path | None = None,
    search_path: str | None = None,
) -> PrivateServer:
    """The private mongod with its files in `home / "mongod"`: the running one, or else a new one.

    `idle_s` and `log_bytes` (a longer log is rotated) count where a new one is started. Where the path of `home` is too
    long for a socket, that is put in `runtime_dir`, or else the temporary folder. `search_path` is where to look for
    mongod instead of PATH. Raises EmbeddedError.
    """
    check_platform(sys.platform)
    folder = prepare_folder(home)
    wanted = _Wanted(
        folder=folder, idle_s=idle_s, log_bytes=log_bytes, runtime_dir=runtime_dir, search_path=search_path
    )
    try:
        return PrivateServer(wanted)
    except OSError as error:
        raise EmbeddedError(
            f"the private mongod in {folder} does not start: {error}; NEWSCRAWL_HOME can name another folder"
        ) from error


def describe(home: Path, *, search_path: str | None = None) -> dict[str, Any]:
    """Facts about the private mongod of `home`, for people; starts nothing.

    `binary`, `version` and `socket` are None where unknown, `pid` where it is not running; `size` is bytes on disk.
    """
    folder = (home / "mongod").resolve()
    running = is_held(folder / "supervisor.lock")
    state = _read_state(folder) if running else {}
    facts: dict[str, Any] = {"binary": None, "version": None, "data": str(folder), "socket": state.get("socket")}
    with suppress(EmbeddedError):
        binary = Path(state["binary"]) if state else find_mongod(search_path)
        facts.update(binary=str(binary), version=mongod_version(binary))
    return facts | {"running": running, "pid": state.get("pid"), "size": _size(folder)}


def _ensure_running(wanted: _Wanted) -> str:
    """URI of a mongod that takes writes, started where there is none. The caller holds `users.lock`."""
    deadline = time.monotonic() + _WAIT_SECONDS
    trouble = "another process has been starting or stopping it all the time"
    with suppress(TimeoutError), held(wanted.folder / "start.lock", EXCLUSIVE, deadline):
        while time.monotonic() < deadline:
            _ensure_supervised(wanted)
            socket: str | None = _read_state(wanted.folder).get("socket")
            if socket:
                trouble = _make_primary(socket)
                if not trouble and is_held(wanted.folder / "supervisor.lock"):  # else it is about to end
                    return f"{_address(socket)}&replicaSet={supervisor.REPLICA_SET}"
            time.sleep(0.02)
    raise EmbeddedError(
        f"the private mongod in {wanted.folder} is not ready after {_WAIT_SECONDS} s ({trouble}): "
        "see mongod.log and supervisor.log in there"
    )


def _ensure_supervised(wanted: _Wanted) -> None:
    alive = open_lock(wanted.folder / "supervisor.lock")
    try:
        if try_lock(alive):
            _spawn(wanted, find_mongod(wanted.search_path), alive)
    finally:
        os.close(alive)


def _spawn(wanted: _Wanted, binary: Path, alive: int) -> None:
    """Start a supervisor, which inherits the lock `alive`, and wait until its mongod listens."""
    mongod_version(binary)
    folder = wanted.folder
    socket = socket_path(folder, wanted.runtime_dir)
    make_private(socket.parent, "remove it")
    arguments = (binary, folder, socket, wanted.idle_s, wanted.log_bytes)
    with (folder / "supervisor.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own file
            # -I: neither the current folder nor PYTHONPATH can put a module in the place of the standard library's
            [sys.executable, "-I", supervisor.__file__, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=(alive,),
            start_new_session=True,  # Ctrl-C goes to the process group of the crawl
        )
    said = process.communicate()[0].decode(errors="replace")
    if said != "ready":
        reason = said or f"its supervisor has ended, see {folder / 'supervisor.log'}"
        raise EmbeddedError(f"the private mongod in {folder} does not start: {reason}")


def _make_primary(socket: str) -> str:
    """Bring the replica set one step nearer to taking writes. What is in the way; empty once it does."""
    try:
        with MongoClient[dict[str, Any]](_address(socket), serverSelectionTimeoutMS=2000) as client:
            if client.admin.command("hello")["isWritablePrimary"]:
                return ""
            _configure(client, socket)
    except PyMongoError as error:
        return str(error).split(", Timeout:", maxsplit=1)[0]
    return "it is becoming primary"


def _configure(client: MongoClient[dict[str, Any]], socket: str) -> None:
    members = [{"_id": 0, "host": socket}]
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", {"_id": supervisor.REPLICA_SET, "members": members})
        return
    if config["members"][0]["host"] != socket:  # the folder has been moved
        client.admin.command("replSetReconfig", config | {"members": members}, force=True)


def _address(socket: str) -> str:
    return f"mongodb://{quote_plus(socket)}/?directConnection=true"


def _read_state(folder: Path) -> dict[str, Any]:
    """What the supervisor wrote about the mongod it runs; empty before it has."""
    try:
        state: dict[str, Any] = json.loads((folder / "server.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return state


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # mongod removes files while we look
            total += path.lstat().st_blocks * 512
    return total
