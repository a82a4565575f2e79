"""A WebSub hub on loopback, and a site whose feed names it."""

from __future__ import annotations

import hashlib
import hmac
import socket
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from tests.local import LocalServer

if TYPE_CHECKING:
    from tests.web import PageSite


class Hub(LocalServer):
    """A WebSub hub that asks back before it answers, as some do, and pushes when told to."""

    def __init__(self, *, answer: int = 202, verify: bool = True, host: str = "127.0.0.1") -> None:
        self.asked: list[dict[str, str]] = []
        self.verified: list[tuple[int, str]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                hub.asked.append(form)
                if verify:
                    hub.verified.append(hub.verify(form["hub.mode"], form["hub.callback"], form["hub.topic"]))
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Nothing: `asked` has it."""

        super().__init__(Handler, host)
        self.url += "/"

    def verify(self, mode: str, callback: str, topic: str) -> tuple[int, str]:
        values = {"mode": mode, "topic": topic, "challenge": "a+b c&d", "lease_seconds": "864000"}
        query = urlencode({f"hub.{name}": value for name, value in values.items()})
        return call(urllib.request.Request(f"{callback}?{query}"))

    def push(self, *, secret: str | None = None, method: str = "sha256") -> int:
        body = b"<rss/>"
        digest = hmac.new((secret or self.asked[0]["hub.secret"]).encode(), body, getattr(hashlib, method)).hexdigest()
        headers = {"X-Hub-Signature": f"{method}={digest}", "Content-Type": "application/rss+xml"}
        return call(urllib.request.Request(self.asked[0]["hub.callback"], body, headers))[0]


def call(request: urllib.request.Request) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except urllib.error.URLError:  # nobody listens
        return 0, ""


def feed(site: PageSite, hub: Hub, numbers: range) -> str:
    items = "".join(f"<item><title>Pier {n}</title><link>{site.url}/news/pier-{n}</link></item>" for n in numbers)
    links = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{site.url}/feed"/>'
    head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Harbour</title>'
    return f"{head}<ttl>600</ttl>{links}{items}</channel></rss>"


def publish(site: PageSite, hub: Hub, number: int) -> None:
    text = "".join(
        f"<p>The pier {number} is closed for repairs until day {n} of the month, they say.</p>" for n in range(9)
    )
    site.pages[f"/news/pier-{number}"] = f"<html><title>Pier {number}</title><article>{text}</article></html>"
    site.pages["/feed"] = feed(site, hub, range(number + 1))


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"
