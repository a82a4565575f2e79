from __future__ import annotations

import pytest

from newscrawl.urls import (
    absolute_url,
    ascii_host,
    ip_literal,
    is_front_page,
    normalise_url,
    path_of,
    registered_domain,
    same_site,
)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("../b?x=1#top", "https://example.com/b?x=1"),
        ("//cdn.example.com/b", "https://cdn.example.com/b"),
        ("  http://example.org  ", "http://example.org/"),
        ("", "https://example.com/a/"),
        ("/app#!/news/17", "https://example.com/app#!/news/17"),
        ("/app#!", "https://example.com/app"),  # a button
        ("https://example-com.cdn.ampproject.org/c/s/example.com/a?x=1", "https://example.com/a?x=1"),
        ("https://cdn.ampproject.org/v/example.com/a", "http://example.com/a"),
        ("https://cdn.ampproject.org/rtv/012/v0.js", "https://cdn.ampproject.org/rtv/012/v0.js"),
    ],
)
def test_hrefs_become_absolute(href: str, url: str) -> None:
    assert absolute_url("https://example.com/a/", href) == url


@pytest.mark.parametrize(
    "href",
    [
        "mailto:desk@example.com",
        "javascript:void(0)",
        "ftp://example.com/a",
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://[::1/",
        "http:///path",
        "/a\x00b",
        "/" + "a" * 2048,
    ],
)
def test_hrefs_that_name_no_page(href: str) -> None:
    assert absolute_url("https://example.com/", href) is None


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com//a", "https://example.com//a"),
        ("https://example.com/%7Euser/%e4", "https://example.com/~user/%E4"),
        ("https://example.com/é", "https://example.com/%C3%A9"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.com/a?utm_source=x&id=7&fbclid=y#top", "https://example.com/a?id=7"),
        ("https://example.com/a?b=1&a=2", "https://example.com/a?b=1&a=2"),
        ("https://example.com/a;jsessionid=0123ABCD?x=1", "https://example.com/a?x=1"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/%%34%31", "https://example.com/%2541"),
        ("https://example.com/a/%2e%2e/b", "https://example.com/b"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("https://example.com/#!/a", "https://example.com/#!/a"),
    ],
)
def test_equal_documents_compare_equal(url: str, normal: str) -> None:
    assert normalise_url(url) == normal
    assert normalise_url(normal) == normal


def test_a_number_named_sid_is_no_session() -> None:
    assert normalise_url("https://example.com/a?sid=4711").endswith("?sid=4711")
    assert normalise_url("https://example.com/a?sid=0123456789abcdef0123").endswith("/a")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("www.example.com", "example.com"),
        ("https://one.blogspot.com/", "one.blogspot.com"),
        ("https://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]:80/", "::1"),
        ("localhost", "localhost"),
        ("https://www.bücher.de/", "xn--bcher-kva.de"),
    ],
)
def test_registered_domain(url: str, domain: str) -> None:
    assert registered_domain(url) == domain


def test_blogs_of_one_host_are_different_sites() -> None:
    assert same_site("https://www.example.com/", "http://news.example.com/a")
    assert not same_site("https://one.blogspot.com/", "https://two.blogspot.com/")


@pytest.mark.parametrize("host", ["EXAMPLE.com.", "ｅxample.com", "example。com"])
def test_spellings_of_one_host(host: str) -> None:
    assert ascii_host(host) == "example.com"


def test_a_host_that_is_no_name_stays_harmless() -> None:
    assert ascii_host("a\u2009b\u0301\ufffd.com").isascii()


def test_literal_addresses() -> None:
    assert str(ip_literal("[2001:db8::1]")) == "2001:db8::1"
    assert ip_literal("example.com") is None


@pytest.mark.parametrize("path", ["", "/", "/index.html", "/en/", "/pt-BR", "/home"])
def test_front_pages(path: str) -> None:
    assert is_front_page("https://example.com" + path)


@pytest.mark.parametrize("path", ["/news", "/index.html?page=2", "/en/story", "/2026", "/#!/news/17"])
def test_other_pages(path: str) -> None:
    assert not is_front_page("https://example.com" + path)


def test_path_is_decoded() -> None:
    assert path_of("https://example.com/caf%C3%A9/?x=1") == "/café/"
