"""The body: trafilatura's lines, without those that the rules take away."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import trafilatura

from newscrawl.extraction.body import rules
from newscrawl.extraction.body.lines import Draft, line_of_block, locate
from newscrawl.extraction.fields.title import bare
from newscrawl.extraction.structured.jsonld import text_of
from newscrawl.text import clean_paragraphs, count_words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.body.blocks import Blocks
    from newscrawl.extraction.body.lines import Line
    from newscrawl.extraction.structured.jsonld import Node

MAX_BODY = 1_000_000
"""Characters; far above any report, and far below the 16 MB of a BSON document."""

# What links that open a new window say to screen readers.
_NEW_TAB = re.compile(
    r"\s?(?:,\s*|\()(?:opens? (?:in )?(?:a )?new (?:tab|window)|"
    r"öffnet (?:in |im )?(?:einem )?neue[mns]? (?:fenster|tab)|"
    r"(?:s'ouvre|nouvelle fenêtre|ouverture) .{0,30}(?:fenêtre|onglet)|se abre en .{0,20}(?:ventana|pestaña)|"
    r"si apre in .{0,20}(?:finestra|scheda)|opent in .{0,20}(?:venster|tabblad))\)?",
    re.IGNORECASE,
)

# It warns of every page that it cannot read; we say that ourselves, by a rejection.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a page."""

    text: str
    method: str
    link_share: float
    """Share of the text as trafilatura gave it that was in links, headings of lists and the like."""
    words: int = 0
    """Of the text as trafilatura gave it."""
    lines: tuple[tuple[str, str], ...] = ()
    """(rule, line) of every line that a rule brought back (`+standfirst`) or took away (`-prompt`)."""


def run_trafilatura(tree: HtmlElement, url: str) -> str:
    """The text that trafilatura finds, a line for each paragraph; empty where it finds none. It works on a copy.

    Its own deduplication stays off: it forgets nothing, so that the same page read again loses its text.
    """
    try:
        document: Any = trafilatura.bare_extraction(tree, url=url, with_metadata=False, include_comments=False)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return ""  # its own errors on broken markup; what was read from the DOM stands
    return document.text or "" if document is not None else ""


def read_body(
    blocks: Blocks,
    text: str,
    node: Node,
    headlines: list[str],
    authors: tuple[str, ...],
    summaries: list[str],
) -> Body:
    """The body out of trafilatura's `text`; where that is cut short, the article's whole `articleBody`."""
    plain = [line for line in clean_paragraphs(_NEW_TAB.sub("", text[: 2 * MAX_BODY])).split("\n\n") if line]
    draft = Draft(
        lines=locate(plain, blocks),
        blocks=blocks,
        headlines=tuple(dict.fromkeys(key for text in headlines if (key := bare(text)))),
        summaries=tuple(dict.fromkeys(key for text in summaries if (key := bare(text)))),
        authors=tuple(bare(name) for name in authors),
        whole="",
    )
    linked = sum(len(line.text) * line.link_share for line in draft.lines)
    changes: list[tuple[str, str]] = []
    changed = apply_drops(apply_additions(draft, changes), changes)
    body, method = "\n\n".join(line.text for line in changed.lines), "trafilatura"
    if (whole := _whole_body(node, body)) is not None:
        body, method, changes = whole, "jsonld", []
    return Body(body[:MAX_BODY].rstrip(), method, linked / (draft.chars or 1), count_words(text), tuple(changes))


def apply_additions(draft: Draft, changes: list[tuple[str, str]]) -> Draft:
    """The draft with what was lost, each rule within its guard, in the order of the page; added to `changes`."""
    for rule in rules.ADDITIONS:
        added = [line_of_block(position, draft.blocks) for position in rule.find(draft)]
        if added and sum(len(line.text) for line in added) <= rule.at_most * draft.chars:
            draft = replace(draft, lines=_merged(draft.lines, added))
            changes += [(f"+{rule.name}", line.text) for line in added]
    return draft


def _merged(lines: tuple[Line, ...], added: list[Line]) -> tuple[Line, ...]:
    """Both in the order of the page; a line of unknown place stays behind the one before it."""
    placed: list[tuple[int, Line]] = []
    position = -1
    for line in lines:
        position = max(position, line.at.start) if line.at else position
        placed.append((position, line))
    return tuple(
        line for _, line in sorted([*placed, *((line.at.start, line) for line in added)], key=lambda pair: pair[0])
    )


def apply_drops(draft: Draft, changes: list[tuple[str, str]]) -> Draft:
    """The draft without what does not belong to it, each rule within its guard; added to `changes`."""
    total = draft.chars
    for rule in rules.DROPS:
        by_sign: dict[bool | str, list[Line]] = {}
        for line in draft.lines:
            if sign := rule.matches(line, draft):
                by_sign.setdefault(sign, []).append(line)
        for lines in by_sign.values():
            if sum(len(line.text) for line in lines) <= rule.at_most * total:
                taken = set(lines)
                draft = replace(draft, lines=tuple(line for line in draft.lines if line not in taken))
                changes += [(f"-{rule.name}", line.text) for line in lines]
    return draft


def _whole_body(node: Node, body: str) -> str | None:
    """`articleBody` where it is at least a quarter longer than the body and contains its beginning."""
    value = node.get("articleBody")
    if not isinstance(value, str) or len(value) < 1.25 * len(body) or "<" in value or "&lt;" in value:
        return None  # markup is no text
    text = clean_paragraphs(value[:MAX_BODY])
    start = bare(body)[:80]
    return text if len(text) > 250 and start in bare(text) and text_of(text) else None
