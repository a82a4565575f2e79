"""How rules are applied: their order, and their guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.extraction.body import read as body
from newscrawl.extraction.body import rules
from newscrawl.extraction.body.lines import locate
from newscrawl.extraction.body.rules import Add, Drop
from newscrawl.extraction.report import read_report
from tests.drafts import PARAGRAPHS, TEXT, draft_of

if TYPE_CHECKING:
    import pytest

    from newscrawl.extraction.body.lines import Draft, Line

DOCS = Path(__file__).resolve().parents[4] / "docs" / "extraction.md"
LOST = "The divers go down again on Monday, and will look at the southern pier as well."


def only(monkeypatch: pytest.MonkeyPatch, *wanted: Add | Drop) -> None:
    monkeypatch.setattr(rules, "ADDITIONS", tuple(rule for rule in wanted if isinstance(rule, Add)))
    monkeypatch.setattr(rules, "DROPS", tuple(rule for rule in wanted if isinstance(rule, Drop)))


def apply_additions(draft: Draft) -> Draft:
    return body.apply_additions(draft, [])


def apply_drops(draft: Draft) -> Draft:
    return body.apply_drops(draft, [])


def texts(draft: Draft) -> list[str]:
    return [line.text for line in draft.lines]


def is_marked(line: Line, _: Draft) -> str | None:
    """A kind with two signs."""
    return line.text[:2] if line.text.startswith(("A:", "B:")) else None


def test_each_rule_has_a_name_of_its_own_and_a_guard() -> None:
    names = [rule.name for rule in (*rules.ADDITIONS, *rules.DROPS)]

    assert len(names) == len(set(names))
    assert all(0 < rule.at_most <= 1 for rule in rules.DROPS)
    assert all(rule.at_most > 0 for rule in rules.ADDITIONS)


def test_the_docs_have_the_rules_in_their_order() -> None:
    text = DOCS.read_text(encoding="utf-8").partition("### The rules in order")[2].partition("###")[0]

    told = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")][2:]
    assert told == [rule.name for rule in (*rules.ADDITIONS, *rules.DROPS)]


def test_what_is_added_stands_where_the_page_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Add("third", lambda _: [2], 0.5))

    draft = apply_additions(draft_of(TEXT, lost=[PARAGRAPHS[2]]))

    assert texts(draft) == list(PARAGRAPHS)


def test_a_line_of_unknown_place_stays_behind_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Add("second", lambda _: [1], 3.0))
    draft = draft_of(TEXT)
    known = [PARAGRAPHS[0], "Nowhere on the page", PARAGRAPHS[2]]

    added = apply_additions(replace(draft, lines=locate(known, draft.blocks)))

    assert texts(added) == [PARAGRAPHS[0], "Nowhere on the page", *PARAGRAPHS[1:3]]


def test_what_is_added_is_clean_text(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Add("last", lambda _: [5], 0.5))

    added = apply_additions(
        draft_of(
            f"{TEXT}<p>Gru\u0308n\u200bder \u202esaid</p>",
            lost=["Gru\u0308n\u200bder \u202esaid", "Grün\u200bder \u202esaid"],
        )
    )

    assert texts(added)[5:] == ["Gründer said"]


def test_an_addition_beyond_its_guard_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Add("four", lambda _: [1, 2, 3, 4], 0.5))

    assert texts(apply_additions(draft_of(TEXT, lost=PARAGRAPHS[1:]))) == [PARAGRAPHS[0]]


def test_a_drop_beyond_its_guard_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Drop("most", lambda line, _: line.text != PARAGRAPHS[0], 0.5))

    assert texts(apply_drops(draft_of(TEXT))) == list(PARAGRAPHS)


def test_the_guard_is_one_for_each_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Drop("marked", is_marked, 0.2))
    many = "".join(f"<p>B: {paragraph}</p>" for paragraph in PARAGRAPHS[:3])

    kept = texts(apply_drops(draft_of(f"<p>A: a short line</p>{many}{TEXT}")))

    assert "A: a short line" not in kept  # few of this sign
    assert sum(text.startswith("B:") for text in kept) == 3  # a large share of the text


def test_drops_are_applied_to_what_is_left_by_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    last = Drop("last", lambda line, draft: line is draft.lines[-1], 0.5)
    only(monkeypatch, last, last)

    assert texts(apply_drops(draft_of(TEXT))) == list(PARAGRAPHS[:3])


def test_each_change_is_noted_with_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    last = Drop("last", lambda line, draft: line is draft.lines[-1], 0.5)
    too_much = Drop("most", lambda line, draft: line is not draft.lines[0], 0.5)
    only(monkeypatch, Add("third", lambda _: [2], 0.5), last, too_much)
    changes: list[tuple[str, str]] = []

    body.apply_drops(body.apply_additions(draft_of(TEXT, lost=[PARAGRAPHS[2]]), changes), changes)

    assert changes == [("+third", PARAGRAPHS[2]), ("-last", PARAGRAPHS[4])]


def test_what_is_added_has_to_pass_the_drops() -> None:
    """A lost paragraph comes back; a lost prompt of the same kind does not, though the first rule brings it."""
    prompt = "Subscribe to our newsletter about the harbour today"
    html = f"<article><h1>Pier closes</h1><div>{TEXT}<p>{LOST}</p><p>{prompt}</p></div></article>"
    draft = draft_of(html, lost=["Pier closes", LOST, prompt])

    added = apply_additions(draft)

    assert texts(added) == [*PARAGRAPHS, LOST, prompt]
    assert texts(apply_drops(added)) == [*PARAGRAPHS, LOST]


def test_all_of_it_on_one_page() -> None:
    html = (
        "<!doctype html><html lang=en><head><title>Pier closes | The Harbour</title></head><body><article>"
        f"<h1>Pier closes</h1><p>By Ann Example</p>{TEXT}<h2>What now</h2><p>{LOST}</p>"
        "<p>Read more: how the pier was built</p></article></body></html>"
    )

    extracted = read_report(
        html.encode(), "https://harbour.example/1", source="x", now=datetime(2026, 1, 1, tzinfo=UTC)
    )

    assert (extracted.report.body or "").split("\n\n") == [*PARAGRAPHS, "What now", LOST]
