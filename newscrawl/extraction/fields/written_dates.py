"""Dates as people write them: `3 May 2024`, `May 3, 2024 at 4:15 pm`, `03.05.2024 16:15`, `2024年5月3日`, `٣ مايو ٢٠٢٤`.

Only whole patterns in short texts, by tables and regular expressions: a general date parser takes seconds on hostile
text and finds dates in what is none.
"""

# ruff: noqa: E501  (tables of names and patterns)

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newscrawl.dates import AHEAD, EARLIEST, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARS = 300
# The names of the months as they stand in dates, a line for each language: English, German, French, Spanish, Italian,
# Portuguese, Dutch, Swedish and Norwegian, Danish, Polish, Czech, Turkish, Hungarian, Finnish, Romanian, Catalan,
# Indonesian, Russian, Ukrainian, Bulgarian, Greek, Arabic, Hebrew. Where the abbreviations of two languages
# clash, the earlier line wins; a name in full is always itself.
_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber mar apr mai juni juli august sept oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november desember",
    "januar februar marts april maj juni juli august september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "január február március április május június július augusztus szeptember október november december",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
)  # fmt: skip


def _month_numbers() -> dict[str, int]:
    """Every name and every beginning of one with three or more letters -> 1 to 12."""
    whole = {name: number for line in _NAMES for number, name in enumerate(line.split(), 1)}
    numbers = dict(whole)
    for line in _NAMES:
        for number, name in enumerate(line.split(), 1):
            for end in range(3, len(name)):
                numbers.setdefault(name[:end], number)
    return numbers


_MONTHS = _month_numbers()
_MONTH = r"(?P<month>[^\W\d_][^\W\d_\u0300-\u036f]{1,14}[^\W\d_])"
_YEAR = r"(?P<year>(?:19|20|١٩|٢٠)\d\d)(?!\d)"
_FORMS = (
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|º|ª|η)?[\s-]+(?:de\s+|d['’]|of\s+)?{_MONTH}\.?[,\s-]{{1,2}}\s*(?:de\s+|del\s+)?{_YEAR}"),
    re.compile(rf"{_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}"),
    re.compile(rf"(?<![\d.])(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)\.\s(?P<month>[^\W\d_]{3,12})\s(?P<day>\d{1,2})\."),  # Hungarian
    re.compile(r"\b(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2}),?\s+(?:năm\s+)?(?P<year>20\d\d)(?!\d)"),  # Vietnamese
)  # fmt: skip
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)\d\d)(?![\d/-])")
_SHORT = re.compile(r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d\d)(?![\d.])")
"""`6.11.22`: so short that it counts only where it is known that a date stands there."""
_TIME = re.compile(
    r"\D{0,12}?(?<!\d)(?P<hour>\d{1,2})(?:[:hH]|\.(?=\d\d\s*(?:uhr|h\b)))(?P<minute>\d\d)(?::(?P<second>\d\d))?(?!\d)"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?\s*\(?(?P<zone>Z\b|UTC|GMT|[A-Z]{3,4}\b|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
# RFC 5322, section 4.3, and what central European pages write.
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
    "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
}  # fmt: skip


def read_written_date(text: str, now: datetime, *, month_first: bool = False, short: bool = False) -> Moment | None:
    """The first day that a short text names, with the time of day where it follows; None where it names none.

    `now` (aware): a date before the web or more than a day after it is none. `month_first` says how `03/05/2024` is
    meant, `short` that two digits may be a year: `3.5.24`.
    """
    return next((moment for _, moment in written_dates(text, now, month_first=month_first, short=short)), None)


def written_dates(
    text: str, now: datetime, *, month_first: bool = False, short: bool = False
) -> Iterator[tuple[int, Moment]]:
    """The days that the first 300 characters of a text name, each with its position, in no special order."""
    text = text[:MAX_CHARS]
    for form in _FORMS:
        for match in form.finditer(text):
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS.get(month.lower())
            if number and (moment := _moment(int(match["year"]), number, int(match["day"]), text[match.end() :], now)):
                yield match.start(), moment
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[2])
        day, month_number = (second, first) if second > 12 or (month_first and first <= 12) else (first, second)
        if moment := _moment(int(match[3]), month_number, day, text[match.end() :], now):
            yield match.start(), moment
    for match in _SHORT.finditer(text) if short else ():
        year = 2000 + int(match["year"])
        if moment := _moment(year, int(match["month"]), int(match["day"]), text[match.end() :], now):
            yield match.start(), moment


def date_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where in the first 300 characters of a text days stand, as (start, end)."""
    text = text[:MAX_CHARS]
    for form in _FORMS:
        for match in form.finditer(text):
            if match["month"].isdigit() or match["month"].lower() in _MONTHS:
                yield match.span()
    for match in _SLASHED.finditer(text):
        yield match.span()


def _moment(year: int, month: int, day: int, rest: str, now: datetime) -> Moment | None:
    try:
        midnight = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    moment = _with_time(midnight, rest) or Moment(midnight, "day", "assumed")
    return moment if EARLIEST <= moment.at <= now + AHEAD else None


def _with_time(midnight: datetime, rest: str) -> Moment | None:
    """The moment that the text behind a day names: `, 4:15 pm`, ` um 16:15 Uhr`, ` - 16:15 +0200`."""
    time = _TIME.match(rest)
    if time is None:
        return None
    hour, minute, second = int(time["hour"]), int(time["minute"]), min(int(time["second"] or 0), 59)
    if time["half"] and hour <= 12:
        hour = hour % 12 + (12 if time["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or (hour, minute, second) == (0, 0, 0):  # midnight stands for no time
        return None
    moment = Moment(
        midnight + timedelta(hours=hour, minutes=minute, seconds=second),
        "second" if time["second"] else "minute",
        "assumed",
    )
    offset = _offset(time["zone"])
    return moment if offset is None else replace(moment, at=moment.at - offset, zone="stated", offset=offset)


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        delta = timedelta(hours=min(int(digits[:2]), 14), minutes=min(int(digits[2:]), 59))
        return -delta if zone[0] == "-" else delta
    hours = _ZONES.get(zone.upper())
    return None if hours is None else timedelta(hours=hours)
