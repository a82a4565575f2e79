from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.schedule.enabled import EnabledSources

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOME = 'home = "https://{}.example/"\n'


def write(folder: Path, name: str, more: str = "") -> None:
    (folder / f"{name}.toml").write_text(HOME.format(name) + more, encoding="utf-8")


def test_files_are_read_once_and_again_when_one_comes_or_goes(tmp_path: Path) -> None:
    write(tmp_path, "gazette")
    write(tmp_path, "courier", "enabled = false\n")
    enabled = EnabledSources(tmp_path)
    assert (enabled.refresh(), enabled.ids, enabled.refresh()) == (True, ["gazette"], False)
    write(tmp_path, "herald")
    assert (enabled.refresh(), enabled.ids) == (True, ["gazette", "herald"])
    (tmp_path / "gazette.toml").unlink()
    assert (enabled.refresh(), enabled.ids) == (True, ["herald"])


def test_a_broken_file_costs_one_source_and_is_told_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, "gazette")
    write(tmp_path, "courier", "feds = []\n")
    enabled = EnabledSources(tmp_path)
    enabled.refresh()
    write(tmp_path, "herald")
    enabled.refresh()
    assert enabled.ids == ["gazette", "herald"]
    assert caplog.text.count("unknown key 'feds'") == 1


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    enabled = EnabledSources(tmp_path / "none")
    assert (enabled.refresh(), enabled.ids) == (True, [])
