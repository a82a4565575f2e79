"""Which sources the schedule takes: those of the source files that are enabled."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from newscrawl.sources import load_sources

if TYPE_CHECKING:
    from pathlib import Path

READ_AGAIN = 30.0
"""Seconds after which files are read again that were edited in place; 500 of them take about a tenth of a second."""

logger = logging.getLogger(__name__)


class EnabledSources:
    """The ids, read when a file was added, removed or renamed, and every `READ_AGAIN` seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: list[str] = []
        self._read_at = float("-inf")
        self._folder_time: int | None = None
        self._told: list[str] = []

    def refresh(self) -> bool:
        """Read the files where they may have changed; whether they were read. A broken one is left out and told of."""
        folder_time = self.folder.stat().st_mtime_ns if self.folder.is_dir() else None
        if folder_time == self._folder_time and time.monotonic() - self._read_at < READ_AGAIN:
            return False
        self._folder_time, self._read_at = folder_time, time.monotonic()
        sources, errors = load_sources(self.folder)
        self.ids = [source.id for source in sources if source.enabled]
        told = [str(error) for error in errors]
        for trouble in told:
            if trouble not in self._told:
                logger.error("%s", trouble)
        self._told = told
        return True
