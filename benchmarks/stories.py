"""How well near copies are joined and different reports kept apart, without a database; and what a signature costs.

    python -m benchmarks.stories [--split dev|test|all] [--learn] [--seed 7] [--wrong KIND] [PART ...]

Parts: `generated` and `wire` are the shared sets beside the repository, `third` and `notes` are made
by `benchmarks.story_set` and `benchmarks.note_set`.
Reports come in order of publication and follow the protocol of the store: keys that more than 32 reports have are stop
keys, the 64 newest candidates are compared, a story is the oldest of all that are linked. With `--learn`, the lines
that a source repeats are learned on the way and left out. `cost`: CPU of signatures and comparisons beside that of
extractions. Per kind: pairs judged right, pairs right after ingest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import note_set, story_set
from newscrawl.extraction.body.boilerplate import Memory, find_suspects
from newscrawl.extraction.report import read_report
from newscrawl.identity.signature import LOOKED_UP, Signature, make_signature, same_story
from newscrawl.identity.similarity import Verdict, believed, compare

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
PAIRS = SHARED / "bench" / "pairs"
BODIES = SHARED / "replay" / "pages" / "bodies.jsonl.gz"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
STOP_AFTER = 32
MOST_CANDIDATES = 64

Doc = dict[str, Any]


def read_set(folder: Path) -> tuple[list[Doc], list[Doc]]:
    """Docs with their texts, and pairs, of a shared set."""
    texts = {doc["url"]: doc for doc in _lines(folder / "feed.jsonl.gz")}
    return [texts[doc["url"]] | doc for doc in _lines(folder / "docs.jsonl.gz")], _lines(folder / "pairs.jsonl.gz")


def _lines(path: Path) -> list[Doc]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Index:
    """Signatures and stories in memory, as the store keeps them."""

    def __init__(self) -> None:
        self.signatures: list[Signature | None] = []
        self.story: list[int] = []
        self._members: dict[int, list[int]] = {}
        self._by_key: dict[int, list[int]] = defaultdict(list)
        self._stop: set[int] = set()

    def add(self, signature: Signature | None) -> None:
        """Insert a report, then look it up and link it."""
        number = len(self.signatures)
        self.signatures.append(signature)
        self.story.append(number)
        self._members[number] = [number]
        if signature is None:
            return
        keys = [key for key in signature.keys if key not in self._stop][:LOOKED_UP]
        candidates = sorted({other for key in keys for other in self._by_key[key]}, reverse=True)[:MOST_CANDIDATES]
        for key in keys:
            self._by_key[key].append(number)
            if len(self._by_key[key]) > STOP_AFTER:
                self._stop.add(key)
        near = [(other, found) for other in candidates if (found := self.signatures[other]) is not None]
        compared = [(found, compare(signature, found), self.story[other]) for other, found in near]
        doubtful = believed(compared)
        for place, (other, _) in enumerate(near):
            if compared[place][1].verdict is Verdict.SAME or place in doubtful:
                self._link(number, other)

    def _link(self, one: int, other: int) -> None:
        older, younger = sorted((self.story[one], self.story[other]))
        if older != younger:
            for member in self._members.pop(younger):
                self.story[member] = older
                self._members[older].append(member)


def ingest(docs: list[Doc], *, learn: bool) -> tuple[dict[int, Signature | None], dict[int, int]]:
    """Signature and story of each doc by its id."""
    index, memories = Index(), defaultdict[str, Memory](Memory)
    ordered = sorted(docs, key=lambda doc: doc["published_at"])
    for doc in ordered:
        known = memories[doc["source"]].known if learn else frozenset()
        at = datetime.fromisoformat(doc["published_at"])
        made = make_signature(doc["headline"], doc["body"], boilerplate=known, source=doc["source"], published_at=at)
        index.add(made)
        if learn:
            suspects = find_suspects(doc["body"], doc["headline"], (), (doc["headline"],))
            memories[doc["source"]].note(doc["headline"], suspects, NOW)
    ids = [doc["id"] for doc in ordered]
    return dict(zip(ids, index.signatures, strict=True)), dict(zip(ids, index.story, strict=True))


def report(name: str, docs: list[Doc], pairs: list[Doc], options: argparse.Namespace) -> None:
    """Print what is right, pair by pair, after ingest, and over all pairs of docs."""
    signatures, story = ingest(docs, learn=options.learn)
    kinds: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    direct, stored = Counter[tuple[bool, bool]](), Counter[tuple[bool, bool]]()
    headlines = {doc["id"]: doc["headline"] for doc in docs}
    for pair in pairs:
        if options.split not in (pair["split"], "all") and pair["split"] != "all":
            continue
        one, other = signatures[pair["a"]], signatures[pair["b"]]
        label = bool(pair["label"])
        said = one is not None and other is not None and same_story(one, other)
        joined = story[pair["a"]] == story[pair["b"]]
        direct[label, said] += 1
        stored[label, joined] += 1
        counts = kinds[pair["label"], pair["kind"]]
        for i, right in enumerate((said == label, joined == label, True)):
            counts[i] += right
        if options.wrong in (pair["kind"], "any") and joined != label:
            print(f"  {pair['kind']}: {headlines[pair['a']]} | {headlines[pair['b']]}", file=sys.stderr)
    print(f"\n{name}: {len(docs)} docs, {sum(stored.values())} pairs; P / R / F1")
    print(f"  {'pairs':32} {_prf(direct)}")
    print(f"  {'pairs after ingest':32} {_prf(stored)}")
    print(f"  {'all pairs of docs':32} {_all_pairs(docs, story)}")
    for (label, kind), (said, joined, total) in sorted(kinds.items(), reverse=True):
        side = "joined" if label else "apart"
        print(f"    {kind:30} {side:7} {said:4} {joined:4} of {total:4} {joined / total:7.1%}")


def _prf(counts: Counter[tuple[bool, bool]]) -> str:
    return _figures(counts[True, True], counts[False, True], counts[True, False])


def _all_pairs(docs: list[Doc], story: dict[int, int]) -> str:
    def pairs_in(keys: list[Any]) -> int:
        return sum(math.comb(size, 2) for size in Counter(keys).values())

    right = pairs_in([(doc["cluster"], story[doc["id"]]) for doc in docs])
    return _figures(right, pairs_in(list(story.values())) - right, pairs_in([doc["cluster"] for doc in docs]) - right)


def _figures(right: int, wrong: int, missed: int) -> str:
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return f"{precision:.3f} / {recall:.3f} / {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def cost() -> None:
    """CPU of a signature and of a comparison, and of the extractions of the same texts in the same run."""
    sys.path.insert(0, str(SHARED / "bench" / "extraction"))
    import pages as corpora  # noqa: PLC0415  beside the repository, where there is one

    pages = list(corpora.pages("fundus_fixtures"))[:120]
    read_report(pages[0].html, pages[0].url, source="bench", now=NOW)
    began = time.process_time()
    reports = [read_report(page.html, page.url, source="bench", now=NOW).report for page in pages]
    extraction = (time.process_time() - began) / len(pages)
    began = time.process_time()
    made = [make_signature(one.headline, one.body or "") for one in reports for _ in range(5)]
    signing = (time.process_time() - began) / len(made)
    signatures = [signature for signature in made if signature is not None]
    began = time.process_time()
    compared = 0
    for i, one in enumerate(signatures):
        for other in signatures[i + 1 : i + 33]:
            same_story(one, other)
            compared += 1
    comparing = (time.process_time() - began) / compared
    print(f"\ncost: {len(pages)} pages, CPU ms")
    print(f"  {'extraction':32} {1000 * extraction:.2f}")
    print(f"  {'signature':32} {1000 * signing:.2f}, {signing / extraction:.1%} of an extraction")
    print(f"  {'comparison':32} {1000 * comparing:.3f}")


def main() -> None:
    """Run the parts that are named, or all."""
    parts = ["generated", "wire", "third", "notes", "cost"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=parts, metavar="PART")
    parser.add_argument("--split", choices=("dev", "test", "all"), default="all", help="of the generated pairs")
    parser.add_argument("--learn", action="store_true", help="leave out what sources repeat")
    parser.add_argument("--seed", type=int, default=7, help="of the sets that are made")
    parser.add_argument("--wrong", metavar="KIND", help="list what was judged wrong; 'any': of all kinds")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(parts):
        parser.error(f"unknown parts {sorted(unknown)}; there are {parts}")
    if not PAIRS.exists():
        sys.exit(f"the sets are not here: {PAIRS} is missing")
    if "generated" in options.parts:
        report("generated", *read_set(PAIRS), options)
    if "wire" in options.parts:
        report("wire", *read_set(PAIRS / "wire"), argparse.Namespace(**{**vars(options), "split": "all"}))
    if "third" in options.parts:
        third = story_set.make(BODIES, options.seed)
        report("third", third.docs, third.pairs, options)
    if "notes" in options.parts:
        notes = note_set.make(BODIES, options.seed)
        report("notes", notes.docs, notes.pairs, options)
    if "cost" in options.parts:
        cost()


if __name__ == "__main__":
    main()
