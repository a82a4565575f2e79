"""Keys: of a report by its URL, of a text by its words, of a line by its characters."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from newscrawl.urls import is_front_page, normalise_url, path_of, same_site

_NOT_WORD = re.compile(r"[\W_]+")
_FORM_OF_PAGE = re.compile(r"amp|print|full|all|single|page|pages?-?\d{1,3}|\d{1,3}|index\.\w{2,5}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{4}")
_NUMBERED = re.compile(r"[?&][^=&]+=\d+(?:&|$)")


def url_key(url: str) -> str:
    """What a URL (absolute) is looked up by: normalised, without the scheme.

    http and https name the same document on every news site we know of; a site that moves to https must not have
    all its reports stored again.
    """
    try:
        return normalise_url(url).partition("://")[2] or url
    except ValueError:
        return url  # what is no http(s) URL is refused, and that is written down under the text itself


def report_id(url: str) -> str:
    """The `_id` of the report at `url`, and of its ledger entry: blake2b-128 of the URL key, 32 hex digits."""
    return hashlib.blake2b(url_key(url).encode(), digest_size=16).hexdigest()


def content_hash(headline: str | None, body: str | None) -> str:
    """blake2b-128 of the words of headline and body, 32 hex digits.

    Case, punctuation, spacing and Unicode form do not count: a changed quotation mark is no new text.
    """
    text = unicodedata.normalize("NFKC", f"{headline or ''}\n{body or ''}").casefold()
    words = _NOT_WORD.sub(" ", text).strip()
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()


def line_key(line: str) -> str:
    """What a line is recognised by: blake2b-64 of its characters without blanks and case, 16 hex digits.

    Digits count: a line with other numbers tells something else, and lines that are nothing but a time or a counter
    are taken away by rules.
    """
    squeezed = "".join(line.casefold().split())
    return hashlib.blake2b(squeezed.encode("utf-8", "replace"), digest_size=8).hexdigest()


def identity_url(url: str, canonical: str | None) -> str:
    """The URL by which a report is known: `url`, where it was fetched, or the address that the page names.

    Both are absolute. The page's claim counts only within its registered domain, and only where it can be this report:
    many sites name a front page or a section on all their pages, and that would make one report of them all.
    """
    if canonical is None or not same_site(url, canonical) or is_front_page(canonical):
        return url
    here, there = (path_of(normalise_url(address)).rstrip("/") for address in (url, canonical))
    if here.startswith(there + "/"):
        left_out = here[len(there) + 1 :].split("/")
        return canonical if all(_FORM_OF_PAGE.fullmatch(segment) for segment in left_out) else url
    if here == there and "?" in normalise_url(url) and "?" not in normalise_url(canonical):
        return url if _NUMBERED.search(url_key(url)) else canonical  # `/story?id=17` is no `/story`
    as_deep = len(there) * 2 >= len(here) or _NUMBER.search(there) is not None
    return canonical if as_deep else url
