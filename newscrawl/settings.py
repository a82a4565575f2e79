"""All settings, and the only reader of the environment.

This is the Scrapy settings module. A setting named `NEWSCRAWL_*` or `MONGODB_*` can be given as an environment variable
or with `-s NAME=VALUE`; Scrapy's own with `-s` only. `DOWNLOAD_*` and the like are documented by Scrapy 2.19.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import platformdirs


def _env(name: str, default: str) -> str:
    return os.environ.get(name, "") or default


# -- where things are ------------------------------------------------------------------------------------------------

MONGODB_URI = _env("MONGODB_URI", "")
"""Empty: the private mongod."""
MONGODB_DATABASE = _env("MONGODB_DATABASE", "newscrawl")
NEWSCRAWL_HOME = _env("NEWSCRAWL_HOME", platformdirs.user_data_dir("newscrawl"))
"""Data of the private mongod."""
NEWSCRAWL_SOURCES = _env("NEWSCRAWL_SOURCES", str(Path("sources")))
"""Folder of the source files."""
NEWSCRAWL_OUTPUT = _env("NEWSCRAWL_OUTPUT", "")
"""File that gets every stored or updated report as a JSON line, besides the database."""

# -- what one crawl may cost -----------------------------------------------------------------------------------------

NEWSCRAWL_MAX_REPORTS = _env("NEWSCRAWL_MAX_REPORTS", "300")
"""Report pages fetched in one crawl: at one a second, five minutes. The rest stays pending for the next crawl."""
NEWSCRAWL_MAX_RECHECKS = _env("NEWSCRAWL_MAX_RECHECKS", "100")
"""How many of them may be pages of stored reports, looked at again after all that is new: a third of the budget."""
NEWSCRAWL_MAX_PAGES = _env("NEWSCRAWL_MAX_PAGES", "40")
"""Home, section and further pages and feeds fetched in one crawl. More is a trap or an archive."""
NEWSCRAWL_MAX_SITEMAPS = _env("NEWSCRAWL_MAX_SITEMAPS", "20")
NEWSCRAWL_MAX_DEPTH = _env("NEWSCRAWL_MAX_DEPTH", "5")
"""Pages of one listing that are followed, and levels of sitemap indexes."""
NEWSCRAWL_MAX_PAGES_PER_REPORT = _env("NEWSCRAWL_MAX_PAGES_PER_REPORT", "10")
"""Pages that are joined into one report; more are a gallery or a trap."""
NEWSCRAWL_MAX_SOURCE_LINKS = _env("NEWSCRAWL_MAX_SOURCE_LINKS", "50")
"""Originals of aggregated reports fetched in one crawl of a source with `follow_source_links`: they are on many hosts,
each of which is asked for robots.txt first."""
NEWSCRAWL_MAX_ERROR_RATE = _env("NEWSCRAWL_MAX_ERROR_RATE", "0.5")
"""Share of failed URLs above which a crawl ends with exit status 3."""
NEWSCRAWL_ALLOW_NETWORKS = _env("NEWSCRAWL_ALLOW_NETWORKS", "")
"""Networks inside which the address guard lets requests through on any port, separated by commas: `127.0.0.0/8`."""

# -- schedule ---------------------------------------------------------------------------------------------------------

NEWSCRAWL_CRAWLS_AT_ONCE = _env("NEWSCRAWL_CRAWLS_AT_ONCE", "50")
"""Crawls of one schedule that run at the same time: most of them sleep between two requests."""
NEWSCRAWL_POLL_FLOOR = _env("NEWSCRAWL_POLL_FLOOR", "60")
"""Seconds between two polls of one endpoint, at least; `poll_floor` of a source file goes before it."""
NEWSCRAWL_POLL_CEILING = _env("NEWSCRAWL_POLL_CEILING", "21600")
"""The same at most: what publishes once a week is looked at four times a day."""
NEWSCRAWL_REDISCOVER = _env("NEWSCRAWL_REDISCOVER", "86400")
"""Seconds after which the schedule looks at a whole site again: front page, robots.txt, all endpoints."""
NEWSCRAWL_HANG_SECONDS = _env("NEWSCRAWL_HANG_SECONDS", "60")
"""A schedule whose event loop stands still for so long ends itself with status 70; its supervisor starts it anew."""
NEWSCRAWL_MAX_POLLS_PER_SECOND = _env("NEWSCRAWL_MAX_POLLS_PER_SECOND", "2")
"""Polls of all sources of the schedule together, in the mean of a week: 25 ms of CPU each."""
NEWSCRAWL_CALLBACK_URL = _env("NEWSCRAWL_CALLBACK_URL", "")
"""Public address under which WebSub hubs reach NEWSCRAWL_LISTEN. Empty: no subscriptions."""
NEWSCRAWL_LISTEN = _env("NEWSCRAWL_LISTEN", "127.0.0.1:8686")
"""Where the schedule, or a worker, listens for hubs: behind a web server that speaks TLS."""
NEWSCRAWL_BROKER = _env("NEWSCRAWL_BROKER", "amqp://guest:guest@localhost:5672//")
"""Many machines (extra `celery`): URL of the broker, RabbitMQ; or Redis, see docs/operations.md."""
NEWSCRAWL_TICK = _env("NEWSCRAWL_TICK", "1")
"""Seconds between two looks at what is due; one costs about a millisecond of the database."""

# -- workers ---------------------------------------------------------------------------------------------------------

NEWSCRAWL_WORKERS = _env("NEWSCRAWL_WORKERS", "2")
"""Child processes that parse. Two keep the process tree below 600 MB."""
NEWSCRAWL_PARSE_SECONDS = _env("NEWSCRAWL_PARSE_SECONDS", "4")
"""A page takes 40 ms, the slowest real one seen 1.3 s; what takes longer is hostile and its worker is killed."""
NEWSCRAWL_PARSE_SECONDS_LARGE = _env("NEWSCRAWL_PARSE_SECONDS_LARGE", "16")
"""The same for feeds and sitemaps, which may be 50 MiB."""
NEWSCRAWL_WORKER_MEMORY_MB = _env("NEWSCRAWL_WORKER_MEMORY_MB", "1024")
"""Address space of one worker."""

# -- store -----------------------------------------------------------------------------------------------------------

NEWSCRAWL_STORE_PATIENCE = _env("NEWSCRAWL_STORE_PATIENCE", "150")
"""Seconds that a database which goes away is waited for."""
NEWSCRAWL_STORE_BATCH = _env("NEWSCRAWL_STORE_BATCH", "50")
"""Reports written at once; larger batches cost the same."""
NEWSCRAWL_STORE_INTERVAL = _env("NEWSCRAWL_STORE_INTERVAL", "0.3")
"""Seconds after which a smaller batch is written all the same."""

# -- health ----------------------------------------------------------------------------------------------------------

NEWSCRAWL_NOTIFY_COMMAND = _env("NEWSCRAWL_NOTIFY_COMMAND", "")
"""Command line that is run when the state of a source changes; it gets the change as JSON on standard input."""
NEWSCRAWL_NOTIFY_URLS = _env("NEWSCRAWL_NOTIFY_URLS", "")
"""Addresses of Apprise that are told of it, separated by blanks: `json://host/hook`, `mailto://...`. Extra `notify`."""
NEWSCRAWL_METRICS_LISTEN = _env("NEWSCRAWL_METRICS_LISTEN", "")
"""`HOST:PORT` where Prometheus finds `/metrics` (extra `metrics`); empty: nowhere. It asks for no password."""
NEWSCRAWL_METRICS_SOURCES = _env("NEWSCRAWL_METRICS_SOURCES", "200")
"""Sources that get a label of their own; what comes later is counted as `other`. A label costs some 5 kB."""

# -- Scrapy ----------------------------------------------------------------------------------------------------------

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
USER_AGENT = f"newscrawl/{version('newscrawl')}"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newscrawl"

DOWNLOAD_DELAY = 1
DOWNLOAD_DELAY_JITTER = 0  # the delay is a promise: a random part would sometimes fall below a Crawl-delay
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 32
CONCURRENT_ITEMS = 4  # Scrapy starts as many tasks for every response
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 20_000_000  # 5 MB are 19 pages: the writer's batches would stall the downloader

DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 15
DOWNLOAD_MAXSIZE = 4 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
NEWSCRAWL_MAX_FEED_SIZE = 50 * 1024 * 1024
"""Bytes of a feed or sitemap (the limit of the sitemap protocol)."""
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
NEWSCRAWL_PROXY_HOSTS = [urlsplit(proxy).hostname or "" for proxy in getproxies().values()]
"""Hosts of the operator's proxies (`http_proxy`, `https_proxy`), which may be inside."""
TWISTED_DNS_RESOLVER = "newscrawl.middlewares.addresses.GuardedResolver"
DNS_TIMEOUT = 10
PLAYWRIGHT_ABORT_REQUEST = "newscrawl.middlewares.addresses.leads_inside"  # a browser does its own look-ups

