"""Text without surprises: normal form, no control characters, plain spaces."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but tab and newline, zero-width and bidi controls, BOM, surrogates, non-characters. Soft hyphens
# go too: they are typesetting. ZWNJ and ZWJ (U+200C, U+200D) stay: Persian and Indic words need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_SPACE = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def clean_text(text: str) -> str:
    """`text` in NFC without control characters; runs of blanks become one, line ends `\\n`, outer blanks go."""
    if text.isprintable():  # nearly all are: no control, no line end, no blank but the plain one
        return " ".join(unicodedata.normalize("NFC", text).split())
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def clean_line(text: str) -> str:
    """The same on one line: line ends count as blanks."""
    return " ".join(clean_text(text).split())


def clean_paragraphs(text: str) -> str:
    """Every non-empty line of `text` as a paragraph, separated by blank lines."""
    return "\n\n".join(line for line in clean_text(text).split("\n") if line)


def printable(text: str) -> str:
    """`text` safe for a terminal: nothing in it can move the cursor, set a title or reverse the line."""
    return clean_line(text)


def shorten(text: str, width: int) -> str:
    """`text` cut to `width` characters, with an ellipsis where something was cut."""
    return text if len(text) <= width else text[: max(0, width - 1)].rstrip() + "…"


def count_words(text: str) -> int:
    """Words in `text`; in scripts without spaces (Han, Kana, Thai) every two characters count as one."""
    if text.isascii():
        return len(_WORD.findall(text))
    spaced = _UNSPACED.sub(" ", text)
    unspaced = sum(map(len, _UNSPACED.findall(text)))
    return len(_WORD.findall(spaced)) + (unspaced + 1) // 2
