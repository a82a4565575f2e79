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


@pytest.mark.parametrize(
    ("heading", "teaser"),
    [
        ("Fair chains", "The council of the town has met on Friday and spoke of what the shops of the harbour buy."),
        (
            "港の橋は春から通行止め",
            "町議会は金曜日に集まり、春から通行止めになっている港の橋について長い時間をかけて話し合った。" * 3,
        ),
    ],
)
def test_list_of_one_report_below_a_text_about_the_list(heading: str, teaser: str) -> None:
    item = f"<li><article><h2><a href='/2025/1'>{heading}</a></h2><time>1 May 2025</time><p>{teaser}</p></article></li>"
    about = "<p>All that the newsroom has written on the subject, the latest first; letters go to the desk.</p>"
    assert rejection(f"<title>Tag</title><main><h1>Tag: trade</h1>{about}<ul>{item}</ul></main>") == "section page"


def test_linked_headings_in_a_report_make_no_list() -> None:
    body = f"<p>{TEXT}</p><h2><a href='/bridge'>Bridge</a></h2><p>{TEXT * 2}</p><h2><a href='/ferry'>Ferry</a></h2><p>{TEXT * 2}</p>"
    assert rejection(f"<title>Bridge</title><main><h1>Bridge stays closed</h1>{body}</main>") is None


def test_short_service_page() -> None:
    assert (
        rejection("<title>Terms</title><main><h1>Terms</h1><p>Write to the desk if this is unclear.</p></main>")
        == "too short"
    )


def test_plain_report_without_any_metadata_passes() -> None:
    assert rejection(f"<title>Bridge</title><main><h1>Bridge stays closed</h1>{f'<p>{TEXT}</p>' * 5}</main>") is None
