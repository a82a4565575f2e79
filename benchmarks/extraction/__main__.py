"""How well pages are read: newscrawl on four public corpora, beside trafilatura as it comes on the same pages.

    python -m benchmarks.extraction [--part tune|check|all|each] [--worst N] [--worse] [--json]   about two minutes
    python -m benchmarks.extraction --gate [--write-floor]     newscrawl alone, against the floor, in half a minute
    python -m benchmarks.extraction --ablation                 what the body loses without each of its rules

Exit status 0: not below the floor (floor.toml); 1: below it, each such figure is named; 2: the bench is not here.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from benchmarks.extraction import ablation
from benchmarks.extraction.corpora import CORPORA, NO_BENCH, Prediction, body_f1, is_here, read_pages, score
from benchmarks.extraction.differences import differences, read_changes, responsible
from benchmarks.extraction.floor import FLOOR, broken, read_floor, write_floor
from benchmarks.extraction.runs import Cpu, Read, cpu, read_both, read_ours, run
from newscrawl.text import printable, shorten

ROWS = (
    ("body F1", "f1"),
    ("body precision", "precision"),
    ("body recall", "recall"),
    ("body exact", "exact"),
    ("body bad (less is better)", "bad"),
    ("title", "title"),
    ("authors F1", "authors_f1"),
    ("authors spurious (less is better)", "authors_spurious"),
    ("day", "day"),
    ("instant", "instant"),
    ("language", "language"),
)
WORSE_BY = 0.02

Figures = dict[str, dict[str, float]]


def print_table(title: str, ours: Figures, plain: Figures | None) -> None:
    """One row a figure; newscrawl, then plain trafilatura in brackets."""
    print(f"\n{title + (': newscrawl (plain trafilatura)' if plain else ''):50}" + "".join(f"{c:>20}" for c in ours))
    for label, name in ROWS:
        cells = [f"{_cell(ours[c], name)} ({_cell(plain[c], name)})" if plain else _cell(ours[c], name) for c in ours]
        print(f"{label:50}" + "".join(f"{cell if cell.strip(' ()-') else '-':>20}" for cell in cells))


def _cell(figures: dict[str, float], name: str) -> str:
    return f"{figures[name]:.4f}" if name in figures else "-"


def print_cpu(times: Cpu) -> None:
    """The ratio of CPU times, which may be 1.25 at most."""
    print(f"\nCPU ratio to plain trafilatura: {times.mean:.3f} by mean, {times.median:.3f} by median", end="")
    print(f" ({times.ours_ms:.1f} and {times.plain_ms:.1f} ms a page)")


def print_page(page: Any, f1: float, found: Prediction, note: str = "") -> None:
    """A page with the lines that are too many and those that are missing, short, and the rules that did it."""
    print(f"\n{f1:.3f} {note}{page.corpus} {printable(page.url)}")
    changes = read_changes(page)
    for sign, lines in zip("+-", differences(page, found), strict=True):
        for line in lines[:6]:
            rules = responsible(sign, line, changes)
            print(f"    {sign} {shorten(printable(line), 100)}" + (f" [{', '.join(rules)}]" if rules else ""))
        if len(lines) > 6:
            print(f"    {sign} ... {len(lines) - 6} more")


def print_worst(pages: list[Any], ours: dict[str, Prediction], number: int) -> None:
    """The pages with the worst body."""
    print(f"\nThe {number} worst bodies: lines too many (+) and missing (-) [the rules that did it]")
    f1 = body_f1(pages, ours)
    for page in sorted(pages, key=lambda page: f1[page.id])[:number]:
        print_page(page, f1[page.id], ours[page.id])


def print_worse(pages: list[Any], ours: dict[str, Prediction], plain: dict[str, Prediction]) -> None:
    """The pages on which plain trafilatura is better."""
    f1, theirs = body_f1(pages, ours), body_f1(pages, plain)
    worse = [page for page in pages if theirs[page.id] > f1[page.id] + WORSE_BY]
    print(f"\n{len(worse)} pages whose body F1 is more than {WORSE_BY} under plain trafilatura's")
    for page in sorted(worse, key=lambda page: f1[page.id] - theirs[page.id]):
        print_page(page, f1[page.id], ours[page.id], f"(trafilatura {theirs[page.id]:.3f}) ")


def ablate(pages: list[Any], jobs: int) -> dict[str, dict[str, Any]]:
    """Variant -> corpus -> body F1, and how many pages have another body than with all rules."""
    bodies = run(ablation.read_variants, pages, jobs)
    result: dict[str, dict[str, Any]] = {}
    for variant in ablation.variants():
        figures = score(pages, {id_: {"text": texts[variant]} for id_, texts in bodies.items()})
        changed = sum(texts[variant] != texts[ablation.ALL] for texts in bodies.values())
        result[variant] = {**{corpus: figures[corpus]["f1"] for corpus in figures}, "pages": changed}
    return result


def print_ablation(result: dict[str, dict[str, Any]]) -> None:
    """What each rule buys, as a table of Markdown: docs/extraction.md holds it."""
    whole = result[ablation.ALL]
    corpora = [corpus for corpus in CORPORA if corpus in whole]
    print(f"\n| body F1 without | {' | '.join(corpora)} | pages changed |\n|{' --- |' * (len(corpora) + 2)}")
    print(f"| nothing | {' | '.join(f'{whole[corpus]:.4f}' for corpus in corpora)} | |")
    for variant, figures in result.items():
        if variant != ablation.ALL:
            cells = " | ".join(f"{figures[corpus] - whole[corpus]:+.4f}" for corpus in corpora)
            print(f"| {variant} | {cells} | {figures['pages']} |")


def compare(pages: list[Any], options: argparse.Namespace) -> tuple[Figures, dict[str, Any]]:
    """Read, print and return the figures of all `pages`, and everything as a JSON object."""
    reads: dict[str, Read] = run(read_ours if options.gate else read_both, pages, options.jobs)
    ours, plain = ({id_: getattr(r, name) for id_, r in reads.items()} for name in ("ours", "plain"))
    shown: dict[str, Any] = {}
    for part in ("all", "tune", "check") if options.part == "each" else (options.part,):
        mine = [page for page in pages if part in ("all", page.part)]
        shown[part] = {"newscrawl": score(mine, ours), "trafilatura": None if options.gate else score(mine, plain)}
        if not options.json:
            print_table(f"{part}, {len(mine)} pages", shown[part]["newscrawl"], shown[part]["trafilatura"])
    figures = next(iter(shown.values()))["newscrawl"]
    times = None if options.gate else cpu(list(reads.values()))
    if options.json:
        return figures, {"figures": shown, "cpu": times and asdict(times)}
    if times:
        print_cpu(times)
    if options.worst:
        print_worst(pages, ours, options.worst)
    if options.worse:
        print_worse(pages, ours, plain)
    return figures, {}


def read_options() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("all", "tune", "check", "each"), default="all", help="half of the pages")
    parser.add_argument("--gate", action="store_true", help="newscrawl alone, without times")
    parser.add_argument("--write-floor", action="store_true", help="put the floor a little below the figures of now")
    parser.add_argument("--ablation", action="store_true", help="the body without each of its rules, instead")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="the N pages with the worst body")
    parser.add_argument("--worse", action="store_true", help="pages on which plain trafilatura is better")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes; 1 where times count, else 2")
    options = parser.parse_args()
    if options.gate and options.worse:
        parser.error("--worse needs plain trafilatura, which --gate leaves out")
    if options.write_floor and options.part not in ("all", "each"):
        parser.error("--write-floor needs the figures of all pages")
    options.jobs = options.jobs or (2 if options.gate or options.ablation else 1)
    return options


def main() -> int:
    """The exit status."""
    options = read_options()
    if not is_here():
        print(NO_BENCH, file=sys.stderr)
        return 2
    pages = read_pages("all" if options.part == "each" else options.part)
    if options.ablation:
        result = ablate(pages, options.jobs)
        print(json.dumps(result)) if options.json else print_ablation(result)
        return 0
    figures, everything = compare(pages, options)
    if options.json:
        print(json.dumps(everything))
    if options.write_floor:
        write_floor(figures)
    if options.part not in ("all", "each"):
        return 0  # the floor is that of all pages
    messages = broken(figures, read_floor())
    for message in messages:
        print(message, file=sys.stderr)
    print(f"{len(messages)} figures below the floor" if messages else f"not below {FLOOR.name}", file=sys.stderr)
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
