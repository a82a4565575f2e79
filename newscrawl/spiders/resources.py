"""One database client and one worker pool a process, whatever number of crawls runs in it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.parsing.pool import WorkerPool
from newscrawl.store.store import Store, open_store

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_Key = tuple[str, str, str, int]


@dataclass
class Resources:
    """What crawls share."""

    pool: WorkerPool
    store: Store | None
    _stack: AsyncExitStack
    users: int = 0


_open: dict[_Key, Resources] = {}
_lock = asyncio.Lock()


async def acquire(settings: BaseSettings, *, with_store: bool) -> Resources:
    """The process's resources, opened by the first who asks. Raises StoreError where there is no database."""
    async with _lock:
        key = _key(settings, with_store=with_store)
        if key not in _open:
            _open[key] = await _open_all(settings, with_store=with_store)
        _open[key].users += 1
        return _open[key]


async def release(resources: Resources) -> None:
    """Give them back; the last who does closes them."""
    async with _lock:
        resources.users -= 1
        if resources.users == 0:
            for key in [key for key, held in _open.items() if held is resources]:
                del _open[key]
            await resources._stack.aclose()


def _key(settings: BaseSettings, *, with_store: bool) -> _Key:
    uri = settings["MONGODB_URI"] if with_store else "none"
    return uri, settings["MONGODB_DATABASE"], settings["NEWSCRAWL_HOME"], settings.getint("NEWSCRAWL_WORKERS")


async def _open_all(settings: BaseSettings, *, with_store: bool) -> Resources:
    async with AsyncExitStack() as stack:
        # The fork server starts before the client has threads and sockets of its own.
        pool = WorkerPool(settings.getint("NEWSCRAWL_WORKERS"), settings.getint("NEWSCRAWL_WORKER_MEMORY_MB"))
        stack.push_async_callback(asyncio.to_thread, pool.close)
        started = asyncio.ensure_future(pool.start())
        stack.callback(started.cancel)
        store = None
        if with_store:
            store = await stack.enter_async_context(
                open_store(
                    settings["MONGODB_URI"],
                    settings["MONGODB_DATABASE"],
                    Path(settings["NEWSCRAWL_HOME"]),
                    settings.getfloat("NEWSCRAWL_STORE_PATIENCE"),
                )
            )
        await started
        return Resources(pool, store, stack.pop_all())
