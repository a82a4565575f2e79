from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

import pytest

from newscrawl.extensions.metrics import OTHER, Meters
from newscrawl.parsing.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def meters() -> Iterator[Meters]:
    made = Meters("127.0.0.1:0", 2)
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def test_what_is_counted_is_served(meters: Meters) -> None:
    meters.entries.labels(meters.label("paper"), "stored").inc(3)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{meters.port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert 'newscrawl_entries_total{outcome="stored",source="paper"} 3.0' in text
    assert f"newscrawl_pool_workers {WorkerPool.started:.1f}" in text  # other tests of this process have some


def test_labels_are_bounded(meters: Meters) -> None:
    assert [meters.label(name) for name in ("a", "b", "c", "a")] == ["a", "b", OTHER, "a"]
