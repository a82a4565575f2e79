"""Why a request is not sent, or its answer not taken. The message is the reason that the ledger keeps."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class RefusedError(IgnoreRequest):
    """Ours to refuse, for good: the URL is rejected."""


class NotNowError(IgnoreRequest):
    """Not possible now: the URL stays for the next crawl."""


class PeaceError(NotNowError):
    """The publisher asks to be left in peace until a time."""


class BrokenAnswerError(IgnoreRequest):
    """The answer cannot be used: the URL has failed."""


class NoHostError(BrokenAnswerError):
    """There is no host of this name."""
