"""The body: trafilatura's lines, without those that the rules take away."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trafilatura

from newscrawl.extraction.blocks import container_of, read_blocks
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.rules import RULES, Context, Line
from newscrawl.extraction.title import bare
from newscrawl.text import clean_paragraphs

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

    from newscrawl.extraction.blocks import Block
    from newscrawl.extraction.jsonld import Node

MAX_BODY = 1_000_000
"""Characters; far above any report, and far below the 16 MB of a BSON document."""
_MAIN_SHARE = 0.8

# It warns of every page that it cannot read; we say that ourselves, by a rejection.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a page."""

    text: str
    method: str
    link_share: float
    """Share of the text as trafilatura gave it that was in links, headings of lists and the like."""


def run_trafilatura(tree: HtmlElement, url: str, now: datetime, *, with_metadata: bool) -> Any:
    """trafilatura's Document, or None. It works on a copy of the tree.

    `extensive_search` is off: guessing a date from text can take ten seconds for one hostile string. Its own
    deduplication stays off: it forgets nothing, so that the same page read again loses its text.
    """
    dates = {
        "original_date": True,
        "extensive_search": False,
        "max_date": now.strftime("%Y-%m-%d"),
        "outputformat": "%Y-%m-%dT%H:%M:%S%z",
    }
    try:
        return trafilatura.bare_extraction(
            tree, url=url, with_metadata=with_metadata, include_comments=False, date_extraction_params=dates
        )
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return None  # its own errors on broken markup; what was read from the DOM stands


def read_body(page_tree: HtmlElement, text: str, node: Node, headlines: list[str], authors: tuple[str, ...]) -> Body:
    """The body out of trafilatura's `text`; where that is cut short, the article's whole `articleBody`."""
    blocks = read_blocks(page_tree)
    plain = [line for line in clean_paragraphs(text[: 2 * MAX_BODY]).split("\n\n") if line]
    lines = clean_lines(plain, blocks, headlines, authors)
    linked = sum(len(line) * _link_share(line, blocks) for line in plain)
    body, method = "\n\n".join(lines), "trafilatura"
    if (whole := _whole_body(node, body)) is not None:
        body, method = whole, "jsonld"
    return Body(body[:MAX_BODY].rstrip(), method, linked / (sum(map(len, plain)) or 1))


def _link_share(line: str, blocks: dict[str, Block]) -> float:
    block = blocks.get(bare(line))
    return block.link_share if block else 0.0


def clean_lines(
    plain: list[str], blocks: dict[str, Block], headlines: list[str], authors: tuple[str, ...]
) -> list[str]:
    """The lines that no rule takes away, each rule within its limit."""
    found = [blocks.get(bare(line)) for line in plain]
    main = container_of([block for block in found if block], _MAIN_SHARE)
    context = Context(tuple({bare(text) for text in headlines} - {""}), tuple(bare(name) for name in authors), main)
    lines = [
        Line(text, block, first=index < 4, last=index >= len(plain) - 4)
        for index, (text, block) in enumerate(zip(plain, found, strict=True))
    ]
    total = sum(map(len, plain))
    for rule in RULES:
        taken = [line for line in lines if rule.matches(line, context)]
        if sum(len(line.text) for line in taken) <= rule.at_most * total:
            lines = [line for line in lines if line not in taken]
    return [line.text for line in lines]


def _whole_body(node: Node, body: str) -> str | None:
    """`articleBody` where it is at least a quarter longer than the body and contains its beginning."""
    value = node.get("articleBody")
    if not isinstance(value, str) or len(value) < 1.25 * len(body) or "<" in value:
        return None
    text = clean_paragraphs(value[:MAX_BODY])
    start = bare(body)[:80]
    return text if len(text) > 250 and start in bare(text) and text_of(text) else None
