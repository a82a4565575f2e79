# ruff: noqa: E501  (markup reads better whole)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extraction.report import read_report

TEXT = "The council of the harbour town met on Friday and spoke at length about the bridge that has been closed since spring. "


def rejection(html: str, url: str = "https://harbour.example/news/page") -> str | None:
    return read_report(html.encode(), url, source="x", now=datetime(2026, 1, 1, tzinfo=UTC)).rejection


def items(count: int) -> str:
    one = "<li><h2><a href='/2025/{0}'>The council speaks of bridge number {0}</a></h2><p>{1}</p></li>"
    return "".join(one.format(n, TEXT.replace("Friday", f"day {n}")) for n in range(count))


@pytest.mark.parametrize(
    "title", ["Page not found", "Seite nicht gefunden", "Página no encontrada", "Страница не найдена"]
)
def test_error_page_with_status_200(title: str) -> None:
    assert rejection(f"<title>{title}</title><h1>{title}</h1><p>{TEXT}</p>") == "soft 404"


@pytest.mark.parametrize("count", [1, 8])
def test_list_of_reports(count: int) -> None:
    assert rejection(f"<title>Politics</title><main><h1>Politics</h1><ul>{items(count)}</ul></main>") == "section page"


def test_short_service_page() -> None:
    assert (
        rejection("<title>Terms</title><main><h1>Terms</h1><p>Write to the desk if this is unclear.</p></main>")
        == "too short"
    )


def test_plain_report_without_any_metadata_passes() -> None:
    assert rejection(f"<title>Bridge</title><main><h1>Bridge stays closed</h1>{f'<p>{TEXT}</p>' * 5}</main>") is None
