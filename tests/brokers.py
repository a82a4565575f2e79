"""Message brokers for tests and benchmarks: RabbitMQ and Redis as Debian installs them (`make services`).

Each has free ports and data of its own, and knows nothing of a broker that runs on the machine already.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The program itself; that in /usr/sbin becomes the user `rabbitmq`, whose data is the machine's."""
NO_RABBITMQ = "RabbitMQ is not installed: run `make services`"
NO_REDIS = "Redis is not installed: run `make services`"


def has_rabbitmq() -> bool:
    """Whether a node can be started here."""
    return RABBITMQ.exists() and shutil.which("epmd") is not None


def has_redis() -> bool:
    """Whether a server can be started here."""
    return shutil.which("redis-server") is not None


class RabbitMQ:
    """A node in `folder`: data, log and cookie; with a port mapper (epmd) of its own."""

    def __init__(self, folder: Path, *configuration: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port, distribution, mapper = _free_ports(3)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        (folder / "rabbitmq.conf").write_text(
            "\n".join((f"listeners.tcp.1 = 127.0.0.1:{self.port}", *configuration, "")), encoding="utf-8"
        )
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))},
            "HOME": str(folder),  # the cookie
            "ERL_EPMD_PORT": str(mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_NODENAME": f"newscrawl{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            # Two schedulers, and no waiting in a loop for work: the machine has other things to do.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none",
        }
        self._log = (folder / "out").open("wb")
        self._processes = [self._start(["epmd", "-port", str(mapper)])]
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise

    def start(self) -> None:
        """Returns when it takes connections; data of an earlier run is there."""
        self._processes.append(self._start([str(RABBITMQ)]))
        _await_port(self.port, self._processes[-1], 60)

    def stop(self) -> None:
        """Stop the node in order; the port mapper goes on, for `start`."""
        _end(self._processes.pop())

    def forget(self) -> None:
        """Lose all messages, while it is stopped."""
        shutil.rmtree(self.folder / "data")

    def ask(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers."""
        command = [str(RABBITMQ.with_name("rabbitmqctl")), "--quiet", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._processes:
            _end(self._processes.pop())
        self._log.close()


class Redis:
    """A server in `folder`, in memory only."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = _free_ports(1)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(folder),
        ]
        self.start()

    def start(self) -> None:
        """Returns when it takes connections."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        _await_port(self.port, self._process, 20)

    def stop(self) -> None:
        """What is in it is lost."""
        _end(self._process)

    def forget(self) -> None:
        """Lose all messages: it has none when it is stopped."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)


def _free_ports(number: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _await_port(port: int, process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            assert process.poll() is None, f"the broker ended with status {process.returncode}"
            assert time.monotonic() < deadline, "the broker does not start"
            time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
