"""The pool itself: pebble's ProcessPool, which can kill one worker without breaking the others."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import signal
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from newscrawl.extraction.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class ParseError(Exception):
    """A document that no worker could read; the message is the reason, for the ledger."""


class WorkerPool:
    """Child processes that parse foreign bytes.

    Workers come from a fork server that has imported and warmed everything once: forking the crawler itself would copy
    its threads' locks, and spawning would pay a second of imports for every killed worker.
    """

    waiting: ClassVar[int] = 0
    """Documents of this process, of all pools, that are being read or wait for a worker."""
    started: ClassVar[int] = 0
    """Workers of this process, of all pools."""

    def __init__(self, workers: int, memory_mb: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["newscrawl.parsing.warmed"])
        self.workers = workers
        self._counted = 0
        self._pool = ProcessPool(max_workers=workers, initializer=_begin_worker, initargs=(memory_mb,), context=context)

    async def start(self) -> None:
        """Start every worker and wait until it is warm, so that no page pays for it."""
        WorkerPool.started += self.workers
        self._counted = self.workers
        await asyncio.gather(*(self.run(60, warm_up) for _ in range(self.workers)))

    async def run(self, seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args)` in a worker.

        Raises ParseError where it takes longer than `seconds` (the worker is killed and replaced), needs more memory
        than a worker has, or takes the worker down; whatever else it raises comes through.
        """
        future = self._pool.schedule(function, args=list(args), kwargs=dict(kwargs), timeout=seconds)
        WorkerPool.waiting += 1
        try:
            return await asyncio.wrap_future(future)
        except (TimeoutError, FutureTimeoutError) as error:
            raise ParseError(f"takes longer than {seconds:g} s to read") from error
        except MemoryError as error:
            raise ParseError("takes too much memory to read") from error
        except ProcessExpired as error:
            raise ParseError(f"takes the worker down (exit code {error.exitcode})") from error
        finally:
            WorkerPool.waiting -= 1

    def close(self) -> None:
        """End all workers, the busy ones too."""
        WorkerPool.started -= self._counted
        self._counted = 0
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _begin_worker(memory_mb: int) -> None:
    # Ctrl-C goes to the whole process group; the crawler decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
