"""`newscrawl sources add --opml|--csv|--sitelist FILE`: source files from the lists of other programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.cli.options import FAILED, USAGE, err, out, plain, stop
from newscrawl.cli.source_files import Remarks, render_source, write_source
from newscrawl.discovery.source_lists import ListError, group, read_csv, read_opml, read_sitelist
from newscrawl.sources import Source, SourceError, load_sources
from newscrawl.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Sequence

READERS = {"opml": read_opml, "csv": read_csv, "sitelist": read_sitelist}


def add_list(folder: Path, form: str, path: str, *, force: bool, dry_run: bool, as_json: bool) -> int:
    """Write a source file for each site of a list. Returns the exit status: 1 where something was not taken over."""
    try:
        found = READERS[form](Path(path).read_bytes())
    except OSError as error:
        stop(f"{plain(path)}: cannot be read: {error.strerror}", USAGE)
    except ListError as error:
        stop(f"{plain(path)}: {error}", USAGE)
    troubles = [f"{path}: {trouble}" for trouble in found.troubles]
    there = load_sources(folder)[0]
    told = []
    for source, names in group(found.named):
        owner = next((one for one in there if set(one.domains) & {source.domains[0]}), None)
        target = folder / f"{owner.id if owner else source.id}.toml"
        trouble = None
        text = render_source(source, Remarks(head=[f"Taken over from {Path(path).name}."], keys=names))
        if owner is not None and not force:
            missing = _missing(source, owner)
            trouble = f"{target}: is there already and was not touched" + (
                f"; it lacks {', '.join(missing)}: add them there, or use --force" if missing else ""
            )
            if missing:
                troubles.append(trouble)
            else:
                found.notes.append(trouble)
        elif not dry_run:
            try:
                write_source(target, text, force=force)
            except SourceError as error:
                trouble = str(error)
                troubles.append(trouble)
        told.append({"file": str(target), "written": trouble is None and not dry_run, "source": asdict(source)})
        if not as_json and trouble is None:
            out.print(f"# {target}\n{text}" if dry_run else f"wrote {target}: {_count(source)}", markup=False)
    if as_json:
        out.print(json.dumps(told, ensure_ascii=False, indent=1), markup=False)
    for line in (*(f"{path}: {note}" if not note.startswith(str(folder)) else note for note in found.notes), *troubles):
        err.print(f"newscrawl: {plain(line)}", markup=False)
    return FAILED if troubles else 0


def _urls(source: Source) -> Sequence[str]:
    return (*source.feeds, *source.sitemaps, *source.sections)


def _missing(source: Source, owner: Source) -> list[str]:
    known = {normalise_url(url) for url in _urls(owner)}
    return [url for url in _urls(source) if normalise_url(url) not in known]


def _count(source: Source) -> str:
    counts = {"feeds": source.feeds, "sitemaps": source.sitemaps, "sections": source.sections}
    return ", ".join(f"{len(urls)} {name}" for name, urls in counts.items() if urls) or "endpoints are discovered"
