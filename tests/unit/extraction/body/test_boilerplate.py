from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.extraction.body import boilerplate
from newscrawl.extraction.body.boilerplate import (
    MAX_LINES,
    STORIES,
    Memory,
    find_suspects,
    leave_out,
    long_words,
    same_but_for,
    same_story,
)
from newscrawl.extraction.report import read_report
from newscrawl.identity.keys import line_key
from newscrawl.items import Suspect

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TYPO = "Report a typo: write to our desk and we will put it right."
HEADLINES = (
    "Harbour council votes for a second ferry",
    "Hospital opens its new children's ward",
    "Storm tears roofs from forty houses",
    "Brewery celebrates two hundred years",
    "Orchestra loses its conductor to Vienna",
)
FERRY = (
    "The harbour council has voted for a second ferry to the islands.",
    "The ferry will carry sixty cars to the islands, and the council pays for half of it.",
    "Islanders had asked for a second ferry for years.",
)


def suspect(line: str) -> Suspect:
    return Suspect(key=line_key(line), sample=line)


def keys(suspects: tuple[Suspect, ...]) -> list[str]:
    return [one.key for one in suspects]


def taught(*headlines: str, line: str = TYPO) -> Memory:
    memory = Memory()
    for headline in headlines:
        memory.note(headline, [suspect(line)], NOW)
    return memory


# -- one page --------------------------------------------------------------------------------------------------------


def test_a_line_is_the_same_in_other_case_and_spacing_but_not_with_other_numbers() -> None:
    assert line_key("Write to  our desk") == line_key("WRITE TO OUR DESK\u00a0")
    assert line_key("Turnout was 45 percent") != line_key("Turnout was 61 percent")


def test_what_speaks_of_the_subject_is_no_suspect() -> None:
    body = "\n\n".join((*FERRY, TYPO))
    assert keys(find_suspects(body, HEADLINES[0], (), ())) == [line_key(TYPO)]


def test_a_line_that_stands_twice_on_a_page_does_not_speak_of_itself() -> None:
    body = "\n\n".join((TYPO, *FERRY, TYPO))
    assert set(keys(find_suspects(body, HEADLINES[0], (), ()))) == {line_key(TYPO)}


@pytest.mark.parametrize("line", ["Background", "What we know", "- - - - -", "Analysis " * 100])
def test_labels_rules_and_long_paragraphs_are_no_suspects(line: str) -> None:
    assert find_suspects("\n\n".join((*FERRY, line)), HEADLINES[0], (), ()) == ()


def test_headings_and_what_the_summary_says_are_no_suspects() -> None:
    body = "\n\n".join((*FERRY, TYPO))
    assert find_suspects(body, HEADLINES[0], [TYPO.upper()], ()) == ()
    assert find_suspects(body, HEADLINES[0], (), [f"Today. {TYPO}"]) == ()


def test_known_lines_are_left_out_and_told() -> None:
    body = "\n\n".join((FERRY[0], TYPO, *FERRY[1:]))
    assert leave_out(body, {line_key(TYPO)}) == ("\n\n".join(FERRY), (TYPO,))
    assert leave_out(body, set()) == (body, ())


def test_no_more_than_three_tenths_of_a_report_go() -> None:
    body = "\n\n".join((FERRY[0], TYPO))
    assert leave_out(body, {line_key(TYPO)}) == (body, ())


def test_what_headline_or_summary_say_stays() -> None:
    body = "\n\n".join((*FERRY, TYPO))
    assert leave_out(body, {line_key(TYPO)}, [TYPO]) == (body, ())


def test_long_words_of_scripts_with_and_without_spaces() -> None:
    assert long_words("The ferries' harbour, 2026") == {"ferri", "harbo"}
    assert long_words("港湾委員会") == {"港湾委", "湾委員", "委員会"}
    assert "항만" in long_words("항만위원회가 투표했다")


