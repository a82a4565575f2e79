"""What each body rule buys: the bodies of all pages without it."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import newscrawl
from newscrawl.extraction import report
from newscrawl.extraction.body import rules
from newscrawl.extraction.body.read import read_body

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = "all rules"


def variants() -> list[str]:
    """With all rules; without each of them, without all that add, all that drop, and without `articleBody`."""
    names = [rule.name for rule in (*rules.ADDITIONS, *rules.DROPS)]
    return [ALL, *names, "all additions", "all drops", "articleBody"]


def read_variants(task: tuple[int, Any]) -> dict[str, str]:
    """The body of one page in each variant. The page is parsed, and trafilatura called, once."""
    _, page = task
    calls: list[dict[str, Any]] = []

    def recording(*args: Any, **kwargs: Any) -> Any:
        calls.append(inspect.signature(read_body).bind(*args, **kwargs).arguments)
        return read_body(*args, **kwargs)

    with _replaced(report, "read_body", recording):
        body = newscrawl.extract(page.html, page.url).body or ""
    if not calls or not body:  # no text at all, or rejected whatever its body
        return dict.fromkeys(variants(), body)
    return {ALL: body} | {variant: _body_without(variant, calls[0]) for variant in variants()[1:]}


def _body_without(variant: str, arguments: dict[str, Any]) -> str:
    if variant == "articleBody":
        return read_body(**{**arguments, "node": {}}).text
    adds = [rule for rule in rules.ADDITIONS if variant not in (rule.name, "all additions")]
    drops = [rule for rule in rules.DROPS if variant not in (rule.name, "all drops")]
    with _replaced(rules, "ADDITIONS", tuple(adds)), _replaced(rules, "DROPS", tuple(drops)):
        return read_body(**arguments).text


@contextmanager
def _replaced(module: Any, name: str, value: Any) -> Iterator[None]:
    """Another value for a while."""
    kept = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, kept)
