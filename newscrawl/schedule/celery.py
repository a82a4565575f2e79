"""The schedule on many machines: Celery over RabbitMQ (extra `celery`).

    celery -A newscrawl.schedule beat
    celery -A newscrawl.schedule worker --without-gossip --without-mingle

Beat sends a tick; the worker that gets it claims the sources that are due, and sends a task for each. What is due and
who crawls which domain is in MongoDB alone: a message only says "crawl this now". So one that is lost, late or
delivered twice does no harm. What was lost is claimed again when its claim has run out; what comes twice finds that
its claim has been taken up.

A worker is one process with one event loop, in which its crawls run as in `newscrawl schedule`; Celery's threads wait
for them.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import CancelledError, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from celery import Celery, bootsteps
from celery.exceptions import Reject
from scrapy.settings import Settings

from newscrawl.schedule.crawl_source import Terms, crawl_source
from newscrawl.schedule.crawl_thread import CrawlThread
from newscrawl.schedule.enabled import READ_AGAIN, EnabledSources
from newscrawl.schedule.price import PollPrice
from newscrawl.schedule.websub import WebSub
from newscrawl.store.connection import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

QUEUED = 120.0
"""Seconds that a claim holds for a message; then the message has expired, and the source is claimed anew."""
CLAIMED_AT_ONCE = 1000
"""Sources of one tick."""
LONGEST_CRAWL = 25 * 60
"""Seconds. RabbitMQ waits 30 minutes for an acknowledgement (`consumer_timeout`), then closes the channel; Celery ends
a worker to which that happens. What a crawl leaves is pending, and the next one takes it up."""
PRIORITIES = 10
"""RabbitMQ keeps a queue within the queue for each; its manual advises ten at most."""
SHUTDOWN = 25.0
"""Seconds that crawls have to end on SIGTERM; then their tasks are given back to the broker."""

logger = logging.getLogger(__name__)


def load_settings(assignments: Sequence[str] = ()) -> Settings:
    """The settings module, with `NAME=VALUE` over it. Raises ValueError on a malformed one."""
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    settings.set("LOG_LEVEL", "WARNING", priority="project")
    settings.set("LOG_INSTALL_ROOT_HANDLER", value=False, priority="project")
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name.isupper():
            msg = f"--set {assignment!r}: write NAME=VALUE, the name in capitals"
            raise ValueError(msg)
        settings.set(name, value, priority="cmdline")
    longest = min(settings.getfloat("CLOSESPIDER_TIMEOUT") or LONGEST_CRAWL, LONGEST_CRAWL)
    settings.set("CLOSESPIDER_TIMEOUT", longest, priority="cmdline")
    return settings


def message_priority(priority: int) -> int:
    """The priority of a message, 0 to 9, for that of a source, any number with 0 as usual and 100 on demand."""
    return max(0, min(PRIORITIES - 1, 4 + priority // 20))


def configuration(settings: Settings) -> dict[str, Any]:
    """What of Celery's settings is not its default, and why."""
    tick = settings.getfloat("NEWSCRAWL_TICK")
    name = "newscrawl"
    return {
        "broker_url": settings["NEWSCRAWL_BROKER"],
        "broker_connection_retry_on_startup": True,
        # A message that the broker has not taken is an error of the tick, not a source that waits for nothing.
        "broker_transport_options": {"confirm_publish": True},
        "task_queues": {
            name: {"exchange": name, "routing_key": name, "queue_arguments": {"x-max-priority": PRIORITIES}}
        },
        "task_default_queue": name,
        "task_default_exchange": name,
        "task_default_routing_key": name,
        "task_ignore_result": True,  # what became of a crawl is in `crawls`
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_pool": "threads",
        "worker_concurrency": settings.getint("NEWSCRAWL_CRAWLS_AT_ONCE"),
        # What waits, waits in the queue, where a more urgent task can overtake it.
        "worker_prefetch_multiplier": 1,
        # Nothing here asks workers anything, and the queue for that is of a kind that RabbitMQ means to give up.
        "worker_enable_remote_control": False,
        "worker_redirect_stdouts": False,
        "beat_scheduler": "celery.beat:Scheduler",  # the default one writes a file to remember what needs no memory
        "beat_schedule": {
            # One that is not run before the next comes has no use.
            "tick": {
                "task": "newscrawl.tick",
                "schedule": tick,
                "options": {"priority": PRIORITIES - 1, "expires": tick},
            }
        },
    }


