"""The process between newscrawl and its private mongod: starts it, keeps it up while it is used, stops it after that.

`embedded.py` runs this file as a script; it imports the standard library only and so stays small. It says `ready` or an
error on standard output once, and inherits the lock that marks it as alive. The files in its folder: `data`,
`server.json` (what runs), `mongod.log`, `supervisor.log`, and three locks: `users.lock` (shared: every client, for
life), `start.lock` (exclusive: around start and stop) and `supervisor.lock` (exclusive: its own).
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

REPLICA_SET = "newscrawl"
START_SECONDS = 120
"""For mongod to listen: 0.3 s as a rule, but recovery after a crash reads back a journal of up to 1 GB."""
STOP_SECONDS = 60
_WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
_PR_SET_PDEATHSIG = 1
_AFTERMATH = re.compile("aborting after|Writing fatal message")
"""What mongod logs after the reason."""


class StartError(RuntimeError):
    """mongod did not start; the message says what it said."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run, where, and for how long."""

    binary: Path
    folder: Path
    socket: Path
    idle_s: float
    log_bytes: int

    @property
    def log(self) -> Path:
        """mongod's own log: JSON lines."""
        return self.folder / "mongod.log"


def main(binary: str, folder: str, socket_file: str, idle_s: str, log_bytes: str) -> None:
    """Supervise until nobody uses mongod, it is not to be helped, or SIGTERM."""
    if os.fork():
        os._exit(0)  # whoever started this is not the parent of the rest and has no child to wait for
    plan = Plan(
        binary=Path(binary),
        folder=Path(folder),
        socket=Path(socket_file),
        idle_s=float(idle_s),
        log_bytes=int(log_bytes),
    )
    os.chdir("/")
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        keep(plan, launch(plan))
    except StartError as error:
        say(str(error))
        sys.stderr.write(f"{error}\n")
    finally:
        (plan.folder / "server.json").unlink(missing_ok=True)


def say(message: str) -> None:
    """Tell the process that started this one, if it is still there and has not been told before."""
    with suppress(OSError):
        os.write(1, message.encode())
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


# -- mongod ----------------------------------------------------------------------------------------------------------


def command(plan: Plan) -> list[str]:
    """The command line of mongod. Nothing in it listens on TCP."""
    return [
        str(plan.binary),
        *("--dbpath", str(plan.folder / "data")),
        *("--bind_ip", str(plan.socket), "--nounixsocket"),  # the second is about a further socket in /tmp
        *("--replSet", REPLICA_SET),
        *("--oplogSize", "1024"),  # MB; the default is 5 % of the disk. 100,000 reports' worth of change stream
        *("--wiredTigerCacheSizeGB", "0.25"),  # the default is half of the memory
        *("--logpath", str(plan.log), "--logappend", "--logRotate", "reopen", "--quiet"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),  # 200 MB for MongoDB's support
    ]


def launch(plan: Plan) -> subprocess.Popen[bytes]:
    """mongod, listening. Raises StartError."""
    deadline = time.monotonic() + START_SECONDS
    while _in_use(plan.folder / "data" / "mongod.lock"):  # an earlier one, whose supervisor was killed, is closing
        _wait_on(0.05)
        if time.monotonic() > deadline:
            raise StartError(f"another mongod has had {plan.folder / 'data'} open for {START_SECONDS} s: end it")
    logged = plan.log.stat().st_size if plan.log.exists() else 0
    parent = os.getpid()
    mongod = subprocess.Popen(  # noqa: S603 - the caller has found it
        command(plan),
        stdin=subprocess.DEVNULL,
        stdout=2,
        preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - there are no threads here
    )
    try:
        _wait_until_listening(plan, mongod, deadline, logged)
        _write_state(plan, mongod.pid)
    except BaseException:
        stop(mongod)
        raise
    say("ready")
    return mongod


