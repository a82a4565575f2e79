from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from newscrawl.store.mongod import (
    EmbeddedError,
    check_platform,
    filesystem_of,
    find_mongod,
    mongod_version,
    prepare_folder,
    socket_path,
)

MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:40 / /srv/news rw,relatime shared:9 master:1 - nfs4 nas:/news rw,vers=4.2
41 40 254:1 / /srv/news/local rw - xfs /dev/vdb rw
42 27 0:41 / /mnt/with\040space rw - cifs //nas/x rw
43 27 0:42 / /home rw - ext4 /dev/vdc rw
44 43 0:43 / /home rw - fuse.sshfs me@there: rw
"""


def program(folder: Path, text: str) -> Path:
    path = folder / "mongod"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/srv/news", "nfs4"),
        ("/srv/news/deep/er", "nfs4"),
        ("/srv/newspaper", "ext4"),
        ("/srv/news/local/x", "xfs"),
        ("/mnt/with space/x", "cifs"),
        ("/home/me", "fuse.sshfs"),
    ],
)
def test_filesystem_of(folder: str, kind: str) -> None:
    assert filesystem_of(Path(folder), MOUNTS) == kind


def test_filesystem_of_nothing() -> None:
    assert not filesystem_of(Path("/x"), "")


def test_find_mongod_on_path_first(tmp_path: Path) -> None:
    assert find_mongod(str(tmp_path / "none") + ":" + str(program(tmp_path, "").parent)) == tmp_path / "mongod"


def test_find_mongod_names_the_three_ways_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(EmbeddedError, match=r"install mongod .*newscrawl\[embedded\].* MONGODB_URI .*docker compose"):
        find_mongod(str(tmp_path))


def test_find_mongod_does_not_run_the_package_around_the_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "fiftyone" / "db" / "bin").mkdir(parents=True)
    (tmp_path / "fiftyone" / "__init__.py").write_text("raise SystemExit('run')")
    binary = program(tmp_path / "fiftyone" / "db" / "bin", "")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert find_mongod("") == binary


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "echo 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2; exit 127",
            r"libcurl\.so\.4 is missing; `apt-get install libcurl4`",
        ),
        (
            "echo 'mongod: error while loading shared libraries: libzap.so.1: cannot open' >&2; exit 127",
            "libzap.so.1 is missing; install the package",
        ),
        ("echo \"mongod: version 'GLIBC_2.34' not found\" >&2; exit 1", "GLIBC_2.34.*MONGODB_URI"),
        ("kill -ILL $$", "AVX"),
        ("exit 3", "exit status 3"),
        ("echo hello", "does not run"),
    ],
)
def test_mongod_version_says_why_it_does_not_run(tmp_path: Path, script: str, message: str) -> None:
    with pytest.raises(EmbeddedError, match=message):
        mongod_version(program(tmp_path, script))


def test_mongod_version_of_no_program(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="does not run"):
        mongod_version(tmp_path / "mongod")


def test_check_platform() -> None:
    check_platform("linux")
    with pytest.raises(EmbeddedError, match=r"Linux only.*'darwin'.*MONGODB_URI"):
        check_platform("darwin")


def test_prepare_folder_lets_nobody_else_in(tmp_path: Path) -> None:
    (tmp_path / "mongod").mkdir(mode=0o755)
    folder = prepare_folder(tmp_path)
    assert folder == tmp_path / "mongod"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "data").is_dir()


def test_prepare_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match=r"file/home/mongod cannot be used.*Not a directory.*NEWSCRAWL_HOME"):
        prepare_folder(tmp_path / "file" / "home")


def test_socket_path_in_the_folder() -> None:
    assert socket_path(Path("/home/me/mongod"), None) == Path("/home/me/mongod/mongod.sock")


@pytest.mark.parametrize("name", ["long" * 20, "with space", "with,comma", "Grün"])
def test_socket_path_elsewhere_is_stable_and_short(name: str) -> None:
    home = Path("/home") / name / "mongod"
    with tempfile.TemporaryDirectory(dir="/tmp") as runtime:
        path = socket_path(home, Path(runtime))
        assert path.is_relative_to(runtime)
        assert path == socket_path(home, Path(runtime))
        assert path != socket_path(home / "other", Path(runtime))
        assert len(str(path)) <= 80


def test_socket_path_in_the_temporary_folder() -> None:
    path = socket_path(Path("/home") / ("long" * 20), Path("/nonexistent"))
    assert path.parent.parent == Path(tempfile.gettempdir())
