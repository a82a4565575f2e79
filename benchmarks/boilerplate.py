"""What boilerplate memory buys and costs: body F1 with and without it, and what is learned from a stream of reports.

    python -m benchmarks.boilerplate [--stories 4] [--long] [pages] [stream]

`pages`: the extraction corpora, the pages of one site after the other, each read with what the earlier ones taught.
With `--long`, all pages teach before the first is read, as in a crawl that has gone on for long. Few sites have enough
pages there: `--stories 2` shows what the memory would do at the least evidence.
`stream`: the near-duplicate set in order of publication, a memory for each source. Every line learned is printed.
Needs the shared corpora beside the repository.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.body import boilerplate
from newscrawl.extraction.body.boilerplate import Memory, find_suspects, leave_out
from newscrawl.extraction.report import read_report
from newscrawl.text import clean_paragraphs
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from newscrawl.items import Extracted

BENCH = Path(__file__).resolve().parent.parent.parent / "shared" / "bench"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def pages(*, long: bool) -> None:
    """Body F1 of each corpus without and with memory."""
    sys.path.insert(0, str(BENCH / "extraction"))
    import pages as corpora  # noqa: PLC0415  beside the repository, where there is one
    import score  # noqa: PLC0415

    read = [
        (corpus, page, registered_domain(page.url), read_report(page.html, page.url, source="bench", now=NOW))
        for corpus in corpora.CORPORA
        for page in corpora.pages(corpus)
    ]
    read.sort(key=lambda row: row[2])
    memories: dict[str, Memory] = defaultdict(Memory)
    if long:
        for _, _, site, extracted in read:
            memories[site].note(extracted.report.headline, extracted.suspects, NOW)
    rows: dict[tuple[str, str], list[Any]] = defaultdict(list)
    changed = Counter[str]()
    for corpus, page, site, extracted in read:
        body = remembered(extracted, memories[site])
        if not long:
            memories[site].note(extracted.report.headline, extracted.suspects, NOW)
        rows[corpus, "without"].append((page, {"text": extracted.report.body}))
        rows[corpus, "with"].append((page, {"text": body}))
        changed[corpus] += body != extracted.report.body
    for (corpus, name), found in sorted(rows.items(), reverse=True):
        summary, _, _ = score.score(found, corpus)
        print(f"{corpus:16} {name:8} f1={summary['f1']:.4f} pages changed: {changed[corpus] if name == 'with' else 0}")
    print_learned(memories)


def remembered(extracted: Extracted, memory: Memory) -> str | None:
    """The body without what is known."""
    report = extracted.report
    kept = [text for text in (report.headline, report.summary) if text]
    return leave_out(report.body, memory.known, kept)[0] if report.body else report.body


def stream() -> None:
    """What is learned and left out of the reports of the near-duplicate set, and what that costs."""
    memories: dict[str, Memory] = defaultdict(Memory)
    with gzip.open(BENCH / "pairs" / "feed.jsonl.gz", "rt", encoding="utf-8") as file:
        reports = [json.loads(line) for line in file]
    suspects = left_out = 0
    bodies = [(report, clean_paragraphs(report["body"])) for report in reports]
    began = time.process_time()
    for report, body in bodies:
        memory = memories[report["source"]]
        found = find_suspects(body, report["headline"], (), (report["headline"],))
        left_out += len(leave_out(body, memory.known, (report["headline"],))[1])
        suspects += len(found)
        memory.note(report["headline"], found, NOW)
    spent = time.process_time() - began
    print(f"reports, sources              {len(reports)}, {len(memories)}")
    print(f"suspects a report             {suspects / len(reports):.1f}")
    print(f"lines left out                {left_out}")
    print(f"CPU a report                  {1000 * spent / len(reports):.2f} ms")
    print_learned(memories)


def print_learned(memories: dict[str, Memory]) -> None:
    """Every line that counts as boilerplate, for the eye."""
    for source, memory in sorted(memories.items()):
        for key in sorted(memory.known):
            seen = memory.lines[key]
            print(f"  {source:24} in {seen.reports} of {memory.reports}: {seen.sample}")


def main() -> None:
    """Run the parts that are named, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["pages", "stream"], default=["pages", "stream"])
    parser.add_argument("--stories", type=int, default=boilerplate.STORIES, help="stories that teach a line")
    parser.add_argument("--long", action="store_true", help="all pages teach before the first is read")
    options = parser.parse_args()
    if not BENCH.exists():
        sys.exit(f"the corpora are not here: {BENCH} is missing")
    boilerplate.STORIES = options.stories
    for part in options.parts:
        if part == "pages":
            pages(long=options.long)
        else:
            stream()


if __name__ == "__main__":
    main()
