"""WebSub against a hub of our own: the subscriber alone, and through a running schedule."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from newscrawl.store.embedded import start_private_server
from tests.hub import Hub, free_address, publish
from tests.web import PageSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web import Newscrawl

CEILING = 6 * 3600
SUBSCRIBER = Path(__file__).with_name("websub_subscriber.py")


class Subscriber:
    """See `websub_subscriber.py`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def tend(self, name: str, hub: Hub) -> dict[str, bool]:
        """See to the feed of a site; how its subscription is then."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"http://{name}.example/rss {topic(name)} {hub.url}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())  # type: ignore[no-any-return]


def topic(name: str) -> str:
    return f"http://{name}.example/feed"


@pytest.fixture(scope="module")
def subscriber(mongodb_home: Path) -> Iterator[Subscriber]:
    proxies = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}
    variables = {name: value for name, value in os.environ.items() if name not in proxies}
    with subprocess.Popen(
        [sys.executable, str(SUBSCRIBER), str(mongodb_home), f"test_{secrets.token_hex(6)}", free_address()],
        env={**variables, "NEWSCRAWL_ALLOW_NETWORKS": "127.0.0.1/32"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Subscriber(process)
        process.communicate(timeout=60)


def test_what_we_did_not_ask_for_is_not_verified(subscriber: Subscriber) -> None:
    with Hub() as hub:
        assert subscriber.tend("gazette", hub) == {"live": True, "relied on": False}
        assert hub.verified == [(200, "a+b c&d")]
        callback = hub.asked[0]["hub.callback"]
        assert hub.verify("subscribe", callback, topic("other"))[0] == 404
        assert hub.verify("unsubscribe", callback, topic("gazette"))[0] == 404
        assert hub.verify("subscribe", f"{callback}0", topic("gazette"))[0] == 404


def test_a_push_is_signed_and_a_hub_that_denies_is_not_asked_again(subscriber: Subscriber) -> None:
    with Hub() as hub:
        subscriber.tend("courier", hub)
        assert hub.push(secret="guessed") == 202
        assert subscriber.tend("courier", hub) == {"live": True, "relied on": False}
        assert hub.push(method="sha1") == 202
        assert subscriber.tend("courier", hub) == {"live": True, "relied on": True}
        hub.verify("denied", hub.asked[0]["hub.callback"], topic("courier"))
        assert subscriber.tend("courier", hub) == {"live": False, "relied on": False}
        assert hub.push() == 410
        assert len(hub.asked) == 1  # and not before tomorrow


def test_a_hub_that_refuses_or_is_away_is_left_alone(subscriber: Subscriber) -> None:
    with Hub(answer=403, verify=False) as hub:
        assert [subscriber.tend("herald", hub)["live"] for _ in range(2)] == [False, False]
        assert len(hub.asked) == 1
    assert subscriber.tend("star", hub)["live"] is False


def test_a_hub_inside_the_network_is_not_called(subscriber: Subscriber) -> None:
    with Hub(host="127.0.0.2") as hub:
        assert subscriber.tend("planet", hub)["live"] is False
        assert hub.asked == []


# -- through the schedule ----------------------------------------------------------------------------------------------


def test_a_running_schedule_subscribes_hears_renews_and_unsubscribes(
    program: Newscrawl, mongodb_home: Path, database: str
) -> None:
    address, server = free_address(), start_private_server(mongodb_home)
    program.environment |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "")
    program.environment |= {"NEWSCRAWL_CALLBACK_URL": f"http://{address}/websub", "NEWSCRAWL_LISTEN": address}
    program.environment |= {"NEWSCRAWL_ALLOW_NETWORKS": "127.0.0.0/8", "NEWSCRAWL_POLL_FLOOR": "1"}
    sources = program.home / "sources"
    sources.mkdir()
    with Hub() as hub, PageSite({}) as site, MongoClient[Any](server.uri, tz_aware=True) as client:
        db = client[database]
        publish(site, hub, 0)
        file = sources / "harbour.toml"
        file.write_text(f'feeds = ["{site.url}/feed"]\ndiscover = false\n')
        (sources / "other.toml").write_text('home = "http://nowhere.invalid/"\nenabled = false\n')
        schedule = program.start("schedule", "-s", "DOWNLOAD_DELAY=0.1")
        try:
            until(lambda: db.reports.count_documents({}) == 1 and asked_in(db) > 60)
            until(lambda: db.subscriptions.count_documents({"state": "live"}) == 1)

            publish(site, hub, 1)
            assert hub.push(secret="guessed") == 202
            assert asked_in(db) > 60, "a wrong signature is nothing"
            for number in (1, 2):  # the second at the ceiling already
                publish(site, hub, number)
                assert hub.push() == 202
                until(lambda n=number: db.reports.count_documents({}) == n + 1 and asked_in(db) > CEILING / 2)

            # Its lease is nearly over: the renewal has the callback and the secret that the hub knows.
            lease = {"verified_at": ago(hours=23), "lease_until": ago(hours=-1)}
            db.subscriptions.update_one({}, {"$set": lease})
            (sources / "touch").touch()
            until(lambda: len(hub.verified) == 2 and db.subscriptions.count_documents({"state": "live"}) == 1)
            assert hub.asked[0] == hub.asked[1]

            # It has run out, as of a hub that was away: the feed is asked again without it.
            db.subscriptions.update_one({}, {"$set": {"verified_at": ago(hours=25), "lease_until": ago(hours=1)}})
            asked = site.asked.count("/feed")
            (sources / "touch").unlink()
            until(lambda: site.asked.count("/feed") > asked and 0 < asked_in(db) < CEILING / 2)
            until(lambda: db.subscriptions.count_documents({"state": "refused"}) == 1)

            db.subscriptions.update_one({}, {"$set": {"state": "live", "lease_until": ago(hours=-200)}})
            file.unlink()
            until(lambda: db.subscriptions.count_documents({}) == 0)
            assert (hub.asked[-1]["hub.mode"], hub.verified[-1]) == ("unsubscribe", (200, "a+b c&d"))
            assert hub.push() == 410
            schedule.send_signal(signal.SIGTERM)
            assert schedule.wait(30) == 0
        finally:
            if schedule.poll() is None:
                os.killpg(schedule.pid, signal.SIGKILL)
            schedule.wait()
            server.close()


def asked_in(db: Any) -> float:
    """Seconds until the feed is to be asked; 0 while its source is being crawled."""
    feed, busy = db.urls.find_one({"poll_at": {"$exists": True}}), db.sources.find_one({"claim": {"$exists": True}})
    return (feed["poll_at"] - datetime.now(UTC)).total_seconds() if feed and not busy else 0.0


def ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)
