from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from newscrawl.sources import SourceError, load_source, load_sources, owner_of, resolve_target

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str, name: str = "harbour.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        name = "Harbour Post"
        home = "https://www.example.com/"
        feeds = ["https://feeds.example.net/all.xml"]
        domains = ["example.org"]
        exclude = ["/sport/"]
        delay = 2
        """,
    )
    source = load_source(path)
    assert (source.id, source.name, source.delay, source.enabled) == ("harbour", "Harbour Post", 2.0, True)
    assert source.domains == ("example.com", "example.net", "example.org")
    assert source.owns("https://news.example.org/a")
    assert not source.owns("https://other.example/a")


def test_the_owner_of_an_original(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, 'home = "https://www.example.com/"\nfollow_source_links = true'))
    assert source.follow_source_links
    assert owner_of("https://news.example.com/a", [source]) is source
    other = owner_of("https://www.gazette.example/a", [source])
    assert (other.id, other.domains) == ("gazette.example", ("gazette.example",))


def test_include_and_exclude(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, 'home = "https://a.example/"\ninclude = ["/news/"]\nexclude = ["/sport/"]'))
    assert source.wants("https://a.example/news/1")
    assert not source.wants("https://a.example/news/sport/1")
    assert not source.wants("https://a.example/about")


@pytest.mark.parametrize(
    ("line", "ages"),
    [
        ("", (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))),
        ('recheck = ["90m", "2w"]', (timedelta(minutes=90), timedelta(days=14))),
        ("recheck = false", ()),
    ],
)
def test_ages_of_rechecks(tmp_path: Path, line: str, ages: tuple[timedelta, ...]) -> None:
    assert load_source(write(tmp_path, f"home = 'https://a.example/'\n{line}")).ages == ages


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('feds = ["https://a.example/"]', ["unknown key 'feds'", "known keys: name, home, domains, feeds"]),
        ('feeds = "https://a.example/"', ["feeds = 'https://a.example/'", "a list of non-empty strings"]),
        ('feeds = ["a.example"]', ["feeds has 'a.example'", "no http(s) URL"]),
        ('sections = [""]', ["sections", "a list of non-empty strings"]),
        ('exclude = ["("]', ["exclude has '('", "no regular expression"]),
        ("discover = 1", ["discover = 1", "true or false"]),
        ("delay = -1", ["delay = -1", "a number of seconds from 0 to 3600"]),
        ("delay = true", ["delay = True", "a number of seconds"]),
        ("delay = nan", ["delay = nan", "a number of seconds"]),
        ("max_reports = 0", ["max_reports = 0", "a whole number from 1"]),
        ("recheck = true", ["recheck = True", "a list of rising ages"]),
        ('recheck = ["1 day"]', ["recheck = ['1 day']", "a list of rising ages"]),
        ('recheck = ["1d", "6h"]', ["recheck = ['1d', '6h']", "a list of rising ages"]),
        ("page = 1", ["page = 1", "a non-empty string"]),
        ("name = ' '", ["name = ' '", "a non-empty string"]),
        ("home = 'ftp://a.example'", ["home = 'ftp://a.example'", "an http(s) URL"]),
        ("language = 'english!'", ["language = 'english!'", "like 'en' or 'pt-BR'"]),
        ("name = 'A'", ["names nothing to crawl", "'home' or one of feeds, sitemaps, sections"]),
        ("name =", ["is not valid TOML"]),
    ],
)
def test_errors_name_file_key_value_and_what_is_allowed(tmp_path: Path, line: str, words: list[str]) -> None:
    path = write(tmp_path, line)
    with pytest.raises(SourceError) as caught:
        load_source(path)
    for word in (str(path), *words):
        assert word in str(caught.value)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        load_source(tmp_path / "nothing.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b'name = "\xe9"')
    with pytest.raises(SourceError, match="is not valid TOML"):
        load_source(path)


def test_the_id_is_the_stem(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="bad source id 'Harbour Post'"):
        load_source(write(tmp_path, 'home = "https://a.example/"', "Harbour Post.toml"))


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, 'home = "https://a.example/"', "a.toml")
    write(tmp_path, "broken", "b.toml")
    write(tmp_path, 'home = "https://c.example/"', "c.toml")
    sources, errors = load_sources(tmp_path)
    assert [source.id for source in sources] == ["a", "c"]
    assert len(errors) == 1
    assert "b.toml" in str(errors[0])


def test_a_missing_folder_has_no_sources(tmp_path: Path) -> None:
    assert load_sources(tmp_path / "sources") == ([], [])


def test_a_target_may_be_an_id(tmp_path: Path) -> None:
    write(tmp_path, 'home = "https://www.example.com/"')
    source, url = resolve_target("harbour", tmp_path)
    assert (source.id, url) == ("harbour", "")


def test_a_url_within_a_source_belongs_to_it(tmp_path: Path) -> None:
    write(tmp_path, 'home = "https://www.example.com/"')
    source, url = resolve_target("https://news.example.com/feed.xml#x", tmp_path)
    assert (source.id, url) == ("harbour", "https://news.example.com/feed.xml")


@pytest.mark.parametrize(
    ("target", "source_id", "url"),
    [
        ("example.com", "example.com", "https://example.com/"),
        ("www.example.co.uk/news", "example.co.uk", "https://www.example.co.uk/news"),
        ("http://example.com:8080/a?b=1", "example.com", "http://example.com:8080/a?b=1"),
        ("localhost:8000", "localhost", "https://localhost:8000/"),
        ("http://127.0.0.1:8000/", "127.0.0.1", "http://127.0.0.1:8000/"),
        ("http://[::1]:8000/", "--1", "http://[::1]:8000/"),
        (" https://example.com/ ", "example.com", "https://example.com/"),
    ],
)
def test_any_other_target_is_a_source_of_its_own(tmp_path: Path, target: str, source_id: str, url: str) -> None:
    source, found = resolve_target(target, tmp_path)
    assert (source.id, found) == (source_id, url)
    assert source.owns(url)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "harbour",
        "two words.com",
        "../harbour",
        "example.com:x",
        "ftp://example.com/",
        "https://a:b@example.com/",
        "https://",
        "https://exa mple.com/",
        "https://-x.example/",
        "https://.example.com/",
        "https://..",
        ".",
    ],
)
def test_what_is_no_target(tmp_path: Path, target: str) -> None:
    with pytest.raises(SourceError) as caught:
        resolve_target(target, tmp_path)
    assert repr(target) in str(caught.value)


def test_the_file_of_a_target_may_be_broken(tmp_path: Path) -> None:
    write(tmp_path, "nonsense = 1")
    with pytest.raises(SourceError, match="unknown key 'nonsense'"):
        resolve_target("harbour", tmp_path)
