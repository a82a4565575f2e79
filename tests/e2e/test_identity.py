"""Merges and source links in whole crawls of local sites."""

from __future__ import annotations

import json

import pytest

from tests.web import Newscrawl, PageSite

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
HARBOUR = "/harbour/2025/05/12/the-old-pier-opens-again.html"
FERRY = "/harbour/2025/05/13/a-ferry-for-the-islands.html"
TEXTS = {
    "pier": (
        "The old pier opened again on Monday after two years of repair, the harbour office said in the evening.",
        "Every one of the four hundred piles had to be lifted out of the mud, cleaned, measured and put back.",
        "The council paid for most of it out of the fees of the ferries, which will be dearer from next year on.",
    ),
    "ferry": (
        "A second ferry will serve the islands from June on, three times a day in summer and once a day in winter.",
        "It was built in a yard up the coast, carries ninety people and twelve cars, and needs a crew of only four.",
        "Islanders had asked for it since the storm of three years ago, when nothing crossed the sound for nine days.",
    ),
}


def page(name: str, more: str = "", head: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in TEXTS[name])
    return (
        f'<html lang=en><head><title>All about the {name}</title><meta property="og:type" content="article">{head}'
        f"</head><body><nav><a href=/>Home</a></nav><article><h1>All about the {name}</h1>{text}{more}</article>"
        "</body></html>"
    )


def home(*links: str) -> str:
    items = "".join(
        f'<li><h2><a href="{link}">A headline of some length, number {n}</a></h2></li>' for n, link in enumerate(links)
    )
    return f"<html><head><title>Harbour News</title></head><body><ul>{items}</ul></body></html>"


def why(program: Newscrawl, url: str) -> dict[str, str]:
    return json.loads(program.run("why", url, "--json").stdout)


def test_a_stored_page_that_moves_to_another_stored_page(program: Newscrawl) -> None:
    with PageSite({"/": home(HARBOUR, FERRY), HARBOUR: page("pier"), FERRY: page("ferry")}) as site:
        program.crawl(site.url + "/", *FAST)
        first = {report["url"]: report for report in program.reports()}
        site.answers[HARBOUR] = FERRY
        _, (result,), _ = program.crawl(site.url + HARBOUR, *FAST)
        program.crawl(site.url + FERRY, *FAST)
    (report,) = program.reports()
    older = min(first.values(), key=lambda one: one["first_seen_at"])
    assert len(first) == 2
    assert report["id"] == older["id"]
    assert {report["url"], *report["also_at"]} == set(first)
    assert TEXTS["ferry"][0] in report["body"]
    assert {why(program, url)["report"] for url in first} == {report["id"]}
    assert result["state"] == "done"


def test_a_page_that_comes_to_show_another_report(program: Newscrawl) -> None:
    with PageSite({"/": home(HARBOUR, FERRY), HARBOUR: page("pier"), FERRY: page("ferry")}) as site:
        program.crawl(site.url + "/", *FAST)
        site.pages[HARBOUR] = page("ferry")
        _, (result,), _ = program.crawl(site.url + HARBOUR, *FAST)
    (report,) = program.reports()
    assert {report["url"], *report["also_at"]} == {site.url + HARBOUR, site.url + FERRY}
    assert TEXTS["ferry"][0] in report["body"]
    assert result["counts"]["duplicate"] == 1


def test_amp_and_session_addresses_are_not_fetched_twice(program: Newscrawl) -> None:
    links = (HARBOUR, HARBOUR + "/amp", HARBOUR + "?PHPSESSID=1", HARBOUR + ";jsessionid=0A", HARBOUR + "/?amp=1")
    with PageSite({"/": home(*links), HARBOUR: page("pier")}) as site:
        _, (result,), _ = program.crawl(site.url + "/", *FAST)
    assert (len(program.reports()), result["counts"]["discovered"]) == (1, 1)
    assert [path for path in site.asked if path.startswith("/harbour/")] == [HARBOUR]


def aggregated(original: str) -> str:
    return page("pier", f'<p><a href="{original}">Show source</a></p>')


