"""What docs/site-pages.md tells people to write does what it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newscrawl.demo.content import expected_report, load_reports
from newscrawl.demo.pages import report_page
from newscrawl.extraction.report import read_report
from newscrawl.sites.forms import FIELDS

TEXT = (Path(__file__).parents[3] / "docs" / "site-pages.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:8642/"


def test_the_class_of_the_page_reads_the_page() -> None:
    code = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
    names: dict[str, Any] = {"__name__": "newscrawl.sites.practice"}
    exec(code, names)
    report = next(report for report in load_reports() if report.path in TEXT)
    html = report_page(report, [], BASE).encode()
    now = datetime(2026, 11, 24, tzinfo=UTC)
    found = read_report(html, BASE + "x", source="x", now=now, read_site=names["Practice"]()).report
    expected = expected_report(report, BASE)
    assert (found.headline, found.summary, found.published_at) == (
        expected["headline"],
        expected["summary"],
        expected["published_at"],
    )
    assert ((found.body or "").split("\n\n"), list(found.authors)) == (expected["body"], expected["authors"])


def test_every_field_is_described() -> None:
    table = TEXT[TEXT.index("| fields | take |") :]
    assert not [field for field in FIELDS if f"`{field}`" not in table]
