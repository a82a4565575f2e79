"""Saved pages written by us, each with the report that it must give: `saved/NAME.html` and `saved/NAME.json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.extraction.report import read_report
from newscrawl.items import to_json

SAVED = Path(__file__).parent / "saved"
VARYING = ("extractor", "fetched_at", "id", "content_hash", "schema_version", "revision", "provenance")


@pytest.mark.parametrize("page", sorted(SAVED.glob("*.html")), ids=lambda page: page.stem)
def test_saved_page_gives_the_expected_report(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    extracted = read_report(page.read_bytes(), expected["url"], source="saved", now=now)
    found = {name: value for name, value in to_json(extracted.report).items() if name not in VARYING}
    assert extracted.rejection is None
    assert found == expected
