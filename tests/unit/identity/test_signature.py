from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.identity.keys import line_key
from newscrawl.identity.signature import (
    HEADLINE,
    LEAD_SKETCH,
    LOOKED_UP,
    MOST_CHARACTERS,
    SPARE_KEYS,
    WORDS,
    Signature,
    make_signature,
    same_story,
)
from newscrawl.identity.similarity import LISTED, SKETCH

HEADLINE_OF_PIER = "Storm tears the old pier of Hexwell apart"
PIER = """The old pier of Hexwell broke in two on Tuesday night when waves of six metres ran against its wooden piles.

Harbour master Ann Dunmore said that nobody was hurt, as the pier had been closed since the afternoon. Two kiosks and \
a ticket booth from 1911 went down with the outer part.

The town council will meet on Thursday to decide whether the rest can stay. An engineer from Belmore put the damage at \
340,000 pounds, more than twice what the town has set aside for its coast this year."""
WIDE = "ภาวะตลาดหุ้นวันนี้ปิดที่ระดับหนึ่งพันสี่ร้อยจุด"


def sign(body: str, headline: str | None = HEADLINE_OF_PIER) -> Signature:
    made = make_signature(headline, body)
    assert made is not None
    return made


def digest(signature: Signature | None) -> str:
    assert signature is not None
    values = [value.hex() if isinstance(value, bytes) else value for value in astuple(signature) if value is not None]
    return hashlib.blake2b(json.dumps(values).encode(), digest_size=8).hexdigest()


def test_values_are_those_that_are_stored() -> None:
    """Signatures are compared for years: whoever breaks this raises VERSION, and only then writes new values here."""
    assert sign(PIER).version == 1
    assert digest(sign(PIER)) == "c864bb4a6c31805d"
    assert (
        digest(make_signature("東京で地震", "東京都で震度3を観測する地震がありました。津波の心配はありません。"))
        == "5bf986859cf73d37"
    )


def test_values_are_the_same_in_another_process() -> None:
    made = f"make_signature({HEADLINE_OF_PIER!r}, {PIER!r})"
    code = f"from newscrawl.identity.signature import make_signature; print({made})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(sign(PIER))


@pytest.mark.parametrize("body", ["", "  \n", "Subscribe to read on.", "今日は休み。", "one " * 11])
def test_too_little_text_has_no_signature(body: str) -> None:
    assert make_signature("A headline with quite a few words in it", body) is None


def test_sizes_are_bounded() -> None:
    letters = "abcdefghij"
    long = " ".join(f"word{i} Q{letters[i % 10]}{letters[i // 10 % 10]}x said {i}" for i in range(5000))
    made = sign(long, " ".join(f"title{i}" for i in range(100)))
    assert len(made.keys) == LOOKED_UP + SPARE_KEYS
    assert all(-(1 << 63) <= key < 1 << 63 for key in made.keys)
    assert (len(made.sketch), len(made.lead)) == (3 * SKETCH, 3 * LEAD_SKETCH)
    assert (len(made.numbers), len(made.names), len(made.headline)) == (LISTED, LISTED, HEADLINE)
    assert made.words == ()
    assert 0 < len(sign(PIER).words) <= WORDS


def test_only_so_much_text_counts() -> None:
    text = "word " * (MOST_CHARACTERS // 5)
    assert make_signature(None, text) == make_signature(None, text + "other " * 1000)


def test_hashes_ascend() -> None:
    made = sign(PIER)
    hashes = [made.sketch[i : i + 3] for i in range(0, len(made.sketch), 3)]
    assert hashes == sorted(set(hashes))
    assert list(made.numbers) == sorted(set(made.numbers))


def test_boilerplate_is_left_out() -> None:
    line = "Write to our desk if you know more about what happened here, by day and by night."
    known = [line_key(line)]
    assert make_signature(None, f"{PIER}\n\n{line}", boilerplate=known) == make_signature(None, PIER)
    assert make_signature(None, line, boilerplate=known) == make_signature(None, line)


def test_copies_share_a_key_and_so_do_parts() -> None:
    whole = {*sign(PIER).keys[:LOOKED_UP]}
    beginning, end = PIER.split("\n\n", maxsplit=1)[0], PIER.split("\n\n")[2]
    for part in (PIER.upper(), beginning, end, f"Live: see below.\n\n{PIER}"):
        assert whole & {*sign(part).keys[:LOOKED_UP]}
        assert whole & {*sign(part, None).keys[:LOOKED_UP]}


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_signed_and_compared(one: str, other: str, headline: str) -> None:
    signed = [make_signature(headline, text * 3) for text in (one, other, one + WIDE, PIER + other)]
    made = [signature for signature in signed if signature is not None]
    for first in made:
        assert same_story(first, first)
        for second in made:
            assert same_story(first, second) == same_story(second, first)


def test_lone_surrogates_do_not_hurt() -> None:
    assert make_signature("\ud800", PIER + " \udfff word") is not None
