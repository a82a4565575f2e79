"""Does health find what breaks, and leave alone what does not? Figures of issue 5, per kind of source and of fault.

    python -m benchmarks.health [--web hours|desks] [--seeds 6] [--years 1] [--only KIND] [--jobs 1]
    python -m benchmarks.health --cost

Two simulators make the reports of a source, with other assumptions each (see there). `--cost`: CPU of a crawl's end.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from benchmarks import health_desks, health_hours
from newscrawl.health.judge import accept, observe
from newscrawl.health.observations import CrawlFacts, Observations

WEBS: dict[str, Any] = {"hours": health_hours, "desks": health_desks}
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
GOAL_FOUND, GOAL_FALSE, WITHIN = 0.9, 0.5, 20
FEWEST = 12
"""Reports of the past at least: a source of 0.2 a day has them after two months."""


def faults_found(web: str, kind: str, seed: int) -> list[tuple[str, int | None, bool]]:
    """(fault, reports after which it was found or None, whether in the right state) after 28 days of health."""
    site, seen, at = WEBS[web].make(kind, seed), Observations(), BEGIN
    total, until = 0, BEGIN + timedelta(days=28)
    while at < until or total < FEWEST:
        facts, number = site.crawl(at)
        total += number
        if observe(seen, facts).alarm and seen.alarms:  # by chance
            accept(seen, at)
            until = max(until, min(at + timedelta(days=8), BEGIN + timedelta(days=60)))
        at += site.interval
    results = []
    for fault in WEBS[web].ALL_FAULTS:
        broken = copy.deepcopy(site)
        if broken.break_(fault):
            after, state = _found_after(broken, copy.deepcopy(seen), at)
            results.append((fault, after, state in WEBS[web].states_of(fault)))
    return results


def _found_after(site: Any, seen: Observations, at: datetime) -> tuple[int | None, str | None]:
    affected, until = 0, at + timedelta(days=400)
    while at < until:
        facts, number = site.crawl(at)
        affected += number
        said = observe(seen, facts)
        if said.alarm and said.state != "quiet":
            return affected, said.state
        # A crawl that brings many is judged as a whole: what it brought beyond the limit counts for the next one.
        if affected - number >= WITHIN:
            break
        at += site.interval
    return None, None


def false_alarms(web: str, kind: str, seed: int, years: int) -> list[str]:
    """Alarms of a year in which nothing breaks."""
    site, seen, at = WEBS[web].make(kind, seed), Observations(), BEGIN
    site.begin_year(BEGIN, 365 * years, seed)
    alarms: list[str] = []
    before = False
    while at < BEGIN + timedelta(days=365 * years):
        said = observe(seen, site.crawl(at)[0])
        if said.alarm and not before:
            alarms.append(f"seed {seed} day {(at - BEGIN).days}: {said.state}: {said.reason}")
            if seen.alarms:
                accept(seen, at)
        before = said.alarm and not seen.alarms
        at += site.interval
    return alarms


def _measure(web: str, years: int, job: tuple[str, int]) -> tuple[list[tuple[str, int | None, bool]], list[str]]:
    kind, seed = job
    return faults_found(web, kind, seed), false_alarms(web, kind, seed, years)


def cost() -> None:
    """CPU of what health does at the end of a crawl, without the store."""
    print(f"{'end of a crawl':34} CPU")
    for kind in ("agency, 200 a day", "daily, 40 a day", "slow, 0.2 a day"):
        site, seen, at = health_hours.make(kind, 0), Observations(), BEGIN
        for _ in range(24 * 60):
            observe(seen, site.crawl(at)[0])
            at += site.interval
        facts = CrawlFacts(at=at)
        report = site.report(at, note=False)
        for name, one in (
            ("nothing new", facts),
            ("one report", CrawlFacts(at=at, samples=(report,), found=1)),
            ("twelve reports", CrawlFacts(at=at, samples=(report,) * 12, found=12)),
        ):
            began, rounds = time.process_time(), 100
            for _ in range(rounds):
                loaded = Observations.from_document(document) if (document := seen.to_document()) else seen
                observe(loaded, one)
            print(f"{kind + ', ' + name:34} {(time.process_time() - began) / rounds * 1000:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--web", choices=WEBS, default="hours")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--only", default="", help="part of a kind's name")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--cost", action="store_true")
    options = parser.parse_args()
    if options.cost:
        cost()
        return
    kinds = [name for name in WEBS[options.web].NAMES if options.only in name]
    by_fault: dict[str, Counter[bool]] = {fault: Counter() for fault in WEBS[options.web].ALL_FAULTS}
    right: Counter[bool] = Counter()
    everywhere: list[float] = []
    print(f"{'kind of source':26} found within {WITHIN} | false alarms a source and year")
    with ProcessPoolExecutor(options.jobs) as pool:
        work = [(kind, seed) for kind in kinds for seed in range(options.seeds)]
        results = pool.map(partial(_measure, options.web, options.years), work)
        for kind in kinds:
            found: Counter[bool] = Counter()
            missed: Counter[str] = Counter()
            alarms: list[str] = []
            for _ in range(options.seeds):
                faults, false = next(results)
                alarms += false
                for fault, after, is_right in faults:
                    found[after is not None] += 1
                    by_fault[fault][after is not None] += 1
                    missed[fault] += after is None
                    if after is not None:
                        right[is_right] += 1
            rate = len(alarms) / options.seeds / options.years
            everywhere.append(rate)
            share = found[True] / max(1, found.total())
            print(f"{kind:26} {share:14.0%} | {rate:.2f}   missed: {dict(+missed)}", flush=True)
            if options.verbose:
                print("".join(f"    {alarm}\n" for alarm in alarms), end="")
    print(f"\n{'fault':34} found within {WITHIN}   (goal {GOAL_FOUND:.0%}; false alarms goal {GOAL_FALSE})")
    for fault, counts in by_fault.items():
        if counts:
            print(f"{fault:34} {counts[True] / counts.total():6.0%}")
    total = sum((counts for counts in by_fault.values()), Counter[bool]())
    states = right[True] / max(1, right.total())
    print(f"{'all':34} {total[True] / max(1, total.total()):6.0%}; of the right state {states:.0%}")
    print(f"false alarms a source and year, over all: {sum(everywhere) / len(everywhere):.2f}")


if __name__ == "__main__":
    main()
