"""What end-to-end tests and benchmarks share: the replay web, and newscrawl as a user runs it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from newscrawl.store.store import open_store
from tests.local import LocalServer

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
REPLAY = SHARED / "replay" / "replay.py"
NO_REPLAY = f"the replay web is not here: {REPLAY} is missing"


class ReplayWeb:
    """The replay web in a process of its own; its options are those of `replay.py`."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, str(REPLAY), "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.about = json.loads(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.about['port']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def control(self, page: str) -> Any:
        """A control page (`truth.json`, `stats.json`, `advance?s=60`, `reset`) as JSON."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/__replay__/{page}", timeout=30) as answer:
            return json.load(answer)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that send a crawler here."""
        variables = {"http_proxy": self.url, "https_proxy": self.url, "no_proxy": ""}
        return {**variables, "SSL_CERT_FILE": self.about["ca"]} if self.about["ca"] else variables


class Newscrawl:
    """The command line with a home of its own."""

    def __init__(self, home: Path, environment: dict[str, str] | None = None) -> None:
        self.home = home
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("NEWSCRAWL_", "MONGODB_"))},
            "NEWSCRAWL_HOME": str(home / "data"),
            "NEWSCRAWL_SOURCES": str(home / "sources"),
            **(environment or {}),
        }

    def command(self, *arguments: str) -> list[str]:
        """The words of a command."""
        return [sys.executable, "-m", "newscrawl", *arguments]

    def run(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def reports(self, *options: str) -> list[dict[str, Any]]:
        """What is stored."""
        done = self.run("export", *options)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def let_pass(self, hours: float) -> None:
        """Make the ledger believe that it was written so much earlier: what time alone does to it."""

        async def shift() -> None:
            home, database = Path(self.environment["NEWSCRAWL_HOME"]), self.environment.get("MONGODB_DATABASE")
            uri = self.environment.get("MONGODB_URI", "")
            async with open_store(uri, database or "newscrawl", home, 20) as store:
                names = ("first_seen_at", "checked_at", "due_at", "born_at", "gone_since")
                back = {
                    name: {"$cond": [{"$eq": [{"$type": f"${name}"}, "date"]}, earlier(name), "$$REMOVE"]}
                    for name in names
                }
                await store.connection.database.urls.update_many({}, [{"$set": back}])

        def earlier(name: str) -> dict[str, Any]:
            return {"$subtract": [f"${name}", int(hours * 3_600_000)]}

        asyncio.run(shift())

    def crawl(self, *arguments: str, timeout: float = 600) -> tuple[int, list[dict[str, Any]], str]:
        """Crawl; exit status, results and standard error."""
        done = self.run("crawl", "--json", *arguments, timeout=timeout)
        return done.returncode, json.loads(done.stdout) if done.stdout else [], done.stderr


def missing_reports(truth: dict[str, Any], reports: Sequence[dict[str, Any]], hosts: Sequence[str]) -> list[str]:
    """URLs that a perfect crawl of `hosts` has and this one has not."""
    stored = {bare(url) for report in reports for url in (report["url"], *report.get("also_at", ()))}
    return [
        article["url"]
        for host in hosts
        for article in truth["hosts"][host]["articles"]
        if article["must_store"] is True
        and not stored & {bare(url) for url in (article["url"], *article.get("aliases", ()))}
    ]


def wrong_reports(truth: dict[str, Any], reports: Sequence[dict[str, Any]], hosts: Sequence[str]) -> list[str]:
    """Stored URLs that are no report of `hosts`."""
    right = {
        bare(url)
        for host in hosts
        for article in truth["hosts"][host]["articles"]
        for url in (article["url"], *article.get("aliases", ()))
    }
    return [report["url"] for report in reports if bare(report["url"]) not in right]


def bare(url: str) -> str:
    """A URL without scheme, tracking parameters and outer slashes, to compare by."""
    from newscrawl.identity.keys import url_key  # noqa: PLC0415  the harness compares as the crawler does

    return url_key(url).rstrip("/")


class PageSite(LocalServer):
    """A site of pages given as text, on loopback; what is not among them is 404. `asked` is what was asked for.

    Sites at different addresses (`host`, 127.0.0.2) are different registered domains.
    """

    def __init__(
        self,
        pages: dict[str, str],
        answers: dict[str, int | str] | None = None,
        host: str = "127.0.0.1",
        *,
        validators: bool = False,
    ) -> None:
        self.pages = pages
        self.validators = validators
        """Whether pages have an ETag, and conditional requests are answered with 304."""
        self.answers = answers or {}
        """Path -> another status, or where a redirect leads."""
        self.gates: dict[str, threading.Event] = {}
        """Path -> what its answer waits for."""
        self.retry_after: dict[str, str] = {}
        """Path -> header of its answer."""
        self.asked: list[str] = []
        self.answered: list[tuple[str, int]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                if gate := site.gates.get(self.path):
                    gate.wait(60)
                answer = site.answers.get(self.path, 200 if self.path in site.pages else 404)
                body = site.pages.get(self.path, "").encode() if answer == 200 else b""
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if site.validators and body else None
                if etag and self.headers.get("If-None-Match") == etag:
                    answer, body = 304, b""
                status = 302 if isinstance(answer, str) else answer
                site.answered.append((self.path, status))
                self.send_response(status)
                if etag:
                    self.send_header("ETag", etag)
                if isinstance(answer, str):
                    self.send_header("Location", answer)
                if after := site.retry_after.get(self.path):
                    self.send_header("Retry-After", after)
                self.send_header("Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Nothing: `asked` has it."""

        super().__init__(Handler, host)

    @property
    def reports_asked(self) -> list[str]:
        """Paths under `/news/` that were asked for."""
        return [path for path in self.asked if path.startswith("/news/")]
