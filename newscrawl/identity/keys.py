"""Keys: of a report by its URL, of a text by its words."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from newscrawl.urls import normalise_url

_NOT_WORD = re.compile(r"[\W_]+")


def url_key(url: str) -> str:
    """What a URL (absolute) is looked up by: normalised, without the scheme.

    http and https name the same document on every news site we know of; a site that moves to https must not have
    all its reports stored again.
    """
    return normalise_url(url).partition("://")[2]


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
