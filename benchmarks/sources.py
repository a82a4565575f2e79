"""What `newscrawl sources add` chooses against the replay web and its truth.

    python -m benchmarks.sources [--hosts 40]

Of each host: the share of its articles that the chosen endpoints announce, of all articles that any endpoint announces
(archive sitemaps and sections with their further pages included), and how many endpoints that takes. Endpoints are
read by this program itself, at the addresses in the written files and in the truth. Needs the replay web beside the
repository.
"""

from __future__ import annotations

import argparse
import json
import ssl
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.replay import say
from newscrawl.discovery.findings import NotReadableError
from newscrawl.parsing.work import Page, read_endpoint
from newscrawl.sources import load_source
from newscrawl.urls import registered_domain
from tests.web import NO_REPLAY, REPLAY, Newscrawl, ReplayWeb, bare

if TYPE_CHECKING:
    from newscrawl.sources import Source

PAGES = 20
"""Further pages of a section that are read for the comparison."""


class Reader:
    """Reads endpoints of the replay web, without the crawler."""

    def __init__(self, web: ReplayWeb) -> None:
        proxies = urllib.request.ProxyHandler({"http": web.url, "https": web.url})
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=web.about["ca"]))
        self.opener = urllib.request.build_opener(proxies, trust)

    def announced(self, url: str, pages: int = 1) -> set[str]:
        """Keys of what an endpoint announces, with so many of its further pages."""
        found: set[str] = set()
        for _ in range(pages):
            try:
                with self.opener.open(url, timeout=30) as answer:
                    page = Page(
                        body=answer.read(),
                        url=url,
                        content_type=answer.headers.get("Content-Type"),
                        now=datetime.now(UTC),
                    )
            except urllib.error.HTTPError:
                break
            try:
                findings = read_endpoint(page)
            except NotReadableError:
                break
            found |= {bare(entry.url) for entry in findings.entries}
            if findings.next_page is None:
                break
            url = findings.next_page
        return found


def real_fronts() -> set[str]:
    """Hosts whose home page in the replay is a real saved one."""
    with (REPLAY.parent / "pages" / "manifest.jsonl").open(encoding="utf-8") as lines:
        return {page["host"] for page in map(json.loads, lines) if page["kind"] == "homepage"}


def choose_hosts(truth: dict[str, Any], number: int) -> list[str]:
    """The hosts with real home pages, then those with most articles, one of a registered domain."""
    fronts = real_fronts()
    hosts = [
        host
        for host, site in truth["hosts"].items()
        if (site["articles"] or host in fronts) and not host.endswith(".example")
    ]
    hosts.sort(key=lambda host: (host not in fronts, -len(truth["hosts"][host]["articles"]), host))
    by_domain: dict[str, str] = {}
    for host in hosts:
        by_domain.setdefault(registered_domain(host), host)
    return list(by_domain.values())[:number]


def all_endpoints(site: dict[str, Any], answered: list[dict[str, Any]]) -> set[str]:
    """Every address at which a site announces anything: by the truth, and by what the program has found."""
    sections = {article["section"] for article in site["articles"] if article.get("section")}
    named = {site["homepage"], *site["feeds"], *site["sitemaps"], *sections}
    return named | {endpoint["url"] for endpoint in answered}


def chosen_endpoints(source: Source) -> tuple[str, ...]:
    """What the schedule polls of a source as written."""
    home = (source.home,) if source.home and source.discover else ()
    return (*source.feeds, *source.sitemaps, *source.sections, *home)


def main() -> None:
    """Add the hosts, and compare what the written files announce with what there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=40)
    options = parser.parse_args()
    if not REPLAY.exists():
        sys.exit(NO_REPLAY)
    with tempfile.TemporaryDirectory(prefix="newscrawl-sources-") as folder, ReplayWeb() as web:
        program = Newscrawl(Path(folder), web.environment)
        truth = web.control("truth.json")
        hosts = choose_hosts(truth, options.hosts)
        began = time.monotonic()
        homes = [truth["hosts"][host]["homepage"] for host in hosts]
        done = program.run("sources", "add", "--json", "-s", "DOWNLOAD_DELAY=0.2", *homes, timeout=1800)
        say("exit status, seconds", f"{done.returncode}, {time.monotonic() - began:.0f}")
        if done.stderr:
            print(done.stderr[-3000:], file=sys.stderr)
        stats = web.control("stats.json")
        judge(web, truth, hosts, {one["id"]: one for one in json.loads(done.stdout)})
        say("requests a site", f"{stats['requests'] / len(hosts):.0f}")
        say("disallowed paths asked", stats["disallowed_requests"])
        asked = {host: site for host, site in stats["hosts"].items() if site["requests"]}
        say("hosts where robots.txt was not first", [host for host, site in asked.items() if not site["robots_first"]])
        say("most requests at once to a host", max(site["max_concurrent"] for site in asked.values()))


def judge(web: ReplayWeb, truth: dict[str, Any], hosts: list[str], told: dict[str, Any]) -> None:
    """Print a line for each host, and the figures over all."""
    reader = Reader(web)
    fronts = real_fronts()
    shares, numbers, ratios, written = [], [], [], 0
    for host in hosts:
        one, site = told.get(registered_domain(host)), truth["hosts"][host]
        if one is None or not one["written"]:
            say("  nothing written for", f"{host}: {one and one['failure']}")
            continue
        written += 1
        source = load_source(Path(one["file"]))
        chosen = chosen_endpoints(source)
        seen = set().union(*(reader.announced(url) for url in chosen))
        everything = seen.union(*(reader.announced(url, PAGES) for url in all_endpoints(site, one["endpoints"])))
        articles = [
            {bare(url) for url in (article["url"], *article.get("aliases", ()))} for article in site["articles"]
        ]
        there = [urls for urls in articles if urls & everything]
        covered = [urls for urls in there if urls & seen]
        shares += [len(covered) / len(there)] if there else []
        numbers.append(len(chosen))
        ratios.append(len(chosen) / max(1, sum(endpoint["entries"] > 0 for endpoint in one["endpoints"])))
        say(
            f"  {host}{' (real home page)' if host in fronts else ''}",
            f"{len(covered)} of {len(there)}; {len(source.feeds)} feeds, {len(source.sitemaps)} sitemaps, "
            f"{len(source.sections)} sections of {len(one['endpoints'])} that answered; discover {source.discover}",
        )
    say("written; hosts with articles in the truth", f"{written} of {len(hosts)}; {len(shares)}")
    say("share of articles: mean, least", f"{statistics.mean(shares):.3f}, {min(shares):.3f}")
    say("hosts where it is 1", f"{sum(share == 1 for share in shares)} of {len(shares)}")
    say(
        "endpoints chosen: median, mean, most",
        f"{statistics.median(numbers)}, {statistics.mean(numbers):.1f}, {max(numbers)}",
    )
    say("of those that announce anything: mean", f"{statistics.mean(ratios):.2f}")


if __name__ == "__main__":
    main()
