"""Keys: of a report by its URL, of a text by its words."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from newscrawl.urls import is_front_page, normalise_url, path_of, same_site

_NUMBERED = re.compile(r"[?&][^=&]+=\d+(?:&|$)")
_NOT_WORD = re.compile(r"[\W_]+")


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


def identity_url(url: str, canonical: str | None) -> str:
    """The URL that a page is filed under: the fetched one, or what it calls canonical where that can be believed.

    It can within the same registered domain, and where it names a page as specific: a canonical link to the front page
    or to a folder above the page is a mistake that would make one report of many.
    """
    if canonical is None or not same_site(url, canonical) or is_front_page(canonical):
        return url
    path, claimed = path_of(url).rstrip("/"), path_of(canonical).rstrip("/")
    if path == claimed and "?" not in canonical and _NUMBERED.search(url_key(url)):
        return url  # `/story?id=17` is not `/story`
    return url if path != claimed and path.startswith(claimed + "/") else canonical
