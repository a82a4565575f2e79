from __future__ import annotations

import pickle
import time

import pytest

from newscrawl.discovery.robots import ALLOW_ALL, DISALLOW_ALL, Robots, parse_robots

AGENT = "newscrawl/1.0 (+https://news.example/bot)"


def allowed(rules: str, path: str) -> bool:
    return parse_robots(f"User-agent: *\n{rules}".encode(), AGENT).allows(f"https://news.example{path}")


@pytest.mark.parametrize(
    ("rules", "path", "right"),
    [
        ("Disallow: /private/", "/private/a", False),
        ("Disallow: /private/", "/private", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /*.php$", "/x/y.php", False),
        ("Disallow: /*.php$", "/x/y.php?a=1", True),
        ("Disallow: /*?", "/x?a=1", False),
        ("Disallow: /a*b*c", "/a-c-b-c", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /a*a$", "/a", True),
        ("Disallow: *print", "/x/print", False),
        ("Disallow: /x/**$", "/x/y", False),
        ("Disallow: /%7ejo/", "/~jo/x", False),
        ("Disallow: /caf\u00e9", "/caf%c3%a9", False),
        ("Disallow: /a%2fb", "/a/b", True),
        ("Disallow: private", "/private", False),
        ("disallow : /a # the rest", "/a", False),
    ],
)
def test_rules(rules: str, path: str, right: bool) -> None:
    assert allowed(rules, path) is right


def test_our_group_and_no_other() -> None:
    others = b"User-agent: Other\nDisallow: /\n\nUser-agent: *\nDisallow: /all\n\n"
    body = others + b"User-agent: NewsCrawl\nUser-agent: Third\nDisallow: /ours\n"
    robots = parse_robots(body, AGENT)
    assert not robots.allows("https://news.example/ours")
    assert robots.allows("https://news.example/all")


def test_groups_of_one_agent_are_merged_and_versions_do_not_count() -> None:
    robots = parse_robots(
        b"User-agent: newscrawl/2\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: newscrawl\nDisallow: /b", AGENT
    )
    assert [robots.allows(f"https://news.example/{path}") for path in "abc"] == [False, False, True]


def test_line_ends_and_byte_order_mark() -> None:
    robots = parse_robots(
        b"\xef\xbb\xbfUser-agent: *\rDisallow: /a\r\nSitemap: https://news.example/s.xml\rDisallow: /b", AGENT
    )
    assert [robots.allows(f"https://news.example/{path}") for path in "abc"] == [False, False, True]
    assert robots.sitemaps == ("https://news.example/s.xml",)


@pytest.mark.parametrize(
    ("value", "delay"),
    [("5", 5.0), ("0.5", 0.5), ("-1", None), ("nan", None), ("inf", None), ("soon", None), ("", None)],
)
def test_crawl_delay(value: str, delay: float | None) -> None:
    assert parse_robots(f"User-agent: *\nCrawl-delay: {value}".encode(), AGENT).crawl_delay == delay


def test_the_delay_of_another_group_is_not_ours() -> None:
    assert parse_robots(b"User-agent: x\nCrawl-delay: 9\nUser-agent: *\nAllow: /", AGENT).crawl_delay is None


@pytest.mark.parametrize(
    "body", [b"", b"<!DOCTYPE html><p>User-agent: *\nDisallow: /", b"\xff\xfe\x00", b"Disallow: /"]
)
def test_no_rules(body: bytes) -> None:
    assert parse_robots(body, AGENT) == Robots()


def test_only_the_first_part_counts_and_no_half_line() -> None:
    body = b"User-agent: *\nDisallow: /a\nDisallow: /bbbbbbbb\n"
    robots = parse_robots(body, AGENT, max_bytes=len(body) - 6)
    assert not robots.allows("https://news.example/a")
    assert robots.allows("https://news.example/bbbb")


def test_constants() -> None:
    assert ALLOW_ALL.allows("https://news.example/x")
    assert not DISALLOW_ALL.allows("https://news.example/x")


def test_it_travels_between_processes() -> None:
    robots = parse_robots(b"User-agent: *\nDisallow: /a*b", AGENT)
    assert pickle.loads(pickle.dumps(robots)) == robots


def best_of_three(robots: Robots, url: str) -> float:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        robots.allows(url)
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.parametrize("line", [b"Disallow: /p%d\n", b"Disallow: *x%d\n", b"Disallow: /*a*a*a*a*b%d$\n"])
def test_many_rules_are_matched_in_time(line: bytes) -> None:
    body = b"User-agent: *\n" + b"".join(line % i for i in range(500_000 // len(line)))
    robots = parse_robots(body[:512_000], AGENT)
    assert best_of_three(robots, "https://news.example/" + "a" * 2000) < 2
