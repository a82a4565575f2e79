"""How a command that writes many lines ends: done, by Ctrl-C or SIGTERM, or because nobody reads any more."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

from newscrawl.cli.options import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

LOOK_FOR_READER = 1.0
"""Seconds between two looks whether anybody reads: without new lines, nothing else would tell."""


class _InterruptedError(Exception):
    """A signal came while a line could not be written, because the reader does not take it."""


async def write_lines(lines: AsyncGenerator[str], *, endless: bool) -> int:
    """Write each line to standard output at once; the exit status.

    A line is written whole, unless its reader has stopped to read when a signal comes. SIGTERM is how an `endless` one
    is meant to end (0), and interrupts another (130). A reader that has gone is no failure: `newscrawl tail | head`.
    """
    task = asyncio.current_task()
    assert task is not None
    ended_by: int | None = None
    gone = writing = False

    def end(number: int, _frame: object) -> None:
        nonlocal ended_by
        if ended_by is not None:
            raise KeyboardInterrupt  # the second: at once
        ended_by = number
        if writing:
            raise _InterruptedError
        loop.call_soon_threadsafe(task.cancel)

    def stop_unread() -> None:
        nonlocal gone
        gone = True
        task.cancel()

    loop = asyncio.get_running_loop()
    watch = loop.create_task(_watch_reader(sys.stdout.fileno(), stop_unread))
    try:
        async with _on_signals(end), aclosing(lines):
            async for line in lines:
                writing = True
                _write(sys.stdout.fileno(), f"{line}\n".encode())
                writing = False
    except (asyncio.CancelledError, _InterruptedError):
        if not gone and ended_by is None:
            raise
        task.uncancel()
    except BrokenPipeError:
        gone = True
    finally:
        watch.cancel()
    return 0 if ended_by is None or (endless and ended_by == signal.SIGTERM) else INTERRUPTED


@asynccontextmanager
async def _on_signals(handle: Callable[[int, Any], None]) -> AsyncIterator[None]:
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write(file: int, data: bytes) -> None:
    # Not through sys.stdout: what that could not write it would try again at the end.
    while data:
        data = data[os.write(file, data) :]


async def _watch_reader(file: int, stop: Callable[[], None]) -> None:
    poll = select.poll()
    poll.register(file, 0)
    while not any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0)):
        await asyncio.sleep(LOOK_FOR_READER)
    stop()
