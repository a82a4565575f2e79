"""Advisory locks between processes: flock(2) on empty files. A lock ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXCLUSIVE = fcntl.LOCK_EX
SHARED = fcntl.LOCK_SH


def open_lock(path: Path) -> int:
    """Descriptor of the lock file, made where it is missing. Other programs do not inherit it (PEP 446)."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int, operation: int = EXCLUSIVE) -> bool:
    """Take the lock if that is possible at once."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(path: Path, operation: int, deadline: float) -> Iterator[None]:
    """Hold the lock. Raises TimeoutError where it is not to be had before `deadline` (of `time.monotonic`)."""
    descriptor = open_lock(path)
    try:
        while not try_lock(descriptor, operation):
            if time.monotonic() > deadline:
                raise TimeoutError(path)
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock exclusively. Makes no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not try_lock(descriptor, SHARED)
    finally:
        os.close(descriptor)
