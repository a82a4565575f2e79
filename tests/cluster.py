"""A cluster on one machine: a clock and workers, as an operator runs them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from newscrawl.store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newscrawl.store.store import Store
    from tests.web import Newscrawl


class Cluster:
    """Beat and workers; what they say is in files beside the program's home."""

    def __init__(self, program: Newscrawl, broker: str, *settings: str) -> None:
        self.program = program
        self.settings = settings
        self.environment = {**program.environment, "NEWSCRAWL_BROKER": broker, "C_FORCE_ROOT": "1"}
        self.workers: list[subprocess.Popen[bytes]] = []
        self.beat: subprocess.Popen[bytes] | None = None

    def start_beat(self) -> None:
        self.beat = self._start("beat", "beat", "--loglevel=WARNING")

    def start_worker(self, *options: str, own_host: bool = False) -> subprocess.Popen[bytes]:
        """A worker; returns before it is ready. `own_host`: with a host name of its own, as on another machine."""
        name = f"worker{len(self.workers)}"
        sets = [word for setting in self.settings for word in ("--set", setting)]
        common = ("--without-gossip", "--without-mingle", "--loglevel=INFO", f"--hostname={name}@test")
        worker = self._start(name, "worker", *common, *sets, *options, host=name if own_host else "")
        self.workers.append(worker)
        return worker

    def await_workers(self) -> None:
        """Returns when all are ready, so that each gets its share."""
        deadline = time.monotonic() + 60
        while not all("ready." in self.log(f"worker{n}") for n in range(len(self.workers))):
            assert time.monotonic() < deadline, "\n".join(self._logs())
            time.sleep(0.1)

    def log(self, name: str) -> str:
        """What `beat`, `worker0`, ... has said."""
        return (self.program.home / f"{name}.log").read_text(encoding="utf-8")

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """kill -9 of a worker and its parsing processes: the machine is gone."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def ask(self, question: Callable[[Store], Awaitable[Any]]) -> Any:
        """What the store says."""
        environment = self.program.environment

        async def asking() -> Any:
            home, database = Path(environment["NEWSCRAWL_HOME"]), environment.get("MONGODB_DATABASE", "newscrawl")
            async with open_store(environment.get("MONGODB_URI", ""), database, home, 20) as store:
                return await question(store)

        return asyncio.run(asking())

    def wait(self, what: Callable[[Store], Awaitable[bool]], seconds: float) -> float:
        """Seconds until the store says yes."""
        began = time.monotonic()

        async def until(store: Store) -> None:
            while not await what(store):
                assert time.monotonic() - began < seconds, "\n".join(self._logs())
                await asyncio.sleep(0.05)

        self.ask(until)
        return time.monotonic() - began

    def stop(self) -> None:
        """SIGTERM to all."""
        running = [one for one in (self.beat, *self.workers) if one is not None and one.poll() is None]
        for one in running:
            one.send_signal(signal.SIGTERM)
        for one in running:
            try:
                one.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()
                raise

    def _start(self, name: str, *arguments: str, host: str = "") -> subprocess.Popen[bytes]:
        # A name space of its own for the name; only root may make one.
        named = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host] if host else []
        with (self.program.home / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [*named, sys.executable, "-m", "celery", "-A", "newscrawl.schedule", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _logs(self) -> list[str]:
        return [path.read_text(encoding="utf-8")[-2000:] for path in sorted(self.program.home.glob("*.log"))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
