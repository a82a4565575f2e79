"""The two sections of the demo site: wrong by the general rules, right by their site pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.demo.content import DemoReport, expected_report, load_reports
from newscrawl.demo.odd_pages import BOOTS
from newscrawl.demo.pages import report_page
from newscrawl.items import Extracted, Location
from newscrawl.parsing.work import About, Page, read_report_page
from newscrawl.sites.registry import SITE_PAGES

BASE = "http://127.0.0.1:8642/"
REPORTS = load_reports()
ODD = [report for report in REPORTS if report.style in ("tidebook", "minutes")]
FIELDS = ("headline", "summary", "body", "authors", "published_at", "language", "sections", "modified_at")


def read(report: DemoReport, site_page: str | None) -> Extracted:
    html = report_page(report, REPORTS[3:6], BASE)
    url = BASE.rstrip("/") + report.path
    page = Page(body=html.encode(), url=url, content_type=None, now=datetime(2026, 11, 24, tzinfo=UTC))
    return read_report_page(page, About(source="demo", page=site_page))


def wrong_fields(report: DemoReport, extracted: Extracted) -> set[str]:
    expected = expected_report(report, BASE)
    found = extracted.report
    values = {field: getattr(found, field) for field in FIELDS}
    values |= {"body": (found.body or "").split("\n\n"), "authors": [*found.authors], "sections": [*found.sections]}
    return {field for field in FIELDS if values[field] != expected.get(field)}


@pytest.mark.parametrize("report", ODD, ids=lambda report: report.id)
def test_the_site_page_gets_every_field_right(report: DemoReport) -> None:
    extracted = read(report, None)
    assert (extracted.rejection, extracted.gaps, wrong_fields(report, extracted)) == (None, {}, set())
    places = tuple(Location(name=p.name, country=p.country, point=(p.longitude, p.latitude)) for p in report.places)
    assert extracted.report.locations == places
    assert BOOTS not in (extracted.report.body or "")


@pytest.mark.parametrize("report", ODD, ids=lambda report: report.id)
def test_without_it_the_general_rules_get_them_wrong(report: DemoReport) -> None:
    extracted = read(report, "none")
    assert wrong_fields(report, extracted) >= {"headline", "summary", "body", "authors", "published_at"}


@given(st.binary(max_size=200), st.floats(0, 1), st.sampled_from(ODD), st.sampled_from(sorted(SITE_PAGES)))
@settings(max_examples=60, deadline=None)
def test_mangled_pages_never_raise(junk: bytes, where: float, report: DemoReport, name: str) -> None:
    html = report_page(report, REPORTS[3:6], BASE).encode()
    cut = int(where * len(html))
    for body in (html[:cut] + junk + html[cut:], html[:cut], junk):
        page = Page(body=body, url=BASE + "x", content_type=None, now=datetime(2026, 11, 24, tzinfo=UTC))
        assert read_report_page(page, About(source="demo", page=name)).report.source == "demo"


def test_other_reports_of_the_site_have_no_site_page() -> None:
    for report in REPORTS:
        if report not in ODD:
            assert "site" not in read(report, None).report.provenance.values()
