"""The address guard: nothing inside the operator's network is reached through what a page, feed or redirect says.

The address is checked where it is dialled (`GuardedResolver`), so a name cannot change its meaning between check and
connection. What the resolver never sees, literal addresses behind a proxy among it, the middleware checks before.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from newscrawl.middlewares.refusals import NoHostError, RefusedError
from newscrawl.urls import ascii_host, ip_literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LOCAL_NAMES = re.compile(r"(?:.+\.)?(?:localhost|local|internal|localdomain|home\.arpa)")
_refused_names: dict[str, str] = {}
"""Name -> inside address it led to. The resolver is one per process and cannot tell Twisted why it refuses."""


def parse_networks(text: str) -> tuple[Network, ...]:
    """NEWSCRAWL_ALLOW_NETWORKS as networks. Raises ValueError naming the bad one."""
    networks = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError as error:
            msg = f"NEWSCRAWL_ALLOW_NETWORKS: {part!r} is no network; write for example 127.0.0.0/8,10.1.0.0/16"
            raise ValueError(msg) from error
    return tuple(networks)


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether `address` lies in a network that the operator has opened."""
    return any(address in network for network in allowed)


def is_public(address: Address) -> bool:
    """Whether `address` is a unicast address of the public internet (IANA special-purpose registries)."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:  # deprecated by RFC 3879, and still routed inside
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def literal_address(host: str) -> Address | None:
    """The address that `host` spells, in the old forms of inet_aton too (`2130706433`, `0177.0.0.1`); None: a name."""
    found = ip_literal(host)
    if found is None and re.fullmatch(r"[0-9a-fA-FxX.]+", host) and host[-1:].isalnum():
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    return found


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver (IPv4, cached) that gives out no inside address."""

    def __init__(
        self,
        reactor: ReactorBase,
        cache_size: int,
        timeout: float,
        *,
        allowed: Sequence[Network] = (),
        proxies: Sequence[str] = (),
    ) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allowed = allowed
        self.proxies = frozenset(proxies)

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE"),
            settings.getfloat("DNS_TIMEOUT"),
            allowed=parse_networks(settings["NEWSCRAWL_ALLOW_NETWORKS"]),
            proxies=settings.getlist("NEWSCRAWL_PROXY_HOSTS"),
        )

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802  Twisted's name
        found = super().getHostByName(name, timeout)
        return found if name in self.proxies else found.addCallback(self._check, name)

    def _check(self, result: str, name: str) -> str:
        address = ipaddress.ip_address(result)
        if is_public(address) or is_allowed(address, self.allowed):
            return result
        _refused_names[name] = result
        raise DNSLookupError(f"{name} is at the inside address {result}")


class AddressGuardMiddleware:
    """Refuses URLs that lead inside, to other ports than 80 and 443, or carry credentials."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self.allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(parse_networks(crawler.settings["NEWSCRAWL_ALLOW_NETWORKS"]))

    async def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        host = ascii_host(parts.hostname or "")
        if parts.scheme not in ("http", "https") or not host:
            raise RefusedError(f"scheme {parts.scheme or 'missing'} is not fetched")
        if parts.username is not None:
            raise RefusedError("URL with credentials")
        address = literal_address(host)
        if address is None and self.allowed and (parts.port or _LOCAL_NAMES.fullmatch(host)):
            address = await _look_up(host)
        if address is not None and is_allowed(address, self.allowed):
            return
        if (address is not None and not is_public(address)) or _LOCAL_NAMES.fullmatch(host):
            raise RefusedError(f"inside address {host}")
        if parts.port not in (None, 80, 443):
            raise RefusedError(f"port {parts.port} is not fetched")

    async def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, CannotResolveHostError):
            host = ascii_host(urlsplit(request.url).hostname or "")
            if host in _refused_names:
                raise RefusedError(f"inside address {host} ({_refused_names[host]})") from exception
            raise NoHostError(f"host {host} does not resolve") from exception


async def leads_inside(request: Any) -> bool:
    """Whether a request of a browser (Playwright's Request) leads to no public address: such a request is aborted."""
    parts = urlsplit(request.url)
    host = ascii_host(parts.hostname or "")
    if parts.scheme in ("data", "blob"):
        return False
    address = literal_address(host) or await _look_up(host)
    return parts.scheme not in ("http", "https") or address is None or not is_public(address)


async def _look_up(host: str) -> Address | None:
    """The address of a name, or None where it has none."""
    try:
        found: list[Any] = await asyncio.to_thread(socket.getaddrinfo, host, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return None
    return ipaddress.ip_address(found[0][4][0]) if found else None
