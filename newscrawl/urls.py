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

# Parameters that say how a reader came here, not which document this is: by the documentation of those who add them.
# None of them ever selects a report; names that may (`id`, `p`, `article`, `ref=4711`) are not here.
_TRACKING = re.compile(
    r"utm_\w+|_ga|_gl|gclid|gclsrc|dclid|gbraid|wbraid|gad_source|gad_campaignid|srsltid|"  # Google Analytics and Ads
    r"fbclid|fb_(?:action_ids|action_types|source|ref)|igshid|igsh|"  # Meta
    r"msclkid|twclid|ttclid|li_fat_id|sccid|epik|rdt_cid|yclid|ysclid|_openstat|"  # other click ids
    r"mc_[ce]id|_hs(?:enc|mi)|hsctatracking|hsa_\w+|mkt_tok|vero_(?:id|conv)|oly_(?:anon|enc)_id|_kx|"  # newsletters
    r"vgo_ee|elq(?:trackid|track|aid|cid|campaignid)?|ml_subscriber\w*|"
    r"mtm_\w+|pk_\w+|piwik_\w+|"  # Matomo
    r"at_(?:medium|campaign|custom\d|link\w*|format|ptr_name|bbc_team)|xtor|xtref|"  # AT Internet (Piano)
    r"wt_?(?:zmc|mc)\w*|etcc_\w+|ns_(?:mchannel|source|campaign|linkname|fee)|"  # Webtrekk, etracker, comScore
    r"cm_(?:mmc|ven|cat|pla|ite)\w*|s_k?w?cid|ef_id|icid|int_cmp|intcmp|"  # Coremetrics, Adobe
    r"cmpid|cmp|ncid|ocid|ito|smid|smtyp|soc_(?:src|trk)|trk(?:campaign|info)?|"  # campaign ids of publishers
    r"ref_src|ref_url|guccounter|guce_referrer\w*|spm|sr_share|share_id|sharetype|__twitter_impression|"
    r"amp_js_v|amp_gsa|amp_r|usqp",  # AMP viewers
    re.ASCII | re.IGNORECASE,
)
# The same said by a word; with a digit it may be the number of a document.
_ORIGIN = re.compile(r"(?:ref|referr?er|source|from|via|share)=[a-z][a-z_.-]{0,30}", re.ASCII | re.IGNORECASE)
_SESSION = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|cftoken|oscsid|zenid", re.ASCII | re.IGNORECASE)
_PERHAPS_SESSION = re.compile(r"s|sid|sess|sessid|session|session_?id|cfid", re.ASCII | re.IGNORECASE)
# Letters and three digits among 20 characters or more, or a UUID: `sid=4711` and `s=harbour-opens-2025` are not.
_TOKEN = re.compile(
    r"(?=[0-9]*[a-z])(?=(?:[a-z]*[0-9]){3})[0-9a-z]{20,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.ASCII | re.IGNORECASE,
)
# `;jsessionid=...` of servlets (and of PHP), `(S(...))` of ASP.NET without cookies.
_SEGMENT_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=.*", re.ASCII | re.IGNORECASE)
_ASP_SESSION = re.compile(r"\([AFSX]\([0-9a-zA-Z_-]{10,}\)(?:[AFSX]\([0-9a-zA-Z_-]{10,}\))*\)", re.ASCII)
_ROUTE = re.compile(r"!/?[^/].*")
"""A fragment that names a page of its own (`#!/news/17`); all others name a place on the page."""
# Addresses of AMP caches: /c content, /v viewer, /i image, /r resource; then s for https, and the original address.
_AMP_CACHE = re.compile(r"https?://(?:[^/?#]+\.)?cdn\.ampproject\.org/(?:[cvir]|wp)/(s/)?([^/?#]+\.[^/?#]+(?:[/?].*)?)")
_FRONT_PATH = re.compile(r"/?(index\.\w{2,5}|home/?|[a-z]{2}([-_][a-zA-Z]{2})?/?)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# The public suffix list that ships with tldextract, private suffixes (blogspot.com, github.io) included; it is never
# fetched, so that no look-up of ours leaves the machine.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def absolute_url(base: str, href: str) -> str | None:
    """`href` as found on the page `base`, as an absolute http(s) URL, or None where it names none.

    The fragment goes, unless it is a route (`#!/news/17`). The address of an AMP cache becomes the original's: what is
    fetched is the publisher's page. None too for URLs with credentials, of more than 2,048 characters, or that cannot
    be parsed.
    """
    try:
        url = urljoin(base, href.strip())
        if (cached := _AMP_CACHE.fullmatch(url)) is not None:
            url = f"{'https' if cached[1] else 'http'}://{cached[2]}"
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not (parts.hostname or "").strip(".") or parts.username is not None:
        return None
    if len(url) > MAX_LENGTH or _CONTROL.search(url):
        return None
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, _route(parts.fragment)))


def normalise_url(url: str) -> str:
    """`url` (absolute) in the form in which equal addresses compare equal.

    RFC 3986, sections 6.2.2 and 6.2.3: case of scheme and host, default port, dot segments, percent-encoding, empty
    path; hosts by UTS 46. The fragment, tracking parameters and session ids go. The order of the other parameters
    stays. What names no host is left as it is. Raises ValueError where it cannot be parsed.
    """
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    if not host:
        return url
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    # Escapes first: `%2e%2e` is a dot segment, `utm%5Fsource` a tracking parameter.
    path = _without_dots(_without_sessions(_normalise_escapes(parts.path or "/", "/")))
    pairs = [pair for pair in _normalise_escapes(parts.query, "&=+?/").split("&") if pair and not _is_noise(pair)]
    route = _normalise_escapes(_route(parts.fragment), "/?&=")
    return urlunsplit((parts.scheme, host, path, "&".join(pairs), route))


def _route(fragment: str) -> str:
    return fragment if _ROUTE.fullmatch(fragment) else ""


def _without_sessions(path: str) -> str:
    segments = [_SEGMENT_SESSION.sub("", segment) for segment in path.split("/")]
    return "/".join(segment for segment in segments if _ASP_SESSION.fullmatch(segment) is None)


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
    pair = pair.removeprefix("amp;")  # of a link that was escaped twice
    name, _, value = pair.partition("=")
    if _TRACKING.fullmatch(name) or _SESSION.fullmatch(name) or _ORIGIN.fullmatch(pair):
        return True
    # `sid=4711` is a report's number in many old systems; only what looks like a token is a session.
    return _PERHAPS_SESSION.fullmatch(name) is not None and _TOKEN.fullmatch(value) is not None


def _normalise_escapes(text: str, keep: str) -> str:
    """Escapes of unreserved characters decoded, all others upper case; characters that need it escaped."""

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return quote(_ESCAPED.sub(one, text), safe=keep + "%:@!$'()*,;=~+&", errors="replace")


def ascii_host(host: str) -> str:
    """The host in lower case and in its ASCII form (RFC 5891, mapped by UTS 46), without a trailing dot."""
    host = host.rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii").rstrip(".")
    except (idna.IDNAError, UnicodeError):
        return quote(host, safe="%", errors="replace").rstrip(".").lower()


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
    return not parts.query and not _route(parts.fragment) and _FRONT_PATH.fullmatch(parts.path) is not None
