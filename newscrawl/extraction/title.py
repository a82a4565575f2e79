"""The headline: what most of the page's own versions of it say, without the name of the site."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:/~]{1,2}\s+|\s*[|»«]\s*")
_NOT_WORD = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Letters and digits only, for comparing."""
    return _NOT_WORD.sub("", text).casefold()


def split_site_name(title: str, names: Iterable[str], headlines: Iterable[str], url: str) -> tuple[str, str | None]:
    """`title` in two: headline and site name, the latter None where there is none.

    The last or first part is a site name where it is one of `names`, where it is the host's own name, or where the
    rest is one of the `headlines` that the page gives elsewhere.
    """
    known = {bare(name) for name in names} - {""}
    told = {bare(headline) for headline in headlines} - {""}
    host = bare(re.sub(r"^www\.|\.[a-z]{2,}(\.[a-z]{2})?$", "", urlsplit(url).hostname or ""))
    for match in [*reversed(list(_SEPARATOR.finditer(title)))]:
        head, tail = title[: match.start()].strip(), title[match.end() :].strip()
        for headline, name in ((head, tail), (tail, head)):
            if not headline or not name or len(name) > 60:
                continue
            if bare(name) in known or (host and bare(name) in (host, bare(urlsplit(url).hostname or ""))):
                return headline, name
            if bare(headline) in told:
                return headline, name
    return title, None


def choose_headline(candidates: list[tuple[str, str]]) -> int | None:
    """Position of the best of (method, text): that which most of them say; among equals, the first."""
    if not candidates:
        return None
    votes = Counter(bare(text) for _, text in candidates)
    return max(range(len(candidates)), key=lambda i: (votes[bare(candidates[i][1])], -i))
