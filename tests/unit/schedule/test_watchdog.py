from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import time
from newscrawl.schedule.watchdog import Watchdog

dog = Watchdog(1.0)
dog.start()
for _ in range({fed}):
    time.sleep(0.1)
    dog.feed()
{then}
"""


def run(fed: int, then: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(fed=fed, then=then)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def test_a_loop_that_hangs_ends_the_process_and_says_where() -> None:
    done = run(1, "time.sleep(60)")
    assert done.returncode == 70
    assert "the event loop has not run for 1 s" in done.stderr
    assert 'File "<string>", line 10' in done.stderr


def test_a_loop_that_runs_is_left_alone() -> None:
    assert run(15, "dog.stop()").returncode == 0
