"""What an answer, or the lack of one, says."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    StopDownload,
)

from newscrawl.parsing.work import Page
from newscrawl.store.ledger import Fetched
from newscrawl.text import clean_line, shorten

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

_REASONS = {
    CannotResolveHostError: "host does not resolve",
    DownloadConnectionRefusedError: "connection refused",
    DownloadTimeoutError: "timeout",
}


def read_answer(response: Response) -> Fetched:
    """Status, validators and hash of the body, as the ledger keeps them."""
    whole = response.status == 200
    return Fetched(
        status=response.status,
        etag=_header(response, "ETag") if whole else None,
        last_modified=_header(response, "Last-Modified") if whole else None,
        raw_hash=hashlib.blake2b(response.body, digest_size=16).hexdigest() if whole else None,
    )


def location_of(response: Response) -> str | None:
    """Where a redirect leads, as the header says; None where the answer is no redirect."""
    if response.status not in (301, 302, 303, 307, 308):
        return None
    value = response.headers.get("Location")
    # Sent as UTF-8 by some servers, in spite of RFC 9110.
    return value.decode("utf-8", "replace") if value else None


def describe_failure(failure: Failure) -> str:
    """Why there is no answer, in the ledger's words."""
    return describe_error(failure.value, getattr(failure, "request", None))


def describe_error(error: BaseException | None, request: Request | None) -> str:
    """The same of the error of a request."""
    unwanted = request.meta.get("unwanted") if request is not None else None
    if isinstance(error, StopDownload) and unwanted:
        return str(unwanted)
    if isinstance(error, IgnoreRequest):
        return str(error) or "refused"
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    return shorten(f"{type(error).__name__}: {clean_line(str(error))}", 200)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:500] if value else None


def page_of(response: Response) -> Page:
    """What a worker reads of an answer."""
    content_type = response.headers.get("Content-Type")
    return Page(
        body=response.body,
        url=response.url,
        content_type=content_type.decode("latin-1") if content_type else None,
        now=datetime.now(UTC),
    )
