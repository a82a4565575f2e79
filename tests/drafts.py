"""Drafts of bodies for the tests of the body rules: a page we write, and which of its blocks are the text so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.extraction.body.blocks import read_blocks
from newscrawl.extraction.body.lines import Draft, locate
from newscrawl.extraction.fields.title import bare
from newscrawl.markup import parse_html

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newscrawl.extraction.body.blocks import Blocks
    from newscrawl.extraction.body.lines import Line

PARAGRAPHS = (
    "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars.",
    "Repairs will take until spring, the harbour master said, and the ferries move to the fish quay meanwhile.",
    "Shop owners fear for their winter trade, because the only bus to the fish quay runs once an hour.",
    "The pier was built of larch in the year in which the railway came, and had never been closed before.",
    "Nobody on the council wanted to say on Friday evening what all of it will cost the town in the end.",
)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
"""Five paragraphs, so that none is both one of the first four lines and one of the last four."""


def blocks_of(html: str) -> Blocks:
    """The blocks of a page with this body."""
    tree = parse_html(f"<!doctype html><html><body>{html}</body></html>")
    assert tree is not None
    return read_blocks(tree)


def draft_of(
    html: str,
    *,
    lost: Sequence[str] = (),
    headlines: Sequence[str] = (),
    summaries: Sequence[str] = (),
    authors: Sequence[str] = (),
) -> Draft:
    """A draft whose lines are all blocks of the page but those whose text is in `lost`."""
    blocks = blocks_of(html)
    return Draft(
        lines=locate([block.text for block in blocks.all if block.text not in lost], blocks),
        blocks=blocks,
        headlines=tuple(map(bare, headlines)),
        summaries=tuple(map(bare, summaries)),
        authors=tuple(map(bare, authors)),
        whole="",
    )


def matching(matches: Callable[[Line, Draft], bool | str | None], draft: Draft) -> list[str]:
    """The lines that a rule which drops takes for its own."""
    return [line.text for line in draft.lines if matches(line, draft)]


def found(find: Callable[[Draft], list[int]], draft: Draft) -> list[str]:
    """The blocks that a rule which adds brings back."""
    return [draft.blocks.all[position].text for position in find(draft)]
