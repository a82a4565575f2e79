"""`newscrawl sources add DOMAIN...`: what was seen of a site, as a table and as a source file."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich.table import Table
from rich.text import Text

from newscrawl.cli.options import FAILED, INTERRUPTED, USAGE, err, out, plain, stop
from newscrawl.cli.source_files import Remarks, render_source, write_source
from newscrawl.discovery.cover import how_often
from newscrawl.sources import SourceError, front_pages, load_sources
from newscrawl.spiders.probe import run_probes
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from scrapy.settings import Settings

    from newscrawl.discovery.cover import Judged
    from newscrawl.sources import Source
    from newscrawl.spiders.probed import Probed

_NUMBERS = ("entries", "only it")


def add_domains(
    settings: Settings, folder: Path, domains: Sequence[str], *, force: bool, dry_run: bool, as_json: bool
) -> int:
    """Look at the sites, show what was seen, and write their files. Returns the exit status."""
    sites, troubles = _sites(folder, domains, may_exist=force or dry_run)
    try:
        probed = run_probes(settings, [(site.target, site.fronts) for site in sites.values()]) if sites else []
    except (KeyboardInterrupt, asyncio.CancelledError):
        stop("interrupted; nothing was written", INTERRUPTED)
    told = []
    for one in sorted(probed, key=lambda one: one.target):
        site = sites[one.target]
        source = replace(one.source, id=site.path.stem)
        trouble = one.failure
        if trouble is None and not dry_run:
            try:
                write_source(site.path, render_source(source, remarks(one)), force=force)
            except SourceError as error:
                trouble = str(error)
        written = trouble is None and not dry_run
        if as_json:
            told.append({**evidence(one), "source": asdict(source), "file": str(site.path), "written": written})
        elif one.cover.judged:
            _print(one, source, f"wrote {site.path}" if written else None, show_file=dry_run)
        troubles += [trouble] if trouble else []
    if as_json:
        out.print(json.dumps(told, ensure_ascii=False, indent=1), markup=False)
    for trouble in troubles:
        err.print(f"newscrawl: {plain(trouble)}", markup=False)
    return INTERRUPTED if any(one.interrupted for one in probed) else FAILED if troubles else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Site:
    """One site that is to be looked at."""

    target: str
    fronts: Sequence[str]
    path: Path


def _sites(folder: Path, domains: Sequence[str], *, may_exist: bool) -> tuple[dict[str, _Site], list[str]]:
    """The sites by what the user calls them, and which are left out and why. Ends the program on what is no domain."""
    sites: dict[str, _Site] = {}
    troubles = []
    sources = load_sources(folder)[0]
    by_domain: dict[str, str] = {}
    for domain in dict.fromkeys(domains):
        try:
            fronts = front_pages(domain, folder)
        except SourceError as error:
            stop(str(error), USAGE)
        registered = registered_domain(fronts[0])
        owner = next((source for source in sources if registered in source.domains), None)
        path = folder / f"{owner.id if owner else registered[:64]}.toml"
        if path.exists() and not may_exist:
            troubles.append(f"{domain}: {path} has it already; --force overwrites it, --dry-run only shows")
        elif registered in by_domain:
            troubles.append(
                f"{domain}: left out: {by_domain[registered]} has the same registered domain, {registered}, "
                "which makes one source"
            )
        else:
            by_domain[registered] = domain
            sites[domain] = _Site(target=domain, fronts=fronts, path=path)
    return sites, troubles


# -- what was seen -----------------------------------------------------------------------------------------------------


def evidence(probed: Probed) -> dict[str, Any]:
    """What was seen, as JSON values; times in UTC, `every` in seconds."""
    cover = probed.cover
    return {
        "target": probed.target,
        "id": probed.id,
        "failure": probed.failure,
        "reports": len(cover.reports),
        "covered": len(cover.covered),
        "endpoints": [_endpoint(one) for one in cover.judged],
        "silent": probed.silent,
        "unasked": probed.unasked,
        "sampled": [asdict(one) | {"published_at": _text(one.published_at)} for one in probed.sampled],
        "requests": probed.requests,
    }


def _endpoint(judged: Judged) -> dict[str, Any]:
    listed, newest = judged.listed, judged.listed.newest
    every = how_often(listed.entries.values())
    return {
        "url": listed.url,
        "kind": listed.kind,
        "entries": len(listed.entries),
        "only": judged.only,
        "validators": list(listed.validators),
        "newest": _text(newest),
        "every": round(every.total_seconds()) if every is not None else None,
        "chosen": judged.chosen,
        "why": judged.why,
    }


def _text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def _print(probed: Probed, source: Source, end: str | None, *, show_file: bool) -> None:
    cover = probed.cover
    out.print(
        f"{plain(source.id)}: {len(cover.judged)} endpoints answered, {len(cover.chosen)} chosen; they announce "
        f"{len(cover.covered)} of {len(cover.reports)} reports",
        markup=False,
    )
    if cover.judged:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("endpoint", "kind", "entries", "only it", "validators", "newest", "new every", "chosen", "why"):
            table.add_column(name, justify="right" if name in _NUMBERS else "left")
        for judged in cover.judged:
            table.add_row(*(Text(plain(cell)) for cell in _cells(judged, probed.home)))
        out.print(table)
    named = {url: why for url, why in probed.silent.items() if why != "answers http 404"}
    for url, why in named.items():
        out.print(f"  no use: {plain(url)}: {plain(why)}", markup=False)
    if len(named) < len(probed.silent):
        out.print(f"  no use: {len(probed.silent) - len(named)} addresses that answer http 404", markup=False)
    for sampled in probed.sampled:
        seen = f"no report: {sampled.trouble}" if sampled.trouble else sampled.headline
        out.print(f"  sampled: {plain(sampled.url)}: {plain(seen)}", markup=False)
    if show_file and probed.failure is None:
        out.print("\n" + render_source(source, remarks(probed)), markup=False)
    if end:
        out.print(end, markup=False)


def _cells(judged: Judged, home: str | None) -> tuple[str, ...]:
    listed = judged.listed
    parts = urlsplit(listed.url)
    # The address of the site itself says nothing in each line.
    short = home and parts.netloc == urlsplit(home).netloc
    return (
        parts.path + (f"?{parts.query}" if parts.query else "") if short else listed.url,
        listed.kind,
        str(len(listed.entries)),
        str(judged.only),
        ", ".join(listed.validators) or "none",
        f"{listed.newest:%Y-%m-%d %H:%M}" if listed.newest else "",
        _span(how_often(listed.entries.values())),
        "yes" if judged.chosen else "no",
        judged.why,
    )


def _span(span: timedelta | None) -> str:
    if span is None:
        return ""
    minutes = span.total_seconds() / 60
    return (
        f"{minutes:.0f} min"
        if minutes < 90
        else f"{minutes / 60:.0f} h"
        if minutes < 2880
        else f"{minutes / 1440:.0f} d"
    )


# -- the file ----------------------------------------------------------------------------------------------------------


def remarks(probed: Probed) -> Remarks:
    """What the file says beside its values."""
    cover = probed.cover
    read = sum(one.trouble is None for one in probed.sampled)
    troubles = sorted({one.trouble for one in probed.sampled if one.trouble})
    chosen = f"The chosen {len(cover.chosen)} announce {len(cover.covered)} of {len(cover.reports)} reports"
    head = [
        f"Proposed by `newscrawl sources add` on {probed.at:%Y-%m-%d %H:%M} UTC.",
        f"{len(cover.judged)} endpoints answered. {chosen} that all of them announce.",
        f"{read} of {len(probed.sampled)} sampled pages are reports{': ' + ', '.join(troubles) if troubles else ''}.",
    ]
    keys = {one.listed.url: _remark(one) for one in cover.judged if one.chosen}
    keys |= dict.fromkeys(("name", "language", "country"), "as the sampled pages say")
    keys["discover"] = "look for more" if probed.discover else "these announce all that was seen"
    foot = [f"  {one.listed.url} ({_kind(one)}): {one.why}" for one in cover.judged if not one.chosen]
    return Remarks(head=head, keys=keys, foot=["Not chosen:", *foot] if foot else ())


def _kind(judged: Judged) -> str:
    return f"{judged.listed.kind}, {len(judged.listed.entries)} entries"


def _remark(judged: Judged) -> str:
    listed = judged.listed
    every = _span(how_often(listed.entries.values()))
    newest = f"; newest {listed.newest:%Y-%m-%d %H:%M}" if listed.newest else "; without dates"
    return (
        f"{len(listed.entries)} entries, {judged.only} only here; {' and '.join(listed.validators) or 'no validators'}"
        f"{newest}{', one every ' + every if every else ''}"
    )
