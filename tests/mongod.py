"""A server for tests and benchmarks that do things to it."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from newscrawl.store.embedded import find_mongod

if TYPE_CHECKING:
    from pathlib import Path


class Server:
    """A mongod on loopback that takes the commands of MongoDB's own tests; it can be stopped and started again."""

    def __init__(self, folder: Path, *, replica_set: bool) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"mongodb://127.0.0.1:{self.port}/?directConnection=true"
        self.command = [
            *(str(find_mongod()), "--dbpath", str(folder), "--bind_ip", "127.0.0.1", "--port", str(self.port)),
            *("--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64"),
            *("--setParameter", "enableTestCommands=1", "--setParameter", "diagnosticDataCollectionEnabled=false"),
            *(("--replSet", "rs") if replica_set else ()),
        ]
        self.replica_set = replica_set
        self.start()

    def start(self) -> None:
        """Returns when it takes writes."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not self._ready():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def hold_inserts(self, namespace: str, mode: str) -> None:
        """Stop inserts (`mode` alwaysOn; off) between the moment when `changed` is set and that of the commit."""
        point = {"configureFailPoint": "hangDuringBatchInsert", "mode": mode, "data": {"nss": namespace}}
        with MongoClient[Any](self.uri) as client:
            client.admin.command(point)

    def _ready(self) -> bool:
        with MongoClient[Any](self.uri, serverSelectionTimeoutMS=500) as client, suppress(PyMongoError):
            if client.admin.command("hello")["isWritablePrimary"]:
                return True
            members = [{"_id": 0, "host": f"127.0.0.1:{self.port}"}]
            client.admin.command("replSetInitiate", {"_id": "rs", "members": members})
        return False
