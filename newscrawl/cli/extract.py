"""`newscrawl extract FILE|URL|-`"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.explain import conflicts, print_explanation
from newscrawl.cli.fixtures import FOLDER, FixtureError, check_fixture, is_fixture, load_fixture, save_fixture
from newscrawl.cli.options import FAILED, USAGE, JsonOption, SetOption, err, load_settings, out, plain, stop
from newscrawl.extraction.body.join import join_pages
from newscrawl.items import to_json
from newscrawl.parsing.work import About, Page, read_report_page
from newscrawl.sites.registry import page_name_for, why_unknown
from newscrawl.spiders.page import Pages, fetch_pages
from newscrawl.urls import absolute_url, registered_domain

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from newscrawl.items import Extracted

_NOWHERE = "https://unknown.invalid/page"


def extract(
    what: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="A saved page, a URL, or - for standard input.")],
    *,
    url: Annotated[str | None, typer.Option(help="Where a saved page was fetched; a fixture says it itself.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="With every candidate of every field, the winner first.")
    ] = False,
    page: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Site page to read it by; 'none' for none. Default: that of its host."),
    ] = None,
    save: Annotated[
        str | None,
        typer.Option("--save-fixture", metavar="NAME", help="Save page and report as NAME.html and NAME.json."),
    ] = None,
    fixtures: Annotated[Path, typer.Option(metavar="DIR", help="Where --save-fixture saves.")] = FOLDER,
    force: Annotated[bool, typer.Option("--force", help="Let --save-fixture overwrite.")] = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Print one report as JSON, without a database. On a terminal, --explain prints a table."""
    settings = load_settings(set_)
    if page is not None and (trouble := why_unknown(page)):
        stop(f"--page {plain(trouble)}", USAGE)
    try:
        if save is not None:
            if url is None and not _is_url(what) and not is_fixture(Path(what)):
                stop("--save-fixture needs --url, where the page was fetched", USAGE)
            check_fixture(fixtures, save, force=force)
        further: tuple[Page, ...] = ()
        if url is None and is_fixture(Path(what)):
            fetched, about, _ = load_fixture(Path(what))
            page = page or about.page
        elif _is_url(what):
            fetched, further, _ = _fetch(settings, what)
        else:
            fetched = _load(what, url)
        used = page or page_name_for(fetched.url)
        about = About(source=registered_domain(fetched.url), page=used, explain=explain)
        extracted = _read(fetched, further, about)
        if explain and out.is_terminal and not json_:
            print_explanation(out, extracted, used)
        else:
            out.print(json.dumps(_values(extracted, used, explain=explain), ensure_ascii=False, indent=1), markup=False)
        if save is not None:
            for line in save_fixture(fixtures, save, fetched, used):
                err.print(plain(line), markup=False)
    except FixtureError as error:
        stop(plain(error), USAGE)


def _values(extracted: Extracted, page: str | None, *, explain: bool) -> dict[str, Any]:
    report = to_json(extracted.report)
    if explain:
        report["candidates"] = {field: _listed(found) for field, found in extracted.candidates.items()}
        report["refused"] = {field: _listed(found) for field, found in extracted.refused.items()}
        report["lines"] = [{"rule": rule, "line": line} for rule, line in extracted.lines]
        report["conflicts"] = {field: _listed(found) for field, found in conflicts(extracted).items()}
        if page is not None:
            report["site_page"] = {"name": page, "gaps": dict(extracted.gaps)}
    else:
        report.pop("provenance", None)
    if extracted.rejection:
        report["rejection"] = extracted.rejection
    return report


def _listed(found: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"method": method, "value": value} for method, value in found]


def _is_url(what: str) -> bool:
    return what.startswith(("http://", "https://"))


def _fetch(settings: Settings, url: str) -> Pages:
    pages = fetch_pages(settings, url)
    if isinstance(pages, str):
        stop(pages, FAILED)
    if pages.missing is not None:
        err.print(f"the report goes on: {plain(pages.missing)}", markup=False)
    return pages


def _read(page: Page, further: tuple[Page, ...], about: About) -> Extracted:
    """The report on a page, with its further pages."""
    extracted = read_report_page(page, about)
    if not further or extracted.rejection is not None:
        return extracted
    later = [read_report_page(one, replace(about, part_of=page.url)).report for one in further]
    return replace(extracted, report=join_pages(extracted.report, later))


def _load(what: str, url: str | None) -> Page:
    where = absolute_url("", url or _NOWHERE)
    if where is None:
        stop(f"--url {plain(url)!r} is no http(s) URL", USAGE)
    try:
        body = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    except OSError as error:
        stop(f"{plain(what)}: cannot be read: {error.strerror}", USAGE)
    return Page(body=body, url=where, content_type=None, now=datetime.now(UTC))
