"""What the page names as its own address: a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates
    from newscrawl.extraction.page import Page


def read_canonical(page: Page, found: Candidates) -> None:
    """Note candidates for `canonical_url`; what is no absolute http(s) URL is none."""
    found.add("canonical_url", "dom", page.head.canonical)
    found.add("canonical_url", "opengraph", page.absolute(page.head.first("og:url")))