def _die_with(parent: int) -> None:
    """In the child: SIGTERM when the supervisor dies, however it does."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a file for every collection and index
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _wait_until_listening(plan: Plan, mongod: subprocess.Popen[bytes], deadline: float, logged: int) -> None:
    while not listening(plan.socket):
        if mongod.poll() is not None:
            raise StartError(f"mongod ended with status {mongod.returncode}: {_complaints(plan, logged)}")
        if time.monotonic() > deadline:
            raise StartError(f"mongod did not listen within {START_SECONDS} s: {_complaints(plan, logged)}")
        _wait_on(0.01)


def _wait_on(seconds: float) -> None:
    if not _pause(seconds):
        raise StartError("ended by a signal while it started")


def listening(path: Path) -> bool:
    """Whether anybody accepts connections on the socket at `path`."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _complaints(plan: Plan, logged: int) -> str:
    """The last errors in mongod's log after byte `logged`, or else what it wrote to standard error."""
    found = []
    with suppress(OSError), plan.log.open("rb") as log:
        log.seek(logged)
        for line in log:
            with suppress(ValueError, AttributeError):
                entry = json.loads(line)
                if entry.get("s") in ("F", "E") and not _AFTERMATH.search(entry.get("msg", "")):
                    found.append(f"{entry.get('msg')}: {_detail(entry.get('attr', {}))}")
    if not found:
        with suppress(OSError):
            said = (plan.folder / "supervisor.log").read_text(errors="replace").strip().splitlines()
            found = [line for line in said if not line.startswith("{")]
    return f"{' | '.join(found[-3:]) or 'no reason given'} (log: {plan.log})"


def _detail(attributes: dict[str, object]) -> str:
    """What matters of a log entry; the storage engine wraps its own entry in one."""
    inner = attributes.get("message")
    said = inner.get("msg") if isinstance(inner, dict) else attributes.get("error")
    return str(said or json.dumps(attributes))[:300]


def stop(mongod: subprocess.Popen[bytes]) -> None:
    """End mongod in good order, which takes about a second."""
    mongod.terminate()
    try:
        mongod.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:  # nothing acknowledged is lost: it is in the journal
        mongod.kill()
        mongod.wait()


def rotate_log(plan: Plan, mongod: subprocess.Popen[bytes]) -> None:
    """Keep the log below `log_bytes`, and one before it."""
    with suppress(OSError):
        if plan.log.stat().st_size > plan.log_bytes:
            plan.log.replace(plan.log.with_suffix(".log.1"))
            mongod.send_signal(signal.SIGUSR1)


def _write_state(plan: Plan, pid: int) -> None:
    state = {"binary": str(plan.binary), "socket": str(plan.socket), "pid": pid, "supervisor": os.getpid()}
    fresh = plan.folder / "server.json.new"
    fresh.write_text(json.dumps(state))
    fresh.replace(plan.folder / "server.json")


# -- the watch -------------------------------------------------------------------------------------------------------


def keep(plan: Plan, mongod: subprocess.Popen[bytes]) -> None:
    """Look once a second whether mongod is up and used. Returns with mongod ended; raises StartError."""
    users = os.open(plan.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    start = os.open(plan.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    launched = used = time.monotonic()
    early_ends = 0
    while _pause(min(1.0, max(0.1, plan.idle_s))):
        now = time.monotonic()
        free = _free(users)
        if mongod.poll() is not None:
            early_ends = early_ends + 1 if now - launched < 10 else 0
            if free or early_ends > 2:  # not wanted, or beyond help
                return
            mongod, launched = launch(plan), now
        rotate_log(plan, mongod)
        used = used if free else now
        if now - used >= plan.idle_s and _claim_stop(users, start):
            break
    stop(mongod)


def _free(users: int) -> bool:
    """Whether no client holds the lock."""
    free = _lock(users)
    if free:
        fcntl.flock(users, fcntl.LOCK_UN)
    return free


def _claim_stop(users: int, start: int) -> bool:
    """Take the lock around start and stop, unless a client has come.

    A client takes `users` first and waits for `start` then: it is either seen here, or finds mongod stopped.
    """
    if not _lock(start):
        return False
    if not _free(users):
        fcntl.flock(start, fcntl.LOCK_UN)
        return False
    return True


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_use(lock_file: Path) -> bool:
    """Whether a mongod has the data open: it has taken flock(2) on this file then."""
    try:
        with lock_file.open("rb") as file:
            return not _lock(file.fileno())
    except FileNotFoundError:
        return False


def _pause(seconds: float) -> bool:
    """Wait until mongod ends, at most `seconds`. False once this process shall end."""
    received = signal.sigtimedwait(_WATCHED, seconds)
    return received is None or received.si_signo == signal.SIGCHLD


if __name__ == "__main__":
    main(*sys.argv[1:])
