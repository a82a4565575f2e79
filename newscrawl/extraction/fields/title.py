"""The headline: what most of the page's own versions of it say, without the name of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Guillemets without blanks on both sides are quotation marks.
_SEPARATOR = re.compile(r"\s+[|\-–—·•»«›‹:/~│]{1,2}\s+|\s*[|│｜]\s*")
_NOT_WORD = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Letters and digits only, for comparing."""
    return _NOT_WORD.sub("", text).casefold()


def split_site_name(
    title: str, names: Iterable[str], headlines: Iterable[str], url: str, *, loosely: bool = False
) -> tuple[str, str | None]:
    """`title` in two: headline and site name, the latter None where there is none.

    The last or first part is a site name where it is one of `names`, where it is the host's own name, or where the
    rest is one of the `headlines` that the page gives elsewhere. `loosely`, for titles that usually end in one, also
    where it is short and holds the name of the host: `City Harbour Post` at harbourpost.example.
    """
    known = {bare(name) for name in names} - {""}
    told = {bare(headline) for headline in headlines} - {""}
    hosts = _names_of_host(url)
    label = bare(registered_domain(url).partition(".")[0])
    separators = [*_SEPARATOR.finditer(title)]
    for match in reversed(separators):
        head, tail = title[: match.start()].strip(), title[match.end() :].strip()
        for headline, name in ((head, tail), (tail, head)):
            if not headline or not name or len(name) > 60:
                continue
            short = bare(name)
            if short in known or short in hosts or bare(headline) in told:
                return headline, name
            if loosely and len(label) >= 5 and label in short and len(name.split()) <= 5 and len(headline) >= 15:
                return headline, name
    return title, None


def _names_of_host(url: str) -> set[str]:
    """What a site can call itself after its host: for `post.example.com` also `post`, `example`, `example.com`."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    domain = registered_domain(url)
    return {bare(name) for name in (host, domain, host.partition(".")[0], domain.partition(".")[0])} - {""}


def choose_headline(texts: Sequence[str], weights: Sequence[float]) -> int | None:
    """Position of the best of `texts`: that which has the most weight in all its places; among equals, the first."""
    if not texts:
        return None
    votes: dict[str, float] = {}
    for text, weight in zip(texts, weights, strict=True):
        votes[bare(text)] = votes.get(bare(text), 0) + weight
    return max(range(len(texts)), key=lambda i: (votes[bare(texts[i])], -i))
