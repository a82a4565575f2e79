"""How the requests of one crawl to its endpoints went: what a schedule learns from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from newscrawl.discovery.hints import Hints, with_headers
from newscrawl.middlewares.retry import retry_after

if TYPE_CHECKING:
    from scrapy.http import Response

    from newscrawl.discovery.findings import Findings
    from newscrawl.store.ledger import Taken

Outcome = Literal["new", "same", "not modified", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """How one request to an endpoint went."""

    at: datetime
    outcome: Outcome
    appeared: tuple[datetime, ...] = ()
    """A time for each report that was not known before: when it was published, else `at`. Of a first poll: for all that
    is listed, where the endpoint dates it."""
    hints: Hints = field(default_factory=Hints)
    retry_after: float | None = None
    """Seconds of a Retry-After header, whatever the status was."""


def read_poll(response: Response, findings: Findings | None, taken: list[Taken], *, first: bool) -> Poll:
    """What an answered request says. `findings` is None where it has not changed; `taken`: what it brought."""
    now = datetime.now(UTC)
    hints = findings.hints if findings else Hints()
    links = [value.decode("latin-1") for value in response.headers.getlist("Link")]
    if first and findings:
        appeared = tuple(entry.published_at for entry in findings.entries if entry.published_at)
    else:
        appeared = tuple(one.entry.published_at or now for one in taken if one.new)
    return Poll(
        at=now,
        outcome="not modified" if findings is None else "new" if appeared else "same",
        appeared=appeared,
        hints=with_headers(hints, _header(response, "Cache-Control"), links, response.url),
        retry_after=retry_after(response.headers.get("Retry-After"), now),
    )


def failed_poll(response: Response | None) -> Poll:
    """What a request says that has failed, `response` with an answer."""
    now = datetime.now(UTC)
    wait = retry_after(response.headers.get("Retry-After"), now) if response is not None else None
    return Poll(at=now, outcome="failed", retry_after=wait)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
