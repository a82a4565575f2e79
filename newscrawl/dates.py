"""Dates as machines write them, read strictly: ISO 8601 / RFC 3339, RFC 5322 and the plain forms in between.

No guessing in human languages here: that is slow (seconds on a hostile string) and belongs to a worker.
"""

from __future__ import annotations

import email.utils
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before this there was no news on the web: an earlier date is a mistake of the page."""
AHEAD = timedelta(hours=24)
"""How far in the future a date may lie: clocks and zones differ, embargoes do not."""

_ISO = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[T\s_]\s?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time with what is known of it."""

    at: datetime
    """Aware, in UTC."""
    precision: str
    """`day`, `minute` or `second`."""
    zone: str
    """`stated` where the text gave an offset, `assumed` where UTC was taken."""
    offset: timedelta = timedelta(0)
    """How far the clock of the text was ahead of UTC: in which day it was there is lost without it."""

    @property
    def by_own_clock(self) -> datetime:
        """The same instant, with the offset that the text gave."""
        return self.at.astimezone(timezone(self.offset))


def parse_date(text: str, now: datetime) -> Moment | None:
    """The moment a machine-written date names, or None where it is no date or an absurd one.

    Absurd: before 1995 or more than a day after `now` (aware). At most 64 characters are looked at.
    """
    text = text.strip()
    if not text or len(text) > 64:
        return None
    moment = _parse_iso(text) or _parse_epoch(text) or _parse_rfc5322(text)
    if moment is None or not EARLIEST <= moment.at <= now + AHEAD:
        return None
    return moment


def _parse_iso(text: str) -> Moment | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    try:
        at = datetime(
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            min(int(part["second"] or 0), 59),  # a leap second is 60
            tzinfo=_offset(part["zone"]),
        )
        utc = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision = "second" if part["second"] else "minute" if part["hour"] else "day"
    return Moment(utc, precision, "stated" if part["zone"] else "assumed", at.utcoffset() or timedelta(0))


def _offset(zone: str | None) -> timezone:
    if zone is None or zone.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-delta if zone[0] == "-" else delta)


def _parse_epoch(text: str) -> Moment | None:
    """Seconds or milliseconds since 1970, as some pages write."""
    if _EPOCH.fullmatch(text) is None:
        return None
    return Moment(datetime.fromtimestamp(int(text[:10]), UTC), "second", "stated")


def _parse_rfc5322(text: str) -> Moment | None:
    """`Fri, 20 Nov 2026 08:00:00 GMT` (RFC 5322, section 3.3), the form of RSS and HTTP."""
    has_time = re.search(r"\d:\d\d", text) is not None
    parts = email.utils.parsedate_tz(text if has_time else f"{text} 00:00:00")  # it takes no date without a time
    if parts is None or not re.search(r"\d{1,2}\s+\w{3}", text):
        return None
    try:
        offset = timedelta(seconds=parts[9] or 0)
        at = datetime(*parts[:6], tzinfo=UTC) - offset
        timezone(offset)  # raises where no clock is that far from UTC
    except (ValueError, OverflowError, TypeError):
        return None
    precision = "day" if not has_time else "second" if re.search(r"\d:\d\d:\d\d", text) else "minute"
    stated = has_time and parts[9] is not None and not text.rstrip().endswith("-0000")
    return Moment(at, precision, "stated" if stated else "assumed", offset)
