from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPIC = "http://gazette.example/feed"
SUBSCRIBER = Path(__file__).with_name("websub_subscriber.py")


class Hub:
    """A WebSub hub that asks back before it answers, as some do, and pushes when told to."""

    def __init__(self, *, answer: int = 202, verify: bool = True) -> None:
        self.asked: list[dict[str, str]] = []
        self.verified: list[tuple[int, str]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                hub.asked.append(form)
                if verify:
                    hub.verified.append(hub.verify(form["hub.callback"]))
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Nothing: `asked` has it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def verify(self, callback: str, **changed: str) -> tuple[int, str]:
        values = {"mode": "subscribe", "topic": TOPIC, "challenge": "a+b c&d", "lease_seconds": "864000"} | changed
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


class Subscriber:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def hears(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())  # type: ignore[no-any-return]

    def tend_again(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.hears()


@contextmanager
def subscriber(home: Path, database: str, hub: str, networks: str = "127.0.0.0/8") -> Iterator[Subscriber]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    proxies = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}
    variables = {name: value for name, value in os.environ.items() if name not in proxies}
    with subprocess.Popen(
        [sys.executable, str(SUBSCRIBER), str(home), database, address, hub],
        env={**variables, "NEWSCRAWL_ALLOW_NETWORKS": networks},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield Subscriber(process)
        finally:
            process.communicate(timeout=30)


def test_subscribes_proves_its_intent_and_takes_a_push_for_a_word(mongodb_home: Path, database: str) -> None:
    with Hub() as hub, subscriber(mongodb_home, database, hub.url) as ours:
        assert ours.hears() == {"live": True}
        asked = hub.asked[0]
        assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", TOPIC)
        assert hub.verified == [(200, "a+b c&d")]
        assert hub.push() == 202
        assert ours.hears() == {"pushed": "http://gazette.example/rss", "source": "gazette"}
        assert hub.push(method="sha1") == 202
        assert ours.hears()["source"] == "gazette"


def test_a_push_with_a_wrong_signature_is_nothing(mongodb_home: Path, database: str) -> None:
    with Hub() as hub, subscriber(mongodb_home, database, hub.url) as ours:
        ours.hears()
        assert hub.push(secret="guessed") == 202
        assert ours.tend_again() == {"live": True}  # and no push before it


def test_what_we_did_not_ask_for_is_not_verified(mongodb_home: Path, database: str) -> None:
    with Hub() as hub, subscriber(mongodb_home, database, hub.url) as ours:
        ours.hears()
        callback = hub.asked[0]["hub.callback"]
        assert hub.verify(callback, topic="http://gazette.example/other")[0] == 404
        assert hub.verify(callback, mode="unsubscribe")[0] == 404
        assert hub.verify(f"{callback}0")[0] == 404


def test_a_live_subscription_is_not_asked_for_again_nor_is_one_that_was_denied(
    mongodb_home: Path, database: str
) -> None:
    with Hub() as hub, subscriber(mongodb_home, database, hub.url) as ours:
        ours.hears()
        ours.tend_again()
        assert len(hub.asked) == 1
        hub.verify(hub.asked[0]["hub.callback"], mode="denied")
        assert ours.tend_again() == {"live": False}
        assert hub.push() == 410
        assert len(hub.asked) == 1  # and not before tomorrow


def test_a_hub_that_refuses_is_left_alone(mongodb_home: Path, database: str) -> None:
    with Hub(answer=403, verify=False) as hub, subscriber(mongodb_home, database, hub.url) as ours:
        assert ours.hears() == {"live": False}
        assert ours.tend_again() == {"live": False}
        assert len(hub.asked) == 1


def test_a_hub_inside_the_network_is_not_called(mongodb_home: Path, database: str) -> None:
    with Hub() as hub, subscriber(mongodb_home, database, hub.url, networks="") as ours:
        assert ours.hears() == {"live": False}
        assert hub.asked == []
