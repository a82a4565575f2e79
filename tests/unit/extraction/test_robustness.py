# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.extraction.report import read_report

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://harbour.example/2025/05/a-report"
PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class=related>", "</div>", "<h1>", "<script type='application/ld+json'>", "</script>", "<a href='//['>",
     '{"@type":"NewsArticle","headline":[{}],"datePublished":[7],"author":[null,{"name":{}}]}', "<time datetime='x'>", "&#0;", "\x00",
     "\ud800", "<meta property='og:image' content='http://['>", "<base href='http://['>", "<i data-lat='nan' data-lng='1e999'>", "é", "<", "字"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=40))
def test_no_markup_makes_it_raise(pieces: list[str]) -> None:
    report = read_report("".join(pieces).encode("utf-8", "replace"), URL, source="x", now=NOW).report
    assert report.url == URL
    assert not any(ch < " " and ch != "\n" for ch in report.body or "")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert read_report(body, URL, source="x", now=NOW).report.source == "x"


def test_jsonld_nested_deeper_than_the_stack_costs_only_itself() -> None:
    text = (
        "<p>The harbour office opened on Friday after a long repair, a speaker of the council said in the evening.</p>"
        * 4
    )
    deep = "[" * 100_000 + "]" * 100_000
    page = f"<title>Harbour office opens</title><script type='application/ld+json'>{deep}</script><article>{text}</article>"
    assert "harbour office" in (read_report(page.encode(), URL, source="x", now=NOW).report.body or "")