def test_states_that_differ_in_known_lines_only_are_the_same() -> None:
    known = {line_key(TYPO)}
    old, new = ("Ferry", "\n\n".join((*FERRY, TYPO))), ("Ferry", "\n\n".join(FERRY))
    assert same_but_for(known, old, new)
    assert not same_but_for(set(), old, new)
    assert not same_but_for(known, old, ("Ferry", "\n\n".join(FERRY[:2])))
    assert not same_but_for(known, ("Ferry", TYPO), ("Ferry", TYPO)), "nothing is left to compare"


# -- many pages ------------------------------------------------------------------------------------------------------


def test_a_line_is_learned_from_reports_of_different_stories() -> None:
    assert taught(*HEADLINES[: STORIES - 1]).known == frozenset()
    memory = taught(*HEADLINES[:STORIES])
    assert memory.known == {line_key(TYPO)}
    assert memory.lines[line_key(TYPO)].headlines == HEADLINES[:STORIES]


def test_follow_ups_and_series_are_one_story() -> None:
    follow_ups = [f"Ferry {word}: harbour council" for word in ("vote", "cost", "row", "deal", "delay", "debate")]
    assert taught(*follow_ups).known == frozenset()
    assert same_story("Weather for Thursday: rain", "Weather for Sunday: sunshine")
    assert not same_story(HEADLINES[0], HEADLINES[1])


def test_headlines_that_say_little_are_no_witnesses() -> None:
    assert taught("Live", "Video", "In short", "Update", "", "On air").known == frozenset()
    assert taught("Live", *HEADLINES[:STORIES]).known == {line_key(TYPO)}


def test_a_line_that_few_reports_have_is_not_learned() -> None:
    memory = Memory()
    for number in range(400):
        rare = number % 40 == 0
        memory.note(HEADLINES[number // 40 % len(HEADLINES)], [suspect(TYPO)] if rare else (), NOW)
    assert memory.lines[line_key(TYPO)].reports == 10
    assert memory.known == frozenset()


def test_the_memory_is_bounded_and_keeps_what_came_back() -> None:
    memory = taught(*HEADLINES[:2])
    for number in range(3 * MAX_LINES):
        line = f"Nobody will ever read this sentence again, number {number}."
        memory.note(HEADLINES[2], [suspect(line)], NOW + timedelta(minutes=number + 1))
    assert len(memory.lines) <= MAX_LINES * 1.25
    assert line_key(TYPO) in memory.lines


def test_what_is_fresh_is_taken_once() -> None:
    memory = taught(*HEADLINES[:2])
    reports, lines = memory.take_fresh()
    assert (reports, {key: times for key, (times, _) in lines.items()}) == (2, {line_key(TYPO): 2})
    assert memory.take_fresh() == (0, {})


# -- whole pages -----------------------------------------------------------------------------------------------------


def page(headline: str, *paragraphs: str) -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html lang=en><head><title>{headline}</title><meta property=og:type content=article></head>"
        f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
    ).encode()


def test_a_page_is_read_without_what_is_known() -> None:
    body = page(HEADLINES[0], *FERRY, TYPO)
    url = "https://paper.example/ferry"
    plain = read_report(body, url, source="paper", now=NOW)
    assert plain.report.body == "\n\n".join((*FERRY, TYPO))
    assert keys(plain.suspects) == [line_key(TYPO)]
    assert (plain.left_out, plain.whole_hash) == ((), None)

    known = read_report(body, url, source="paper", now=NOW, boilerplate=frozenset([line_key(TYPO)]))
    assert known.report.body == "\n\n".join(FERRY)
    assert (known.left_out, known.whole_hash) == ((TYPO,), plain.report.content_hash)
    assert known.suspects == plain.suspects, "it is counted all the same"
    assert known.report.word_count < (plain.report.word_count or 0)


def test_a_hostile_page_yields_a_bounded_number_of_suspects() -> None:
    lines = [f"{n:05d}a {n:05d}b so it is." for n in range(5_000)]
    assert len(find_suspects("\n\n".join(lines), "Headline", (), ())) == boilerplate.MAX_PER_REPORT
