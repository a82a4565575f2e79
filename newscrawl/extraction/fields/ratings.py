"""What readers made of a report: rating and number of comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.page import Page, lies_in, text_in
from newscrawl.extraction.structured.jsonld import as_list, number_of, plain_text, text_of
from newscrawl.items import Rating

if TYPE_CHECKING:
    from newscrawl.extraction.candidates import Candidates

_VALUE = ("data-score", "data-rating", "data-rating-value", "data-value", "data-average", "data-stars")
_COUNT = ("data-votes", "data-count", "data-rating-count", "data-total", "data-reviews")
_COMMENTS = ("data-comment-count", "data-comments-count", "data-comments", "data-commentcount")
_RATES = re.compile(r"\b(?:rating|ratings|rate|stars?|votes?|bewertung|note)\b")
_IN_BRACKETS = re.compile(r"[(\[]\s*(\d{1,9})\s*[)\]]")


def read_rating(page: Page, found: Candidates) -> None:
    """Note the rating of the report."""
    node = page.article.get("aggregateRating")
    if isinstance(node, dict):
        found.add(
            "rating", "jsonld", _rating(node.get("ratingValue"), node.get("ratingCount", node.get("reviewCount")))
        )
    for scope in [e for e in page.having("itemprop") if e.get("itemprop") == "aggregateRating"][:1]:
        values = {
            name: element.get("content") or text_in(element)
            for element in scope.xpath(".//*[@itemprop]")[:20]
            for name in element.get("itemprop", "").split()
        }
        count = values.get("ratingCount", values.get("reviewCount"))
        found.add("rating", "microdata", _rating(values.get("ratingValue"), count, text_in(scope)))
    found.add("rating", "dom", _widget(page))


def _rating(value: Any, count: Any, raw: str = "") -> Rating | None:
    number, votes = number_of(value), whole_number(count)
    if number is None and votes is None:
        return None
    return Rating(value=number, count=votes, raw=raw[:100] or None)


def _widget(page: Page) -> Rating | None:
    """An element that is called a rating and carries the numbers as attributes, or the votes in brackets."""
    for element, names in page.named:
        if not _RATES.search(names) or lies_in(element, "li"):
            continue
        value = next((v for name in _VALUE if (v := element.get(name))), None)
        count = next((v for name in _COUNT if (v := element.get(name))), None)
        text = text_in(element)
        match = _IN_BRACKETS.search(text) if len(text) <= 100 else None
        if value is not None or count is not None:
            return _rating(value, count, match[0] if match else "")
        if match and "article" not in names:
            return Rating(count=int(match[1]), raw=match[0])
    return None


def read_comment_count(page: Page, found: Candidates) -> None:
    """Note how many comments the report has."""
    found.add("comment_count", "jsonld", whole_number(page.article.get("commentCount")))
    for node in as_list(page.article.get("interactionStatistic"))[:10]:
        if isinstance(node, dict) and "Comment" in (text_of(node.get("interactionType")) or ""):
            found.add("comment_count", "jsonld", whole_number(node.get("userInteractionCount")))
    for value in page.microdata.get("commentCount", [])[:1]:
        found.add("comment_count", "microdata", whole_number(value))
    for element in page.having(*_COMMENTS):
        count = next((value for name in _COMMENTS if (value := element.get(name))), None)
        if count and not lies_in(element, "li"):
            found.add("comment_count", "dom", whole_number(plain_text(count)))
            break


def whole_number(value: Any) -> int | None:
    """A count: a whole number from 0 on."""
    number = number_of(value)
    return int(number) if number is not None and 0 <= number < 2**31 and number == int(number) else None
