"""The aggregator's pages of the replay web: every field of their truth."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.replay import differing_fields
from newscrawl.extraction.report import read_report
from newscrawl.items import to_json
from tests.web import NO_REPLAY, REPLAY

PAGES = REPLAY.parent / "report-page"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def expected() -> list[dict[str, Any]]:
    path = PAGES / "expected.json"
    return json.loads(path.read_text(encoding="utf-8"))["reports"] if path.exists() else []


@pytest.mark.skipif(not PAGES.exists(), reason=NO_REPLAY)
@pytest.mark.parametrize("page", expected(), ids=lambda page: page["file"])
def test_every_field_is_right(page: dict[str, Any]) -> None:
    extracted = read_report((PAGES / page["file"]).read_bytes(), page["url"], source="reports.example", now=NOW)

    assert extracted.rejection is None
    assert differing_fields(page, to_json(extracted.report)) == []


@pytest.mark.skipif(not PAGES.exists(), reason=NO_REPLAY)
@pytest.mark.parametrize("name", ["terms.html", "marketplace.html", "home.html", "category/index.html"])
def test_pages_that_are_no_report_are_rejected(name: str) -> None:
    extracted = read_report((PAGES / name).read_bytes(), "https://reports.example/x", source="reports.example", now=NOW)

    assert extracted.rejection is not None
