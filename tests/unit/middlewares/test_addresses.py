from __future__ import annotations

import ipaddress

import pytest
from scrapy import Request
from scrapy.resolver import dnscache
from twisted.internet.error import DNSLookupError
from twisted.internet.testing import MemoryReactor

from newscrawl.middlewares.addresses import (
    AddressGuardMiddleware,
    GuardedResolver,
    is_allowed,
    is_public,
    literal_address,
    parse_networks,
)
from newscrawl.middlewares.refusals import RefusedError
from newscrawl.urls import ascii_host


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1"]
)
def test_addresses_of_the_public_internet(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_inside_and_special_addresses(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


def test_teredo_is_judged_by_its_inner_address() -> None:
    assert not is_public(ipaddress.ip_address("2001:0:4136:e378:8000:63bf:f5ff:fffe"))  # 10.0.0.1


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0X7F.1",
        "0177.0.0.1",
        "0x7f.0.0.0x1",
        "00000177.0.0.01",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_spellings_of_one_address(host: str) -> None:
    assert literal_address(ascii_host(host)) == ipaddress.ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["example.com", "dead.beef", "1.2.3.4.5", "256.0.0.1", "0x.com", "", "127.0.0.1 "])
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


def test_networks() -> None:
    networks = parse_networks(" 127.0.0.0/8, 10.1.2.3/16 ,fd00::/8,")
    assert [str(network) for network in networks] == ["127.0.0.0/8", "10.1.0.0/16", "fd00::/8"]
    assert is_allowed(ipaddress.ip_address("10.1.9.9"), networks)
    assert not is_allowed(ipaddress.ip_address("10.2.0.1"), networks)
    assert parse_networks("") == ()


def test_a_bad_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"NEWSCRAWL_ALLOW_NETWORKS: '10.0.0.0/99' is no network; write for example"):
        parse_networks("127.0.0.0/8,10.0.0.0/99")


@pytest.mark.parametrize(
    "url", ["https://example.com/", "http://example.com:80/", "https://example.com:443/", "http://8.8.8.8/"]
)
async def test_public_urls_pass(url: str) -> None:
    await AddressGuardMiddleware(()).process_request(Request(url))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/", "inside address 127.0.0.1"),
        ("http://0x7f.1/", "inside address 0x7f.1"),
        ("http://[::ffff:10.0.0.1]/", "inside address"),
        ("http://localhost/", "inside address localhost"),
        ("http://printer.local/", "inside address printer.local"),
        ("http://metadata.google.internal/", "inside address metadata.google.internal"),
        ("http://router.home.arpa./", "inside address router.home.arpa"),
        ("https://example.com:8443/", "port 8443 is not fetched"),
        ("https://8.8.8.8:22/", "port 22 is not fetched"),
        ("https://user:secret@example.com/", "URL with credentials"),
        ("ftp://example.com/", "scheme ftp is not fetched"),
        ("file:///etc/passwd", "scheme file is not fetched"),
    ],
)
async def test_urls_that_lead_inside_are_refused(url: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        await AddressGuardMiddleware(()).process_request(Request(url))


async def test_an_opened_network_may_use_any_port() -> None:
    guard = AddressGuardMiddleware(parse_networks("127.0.0.0/8"))
    await guard.process_request(Request("http://127.0.0.1:8000/"))
    await guard.process_request(Request("http://localhost:8000/"))
    with pytest.raises(RefusedError, match="inside address"):
        await guard.process_request(Request("http://10.0.0.1:8000/"))
    with pytest.raises(RefusedError, match="port 8000"):
        await guard.process_request(Request("http://8.8.8.8:8000/"))


def resolve(name: str, address: str, allowed: str = "", proxies: tuple[str, ...] = ()) -> object:
    """What the resolver gives out for a name that its cache knows."""
    resolver = GuardedResolver(MemoryReactor(), 10, 1.0, allowed=parse_networks(allowed), proxies=proxies)
    dnscache[name] = address
    answers: list[object] = []
    resolver.getHostByName(name).addBoth(answers.append)
    return getattr(answers[0], "value", answers[0])


def test_a_name_at_a_public_address_resolves() -> None:
    assert resolve("example.com", "8.8.8.8") == "8.8.8.8"


def test_a_name_at_an_inside_address_does_not() -> None:
    error = resolve("rebind.example.com", "169.254.169.254")
    assert isinstance(error, DNSLookupError)
    assert "inside address 169.254.169.254" in str(error)


def test_the_operator_opens_networks_and_names_proxies() -> None:
    assert resolve("demo.example.com", "127.0.0.1", allowed="127.0.0.0/8") == "127.0.0.1"
    assert resolve("proxy.example.com", "10.0.0.1", proxies=("proxy.example.com",)) == "10.0.0.1"
