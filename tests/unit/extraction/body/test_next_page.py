from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extraction.body.next_page import page_number, read_first_page, read_next_page
from newscrawl.extraction.page import Page, read_page
from newscrawl.markup import parse_html

URL = "https://harbour.example/2025/the-pier-opens"


def page(markup: str, url: str = URL, head: str = "") -> Page:
    tree = parse_html(
        f"<html><head>{head}</head><body><h1>The old pier opens again</h1><p>Text.</p>{markup}</body></html>"
    )
    assert tree is not None
    return read_page(tree, url, datetime(2026, 1, 1, tzinfo=UTC))


def pager(*hrefs: str) -> str:
    return '<nav class="pager">' + "".join(f'<a href="{href}">{n}</a>' for n, href in enumerate(hrefs, 2)) + "</nav>"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        (URL, "?page=2"),
        (URL, f"{URL}/2"),
        (URL, f"{URL}/page/2/"),
        (URL, f"{URL}/seite-2"),
        (URL, f"{URL}?p=2"),
        (f"{URL}.html", f"{URL}-2.html"),
        (f"{URL}.html", f"{URL}-p2.html"),
        (f"{URL}.html", f"{URL},page,2.html"),
        (f"{URL}.html", f"{URL}.html/2"),
        (f"{URL}-1.html", f"{URL}-2.html"),
        (f"{URL}/1", f"{URL}/2"),
        (f"{URL}?id=4711", f"{URL}?page=2&id=4711"),
        (f"{URL}?page=1", f"{URL}?page=2"),
    ],
)
def test_the_report_own_address_with_a_page_number_is_its_next_page(url: str, href: str) -> None:
    found = read_next_page(page(pager(href), url))
    assert found is not None
    assert page_number(found, url) is not None


@pytest.mark.parametrize(
    "link",
    [
        '<a rel="next" href="/2025/a-ferry-for-the-islands">Next</a>',
        '<a rel="next" href="/2025/the-pier-opens-again-2">Next post</a>',  # another headline that begins alike
        f'<a rel="next" href="{URL}-2">The pier opens</a>',  # a slug that was taken already
        '<a href="?page=2#comments">2</a>',
        '<div id="comments"><a href="?page=2">2</a></div>',
        f'<a href="{URL}/comment-page-2">2</a>',
        '<aside class="related"><a href="?page=2">2</a></aside>',
        '<a href="https://other.example/2025/the-pier-opens?page=2">2</a>',
        '<a href="/2025?page=2">2</a>',
        '<a href="?page=2017">2017</a>',
        '<a href="?replytocom=2">Next</a>',
        '<a href="//[">2</a>',
    ],
)
def test_what_is_not_a_page_of_this_report_is_not_followed(link: str) -> None:
    assert read_next_page(page(link)) is None


@pytest.mark.parametrize(
    "label", ["Weiter", "Nächste Seite ›", "page suivante", "Next page", "次のページ", "Следующая страница", "»"]
)
def test_the_next_page_in_many_languages(label: str) -> None:
    assert read_next_page(page(f'<a href="?seite=2">{label}</a>')) == f"{URL}?seite=2"


def test_the_pager_of_a_section_is_not_followed() -> None:
    section = parse_html(
        '<html><body><h1>Politics</h1><p>Text.</p><a rel="next" href="/politics?page=2">2</a></body></html>'
    )
    assert section is not None
    assert (
        read_next_page(read_page(section, "https://harbour.example/politics", datetime(2026, 1, 1, tzinfo=UTC))) is None
    )


def test_rel_next_of_the_head_counts_where_it_names_this_report() -> None:
    assert read_next_page(page("", head=f'<link rel="next" href="{URL}/2">')) == f"{URL}/2"
    assert read_next_page(page("", head='<link rel="next" href="/2025/other">')) is None


def test_pages_that_count_from_0() -> None:
    assert read_next_page(page(pager("?page=1", "?page=2"))) == f"{URL}?page=1"


def test_each_page_leads_to_the_following_one() -> None:
    links = pager(f"{URL}/2", f"{URL}/3")
    assert read_next_page(page(links, f"{URL}/2"), part_of=URL) == f"{URL}/3"
    assert read_next_page(page(links, f"{URL}/3"), part_of=URL) is None


def test_a_number_of_the_report_is_no_page_number() -> None:
    url = "https://harbour.example/?p=959"
    assert read_next_page(page('<a rel="next" href="/?p=968">Weiter</a>', url)) is None
    weekly = "https://harbour.example/weekly-review-31"
    assert read_next_page(page(f'<a rel="next" href="{weekly[:-2]}32">Next</a>', weekly)) is None


def test_a_later_page_knows_the_first_by_canonical_or_pager() -> None:
    assert read_first_page(page("", f"{URL}?page=2", f'<link rel="canonical" href="{URL}">')) == URL
    assert read_first_page(page(f'<a href="{URL}">1</a>', f"{URL}/3")) == URL
    assert read_first_page(page(f'<a href="{URL}">Home</a>', f"{URL}/3")) is None
    assert read_first_page(page(f'<a rel="prev" href="{URL}-1">Last week</a>', f"{URL}-2")) is None
    assert read_first_page(page("", URL, f'<link rel="canonical" href="{URL}">')) is None
