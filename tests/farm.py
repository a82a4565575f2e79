"""Many small sites behind one proxy on loopback, and what was asked of each, when."""

from __future__ import annotations

import contextlib
import random
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from newscrawl.urls import registered_domain
from tests.local import LocalServer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SYLLABLES = [
    "ba",
    "co",
    "de",
    "fi",
    "go",
    "hu",
    "ja",
    "ke",
    "li",
    "mo",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "zo",
]


class Asked(NamedTuple):
    """One request, when it was met and when its answer was sent."""

    began: float
    ended: float
    host: str
    path: str
    status: int


class Farm(LocalServer):
    """`reports` pages on every host, listed by its home page; `latency` seconds an answer."""

    def __init__(self, hosts: Sequence[str], reports: int, latency: float = 0.0, *, validators: bool = False) -> None:
        self.hosts = hosts
        self.validators = validators
        """Whether pages have an ETag, and conditional requests are answered with 304."""
        self.pages = {(host, f"/news/{n}-{_words(host, n, 4, '-')}"): n for host in hosts for n in range(reports)}
        self.log: list[Asked] = []
        super().__init__(_handler(self, latency))
        self.environment = {"http_proxy": self.url, "https_proxy": self.url, "no_proxy": ""}

    def write_sources(self, folder: Path, *lines: str) -> list[str]:
        """A source file for each host, with `lines` of TOML more; their ids."""
        folder.mkdir(parents=True, exist_ok=True)
        ids = [host.removesuffix(".test").replace(".", "-") for host in self.hosts]
        for source, host in zip(ids, self.hosts, strict=True):
            text = "\n".join((f'home = "http://{host}/"', f'sections = ["http://{host}/"]', "discover = false", *lines))
            (folder / f"{source}.toml").write_text(text + "\n", encoding="utf-8")
        return ids

    @property
    def urls(self) -> set[str]:
        """What a perfect crawl of all hosts stores."""
        return {f"http://{host}{path}" for host, path in self.pages}

    def fetched_twice(self) -> list[str]:
        """Report pages that were asked for more than once."""
        asked = Counter((one.host, one.path) for one in self.log if (one.host, one.path) in self.pages)
        return [f"{host}{path}" for (host, path), times in asked.items() if times > 1]

    def smallest_gap(self) -> float:
        """Seconds from one request to the next to the same registered domain, as the sites see them."""
        by_domain: dict[str, list[float]] = {}
        for one in sorted(self.log):
            by_domain.setdefault(registered_domain(one.host), []).append(one.began)
        return min(later - earlier for times in by_domain.values() for earlier, later in pairwise(times))

    def page(self, host: str, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        if path == "/":
            links = "".join(
                f'<li><h2><a href="{name}">{name[6:]}</a></h2></li>' for at, name in self.pages if at == host
            )
            return 200, f"<html><head><title>{host}</title></head><body><ul>{links}</ul></body></html>"
        if (n := self.pages.get((host, path))) is None:
            return 404, ""
        title = _words(host, n, 6).capitalize()
        text = "".join(f"<p>{_words(host, 100 * n + line, 40).capitalize()}.</p>" for line in range(1, 6))
        about = '<meta property="og:type" content="article">'
        about += f'<meta property="article:published_time" content="2026-01-{1 + n % 28:02}T10:00:00Z">'
        return 200, (
            f"<html lang=en><head><title>{title}</title>{about}</head>"
            f"<body><article><h1>{title}</h1>{text}</article></body></html>"
        )


def _handler(farm: Farm, latency: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            began = time.monotonic()
            at = urlsplit(self.path)
            status, text = farm.page(at.hostname or "", at.path)
            time.sleep(latency)
            body, etag = text.encode(), f'"{zlib.crc32(text.encode())}"'
            if farm.validators and status == 200:
                if self.headers["If-None-Match"] == etag:
                    status, body = 304, b""
                self.send_response(status)
                self.send_header("ETag", etag)
            else:
                self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # a crawler that was killed
                self.wfile.write(body)
            farm.log.append(Asked(began, time.monotonic(), at.hostname or "", at.path, status))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: the farm has its log."""

    return Handler


def _words(host: str, seed: int, number: int, between: str = " ") -> str:
    """Words that no other page has in this order."""
    rng = random.Random(f"{host} {seed} {number}")
    return between.join("".join(rng.choices(_SYLLABLES, k=rng.randint(2, 3))) for _ in range(number))
