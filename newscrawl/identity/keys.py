"""Keys: of a report by its URL, of a text by its words, of a line by its characters."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import urlsplit

from newscrawl.urls import is_front_page, normalise_url, path_of, registered_domain, same_site

_NOT_WORD = re.compile(r"[\W_]+")
_FORM_OF_PAGE = re.compile(r"amp|print|full|all|single|page|pages?-?\d{1,3}|\d{1,3}|index\.\w{2,5}", re.IGNORECASE)
_DEVICE_LABELS = frozenset(("www", "m", "mobile", "mobil", "wap", "amp"))
_DEFAULT_DOCUMENT = re.compile(r"(?:index|default)\.(?:html?|shtml?|xhtml|php\d?|aspx?|jsp|cfm|do)", re.IGNORECASE)
_AMP_NAME = re.compile(r"(.*[^.])\.amp(\.html?)?", re.IGNORECASE)
_NAME_OF_REPORT = re.compile(r"[-_.\d]")
_AMP_PARAMETER = re.compile(r"_?amp(?:=(?:1|true|yes|amp)?)?|(?:outputtype|output|view|mode|layout)=amp", re.IGNORECASE)
_MOBILE_PARAMETER = re.compile(r"(?:m|mobile)=(?:0|1|true|false)", re.IGNORECASE)
"""Only where it stands alone: among others, `m=1` is a month."""
_NUMBER = re.compile(r"\d{4}")
_NUMBERED = re.compile(r"[?&][^=&]+=\d+(?:&|$)")


def url_key(url: str) -> str:
    """What a URL (absolute) is looked up by: equal for all addresses of one page. Never raises.

    Beyond `normalise_url`, what news sites serve one page under has one key: http and https, `www.`, mobile and AMP
    hosts, AMP paths and parameters, default documents, slashes at the end or doubled, parameters in any order.
    """
    try:
        parts = urlsplit(normalise_url(url))
    except ValueError:
        return url  # what is no http(s) URL is refused, and that is written down under the text itself
    if not parts.netloc:
        return url
    query = _plain_query(parts.query)
    return (
        _plain_host(parts.netloc)
        + _plain_path(parts.path)
        + (query and f"?{query}")
        + (parts.fragment and f"#{parts.fragment}")
    )


def _plain_host(host: str) -> str:
    """Without labels that only say for which device a page is made; never beyond the registered domain."""
    name, colon, port = host.rpartition(":") if host[-1:].isdigit() and ":" in host else (host, "", "")
    domain = registered_domain(name)
    labels, _, rest = name.removesuffix(domain).rpartition(".")
    if rest or not labels or not name.endswith(domain):
        return host
    return ".".join([*(label for label in labels.split(".") if label not in _DEVICE_LABELS), domain]) + colon + port


def _plain_path(path: str) -> str:
    segments = [segment for segment in path.split("/") if segment]
    while True:
        before = list(segments)
        if segments and _DEFAULT_DOCUMENT.fullmatch(segments[-1]):
            del segments[-1]
        elif segments and (amp := _AMP_NAME.fullmatch(segments[-1])):
            segments[-1] = amp[1] + (amp[2] or "")
        # `/tag/amp` is about guitars: what is left must look like a report's address.
        elif segments[1:] and segments[-1].lower() == "amp" and _NAME_OF_REPORT.search(segments[-2]):
            del segments[-1]
        elif segments[1:] and segments[0].lower() == "amp" and _NAME_OF_REPORT.search(segments[-1]):
            del segments[0]
        if segments == before:
            return "/" + "/".join(segments)


def _plain_query(query: str) -> str:
    pairs = [pair for pair in query.split("&") if pair and not _AMP_PARAMETER.fullmatch(pair)]
    if len(pairs) == 1 and _MOBILE_PARAMETER.fullmatch(pairs[0]):
        return ""
    return "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))  # equal names keep their order


def report_id(url: str) -> str:
    """The `_id` of the report at `url`, and of its ledger entry: blake2b-128 of the URL key, 32 hex digits."""
    return hashlib.blake2b(url_key(url).encode("utf-8", "replace"), digest_size=16).hexdigest()


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
