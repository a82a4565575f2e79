"""URLs: made absolute, made comparable, and whose they are."""

from __future__ import annotations

import functools
import ipaddress
import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import idna
import tldextract

MAX_LENGTH = 2048
"""Longer URLs are refused: no report needs one, traps grow them."""

# Parameters that say how a reader came here or who the reader is, not which document this is.
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|at_(?:medium|campaign|custom\d|link\w*|format|ptr_name|bbc_team)|"
    r"fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|igshid|igsh|yclid|_openstat|mc_[ce]id|mkt_tok|"
    r"_hs(?:enc|mi)|oly_(?:anon|enc)_id|vero_id|wt_?(?:zmc|mc)\w*|xtor|cmpid|cmp|ncid|ocid|ito|icid|s_cid|smid|smtyp|"
    r"ref_src|ref_url|guccounter|guce_referrer\w*|spm|sr_share|share_id|__twitter_impression|amp_js_v",
    re.ASCII | re.IGNORECASE,
)
_SESSION = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|sessionid|session_id|sid|s", re.ASCII | re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-zA-Z,-]{20,}", re.ASCII)
_PATH_SESSION = re.compile(r";jsessionid=[^/?#]*", re.ASCII | re.IGNORECASE)
_FRONT_PATH = re.compile(r"/?(index\.\w{2,5}|home/?|[a-z]{2}([-_][a-zA-Z]{2})?/?)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# The public suffix list that ships with tldextract, private suffixes (blogspot.com, github.io) included; it is never
# fetched, so that no look-up of ours leaves the machine.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def absolute_url(base: str, href: str) -> str | None:
    """`href` as found on the page `base`, as an absolute http(s) URL without fragment, or None where it names none.

    None too for URLs with credentials, of more than 2,048 characters, or that cannot be parsed.
    """
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    if len(url) > MAX_LENGTH or _CONTROL.search(url):
        return None
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def normalise_url(url: str) -> str:
    """`url` (absolute) in the form in which equal documents compare equal.

    RFC 3986, section 6.2.2 and 6.2.3: case of scheme and host, default port, dot segments, percent-encoding, empty
    path; the fragment, tracking parameters and session ids go. The order of the other parameters stays.
    """
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    port = parts.port
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    path = _normalise_escapes(_PATH_SESSION.sub("", _without_dots(parts.path or "/")), "/")
    pairs = [pair for pair in parts.query.split("&") if pair and not _is_noise(pair)]
    return urlunsplit((parts.scheme, host, path, _normalise_escapes("&".join(pairs), "&=+?/"), ""))


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4. urljoin would take a path that begins with `//` for a host."""
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    if path.endswith(("/.", "/..")):
        segments.append("")
    return "/" + "/".join(segments)


def _is_noise(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if _TRACKING.fullmatch(name):
        return True
    # `sid=4711` is a report's number in many old systems; only what looks like a token is a session.
    return _SESSION.fullmatch(name) is not None and _SESSION_VALUE.fullmatch(value) is not None


def _normalise_escapes(text: str, keep: str) -> str:
    """Escapes of unreserved characters decoded, all others upper case; characters that need it escaped."""

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return quote(_ESCAPED.sub(one, text), safe=keep + "%:@!$'()*,;=~+&")


def ascii_host(host: str) -> str:
    """The host in lower case and in its ASCII form (RFC 5891), without a trailing dot."""
    host = host.rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return quote(host, safe="")


@functools.lru_cache(maxsize=10_000)
def registered_domain(url_or_host: str) -> str:
    """The domain that one registrant holds (public suffix list with private suffixes): the unit of politeness.

    `https://news.bbc.co.uk/x` -> `bbc.co.uk`. An IP address or a name without a known suffix is its own domain.
    """
    host = urlsplit(url_or_host).hostname or "" if "://" in url_or_host else url_or_host
    host = ascii_host(host)
    if ip_literal(host) is not None:
        return host
    # top_domain_under_registry_suffix would put every blog of a hosting service into one domain.
    found: str = _suffixes.extract_str(host).top_domain_under_public_suffix
    # Where no rule of the list matches, its last rule is "*": the last label is the suffix.
    return found or ".".join(host.split(".")[-2:])


def ip_literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a host names literally, IPv6 with or without brackets, or None where it is a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def same_site(url: str, other: str) -> bool:
    """Whether two URLs belong to one registered domain."""
    return registered_domain(url) == registered_domain(other)


def path_of(url: str) -> str:
    """The decoded path of a URL."""
    return unquote(urlsplit(url).path)


def is_front_page(url: str) -> bool:
    """Whether a URL is the front page of a site, or of one of its languages (`/`, `/index.html`, `/en/`)."""
    parts = urlsplit(url)
    return not parts.query and _FRONT_PATH.fullmatch(parts.path) is not None
