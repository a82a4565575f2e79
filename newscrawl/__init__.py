"""newscrawl: a news crawler that can say of every URL what became of it.

Public: `extract(html, url) -> Report`, `Report`, and `reports(...)`, which reads them back from the store.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawl.api import extract, reports
    from newscrawl.items import Report

__all__ = ["Report", "extract", "reports"]

_HOMES = {"Report": "newscrawl.items", "extract": "newscrawl.api", "reports": "newscrawl.api"}


def __getattr__(name: str) -> Any:
    # Loaded when asked for: a worker process needs no database client, a reader of the database no extractor.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
