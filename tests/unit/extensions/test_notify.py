from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from scrapy.settings import Settings

from newscrawl.extensions.notify import Change, tell
from newscrawl.health.judge import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

VERDICT = Verdict(state="blocked", reason="refused by the site: 9 of the last 12, before 0%", alarm=True)
CHANGE = Change(source="paper", before="well", verdict=VERDICT, at=datetime(2026, 11, 24, tzinfo=UTC))


async def test_a_command_gets_the_change(tmp_path: Path) -> None:
    told = tmp_path / "told"
    await tell(
        CHANGE, Settings({"NEWSCRAWL_NOTIFY_COMMAND": f'cat > {told}; echo "$NEWSCRAWL_HEALTH_STATE" >> {told}'})
    )
    values, state = told.read_text().splitlines()
    assert json.loads(values) == CHANGE.values
    assert state == "blocked"


async def test_a_command_that_fails_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await tell(CHANGE, Settings({"NEWSCRAWL_NOTIFY_COMMAND": "echo no such desk >&2; exit 3"}))
    assert "status 3: no such desk" in caplog.text


async def test_a_webhook_by_apprise() -> None:
    told: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request, daemon=True).start()
        await tell(CHANGE, Settings({"NEWSCRAWL_NOTIFY_URLS": f"json://127.0.0.1:{server.server_port}/hook"}))
    assert VERDICT.reason in told[0]
    assert "paper is blocked" in told[0]


def test_a_message_says_since_when_and_what_to_do() -> None:
    verdict = Verdict(
        state="drifting", reason="without authors: 9 of the last 12, before 0%", alarm=True, since=CHANGE.at
    )
    message = replace(CHANGE, verdict=verdict).message
    assert message.startswith(verdict.reason)
    assert "Since 2026-11-24 00:00 UTC" in message
    assert "newscrawl sources accept paper" in message
    well = replace(CHANGE, before="drifting", verdict=Verdict(state="fresh", reason="last new report 3 hours ago"))
    assert (well.title, well.message) == ("newscrawl: paper is fresh again", "last new report 3 hours ago")


async def test_an_address_that_is_none_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await tell(CHANGE, Settings({"NEWSCRAWL_NOTIFY_URLS": "nonsense"}))
    assert "Apprise does not know" in caplog.text
