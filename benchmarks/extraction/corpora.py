"""The four corpora and their metrics: pages and scorer of the folder shared by all who work on newscrawl."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from tests.web import SHARED

BENCH = SHARED / "bench" / "extraction"
NO_BENCH = f"the extraction bench is not here: {BENCH / 'score.py'} is missing"
CORPORA = ("aeb", "fundus_eval", "trafilatura_eval", "fundus_fixtures")

Prediction = dict[str, Any]
"""What an extractor found, under the scorer's names: title, text, published, authors, language."""


def is_here() -> bool:
    """Whether the bench is on this machine."""
    return (BENCH / "score.py").exists()


def scorer() -> Any:
    """The bench's module `score`, which has every metric."""
    return _module("score")


def read_pages(part: str = "all") -> list[Any]:
    """All pages of a part ("all", "tune" or "check"): each has corpus, part, id, url, html (bytes) and expected."""
    return [page for corpus in CORPORA for page in _module("pages").pages(corpus, part=part)]


def _module(name: str) -> Any:
    if str(BENCH) not in sys.path:
        sys.path.append(str(BENCH))
    return import_module(name)


def score(pages: list[Any], found: dict[str, Prediction]) -> dict[str, dict[str, float]]:
    """The figures of each corpus that has one of `pages`, `found` being by page id."""
    by_corpus = {corpus: [page for page in pages if page.corpus == corpus] for corpus in CORPORA}
    return {
        corpus: scorer().score([(page, found.get(page.id, {})) for page in mine], corpus)[0]
        for corpus, mine in by_corpus.items()
        if mine
    }


def body_f1(pages: list[Any], found: dict[str, Prediction]) -> dict[str, float]:
    """The body F1 of each page, by its id."""
    return {page.id: scorer().score([(page, found.get(page.id, {}))], page.corpus)[1][0] for page in pages}
