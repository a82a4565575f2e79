from __future__ import annotations

import pytest

from newscrawl.schedule.celery import LONGEST_CRAWL, Crawls, app, load_settings, message_priority


def test_on_demand_is_above_all_that_is_due_and_all_fit_the_queue() -> None:
    assert message_priority(0) < message_priority(100) == 9
    assert [message_priority(n) for n in (-10_000, 10_000)] == [0, 9]


def test_no_crawl_outlasts_the_broker_s_patience() -> None:
    assert load_settings().getint("CLOSESPIDER_TIMEOUT") == LONGEST_CRAWL < 30 * 60
    assert load_settings(["CLOSESPIDER_TIMEOUT=60"]).getint("CLOSESPIDER_TIMEOUT") == 60


def test_a_malformed_setting_says_which() -> None:
    with pytest.raises(ValueError, match="'DOWNLOAD_DELAY': write NAME=VALUE"):
        load_settings(["DOWNLOAD_DELAY"])


def test_a_task_of_a_worker_that_ends_goes_back_to_the_broker() -> None:
    assert Crawls.thread is None
    with pytest.raises(Exception, match="the worker ends") as caught:
        app.tasks["newscrawl.crawl"]("gazette", 1)
    assert caught.value.requeue is True  # type: ignore[attr-defined]


def test_late_acknowledgement_one_message_a_thread_and_no_results() -> None:
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.worker_pool, conf.task_ignore_result) == ("threads", True)
