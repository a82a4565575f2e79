"""Tells people and programs that the state of a source has changed. Its failure is logged and hurts nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.settings import BaseSettings

    from newscrawl.health.judge import Verdict

PATIENCE = 15.0
"""Seconds that a crawl waits for those who are told."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A source is in another state than was told last."""

    source: str
    before: str
    """State, or `well`."""
    verdict: Verdict
    at: datetime

    @property
    def values(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "source": self.source,
            "before": self.before,
            "state": self.verdict.state,
            "alarm": self.verdict.alarm,
            "reason": self.verdict.reason,
            "since": self.verdict.since.isoformat(timespec="seconds") if self.verdict.since else None,
            "at": self.at.isoformat(timespec="seconds"),
        }

    @property
    def title(self) -> str:
        again = "" if self.verdict.alarm else " again"
        return f"newscrawl: {self.source} is {self.verdict.state}{again}"

    @property
    def message(self) -> str:
        """For a person, with what is to be done."""
        lines = [self.verdict.reason]
        if self.verdict.since and self.verdict.alarm:
            lines.append(f"Since {self.verdict.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC; before: {self.before}.")
        if self.verdict.state == "drifting":
            lines.append("Its reports from then on are marked as suspect. Look at some, then: newscrawl sources accept "
                         f"{self.source}, with --reject if they are wrong.")  # fmt: skip
        return "\n".join(lines)


async def tell(change: Change, settings: BaseSettings) -> None:
    """Run NEWSCRAWL_NOTIFY_COMMAND, and tell the services of NEWSCRAWL_NOTIFY_URLS, as far as they are set."""
    command, urls = settings.get("NEWSCRAWL_NOTIFY_COMMAND"), settings.get("NEWSCRAWL_NOTIFY_URLS")
    work = [*([asyncio.to_thread(_run, command, change)] if command else ()),
            *([asyncio.to_thread(_send, urls, change)] if urls else ())]  # fmt: skip
    done = asyncio.gather(*work, return_exceptions=True)
    try:
        results = await asyncio.wait_for(done, PATIENCE)
    except TimeoutError:
        logger.warning("%s: telling of its state took more than %g s", change.source, PATIENCE)
        return
    for error in results:
        if isinstance(error, BaseException):
            logger.warning("%s: could not tell of its state: %s", change.source, error)


def _run(command: str, change: Change) -> None:
    """The command line gets the change as JSON on standard input, and in variables of the environment."""
    values = change.values
    names = {f"NEWSCRAWL_HEALTH_{name.upper()}": "" if value is None else str(value) for name, value in values.items()}
    done = subprocess.run(  # noqa: S602  the operator's own line
        command, shell=True, input=json.dumps(values) + "\n", text=True, timeout=PATIENCE - 1, check=False,
        env={**os.environ, **names}, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise OSError(f"{command!r} ended with status {done.returncode}: {done.stderr.strip()[-200:]}")


def _send(urls: str, change: Change) -> None:
    """Addresses of Apprise, which has a form for mail, chat services and plain webhooks (`json://`)."""
    try:
        import apprise  # noqa: PLC0415  the extra `notify`
    except ImportError as error:
        raise OSError("NEWSCRAWL_NOTIFY_URLS needs the extra: pip install 'newscrawl[notify]'") from error
    sender = apprise.Apprise()
    for url in urls.split():
        if not sender.add(url):
            raise OSError("NEWSCRAWL_NOTIFY_URLS has an address that Apprise does not know")
    if not sender.notify(title=change.title, body=change.message):
        raise OSError("Apprise could not deliver to all addresses")
