"""Bad input ends with one clear line and the right exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newscrawl.demo.server import DemoSite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web import Newscrawl

LOCAL = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0")


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (("crawl", "https://no-such-host.invalid/"), 1, "no-such-host.invalid does not resolve"),
        (("crawl", "http://127.0.0.1/"), 1, "inside address 127.0.0.1"),
        (("crawl", "http://2130706433/"), 1, "inside address"),
        (("crawl", "https://ex ample"), 2, "is no URL that can be crawled"),
        (("crawl", "file:///etc/passwd"), 2, "is no URL that can be crawled"),
        (("crawl", "no-such-source"), 2, "is no source, domain or URL"),
        (("crawl", "https://x.example/", "-s", "lower=1"), 2, "write NAME=VALUE"),
        (("crawl", "https://x.example/", "--since", "soon"), 2, "--since 'soon': write"),
        (("crawl", "https://x.example/", "-s", "MONGODB_URI=mongodb://127.0.0.1:1/", "-s",
          "NEWSCRAWL_STORE_PATIENCE=1"),
         1, "MongoDB at mongodb://127.0.0.1:1/ cannot be reached"),
        (("import", "no-such-file.jsonl"), 2, "no such file"),
        (("export", "--format", "xml"), 2, "give jsonl, csv or parquet"),
        (("why", "nonsense://x"), 2, "is no http(s) URL"),
        (("sources", "show", "nobody"), 2, "no source 'nobody'"),
        (("extract", "https://x.example/", "--page", "nobody"), 2, "--page 'nobody' is no site page; known: "),
        (("extract", "page.html", "--save-fixture", "x"), 2, "--save-fixture needs --url"),
        (("extract", "https://x.example/", "--save-fixture", "../x", "--fixtures", "."), 2, "use lower-case letters"),
    ],
)  # fmt: skip
def test_one_clear_line(program: Newscrawl, arguments: tuple[str, ...], status: int, line: str) -> None:
    done = program.run(*arguments)
    assert (done.returncode, line in done.stderr.replace("\n", " ")) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


def test_targets_that_are_gone_or_no_html(program: Newscrawl) -> None:
    with DemoSite() as site:
        gone = program.run("crawl", site.url + "world/no-such-report.html", *LOCAL)
        binary = program.run("crawl", site.url + "favicon.ico", *LOCAL)
    assert (gone.returncode, "answers http 404" in gone.stderr) == (1, True), gone.stderr
    assert binary.returncode == 1, binary.stderr


def test_a_broken_source_file_names_file_and_key(program: Newscrawl, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "harbour.toml").write_text('home = "https://harbour.example/"\nfeds = []\n', encoding="utf-8")
    (folder / "broken.toml").write_text("home = ", encoding="utf-8")
    typo, broken, listed = (program.run("crawl", name) for name in ("harbour", "broken", "harbour"))
    assert (typo.returncode, "harbour.toml: unknown key 'feds'; known keys: name, home" in typo.stderr) == (2, True)
    assert (broken.returncode, "broken.toml: is not valid TOML" in broken.stderr) == (2, True)
    assert listed.returncode == 2
    assert program.run("sources", "list").returncode == 1


def test_broken_lines_cost_themselves_only(program: Newscrawl, tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    good = '{"url": "https://harbour.example/%d", "headline": "Pier", "body": "Text number %d of the import."}\n'
    file.write_text(good % (1, 1) + "{broken\n[1]\n" + '{"url": "ftp://x/"}\n' + good % (2, 2), encoding="utf-8")
    done = program.run("import", str(file))
    assert done.returncode == 1
    assert "2 stored" in done.stdout
    assert [f"reports.jsonl:{n}: not imported" in done.stderr for n in (2, 3, 4)] == [True, True, True]
    assert len(program.reports()) == 2


def test_a_source_whose_site_is_gone_has_failed(program: Newscrawl, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "gone.toml").write_text('home = "https://no-such-host.invalid/"\n', encoding="utf-8")
    done = program.run("crawl", "gone")
    assert (done.returncode, "no-such-host.invalid does not resolve" in done.stderr) == (1, True), done.stderr
