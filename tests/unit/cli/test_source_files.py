from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newscrawl.cli.source_files import Remarks, render_source, write_source
from newscrawl.sources import Source, SourceError, load_source

if TYPE_CHECKING:
    from pathlib import Path

FEED = "https://gazette.example/feed.xml"
SOURCE = Source(
    id="gazette",
    name='The "Gazette" \\ Zeitung\x7f',
    home="https://gazette.example/",
    domains=("gazette.example",),
    feeds=(FEED,),
    discover=False,
    exclude=(r"/20\d\d/quiz",),
    delay=2.5,
    recheck=("1h",),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "gazette.toml"
    remarks = Remarks(head=["seen\nnow"], keys={FEED: "20 entries", "discover": "all seen"}, foot=["Not chosen:", "x"])
    write_source(path, render_source(SOURCE, remarks), force=False)

    assert load_source(path) == SOURCE
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# seen now"
    assert "discover = false # all seen" in lines
    assert any(FEED in line and line.endswith("# 20 entries") for line in lines)
    assert lines[-2:] == ["# Not chosen:", "# x"]


def test_domains_are_written_where_they_do_not_follow_from_the_urls(tmp_path: Path) -> None:
    source = Source(id="g", domains=("gazette.example", "service.example"), feeds=("https://service.example/g.xml",))
    write_source(tmp_path / "g.toml", render_source(source), force=False)

    assert set(load_source(tmp_path / "g.toml").domains) == {"gazette.example", "service.example"}
    assert "domains = [" not in render_source(SOURCE)


def test_a_file_is_overwritten_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "gazette.toml"
    path.write_text('home = "https://other.example/"')
    with pytest.raises(SourceError, match="is there already; --force"):
        write_source(path, render_source(SOURCE), force=False)
    write_source(path, render_source(SOURCE), force=True)

    assert load_source(path).home == SOURCE.home