class Crawls(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """The event loop of a worker: begun after the pool of threads that wait for it, and ended before it."""

    requires = ("celery.worker.components:Pool",)
    thread: CrawlThread | None = None
    """Twisted has one reactor a process, hence a worker has one thread."""
    sources: EnabledSources
    websub: WebSub | None = None
    price = PollPrice()
    ending = False

    def __init__(self, parent: Any, set: tuple[str, ...] = (), **_: Any) -> None:  # noqa: A002, ARG002
        try:
            self.settings = load_settings(set)
        except ValueError as error:
            sys.exit(f"newscrawl: {error}")
        Crawls.sources = EnabledSources(Path(self.settings["NEWSCRAWL_SOURCES"]))

    def start(self, parent: Any) -> None:
        """Begin the event loop. Other pools are refused: their tasks could not wait for it side by side."""
        if "thread" not in parent.pool_cls.__module__:
            sys.exit("newscrawl runs in Celery's pool of threads alone: leave out -P")
        thread = CrawlThread(self.settings)
        try:
            thread.start()
            if self.settings["NEWSCRAWL_CALLBACK_URL"]:
                Crawls.websub = thread.call(_start_websub, thread)
        except (StoreError, ValueError) as error:
            sys.exit(f"newscrawl: {error}")
        Crawls.thread = thread

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        """SIGTERM: the crawls end in order, and their tasks with them."""
        Crawls.ending = True
        if (thread := Crawls.thread) is not None:
            leaving = asyncio.run_coroutine_threadsafe(thread.store.sources.sign_out(), thread.loop)
            thread.end_crawls(SHUTDOWN)
            wait([leaving], 1)  # no longer: the database may be away
            thread.stop()


def tick() -> None:
    """Claim what is due, and send a task for each."""
    thread = _thread()
    sources = Crawls.sources
    if sources.refresh():
        thread.call(thread.store.sources.define, sources.ids)
        thread.call(thread.store.sources.sign_in, sources.ids, 3 * READ_AGAIN)
        if Crawls.websub is not None:
            thread.call(Crawls.websub.look_after, sources.ids)
    for claim in thread.call(thread.store.sources.claim, sources.ids, CLAIMED_AT_ONCE, QUEUED):
        app.send_task(
            "newscrawl.crawl",
            (claim.source, claim.fence),
            priority=message_priority(claim.priority),
            expires=QUEUED,
        )


def crawl(source: str, fence: int) -> None:
    """Crawl a source that was claimed. `fence` names the claim."""
    thread = _thread()
    try:
        thread.call(_crawl, thread, source, fence)
    except CancelledError as error:
        raise Reject(f"{source}: the worker ends", requeue=True) from error


async def _crawl(thread: CrawlThread, source: str, fence: int) -> None:
    price = await Crawls.price.ask(thread.store, thread.settings)
    terms = Terms(price=price, tend=Crawls.websub.hubs.tend if Crawls.websub else None)
    await crawl_source(thread.process, thread.store, source, fence, terms)


async def _start_websub(thread: CrawlThread) -> WebSub:
    return WebSub(thread.store, thread.process)


def _thread() -> CrawlThread:
    """Raises Reject, which gives the task back to the broker, where the worker ends."""
    if Crawls.thread is None or Crawls.ending:
        raise Reject("the worker ends", requeue=True)
    return Crawls.thread


app = Celery("newscrawl")
app.conf.update(configuration(load_settings()))
app.steps["worker"].add(Crawls)
app.user_options["worker"].add(
    click.Option(("--set",), metavar="NAME=VALUE", multiple=True, help="Set a Scrapy or NEWSCRAWL_* setting.")
)
app.task(name="newscrawl.tick")(tick)
app.task(name="newscrawl.crawl")(crawl)
