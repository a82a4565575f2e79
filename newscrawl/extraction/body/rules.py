"""The rules that make a body out of trafilatura's lines, in the order in which they are applied.

trafilatura finds the text of nearly every page. What it gets wrong are single lines: it keeps prompts, links and
credits, and loses standfirsts, headings and paragraphs. So its lines are kept, lost ones are brought back, and bad ones
are taken away. Each rule has a guard: where it would change a large share of the text it has misunderstood the page,
and leaves it alone. A report with a line too many is better than one with half its text gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.extraction.body import missing, unwanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.extraction.body.lines import Draft, Line


@dataclass(frozen=True, slots=True)
class Add:
    """A kind of block that belongs to the body."""

    name: str
    find: Callable[[Draft], list[int]]
    """Positions of the blocks."""
    at_most: float
    """The guard: length of what is added, as a share of the text."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A kind of line that does not belong to the body."""

    name: str
    matches: Callable[[Line, Draft], bool | str | None]
    """Whether a line is of this kind; a rule that knows several signs says which it is."""
    at_most: float
    """The guard: length of what is taken by one sign, as a share of the text."""


ADDITIONS = (
    Add("paragraphs", missing.like_the_others, 3.0),
    Add("subheadings", missing.subheadings, 0.2),
    Add("key points", missing.key_points, 0.3),
    Add("standfirst", missing.standfirst, 0.5),
)
"""Before lines are taken: what is added has to pass the rules below, too."""

DROPS = (
    Drop("blank", unwanted.is_blank, 1.0),
    Drop("again", unwanted.is_again, 0.9),
    Drop("beside", unwanted.is_beside, 0.9),
    Drop("headline", unwanted.repeats_headline, 0.5),
    Drop("links", unwanted.is_links, 0.15),
    Drop("prompt", unwanted.is_prompt, 0.15),
    Drop("disclaimer", unwanted.is_disclaimer, 0.2),
    Drop("policy", unwanted.is_policy, 0.2),
    Drop("placeholder", unwanted.is_placeholder, 0.2),
    Drop("furniture", unwanted.is_called_furniture, 0.15),
    Drop("outside", unwanted.is_outside, 0.2),
    Drop("aside", unwanted.is_aside, 0.15),
    Drop("after", unwanted.is_after, 0.2),
    Drop("credit", unwanted.is_credit, 0.15),
    Drop("byline", unwanted.is_byline, 0.1),
    Drop("time", unwanted.is_time, 0.1),
    Drop("quote", unwanted.is_pull_quote, 0.15),
    Drop("address", unwanted.is_address, 0.15),
    Drop("dangling", unwanted.is_dangling, 0.1),
)
