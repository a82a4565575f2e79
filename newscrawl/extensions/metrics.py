"""Counts of all crawls of this process, for Prometheus: `http://HOST:PORT/metrics`. docs/health.md lists them."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from scrapy import signals
from scrapy.exceptions import NotConfigured

from newscrawl.parsing.pool import WorkerPool

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.pipelines.item import ReportItem
    from newscrawl.spiders.reports import ReportSpider

OTHER = "other"
"""Label of the sources beyond NEWSCRAWL_METRICS_SOURCES."""
STATES = ("fresh", "quiet", "failing", "blocked", "drifting")
SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 6 * 3600, 24 * 3600)

logger = logging.getLogger(__name__)


class Meters:
    """The metrics of this process, served from a thread of their own. Needs the extra `metrics`."""

    def __init__(self, listen: str, most_sources: int) -> None:
        import prometheus_client as prometheus  # noqa: PLC0415  the extra `metrics`

        self.registry = prometheus.CollectorRegistry()
        self.most_sources = most_sources
        self._labels: set[str] = set()

        def make(kind: type, name: str, text: str, labels: tuple[str, ...] = (), **more: Any) -> Any:
            return kind(f"newscrawl_{name}", text, labels, registry=self.registry, **more)

        counter, gauge, histogram = prometheus.Counter, prometheus.Gauge, prometheus.Histogram
        self.crawls = make(counter, "crawls", "Crawls that have ended", ("source", "state"))
        self.entries = make(counter, "entries", "URLs by outcome", ("source", "outcome"))
        self.requests = make(counter, "requests", "Requests sent", ("source",))
        self.state = make(gauge, "source_state", "1 for the state a source is in", ("source", "state"))
        self.last_new = make(gauge, "source_last_stored_timestamp_seconds", "Last new report", ("source",))
        self.running = make(gauge, "running_crawls", "Crawls that run now")
        self.seconds = make(histogram, "crawl_seconds", "How long crawls took", buckets=SECONDS)
        self.lateness = make(histogram, "crawl_lateness_seconds", "From due to begun", buckets=SECONDS)
        self.delay = make(histogram, "report_delay_seconds", "From published to stored", buckets=SECONDS)
        make(gauge, "pool_workers", "Workers that parse").set_function(lambda: WorkerPool.started)
        make(gauge, "pool_documents", "Documents being read or waiting").set_function(lambda: WorkerPool.waiting)
        host, _, port = listen.rpartition(":")
        self.server, self.thread = prometheus.start_http_server(int(port), host or "127.0.0.1", self.registry)
        self.port = self.server.server_port

    def label(self, source: str) -> str:
        """The source's own label while there is room: a label costs memory in every system that reads it."""
        if source not in self._labels and len(self._labels) >= self.most_sources:
            return OTHER
        self._labels.add(source)
        return source


@cache
def meters(listen: str, most_sources: int) -> Meters:
    """One set of metrics a process, however many crawls it runs."""
    return Meters(listen, most_sources)


class Metrics:
    """Counts one crawl."""

    def __init__(self, crawler: Crawler, meters: Meters) -> None:
        self.crawler = crawler
        self.meters = meters
        self._began = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        listen = crawler.settings.get("NEWSCRAWL_METRICS_LISTEN")
        if not listen:
            raise NotConfigured
        try:
            shared = meters(listen, crawler.settings.getint("NEWSCRAWL_METRICS_SOURCES"))
        except (ImportError, OSError, OverflowError, ValueError) as error:  # the crawl is worth more than its figures
            logger.warning("no metrics at %s: %s", listen, error)
            raise NotConfigured from error
        self = cls(crawler, shared)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)
        return self

    def spider_opened(self) -> None:
        self._began = time.monotonic()
        self.meters.running.inc()
        due_at: datetime | None = getattr(self.crawler.spider, "due_at", None)  # where a schedule has begun the crawl
        if due_at is not None:
            self.meters.lateness.observe(max(0.0, (datetime.now(UTC) - due_at).total_seconds()))

    def item_scraped(self, item: ReportItem) -> None:
        """A report is stored: how long after it appeared, where its page says that by the minute."""
        now = datetime.now(UTC)
        report = item.report
        if item.outcome != "stored":
            return
        self.meters.last_new.labels(self.meters.label(report.source)).set(now.timestamp())
        if report.published_at is not None and report.published_precision in ("minute", "second"):
            self.meters.delay.observe(max(0.0, (now - report.published_at).total_seconds()))

    def engine_stopped(self) -> None:
        """After `spider_closed`: the counts are final, and the source is judged."""
        meters, spider = self.meters, cast("ReportSpider", self.crawler.spider)
        meters.running.dec()
        meters.seconds.observe(time.monotonic() - self._began)
        source = meters.label(spider.source_id)
        assert self.crawler.stats is not None
        finished = self.crawler.stats.get_value("finish_reason")
        state = "failed" if spider.failure else "interrupted" if finished == "shutdown" else "done"
        meters.crawls.labels(source, state).inc()
        meters.requests.labels(source).inc(int(self.crawler.stats.get_value("downloader/request_count", 0)))
        if spider.began:
            for outcome, number in spider.ledger.summary().items():
                if number and outcome != "discovered":
                    meters.entries.labels(source, outcome).inc(number)
        verdict = getattr(spider, "verdict", None)
        if verdict is not None and source != OTHER:
            for name in STATES:
                meters.state.labels(source, name).set(name == verdict.state)
