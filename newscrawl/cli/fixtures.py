"""Saved pages with the reports that they must give: `NAME.html`, as fetched, and `NAME.json`. tests/pages runs them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.items import to_json
from newscrawl.parsing.work import About, Page, read_report_page
from newscrawl.sites.registry import NONE

if TYPE_CHECKING:
    from newscrawl.items import Extracted

FOLDER = Path("tests/pages/saved")
"""In a checkout of newscrawl."""
_VARYING = ("extractor", "fetched_at", "id", "content_hash", "schema_version", "revision", "provenance")
"""Fields that say nothing about the page, or follow from the others."""
_FETCHED_AT = "2026-01-01T00:00:00Z"
"""Of fixtures that do not say it."""
_MUST_CHECK = ("headline", "summary", "body", "authors", "published_at", "language")


class FixtureError(Exception):
    """A fixture that cannot be saved; the message says why and what to do."""


def expected_values(extracted: Extracted) -> dict[str, Any]:
    """The report as a fixture has it: JSON values, without those that vary."""
    return {name: value for name, value in to_json(extracted.report).items() if name not in _VARYING}


def is_fixture(html: Path) -> bool:
    """Whether a file is the page of a fixture."""
    return html.suffix == ".html" and html.is_file() and html.with_suffix(".json").is_file()


def load_fixture(html: Path) -> tuple[Page, About, dict[str, Any]]:
    """The page, how it is to be read, and the values that must come out.

    Raises FixtureError where the JSON beside the page cannot be read.
    """
    path = html.with_suffix(".json")
    try:
        return _fixture(html, json.loads(path.read_text(encoding="utf-8")))
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        raise FixtureError(f"{path}: cannot be read as the values of {html.name}: {error!r}") from error


def _fixture(html: Path, expected: dict[str, Any]) -> tuple[Page, About, dict[str, Any]]:
    page = Page(
        body=html.read_bytes(),
        url=expected["url"],
        content_type=expected.pop("content_type", None),
        now=datetime.fromisoformat(expected.pop("fetched_at", _FETCHED_AT)),
    )
    return page, About(source=expected["source"], page=expected.pop("page", None)), expected


def check_fixture(folder: Path, name: str, *, force: bool) -> None:
    """Raise FixtureError where a fixture of this name cannot be saved in `folder`."""
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) is None:
        raise FixtureError(f"--save-fixture {name!r}: use lower-case letters, digits, '_' and '-'")
    if folder == FOLDER and not folder.is_dir():
        raise FixtureError(f"there is no {folder} here: run this in a checkout of newscrawl, or give --fixtures DIR")
    there = [path for path in _paths(folder, name) if path.exists()]
    if there and not force:
        raise FixtureError(f"{there[0]} is there already; --force overwrites it, and what was corrected in it")


def save_fixture(folder: Path, name: str, page: Page, site_page: str | None) -> list[str]:
    """Save `page` as fetched, and what it gives now as what it must give; returns what to tell the user.

    Raises FixtureError where the files cannot be written.
    """
    extracted = read_report_page(page, About(source="saved", page=site_page))
    how = {"page": site_page, "content_type": page.content_type, "fetched_at": _as_utc(page.now)}
    values = {key: value for key, value in how.items() if value is not None} | expected_values(extracted)
    html, expected = _paths(folder, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        html.write_bytes(page.body)
        expected.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise FixtureError(f"{error.filename}: cannot be written: {error.strerror}") from error
    by = "by the general rules" if site_page in (None, NONE) else f"by the site page {site_page}"
    return [
        f"wrote {html}: the page as fetched, {len(page.body)} bytes",
        f"wrote {expected}: what it gives now, read {by}",
        *_what_next(name, html, expected, values, extracted.rejection),
    ]


def _what_next(name: str, html: Path, expected: Path, values: dict[str, Any], rejection: str | None) -> list[str]:
    missing = [field for field in _MUST_CHECK if field not in values]
    paragraphs = values.get("body", "").count("\n\n") + 1 if "body" in values else 0
    return [
        f"next: compare {expected} with the page as people see it, and write into it what is right",
        *([f"      the page is rejected now: {rejection}"] if rejection else []),
        f"      the body has {paragraphs} paragraphs now: is it whole, and is there nothing else in it?",
        *([f"      nothing was found for: {', '.join(missing)}"] if missing else []),
        f"      if the page is not your own: put words of your own in place of its text, in {html} too",
        f"      then: pytest tests/pages -k {name}",
    ]


def _paths(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.html", folder / f"{name}.json"


def _as_utc(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
