"""Reports in several pages: joined in order, within a budget, and never passed off as whole where a page is missing."""

from __future__ import annotations

import json

import pytest

from tests.web import Newscrawl, PageSite

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
REPORT = "/harbour/2025/05/12/the-old-pier-opens-again.html"
OTHER = "/harbour/2025/05/13/a-ferry-for-the-islands.html"
TEXTS = (
    "The old pier opened again on Monday after two years of repair, the harbour office said in the evening.",
    "Every one of the four hundred piles had to be lifted out of the mud, cleaned, measured and put back by divers.",
    "The council paid for most of it out of the fees of the ferries, which will be a little dearer from next year on.",
)


def page(number: int, after: str = "") -> str:
    """One page of the report: its headline and standfirst stand on each, and two paragraphs of its own."""
    text = TEXTS[number - 1]
    return (
        '<html lang=en><head><title>The old pier opens again</title><meta property="og:type" content="article">'
        f'<link rel="canonical" href="{REPORT}"></head><body><nav><a href="/">Home</a></nav>'
        "<article><h1>The old pier opens again</h1>"
        "<p>Two years of repair are over, and the town is glad of its pier.</p>"
        f"<p>{text}</p><p>Part {number}: {text.lower()} That was said by several people who had seen it themselves.</p>"
        f'</article>{after}<p><a rel="next" href="{OTHER}">Next article: A ferry for the islands</a></p></body></html>'
    )


def pager(*numbers: int) -> str:
    links = "".join(f'<a href="{REPORT}?page={n}">{n}</a> ' for n in numbers)
    return f'<div class="pagination"><a href="{REPORT}">1</a> {links}</div>'


def home(*links: str) -> str:
    items = "".join(
        f'<li><h2><a href="{link}">A headline of some length, number {n}</a></h2></li>' for n, link in enumerate(links)
    )
    return f"<html><head><title>Harbour News</title></head><body><ul>{items}</ul></body></html>"


def pages(links: tuple[str, ...] = (REPORT,)) -> dict[str, str]:
    return {
        "/": home(*links),
        "/robots.txt": "User-agent: *\nDisallow: /private\n",
        REPORT: page(1, pager(2, 3)),
        f"{REPORT}?page=2": page(2, pager(2, 3)),
        f"{REPORT}?page=3": page(3, pager(2, 3)),
    }


def test_pages_are_joined_in_order_without_what_they_repeat(program: Newscrawl) -> None:
    with PageSite(pages()) as site:
        status, (result,), trouble = program.crawl(site.url + "/", *FAST)
    (report,) = program.reports()
    body = report["body"]
    assert status == 0, trouble
    assert [body.count(text) for text in TEXTS] == [1, 1, 1]
    assert [body.index(text) for text in TEXTS] == sorted(body.index(text) for text in TEXTS)
    assert body.count("Two years of repair are over") <= 1
    assert (result["counts"]["discovered"], result["counts"]["stored"]) == (1, 1)
    assert OTHER not in site.asked


def test_a_later_page_that_is_announced_too_is_no_report_of_its_own(program: Newscrawl) -> None:
    with PageSite(pages((f"{REPORT}?page=2", REPORT))) as site:
        _, (result,), _ = program.crawl(site.url + "/", *FAST)
        _, (again,), _ = program.crawl(f"{site.url}{REPORT}?page=3", *FAST)
    (report,) = program.reports()
    assert report["url"] == site.url + REPORT
    assert all(text in report["body"] for text in TEXTS)
    assert (result["counts"]["stored"], result["counts"]["duplicate"]) == (1, 1)
    assert (again["counts"]["duplicate"], again["counts"]["stored"]) == (1, 0)


def test_a_later_page_leads_to_a_report_that_nothing_else_announces(program: Newscrawl) -> None:
    with PageSite(pages((f"{REPORT}?page=2",))) as site:
        program.crawl(site.url + "/", *FAST)
    (report,) = program.reports()
    assert (report["url"], all(text in report["body"] for text in TEXTS)) == (site.url + REPORT, True)


def test_the_budget_bounds_the_pages_and_the_ledger_says_so(program: Newscrawl) -> None:
    with PageSite(pages()) as site:
        program.crawl(site.url + "/", *FAST, "-s", "NEWSCRAWL_MAX_PAGES_PER_REPORT=2")
        said = json.loads(program.run("why", site.url + REPORT, "--json").stdout)
    (report,) = program.reports()
    assert (TEXTS[1] in report["body"], TEXTS[2] in report["body"]) == (True, False)
    assert (said["outcome"], said["reason"]) == ("stored", "page 3: only 2 pages are read")
    assert f"{REPORT}?page=3" not in site.asked


def test_a_page_that_fails_leaves_the_report_for_the_next_crawl(program: Newscrawl) -> None:
    with PageSite(pages(), {f"{REPORT}?page=3": 500}) as site:
        _, (result,), _ = program.crawl(site.url + "/", *FAST)
        before = program.reports()
        site.answers.clear()
        program.crawl(site.url + "/", *FAST)
    (report,) = program.reports()
    assert (result["counts"]["failed"], before) == (1, [])
    assert result["reasons"] == {"failed: page 3: http 500": 1}
    assert all(text in report["body"] for text in TEXTS)


@pytest.mark.parametrize(("answer", "reason"), [(404, "page 3: http 404"), ("/", "page 3: redirects elsewhere")])
def test_a_page_that_is_gone_costs_itself_only_and_is_told(program: Newscrawl, answer: int | str, reason: str) -> None:
    with PageSite(pages(), {f"{REPORT}?page=3": answer}) as site:
        program.crawl(site.url + "/", *FAST)
        said = json.loads(program.run("why", site.url + REPORT, "--json").stdout)
    assert (said["outcome"], said["reason"], len(program.reports())) == ("stored", reason, 1)


def test_robots_txt_counts_for_further_pages(program: Newscrawl) -> None:
    site_pages = pages() | {"/robots.txt": f"User-agent: *\nDisallow: {REPORT}?page=3\n"}
    with PageSite(site_pages) as site:
        program.crawl(site.url + "/", *FAST)
        said = json.loads(program.run("why", site.url + REPORT, "--json").stdout)
    assert said["reason"] == "page 3: disallowed by robots.txt"
    assert f"{REPORT}?page=3" not in site.asked


def test_pages_that_lead_in_a_circle_end(program: Newscrawl) -> None:
    site_pages = pages() | {
        f"{REPORT}?page=3": page(2, f'<div class="pages"><a href="{REPORT}?page=4">next page</a></div>')
    }
    with PageSite(site_pages, {f"{REPORT}?page=4": f"{REPORT}?page=2"}) as site:
        program.crawl(site.url + "/", *FAST)
    (report,) = program.reports()
    assert report["body"].count(TEXTS[1]) == 1
    assert site.asked.count(f"{REPORT}?page=2") == 1


def test_extract_of_a_url_joins_too(program: Newscrawl) -> None:
    with PageSite(pages()) as site:
        done = program.run("extract", site.url + REPORT, *FAST)
    assert done.returncode == 0, done.stderr
    assert all(text in json.loads(done.stdout)["body"] for text in TEXTS)
