"""The extractors on the pages: what they find, and the CPU time that it takes them."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import trafilatura

import newscrawl
from benchmarks.extraction.corpora import Prediction, scorer
from newscrawl.extraction.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WARM_UP = 20
"""Pages at the beginning whose time does not count: caches fill, patterns are compiled."""


@dataclass(frozen=True)
class Read:
    """What one page gave."""

    ours: Prediction
    plain: Prediction = field(default_factory=dict)
    ours_s: float = 0.0
    """CPU seconds."""
    plain_s: float = 0.0


@dataclass(frozen=True)
class Cpu:
    """CPU time of a page on average, in milliseconds, and ours as a multiple of plain trafilatura's."""

    ours_ms: float
    plain_ms: float
    mean: float
    """Of all pages together: sum by sum."""
    median: float
    """Of the pages' own ratios."""


def plain_trafilatura(html: bytes, url: str) -> Prediction | None:
    """trafilatura as it comes: one call with metadata, without comments."""
    document = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    if document is None:
        return None
    return {
        "headline": document.title,
        "body": document.text,
        "authors": [name for name in (document.author or "").split("; ") if name],
        "published_at": document.date,
        "language": document.language,
    }


def read_both(task: tuple[int, Any]) -> Read:
    """Both on one numbered page. They take turns in going first: the second finds the processor's caches warm."""
    number, page = task
    html, results = page.html, {}
    extractors = (newscrawl.extract, plain_trafilatura)
    for extract in extractors if number % 2 else reversed(extractors):
        began = time.process_time()
        found = extract(html, page.url)
        results[extract] = (scorer().plain(found), time.process_time() - began)
    (ours, ours_s), (plain, plain_s) = (results[extract] for extract in extractors)
    return Read(ours, plain, ours_s, plain_s)


def read_ours(task: tuple[int, Any]) -> Read:
    """newscrawl alone on one numbered page."""
    _, page = task
    return Read(scorer().plain(newscrawl.extract(page.html, page.url)))


def run(read: Callable[[tuple[int, Any]], Any], pages: list[Any], jobs: int = 1) -> dict[str, Any]:
    """What `read` returns for each numbered page, by the page's id; `jobs` is the number of processes."""
    tasks = list(enumerate(pages))
    if jobs > 1:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=warm_up) as pool:
            found: Iterable[Any] = list(pool.map(read, tasks, chunksize=8))
    else:
        warm_up()
        found = map(read, tasks)
    return dict(zip((page.id for page in pages), found, strict=True))


def cpu(reads: list[Read]) -> Cpu:
    """The CPU times of all pages but the first ones."""
    timed = [read for read in reads[WARM_UP:] if read.plain_s] or reads
    ours, plain = mean(read.ours_s for read in timed), mean(read.plain_s for read in timed)
    return Cpu(1000 * ours, 1000 * plain, ours / plain, median(read.ours_s / read.plain_s for read in timed))
