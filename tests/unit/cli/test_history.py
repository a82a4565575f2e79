from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newscrawl.cli.history import as_json, lines

URL = "https://example.com/storm"


def state(n: int, **values: Any) -> dict[str, Any]:
    fetched = datetime(2026, 11, 24, 8 + n, tzinfo=UTC)
    common = {"url": URL, "source": "example.com", "headline": "Storm hits", "body": "Ten were hurt.\n\nIt rains."}
    return {"_id": "a" * 32, **common, "revision": n, "crawl_id": f"c{n}", "fetched_at": fetched, **values}


def told(*states: dict[str, Any], merged: tuple[str, ...] = (), colour: bool = False) -> list[str]:
    return [line.plain for line in lines(states, merged, colour=colour)]


def test_changes_are_told_the_headline_first() -> None:
    new = state(2, headline="Storm hits town", body="Twelve were hurt.\n\nIt rains.", authors=["Ada Pell"])
    assert told(state(1), new) == [
        f"{URL} (source example.com, report {'a' * 32})",
        "",
        "2026-11-24 09:00:00  revision 1, crawl c1",
        "  headline: Storm hits",
        "",
        "2026-11-24 10:00:00  revision 2, crawl c2",
        "  changed: authors, body, headline",
        "  headline: Storm hits{+ town+}",
        "  authors: {+Ada Pell+}",
        "  ~ [-Ten-]{+Twelve+} were hurt.",
    ]


def test_a_report_that_never_changed_and_one_that_was_merged_and_withdrawn() -> None:
    assert told(state(1))[-1] == "never changed since"
    gone = state(1, withdrawn_at=datetime(2026, 11, 25, tzinfo=UTC))
    lines_ = told(gone, merged=("b" * 32,))
    assert lines_[0] == f"report {'b' * 32} was merged into {'a' * 32}"
    assert lines_[-1] == "2026-11-25 00:00:00  withdrawn: its page is gone"


def test_nothing_that_a_page_says_reaches_the_terminal_raw() -> None:
    evil = state(
        2, headline="Storm \x1b[31mhits\x1b[0m", body="\x1b]0;title\x07Ten were hurt.\n\nIt [bold]rains[/bold]."
    )
    for colour in (False, True):
        text = "\n".join(told(state(1), evil, colour=colour))
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "[bold]" in text


def test_colour_in_place_of_signs() -> None:
    new = state(2, headline="Storm hits town")
    (line,) = [
        line for line in lines([state(1), new], (), colour=True) if line.plain.startswith("  headline: Storm hits town")
    ]
    assert [str(span.style) for span in line.spans] == ["green"]


def test_json_has_what_changed_since_the_state_before() -> None:
    found = as_json([state(1), state(2, body="Twelve were hurt.")], [])
    assert [one["changed_fields"] for one in found["states"]] == [[], ["body"]]
    assert found["report"] == "a" * 32
