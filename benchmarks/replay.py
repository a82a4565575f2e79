"""The figures of issue "One command crawls a real news source": newscrawl against the replay web and its truth.

    python -m benchmarks.replay [--hosts 40] [--seed 1] [first] [staged] [reports] [errors] [kill]

Prints one line per figure. Needs the replay web beside the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.web import NO_REPLAY, REPLAY, Newscrawl, ReplayWeb, missing_reports, wrong_reports

FAST = ("-s", "DOWNLOAD_DELAY=0.2")


def say(name: str, value: object) -> None:
    """Print one figure."""
    print(f"{name:55} {value}", flush=True)


def choose_hosts(truth: dict[str, Any], number: int, seed: int) -> list[str]:
    """Hosts with something to store, taken in turn from every language, so that several languages are there."""
    by_language: dict[str, list[str]] = {}
    for host, site in truth["hosts"].items():
        if any(article["must_store"] is True for article in site["articles"]) and not host.endswith(".example"):
            by_language.setdefault(site["language"][:2], []).append(host)
    rng = random.Random(seed)
    for hosts in by_language.values():
        rng.shuffle(hosts)
    weights = sorted(by_language, key=lambda language: -len(by_language[language]))
    chosen: list[str] = []
    while len(chosen) < number and any(by_language.values()):
        for language in weights:
            chosen += [by_language[language].pop() for _ in range(2) if by_language[language]]
    return chosen[:number]


def targets(hosts: list[str]) -> list[str]:
    """The URLs to crawl."""
    return [f"https://{host}/" for host in hosts]


def judge(web: ReplayWeb, program: Newscrawl, hosts: list[str], name: str) -> None:
    """Print what a crawl got right and what it cost."""
    truth, stats = web.control("truth.json"), web.control("stats.json")
    reports = program.reports()
    missing, wrong = missing_reports(truth, reports, hosts), wrong_reports(truth, reports, hosts)
    wanted = sum(a["must_store"] is True for host in hosts for a in truth["hosts"][host]["articles"])
    say(
        f"{name}: stored / must be stored / missing / wrong",
        f"{len(reports)} / {wanted} / {len(missing)} / {len(wrong)}",
    )
    for url in missing[:10]:
        say("  missing", url)
    for url in wrong[:10]:
        say("  wrong", url)
    asked = {host: stats["hosts"][host] for host in hosts if host in stats["hosts"]}
    say(f"{name}: disallowed paths asked", stats["disallowed_requests"])
    say(f"{name}: hosts where robots.txt was not first", [h for h, s in asked.items() if not s["robots_first"]])
    say(f"{name}: most requests at once to a host", max(s["max_concurrent"] for s in asked.values()))
    late = [
        (host, asked[host]["min_interval_s"], truth["hosts"][host]["crawl_delay"])
        for host in asked
        if truth["hosts"][host]["crawl_delay"]
        and (asked[host]["min_interval_s"] or 9) < truth["hosts"][host]["crawl_delay"]
    ]
    say(f"{name}: Crawl-delay broken at", late)
    say(
        f"{name}: requests a stored report",
        f"{stats['requests']} / {len(reports)} = {stats['requests'] / max(len(reports), 1):.2f}",
    )
    say(f"{name}: by status", stats["by_status"])
    worst = sorted(((s["requests"], host) for host, s in asked.items()), reverse=True)[:5]
    say(f"{name}: most requests", worst)


def crawl(program: Newscrawl, urls: list[str], name: str, *options: str) -> list[dict[str, Any]]:
    """Crawl, and print exit status and seconds."""
    began = time.monotonic()
    status, results, trouble = program.crawl(*urls, *FAST, *options)
    total = {key: sum(r["counts"].get(key, 0) for r in results) for key in (results[0]["counts"] if results else ())}
    say(f"{name}: exit status, seconds, outcomes", f"{status}, {time.monotonic() - began:.0f} s, {total}")
    if status not in (0, 3):
        print(trouble[-3000:], file=sys.stderr)
    return results


def first_and_second(hosts: int, seed: int, home: Path) -> None:
    """1, 2 and 7: a first crawl, then the same again."""
    with ReplayWeb() as web:
        program = Newscrawl(home, web.environment)
        truth = web.control("truth.json")
        chosen = choose_hosts(truth, hosts, seed)
        languages = {truth["hosts"][host]["language"][:2] for host in chosen}
        say("hosts, languages", f"{len(chosen)}, {len(languages)}: {' '.join(sorted(languages))}")
        crawl(program, targets(chosen), "first")
        judge(web, program, chosen, "first")
        before = {report["id"]: report for report in program.reports()}
        web.control("reset")
        crawl(program, targets(chosen), "second")
        stats = web.control("stats.json")
        after = {report["id"]: report for report in program.reports()}
        fetched = sum(site["article_fetches"] for site in stats["hosts"].values())
        say("second: report pages fetched again", fetched - len(after.keys() - before.keys()))
        say("second: reports written", sum(before.get(key) != report for key, report in after.items()))
        say(
            "second: requests, conditional, 304",
            f"{stats['requests']}, {stats['conditional']}, {stats['not_modified']}",
        )
        for host in chosen:
            site, rules = stats["hosts"].get(host), truth["hosts"][host]
            if site and rules["validators"] != "none" and not site["not_modified"]:
                say("  no 304 at", f"{host} ({rules['validators']}) {site['by_kind']}")


def staged(hosts: int, seed: int, home: Path) -> None:
    """3: new reports and revisions arrive on the next crawl."""
    with ReplayWeb("--staged", "0.4", "--staged-window", "3600", "--revised", "0.5", "--revised-window", "3600") as web:
        program = Newscrawl(home, web.environment)
        truth = web.control("truth.json")
        chosen = choose_hosts(truth, hosts, seed)
        crawl(program, targets(chosen), "staged, first")
        early = len(program.reports())
        web.control("advance?s=8000")
        crawl(program, targets(chosen), "staged, next")
        reports = program.reports()
        missing = missing_reports(truth, reports, chosen)
        say("staged: stored first, then; missing", f"{early}, {len(reports)}; {missing[:5]}")
        early_urls = {a["url"]: a for h in chosen for a in truth["hosts"][h]["articles"] if a.get("revisions")}
        seen = [r for r in reports if r["url"] in early_urls and early_urls[r["url"]]["appears_after_s"] == 0]
        noted = [r for r in seen if "Replay revision note" in r.get("body", "")]
        say(
            "revised: reports, with the new text, at revision 2",
            f"{len(seen)}, {len(noted)}, {sum(r['revision'] == 2 for r in seen)}",
        )
        for report in seen:
            if report not in noted:
                article = early_urls[report["url"]]
                say("  old text", f"{report['url']} {article['channels']}")


def reports_example(home: Path) -> None:
    """4: the aggregator site."""
    with ReplayWeb("--hosts", "none.invalid") as web:
        program = Newscrawl(home, web.environment)
        crawl(program, ["https://reports.example/"], "reports.example")
        judge(web, program, ["reports.example"], "reports.example")
        reports = {report["url"]: report for report in program.reports()}
        path = REPLAY.parent / "report-page" / "expected.json"
        wrong = []
        for expected in json.loads(path.read_text(encoding="utf-8"))["reports"]:
            report = reports.get(expected["url"], {})
            wrong += [f"{expected['file']}: {field}" for field in differing_fields(expected, report)]
        say("reports.example: differing fields", wrong)


def differing_fields(expected: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """Which fields of `expected.json` a stored report has not."""
    link, rating = report.get("source_link", {}), report.get("rating")
    locations = [
        {"place": at["name"], "lat": at["point"][1], "lng": at["point"][0]} for at in report.get("locations", [])
    ]
    pairs = {
        "title": (expected["title"], report.get("headline")),
        "authors": (expected["authors"] or [], report.get("authors", [])),
        "published": (
            datetime.fromisoformat(expected["published"]),
            datetime.fromisoformat(report.get("published_at", "1970-01-01T00:00:00Z")),
        ),
        "language": (expected["language"], report.get("language")),
        "canonical": (expected["canonical"], report.get("canonical_url")),
        "publisher": (expected["publisher"], report.get("publisher", {}).get("name")),
        "category": (expected["category"], (report.get("sections") or [""])[0].lower().rstrip("s")),
        "source_url": (expected["source_url"], link.get("url")),
        "source_outlet": (expected["source_outlet"], link.get("outlet")),
        "source_country": (expected["source_country"], link.get("country")),
        "video": (expected["video"], (report.get("videos") or [{"url": None}])[0]["url"]),
        "rating": (
            expected["rating"],
            {"score": rating.get("value"), "votes": rating.get("count")} if rating else None,
        ),
        "location": (expected["location"], locations),
        "paragraphs": ("\n\n".join(expected["paragraphs"]), report.get("body")),
    }
    pairs["category"] = (expected["category"].rstrip("s"), pairs["category"][1])
    return [f"{name} ({got!r:.80} for {want!r:.80})" for name, (want, got) in pairs.items() if want != got]


def errors(hosts: int, seed: int, home: Path) -> None:
    """5: a fifth of all URLs fails at first."""
    kinds = ("--error-rate", "0.2", "--error-kinds", "500,503,429,timeout", "--timeout-after", "30")
    with ReplayWeb(*kinds, "--error-times", "2") as web:
        program = Newscrawl(home, web.environment)
        truth = web.control("truth.json")
        chosen = choose_hosts(truth, hosts, seed)
        crawl(program, targets(chosen), "errors, first")
        say("errors: missing after the first", len(missing_reports(truth, program.reports(), chosen)))
        crawl(program, targets(chosen), "errors, second")
        missing = missing_reports(truth, program.reports(), chosen)
        say("errors: missing after the second", missing)


def kill(hosts: int, seed: int, home: Path, rounds: int = 3) -> None:
    """6: kill -9 in mid-crawl, then the same command."""
    with ReplayWeb("--latency", "50-150") as web:
        program = Newscrawl(home, web.environment)
        truth = web.control("truth.json")
        chosen = choose_hosts(truth, hosts, seed)
        rng = random.Random(seed)
        for _ in range(rounds):
            process = program.start("crawl", *targets(chosen), *FAST)
            time.sleep(rng.uniform(3, 9))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            say("kill: stored when killed", len(program.reports()))
        crawl(program, targets(chosen), "kill, last")
        reports = program.reports()
        say("kill: missing", missing_reports(truth, reports, chosen))
        say("kill: double", len(reports) - len({(r["source"], r["content_hash"]) for r in reports}))


def main() -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["first", "staged", "reports", "errors", "kill"])
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not REPLAY.exists():
        sys.exit(NO_REPLAY)
    for part in options.parts:
        with tempfile.TemporaryDirectory(prefix="newscrawl-replay-") as folder:
            home = Path(folder)
            if part == "reports":
                reports_example(home)
            else:
                run = {"first": first_and_second, "staged": staged, "errors": errors, "kill": kill}[part]
                run(options.hosts, options.seed, home)


if __name__ == "__main__":
    main()
