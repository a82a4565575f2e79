"""Normal form of text for identity: what is left when encodings, typography and case are taken away.

Never shown to people. Signatures are kept for years: a change here that changes tokens needs a new VERSION in
`identity.signature`.
"""

from __future__ import annotations

import re
import unicodedata

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"  # Kana and iteration marks
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Han
)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_NUMBER = re.compile(rf"(?<![^\W_{_UNSPACED}])\d+(?:[.,]\d+)*(?![^\W_{_UNSPACED}])")
# Place, date and agency before the text: "LONDON, March 5 (Reuters) - ", "Berlin (dpa) – ", "(AFP) ", "北京3月5日电".
_DATELINE = re.compile(
    r"\s*(?:"
    r"[(（][^\n()（）]{2,40}[)）]\s*[-–—－:]{0,2}\s"
    r"|[^\W\d_][^\n()（）]{0,50}[(（/][^\n()（）/]{2,40}[)）/]\s*[-–—－:]{1,2}\s"
    r"|[A-ZÀ-ÞА-Я][^a-zß-ÿа-я\n(]{2,40}\s[-–—]{1,2}\s"
    r"|[^\W\d_][\w .'-]{1,30}, [^\n,()]{0,14}\d[^\n,()]{0,12}\s?[-–—:]{1,2}\s"
    r"|[\u4e00-\u9fff]{2,10}\d{1,2}月\d{1,2}日[电電讯訊]"
    r")\s*"
)
_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_ONE_UNSPACED = re.compile(rf"[{_UNSPACED}]")
# What UTF-8 looks like that was read as Windows-1252 or Latin-1: a lead byte and its continuation bytes.
_CONTINUATION = "\x80-\xbf" + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_MOJIBAKE = re.compile(
    f"[\xc2-\xdf][{_CONTINUATION}]|[\xe0-\xef][{_CONTINUATION}]{{2}}|[\xf0-\xf4][{_CONTINUATION}]{{3}}"
)


def _of_category(*wanted: str) -> str:
    """The characters of some Unicode categories (two letters, or the first), to stand in a class of `re`.

    Of the basic plane: with others in it, such a class is twenty times as slow.
    """
    return "".join(re.escape(c) for c in map(chr, range(0x80, 0x10000)) if unicodedata.category(c).startswith(wanted))


# Combining marks, zero-width and other format characters, and the Arabic tatweel, which only stretches a word.
_GONE = re.compile(f"[{_of_category('M', 'Cf')}\u0640]+")
# A capitalised word that does not begin a sentence, a quotation or a line; the capital comes first, for speed.
_NAME = re.compile(rf"[A-Z{_of_category('Lu', 'Lt')}](?<=[^\s.!?:…\"“”„«»()] .)[^\W\d_]{{2,}}")
_DIGIT = re.compile(f"[{_of_category('Nd')}]")


def repaired(text: str) -> str:
    """`text` with UTF-8 that was read as Windows-1252 or Latin-1 put right, where no byte was lost."""
    return text if text.isascii() else _MOJIBAKE.sub(_repaired, text)


def without_dateline(text: str) -> str:
    """`text` without the place, the date and the agency that stand before its first sentence."""
    return _DATELINE.sub("", text, count=1) if _DATELINE.match(text) else text


def normal_text(text: str) -> str:
    """`text` casefolded, in NFKD without marks and format characters, digits as 0-9."""
    if text.isascii():
        return text.lower()
    text = _GONE.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def tokens_of(normal: str) -> list[str]:
    """The words of normal text; in scripts without spaces single characters."""
    return _TOKEN.findall(normal)


def numbers_of(normal: str) -> list[str]:
    """The numbers of normal text, without separators of thousands and decimals.

    A digit inside a word (an l read as 1) makes no number.
    """
    return [_plain(number) for number in _NUMBER.findall(normal)]


def names_of(text: str) -> set[str]:
    """The beginnings (five letters) of the capitalised words within sentences: names, in German nouns as well.

    `text` is repaired, but keeps its case. Scripts without case have none.
    """
    text = _BLANKS.sub(" ", text if text.isascii() else _GONE.sub("", text))
    return {word[:5] for word in tokens_of(normal_text(" ".join(set(_NAME.findall(text)))))}


def is_unspaced(normal: str, tokens: list[str]) -> bool:
    """Whether most of the tokens of normal text are single characters of scripts without spaces."""
    return not normal.isascii() and len(_ONE_UNSPACED.findall(normal)) * 2 > len(tokens)


def _repaired(match: re.Match[str]) -> str:
    raw = bytearray()
    for char in match[0]:
        if ord(char) < 0x100:
            raw.append(ord(char))
        else:
            raw += char.encode("cp1252")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _plain(number: str) -> str:
    return number.replace(",", "").replace(".", "")
