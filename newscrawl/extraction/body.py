"""The text of a report: trafilatura's lines, without what is no part of the report.

Before: elements whose role is known from other fields (source link, rating, share links, forms) leave the tree. After:
lines that repeat the headline or are nothing but links leave the text, guarded: never more than a quarter of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trafilatura import bare_extraction

from newscrawl.extraction.title import bare
from newscrawl.text import clean_paragraphs

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_CHARS = 1_000_000
MINORITY = 0.25
"""Share of the text that all dropping rules together may take: more than that, and the rule is wrong for this page."""

_CHROME = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|comments?|comment-form|rating|related|newsletter|marketplace|market|paywall|"
    r"subscribe|byline|author-bio|breadcrumbs?|video-preview|location|locations|tags|prompt|promo)(?:$|[\s_-])",
    re.IGNORECASE,
)
MAX_CHROME = 600
"""Characters of an element that is dropped by its class: a whole article can have the class of its section."""


def prune(tree: HtmlElement, source_anchor: HtmlElement | None) -> None:
    """Take out of the tree what is no text of the report. Changes `tree`; read everything else before."""
    if source_anchor is not None:
        _drop_block(source_anchor)
    body = tree.find("body")
    if body is None:
        return
    for form in body.xpath(".//form"):
        if _length(form) < MAX_CHROME:  # some systems put the whole page into one
            _drop(form)
    for element in body.xpath(".//*[@class][not(self::article or self::main or self::body or self::html)]"):
        if _CHROME.search(element.get("class", "")) and _length(element) < MAX_CHROME:
            _drop(element)


def _drop_block(anchor: HtmlElement) -> None:
    """The link, and the block around it as long as that says little more than the link."""
    block = anchor
    while (parent := block.getparent()) is not None and _length(parent) <= len(anchor.text_content()) + 80:
        block = parent
    _drop(block)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _length(element: HtmlElement) -> int:
    return sum(len(text) for text in element.itertext() if not text.isspace())


def run_trafilatura(tree: HtmlElement, url: str) -> tuple[str, dict[str, object]]:
    """(text, metadata) of one trafilatura call; empty where it finds nothing. It changes the tree.

    Its date reader is kept from guessing: a hostile date string takes it ten seconds.
    """
    try:
        document = bare_extraction(
            tree,
            url=url,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False, "outputformat": "%Y-%m-%d"},
        )
    except Exception:  # noqa: BLE001  a library's bug on one page must not cost the page its metadata
        return "", {}
    if document is None or isinstance(document, dict):
        return "", {}
    names = ("title", "author", "date", "description", "sitename", "categories", "tags", "image", "language")
    return document.text or "", {name: getattr(document, name, None) for name in names}


def clean_body(text: str, headlines: list[str], link_lines: set[str]) -> str:
    """Paragraphs separated by blank lines, without the lines that are none of the report's."""
    lines = clean_paragraphs(text[:MAX_CHARS]).split("\n\n")
    told = {bare(headline) for headline in headlines} - {""}
    kept = [line for position, line in enumerate(lines) if not (position < 3 and bare(line) in told)]
    kept = _without_minority(kept, {line for line in kept if bare(line) in link_lines and len(line.split()) < 35})
    return "\n\n".join(kept)


def _without_minority(lines: list[str], unwanted: set[str]) -> list[str]:
    total = sum(map(len, lines))
    if not unwanted or sum(len(line) for line in lines if line in unwanted) > MINORITY * total:
        return lines
    return [line for line in lines if line not in unwanted]


def link_texts(tree: HtmlElement) -> set[str]:
    """Texts of blocks that are little more than a link (a date, a place beside it), for comparing with lines."""
    texts: set[str] = set()
    for anchor in tree.xpath("//a[@href]")[:3000]:
        text = "".join(anchor.itertext())
        parent = anchor.getparent()
        if len(text) >= 10 and parent is not None and _length(parent) <= len(text.strip()) * 1.2 + 40:
            texts.add(bare(text))
    return texts - {""}
