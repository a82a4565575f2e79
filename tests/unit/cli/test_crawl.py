from __future__ import annotations

from dataclasses import replace

from newscrawl.cli.crawl import exit_status
from newscrawl.spiders.run import CrawlResult

DONE = CrawlResult(
    crawl_id="20261124T000000-abcdef",
    source="example.com",
    target="example.com",
    state="done",
    counts={"discovered": 10, "stored": 8, "failed": 2},
)
FAILED = replace(DONE, state="failed", reason="disk is full")
INTERRUPTED = replace(DONE, state="interrupted")


def test_done() -> None:
    assert exit_status([DONE, DONE], 2, 0.5) == 0
    assert exit_status([replace(DONE, counts={})], 1, 0.0) == 0


def test_too_many_failed_urls() -> None:
    assert exit_status([DONE], 1, 0.2) == 0
    assert exit_status([DONE], 1, 0.19) == 3


def test_one_bad_source_is_not_hidden_by_the_good_ones() -> None:
    assert exit_status([replace(DONE, counts={"discovered": 1000}), DONE], 2, 0.1) == 3


def test_a_target_that_does_not_answer() -> None:
    assert exit_status([replace(DONE, counts={}, unavailable=True)], 1, 1.0) == 3


def test_failed_is_worse_than_interrupted_and_that_than_errors() -> None:
    assert exit_status([DONE, INTERRUPTED, FAILED], 3, 0.0) == 1
    assert exit_status([DONE, INTERRUPTED], 2, 0.0) == 130


def test_a_crawl_that_never_began() -> None:
    assert exit_status([DONE], 2, 1.0) == 130


def test_what_was_left_for_later_does_not_thin_the_error_rate() -> None:
    assert replace(DONE, counts={"discovered": 12, "pending": 8, "failed": 2}).error_rate == 0.5
    assert replace(DONE, counts={"discovered": 0}, endpoints_read=0).error_rate == 0.0
