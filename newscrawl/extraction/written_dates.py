"""Days as people write them beside a headline: `3 May 2024`, `May 3, 2024`, `03.05.2024`, `2024年5月3日`.

Only whole patterns in short texts, by tables and regular expressions: a general date parser takes seconds on hostile
text and finds dates in what is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.dates import Moment, parse_date

if TYPE_CHECKING:
    from datetime import datetime

MAX_CHARS = 100
# The beginnings of the names of the months, in English, German, French, Spanish, Italian, Portuguese, Dutch, the
# Nordic languages, Polish, Czech, Turkish, Hungarian and Russian. Where one begins like another, the longer is first.
_MONTHS = (
    "jan jän gen ene янв sty led oca styc január",
    "feb fév fev фев lut úno şub februar févr helmi",
    "mar mär mars mrt мар bře már maalis",
    "apr avr abr апр kwi dub nis ápr huhti",
    "may mai maj mag mei май мая maio kvě máj touko",
    "jun juin giu июн cze čer haz jún kesä",
    "jul juil lug июл lip čerc tem júl heinä",
    "aug août aou ago авг sie srp ağu elo",
    "sep sept set сен wrz zář eyl szept syys",
    "oct okt ott out окт paź říj eki loka",
    "nov ноя lis list kas marras",
    "dec déc dez dic dis des дек gru pro ara joulu",
)
_MONTH_OF = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts.split()}
_WORD = r"[^\W\d_]{3,12}"
_FORMS = (
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+|of\s+)?(?P<month>{_WORD})\.?,?\s+(?:de\s+|del\s+)?(?P<year>\d{{4}})(?!\d)"),
    re.compile(rf"(?P<month>{_WORD})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)"),
    re.compile(r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)"),
)  # fmt: skip
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")


def read_written_date(text: str, now: datetime) -> Moment | None:
    """The first day that a short text names, None where it names none or an absurd one."""
    text = text[:MAX_CHARS]
    for form in _FORMS:
        for match in form.finditer(text):
            month = match["month"] if match["month"].isdigit() else _month_number(match["month"])
            if month and (moment := _moment(match["year"], month, match["day"], now)):
                return moment
    return _slashed(text, now)


def _month_number(word: str) -> str | None:
    word = word.lower()
    return next((str(_MONTH_OF[word[:n]]) for n in (6, 5, 4, 3) if word[:n] in _MONTH_OF), None)


def _slashed(text: str, now: datetime) -> Moment | None:
    """`23/05/2024`: only where one number can be no month, for the order differs by country."""
    match = _SLASHED.search(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2])
    if first == second or first > 12:
        return _moment(match[3], match[2], match[1], now)
    return _moment(match[3], match[1], match[2], now) if second > 12 else None


def _moment(year: str, month: str, day: str, now: datetime) -> Moment | None:
    return parse_date(f"{year}-{int(month):02}-{int(day):02}", now)
