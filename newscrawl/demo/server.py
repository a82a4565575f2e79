"""The demo site, served on loopback."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from newscrawl.demo.content import expected_report, load_reports, read_block
from newscrawl.demo.html import frame
from newscrawl.demo.site import Document, build_site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message
    from types import TracebackType

_NOT_FOUND = Document(status=404, content=frame(title="Not found", head="", main="<h1>Not found</h1>").encode())


class Request(NamedTuple):
    """One request that the site answered."""

    time: float
    """Seconds since the epoch."""
    path: str
    """Path and query."""
    status: int
    conditional: bool
    """Whether it carried a validator (RFC 9110, section 13.1)."""


class DemoSite:
    """The site on `http://127.0.0.1:PORT/`. The port is bound at once (OSError where it is taken), served by `start`.

    `with DemoSite() as site:` starts and stops it.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        """What was asked for, in order."""
        reports = load_reports()
        self._published = [report for report in reports if not report.staged]
        self._staged = {report.id: report for report in reports if report.staged}
        self._changes = 0
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.requests = self.requests
        self._thread: threading.Thread | None = None
        self._rebuild()

    @property
    def url(self) -> str:
        """URL of the home page."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    @property
    def expected(self) -> list[dict[str, Any]]:
        """What a perfect crawl stores now, newest first: see `content.expected_report`."""
        return [expected_report(report, self.url) for report in self._published]

    @property
    def staged(self) -> list[str]:
        """Ids of the reports that can be published."""
        return list(self._staged)

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo-site", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and free the port. Safe to repeat."""
        if self._thread:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def wait(self) -> None:
        """Serve until interrupted."""
        with contextlib.suppress(KeyboardInterrupt):
            while self._thread:
                self._thread.join(1)

    def publish(self, report_id: str) -> str:
        """Put a staged report on the site; returns its URL. KeyError where there is none of this id."""
        report = self._staged.pop(report_id)
        self._published = sorted([*self._published, report], key=lambda r: r.published_at, reverse=True)
        self._rebuild()
        return self.url.rstrip("/") + report.path

    def revise(self, report_id: str, text: str) -> str:
        """Add a paragraph to a published report, dated one hour after its last change; returns its URL."""
        index = next((i for i, report in enumerate(self._published) if report.id == report_id), None)
        if index is None:
            raise KeyError(report_id)
        old = self._published[index]
        new = replace(old, body=(*old.body, read_block(text)), modified_at=old.changed_at + timedelta(hours=1))
        self._published[index] = new
        self._rebuild()
        return self.url.rstrip("/") + new.path

    def _rebuild(self) -> None:
        self._server.documents = build_site(self._published, self.url, self._changes)
        self._changes += 1

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    documents: Mapping[str, Document]
    requests: list[Request]

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A crawler may hang up at any time.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "newscrawl-demo"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        document = _find(self.server.documents, self.path)
        status = 304 if _is_unchanged(document, self.headers) else document.status
        conditional = any(name in self.headers for name in ("If-None-Match", "If-Modified-Since"))
        self.server.requests.append(Request(time.time(), self.path, status, conditional))
        self.send_response(status)
        if document.location:
            self.send_header("Location", document.location)
        if document.modified_at:
            self.send_header("ETag", document.etag)
            self.send_header("Last-Modified", format_datetime(document.modified_at.astimezone(UTC), usegmt=True))
        if status != 304:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.content)))
        self.end_headers()
        if status != 304 and self.command != "HEAD":
            self.wfile.write(document.content)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: `DemoSite.requests` has it."""


def _find(documents: Mapping[str, Document], target: str) -> Document:
    """The document for a request target. Parameters that the site does not know change nothing."""
    parts = urlsplit(target)
    page = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] == "page" and pair[1] != "1"])
    return documents.get(f"{parts.path}?{page}" if page else parts.path, _NOT_FOUND)


def _is_unchanged(document: Document, headers: Message) -> bool:
    """RFC 9110, section 13.2.2: If-None-Match, compared weakly, wins over If-Modified-Since."""
    if document.modified_at is None:
        return False
    if tags := headers.get("If-None-Match"):
        return tags.strip() == "*" or document.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return document.modified_at.replace(microsecond=0) <= since.replace(tzinfo=since.tzinfo or UTC)
