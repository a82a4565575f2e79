from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

PROGRAM = """
import asyncio, time
from newscrawl.schedule.watchdog import Watchdog

async def main():
    dog = Watchdog(1.0)
    dog.start()
    print("begun", flush=True)
    await asyncio.sleep({waits})
    {then}
    dog.stop()

asyncio.run(main())
"""


def start(waits: float, then: str = "") -> subprocess.Popen[str]:
    program = PROGRAM.format(waits=waits, then=then)
    return subprocess.Popen([sys.executable, "-c", program], stdout=-1, stderr=-1, text=True)


def test_a_loop_that_hangs_ends_the_process_and_says_where() -> None:
    with start(0.1, "time.sleep(60)") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 70
    assert "the event loop has not run for 1 s" in errors
    assert 'File "<string>", line 10' in errors


def test_a_loop_that_waits_is_left_alone() -> None:
    with start(3.0) as process:
        assert process.wait(60) == 0


def test_a_process_that_was_stopped_goes_on() -> None:
    with start(4.0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(3.0)
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(60) == 0