RETRY_TIMES = 1
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the ledger keeps the reason
COOKIES_ENABLED = False
REDIRECT_ENABLED = False  # redirects are resolved against the ledger, by the spider
METAREFRESH_ENABLED = False
HTTPERROR_ALLOW_ALL = True
REFERER_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
URLLENGTH_LIMIT = 2048
CLOSESPIDER_TIMEOUT = 3600  # seconds; what is left stays pending
MEMUSAGE_LIMIT_MB = 1500  # of the crawler process alone: a leak, not a busy day
STATS_DUMP = False
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FEED_EXPORT_ENCODING = "utf-8"

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the spider knows what belongs to a source
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawl.middlewares.addresses.AddressGuardMiddleware": 50,
    "newscrawl.middlewares.robots.RobotsMiddleware": 100,
    "newscrawl.middlewares.conditional.ConditionalMiddleware": 200,
    "newscrawl.middlewares.retry.PatientRetryMiddleware": 550,
    "newscrawl.middlewares.compression.WholeCompressionMiddleware": 590,
    "newscrawl.middlewares.host_gate.HostGate": 950,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the plan counts pages of a listing
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
}
ITEM_PIPELINES = {
    "newscrawl.pipelines.observe.ObservePipeline": 50,
    "newscrawl.pipelines.validate.ValidatePipeline": 100,
    "newscrawl.pipelines.deduplicate.DeduplicatePipeline": 200,
    "newscrawl.pipelines.store.StorePipeline": 300,
    "newscrawl.pipelines.boilerplate.BoilerplatePipeline": 350,
    "newscrawl.pipelines.output.OutputPipeline": 400,
}
EXTENSIONS = {
    "newscrawl.extensions.download_limits.DownloadLimits": 100,
    "newscrawl.extensions.pause.PauseAfterAnswer": 150,
    "newscrawl.extensions.crawl_record.CrawlRecord": 200,
    "newscrawl.extensions.metrics.Metrics": 300,
}
