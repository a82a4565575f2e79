from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newscrawl.discovery.cover import Cover, Listed, choose
from newscrawl.spiders.probed import Probed, Sampled, agreed, judge_again

FEED, PAGE, GO = "https://site.example/feed", "https://site.example/", "https://site.example/go.xml"


def listed(url: str, *names: str) -> Listed:
    entries = dict.fromkeys(f"site.example/{name}" for name in names)
    return Listed(
        url=url,
        kind="section" if url == PAGE else "feed",
        entries=entries,
        sure=frozenset(entries),
        validators=("ETag",),
    )


ENDPOINTS = [listed(FEED, "a", "b"), listed(PAGE, "a", "about-1", "about-2"), listed(GO, "go-1", "go-2")]


def sampled(endpoint: str, name: str, trouble: str | None = None, leads_to: str | None = None) -> Sampled:
    return Sampled(url=f"https://site.example/{name}", endpoint=endpoint, trouble=trouble, leads_to=leads_to)


def test_endpoints_whose_entries_are_no_reports_or_only_lead_to_others_go() -> None:
    cover = choose(ENDPOINTS, {})
    assert len(cover.chosen) == 3
    cover = judge_again(
        cover,
        ENDPOINTS,
        [
            sampled(FEED, "a"),
            sampled(PAGE, "about-1", "too short"),
            sampled(PAGE, "about-2", "too short"),
            sampled(GO, "go-1", leads_to="site.example/b"),
        ],
    )

    assert [one.url for one in cover.chosen] == [FEED]
    assert {one.why for one in cover.judged[1:]} == {
        "its entries are no reports: too short",
        "its links lead to what others have",
    }


def test_a_page_whose_own_reports_are_older_than_a_feed_reaches_back_is_not_polled() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    feed = replace(ENDPOINTS[0], entries={f"site.example/{n}": now - timedelta(hours=n) for n in range(12)})
    page = listed(PAGE, "1", "2", "3", "most-read")
    cover = choose([feed, page], {})
    assert len(cover.chosen) == 2

    def with_sample(at: datetime | None) -> int:
        seen = [sampled(FEED, "1"), replace(sampled(PAGE, "most-read"), published_at=at)]
        return len(judge_again(cover, [feed, page], seen).chosen)

    assert with_sample(now - timedelta(days=9)) == 1
    assert with_sample(now - timedelta(hours=3)) == 2
    assert with_sample(None) == 2


def test_where_no_page_can_be_read_at_all_that_speaks_against_no_endpoint() -> None:
    cover = choose(ENDPOINTS, {})

    assert judge_again(cover, ENDPOINTS, [sampled(FEED, "a", "wall"), sampled(PAGE, "about-1", "wall")]) == cover


def test_a_site_of_sections_alone_is_watched_for_more() -> None:
    page, feed = choose(ENDPOINTS[1:2], {}), choose(ENDPOINTS[:1], {})

    assert Probed(target="x", id="x", home=PAGE, cover=page).source.discover
    assert Probed(target="x", id="x", home=PAGE, cover=page).source.sections == ()  # the home page is asked anyway
    assert not Probed(target="x", id="x", home=PAGE, cover=feed).source.discover
    assert Probed(target="x", id="x", home=PAGE, cover=feed, unasked=3).source.discover


def test_no_source_follows_from_nothing_or_from_links_that_are_no_reports() -> None:
    page = replace(ENDPOINTS[1], sure=frozenset())
    cover = choose([page], {})
    seen = [sampled(PAGE, "about-1", "too short")]

    assert "front page: timeout" in str(
        Probed(target="x", id="x", front=PAGE, silent={PAGE: "timeout"}, cover=Cover(judged=())).nothing_there
    )
    assert "too short" in str(Probed(target="x", id="x", cover=cover, sampled=tuple(seen)).nothing_there)
    assert Probed(target="x", id="x", cover=cover, sampled=(*seen, sampled(PAGE, "a"))).nothing_there is None
    assert Probed(target="x", id="x", cover=choose(ENDPOINTS, {}), sampled=tuple(seen)).nothing_there is None


def test_pages_agree_by_two_thirds() -> None:
    assert agreed(["en", "en", None, "de"]) == "en"
    assert agreed(["en", "de"]) is None
    assert agreed([None]) is None