@pytest.mark.parametrize("original_first", [True, False])
def test_an_aggregated_report_and_its_original_find_each_other(program: Newscrawl, *, original_first: bool) -> None:
    with (
        PageSite({"/": home(FERRY), FERRY: page("ferry")}, host="127.0.0.2") as gazette,
        PageSite({"/": home(HARBOUR), HARBOUR: aggregated(gazette.url + FERRY)}) as digest,
    ):
        for site in (gazette, digest) if original_first else (digest, gazette):
            program.crawl(site.url + "/", *FAST)
    (copy,) = program.reports("--source", "127.0.0.1")
    (original,) = program.reports("--source", "127.0.0.2")
    assert copy["source_link"]["report_id"] == original["id"]
    assert "source_link" not in original


def follow(program: Newscrawl, site: PageSite, *, follow: bool = True) -> None:
    folder = program.home / "sources"
    folder.mkdir(exist_ok=True)
    file = f'home = "{site.url}/"\nfollow_source_links = {str(follow).lower()}\n'
    (folder / "digest.toml").write_text(file, encoding="utf-8")


def test_originals_are_crawled_where_the_source_says_so(program: Newscrawl) -> None:
    pages = {FERRY: page("ferry"), "/robots.txt": "User-agent: *\nDisallow: /private/\n"}
    with (
        PageSite(pages, host="127.0.0.2") as gazette,
        PageSite({"/": home(HARBOUR), HARBOUR: aggregated(gazette.url + FERRY)}) as digest,
    ):
        follow(program, digest)
        status, (result,), trouble = program.crawl("digest", *FAST)
        program.crawl("digest", *FAST)
    (copy,) = program.reports("--source", "digest")
    (original,) = program.reports("--source", "127.0.0.2")
    assert status == 0, trouble
    assert copy["source_link"]["report_id"] == original["id"]
    assert original["discovered_via"] == copy["url"]
    assert gazette.asked == ["/robots.txt", FERRY], "once, and robots.txt first"
    assert (result["counts"]["discovered"], result["counts"]["stored"]) == (2, 2)
    entry = why(program, gazette.url + FERRY)
    assert (entry["source"], entry["outcome"]) == ("127.0.0.2", "stored")


def test_an_original_belongs_to_the_source_that_is_defined_for_it(program: Newscrawl) -> None:
    with (
        PageSite({FERRY: page("ferry")}, host="127.0.0.2") as gazette,
        PageSite({"/": home(HARBOUR), HARBOUR: aggregated(gazette.url + FERRY)}) as digest,
    ):
        follow(program, digest)
        named = program.home / "sources" / "gazette.toml"
        named.write_text(f'home = "{gazette.url}/"\ncountry = "Ireland"\n', encoding="utf-8")
        program.crawl("digest", *FAST)
        named.unlink()
    (original,) = program.reports("--source", "gazette")
    assert original["publisher"]["country"] == "Ireland"


def test_robots_txt_of_the_originals_host_is_obeyed(program: Newscrawl) -> None:
    pages = {FERRY: page("ferry"), "/robots.txt": "User-agent: *\nDisallow: /harbour/\n"}
    with (
        PageSite(pages, host="127.0.0.2") as gazette,
        PageSite({"/": home(HARBOUR), HARBOUR: aggregated(gazette.url + FERRY)}) as digest,
    ):
        follow(program, digest)
        _, (result,), _ = program.crawl("digest", *FAST)
    assert gazette.asked == ["/robots.txt"]
    assert result["reasons"] == {"rejected: disallowed by robots.txt": 1}


def test_originals_beyond_the_budget_wait_for_the_next_crawl(program: Newscrawl) -> None:
    with (
        PageSite({FERRY: page("ferry")}, host="127.0.0.2") as gazette,
        PageSite({"/": home(HARBOUR), HARBOUR: aggregated(gazette.url + FERRY)}) as digest,
    ):
        follow(program, digest)
        program.crawl("digest", *FAST, "-s", "NEWSCRAWL_MAX_SOURCE_LINKS=0")
        assert gazette.asked == []
        program.crawl("digest", *FAST)
    (copy,) = program.reports("--source", "digest")
    assert copy["source_link"]["report_id"]


def test_originals_are_left_alone_otherwise(program: Newscrawl) -> None:
    with (
        PageSite({FERRY: page("ferry")}, host="127.0.0.2") as gazette,
        PageSite({"/": home(HARBOUR), HARBOUR: aggregated(gazette.url + FERRY)}) as digest,
    ):
        follow(program, digest, follow=False)
        program.crawl("digest", *FAST)
    assert gazette.asked == []
