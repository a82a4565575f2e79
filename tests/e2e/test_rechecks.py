"""Pages of stored reports over time: unchanged, changed, gone, back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.web import Newscrawl, PageSite

if TYPE_CHECKING:
    from pathlib import Path

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0")
TEXT = (
    "The harbour of the town has been closed since the morning because of a storm that came up from the south.",
    "Ten people were hurt when a crane fell on the quay, the fire brigade said, and two boats went down.",
    "The ferries to the islands do not leave before tomorrow, and the school on the hill stays closed as well.",
)
STORM = "/news/storm-closes-the-harbour-of-the-town"


def page(name: str, text: str = TEXT[1]) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    about = name.rpartition("/")[2].replace("-", " ").capitalize()
    return (
        f'<html lang=en><head><title>{about}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{now}"></head><body><article><h1>{about}</h1>'
        f"<p>{about}. {TEXT[0]}</p><p>{text}</p><p>{TEXT[2]}</p></article></body></html>"
    )


def site_pages(*names: str) -> dict[str, str]:
    items = "".join(
        f'<li><h2><a href="{name}">{name.rpartition("/")[2].replace("-", " ")}</a></h2></li>' for name in names
    )
    home = f"<html><head><title>Harbour News</title></head><body><ul>{items}</ul></body></html>"
    return {"/": home, "/robots.txt": "User-agent: *\nDisallow:\n", **{name: page(name) for name in names}}


def counts(program: Newscrawl, site: PageSite, *options: str, hours: float = 0) -> dict[str, int]:
    """Crawl after some hours, and check that the outcomes add up; those that are not zero."""
    if hours:
        program.let_pass(hours)
    site.answered.clear()
    _, (result,), trouble = program.crawl(site.url + "/", *FAST, *options)
    found: dict[str, int] = dict(result["counts"])
    assert found.pop("discovered") == sum(found.values()), trouble
    return {outcome: number for outcome, number in found.items() if number}


def why(program: Newscrawl, site: PageSite) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(program.run("why", site.url + STORM, "--json").stdout)
    return said


def test_a_page_is_looked_at_again_by_its_age_and_a_304_writes_nothing(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM), validators=True) as site:
        assert counts(program, site) == {"stored": 1}
        before = program.run("export").stderr
        assert counts(program, site, hours=0.5) == {}
        assert STORM not in [path for path, _ in site.answered]
        for hours in (0.6, 5, 18, 145):
            assert counts(program, site, hours=hours) == {"unchanged": 1}
            assert (STORM, 304) in site.answered
        assert counts(program, site, hours=400) == {}
    assert program.run("export").stderr == before  # the token has the time of the last write


def test_other_bytes_with_the_same_text_write_nothing_either(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM)) as site:
        counts(program, site)
        before = program.run("export").stderr
        site.pages[STORM] = page(STORM).replace("<article>", "<aside>Buy a boat!</aside><article>")
        assert counts(program, site, hours=1) == {"unchanged": 1}
    assert program.run("export").stderr == before


def test_a_changed_page_is_a_revision_and_history_tells_it(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM)) as site:
        counts(program, site)
        site.pages[STORM] = page(STORM, TEXT[1].replace("Ten", "Twelve"))
        assert counts(program, site, hours=1) == {"updated": 1}
        told = program.run("history", site.url + STORM)
        values = json.loads(program.run("history", program.reports()[0]["id"], "--json").stdout)
        unknown = program.run("history", site.url + "/never")
    assert "  ~ [-Ten-]{+Twelve+} people were hurt" in told.stdout
    assert [state["changed_fields"] for state in values["states"]] == [[], ["body", "published_at"]]
    assert (unknown.returncode, "newscrawl why" in unknown.stderr) == (1, True)


def test_410_is_believed_at_once_and_the_mark_goes_when_the_page_is_back(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM), validators=True) as site:
        counts(program, site)
        site.answers[STORM] = 410
        assert counts(program, site, hours=1) == {"updated": 1}
        (report,) = program.reports()
        said = program.run("why", site.url + STORM).stdout
        assert counts(program, site, hours=5) == {"unchanged": 1}
        assert why(program, site)["reason"] == "still withdrawn: http 410"
        del site.answers[STORM]
        assert counts(program, site, hours=18) == {"updated": 1}
        assert (STORM, 304) in site.answered
        assert why(program, site)["reason"] == "the page is back"
    assert "withdrawn_at" in report
    assert "outcome: updated: withdrawn: http 410" in said
    assert "marked as withdrawn" in said
    assert "withdrawn_at" not in program.reports()[0]


@pytest.mark.parametrize("soft", [False, True])
def test_404_is_believed_when_it_is_found_again_hours_later(program: Newscrawl, *, soft: bool) -> None:
    with PageSite(site_pages(STORM)) as site:
        counts(program, site)
        if soft:
            site.pages[STORM] = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body>"
        else:
            del site.pages[STORM]
        assert counts(program, site, hours=1) == {"failed": 1}
        assert counts(program, site, hours=1) == {}
        assert "withdrawn_at" not in program.reports()[0]
        assert counts(program, site, hours=2.1) == {"updated": 1}
        assert "withdrawn_at" in program.reports()[0]
        site.pages[STORM] = page(STORM, "What was wrong in this report has been taken out by the newsroom since.")
        assert counts(program, site, hours=20) == {"updated": 1}
        (report,) = program.reports()
    assert ("withdrawn_at" in report, report["revision"]) == (False, 2)


def test_an_accident_is_forgotten(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM)) as site:
        counts(program, site)
        site.answers[STORM] = 404
        assert counts(program, site, hours=1) == {"failed": 1}
        del site.answers[STORM]
        assert counts(program, site, hours=3.1) == {"unchanged": 1}
        assert "gone_since" not in why(program, site)


def test_many_pages_gone_at_once_are_an_outage_and_the_crawl_says_so(program: Newscrawl) -> None:
    names = [f"/news/report-{word}-of-the-harbour-town" for word in ("one", "two", "three", "four", "five", "six")]
    with PageSite(site_pages(*names)) as site:
        assert counts(program, site) == {"stored": 6}
        site.answers.update(dict.fromkeys(names, 410))
        program.let_pass(1)
        _, (result,), trouble = program.crawl(site.url + "/", *FAST)
    assert result["counts"]["failed"] == 6
    assert "6 of 6 report pages are gone: taken for an outage" in trouble
    assert not [report for report in program.reports() if "withdrawn_at" in report]


def test_what_is_new_comes_first_and_rechecks_have_a_budget(program: Newscrawl) -> None:
    names = [f"/news/report-{word}-of-the-harbour-town" for word in ("one", "two", "three")]
    with PageSite(site_pages(*names)) as site:
        counts(program, site)
        site.pages |= site_pages(*names, STORM)
        found = counts(program, site, "-s", "NEWSCRAWL_MAX_RECHECKS=2", hours=1)
        assert (found["stored"], sum(found.values())) == (1, 3)
        pages = [path for path, _ in site.answered if path.startswith("/news/")]
        assert (pages[0], len(pages)) == (STORM, 3)
        assert sum(counts(program, site).values()) == 1  # the one that was left


def test_a_source_without_rechecks(program: Newscrawl, tmp_path: Path) -> None:
    with PageSite(site_pages(STORM)) as site:
        folder = tmp_path / "sources"
        folder.mkdir(exist_ok=True)
        (folder / "quiet.toml").write_text(f'home = "{site.url}/"\nrecheck = false\n', encoding="utf-8")
        try:
            counts(program, site)
            assert counts(program, site, hours=2) == {}
        finally:
            (folder / "quiet.toml").unlink()


def test_one_report_as_target_takes_no_other_along(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM, "/news/another-report-of-the-harbour-town")) as site:
        counts(program, site)
        program.let_pass(2)
        site.asked.clear()
        program.crawl(site.url + STORM, *FAST)
    assert [path for path in site.asked if path.startswith("/news/")] == [STORM]


def test_a_report_that_is_named_and_gone_is_judged_like_any(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM)) as site:
        counts(program, site)
        site.answers[STORM] = 410
        status, (result,), trouble = program.crawl(site.url + STORM, *FAST)
    assert (status, result["counts"]["updated"]) == (0, 1), trouble
    assert "withdrawn_at" in program.reports()[0]


def test_two_crawls_at_once_look_at_a_page_once(program: Newscrawl) -> None:
    with PageSite(site_pages(STORM)) as site:
        counts(program, site)
        program.let_pass(1)
        site.asked.clear()
        crawls = [program.start("crawl", site.url + "/", *FAST) for _ in range(2)]
        assert [crawl.wait(60) for crawl in crawls] == [0, 0]
    assert site.asked.count(STORM) == 1
