"""Real pages: the replay web, where it is beside the repository. `benchmarks/replay.py` does the same at length."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.replay import choose_hosts, differing_fields, targets
from tests.web import NO_REPLAY, REPLAY, Newscrawl, ReplayWeb, missing_reports, wrong_reports

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not REPLAY.exists(), reason=NO_REPLAY)
FAST = ("-s", "DOWNLOAD_DELAY=0.1")


def test_real_sources_are_crawled_whole_and_frugally_and_not_again(tmp_path: Path) -> None:
    with ReplayWeb() as web:
        truth = web.control("truth.json")
        hosts = choose_hosts(truth, 12, seed=3)
        program = Newscrawl(tmp_path, web.environment)
        status, _, trouble = program.crawl(*targets(hosts), *FAST)
        reports, stats = program.reports(), web.control("stats.json")

        assert status == 0, trouble
        assert missing_reports(truth, reports, hosts) == []
        assert wrong_reports(truth, reports, hosts) == []
        assert stats["disallowed_requests"] == 0
        assert all(stats["hosts"][host]["robots_first"] for host in hosts)
        assert max(stats["hosts"][host]["max_concurrent"] for host in hosts) == 1
        assert stats["requests"] <= 6 * len(reports)

        web.control("reset")
        program.crawl(*targets(hosts), *FAST)
        stats = web.control("stats.json")
        stored = {report["url"] for report in reports}
        fetched = sum(site["article_fetches"] for site in stats["hosts"].values())
        assert fetched == len({report["url"] for report in program.reports()} - stored)
        assert [report for report in program.reports() if report["url"] in stored] == reports
        assert stats["not_modified"] > 0


def test_the_aggregator_is_stored_with_every_field(tmp_path: Path) -> None:

    with ReplayWeb("--hosts", "none.invalid") as web:
        program = Newscrawl(tmp_path, web.environment)
        program.crawl("https://reports.example/", *FAST)
        stored = {report["url"]: report for report in program.reports()}
    expected = json.loads((REPLAY.parent / "report-page" / "expected.json").read_text(encoding="utf-8"))["reports"]
    assert sorted(stored) == sorted(page["url"] for page in expected)
    assert {page["file"]: differing_fields(page, stored[page["url"]]) for page in expected} == {
        page["file"]: [] for page in expected
    }
