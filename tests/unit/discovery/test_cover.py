from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.discovery.cover import Listed, choose, how_often, kind_of_findings
from newscrawl.discovery.findings import Endpoint, Findings
from newscrawl.items import Entry

if TYPE_CHECKING:
    from newscrawl.discovery.cover import Cover, Kind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOTH = ("ETag", "Last-Modified")


def hours(*ages: int) -> dict[str, datetime | None]:
    """Reports named for their age."""
    return {f"site.example/{age}": NOW - timedelta(hours=age) for age in ages}


def names(*words: str) -> dict[str, datetime | None]:
    return dict.fromkeys((f"site.example/{word}" for word in words), None)


def listed(path: str, kind: Kind, entries: dict[str, datetime | None], **values: Any) -> Listed:
    values = {"validators": BOTH, "sure": frozenset(entries)} | values
    return Listed(url=f"https://site.example{path}", kind=kind, entries=entries, **values)


def paths(cover: Cover) -> list[str]:
    return [one.url.removeprefix("https://site.example") for one in cover.chosen]


def why(cover: Cover, path: str) -> str:
    return next(one.why for one in cover.judged if one.listed.url.endswith(path))


def test_one_of_three_equal_feeds_is_enough_and_it_is_the_one_with_validators_and_dates() -> None:
    bare = listed("/a", "feed", hours(1, 2, 3), validators=())
    undated = listed("/b", "feed", dict.fromkeys(hours(1, 2, 3)))
    cover = choose([bare, undated, listed("/feed", "feed", hours(1, 2, 3))], {})

    assert paths(cover) == ["/feed"]
    assert why(cover, "/a") == "the chosen ones have all it has"
    assert cover.covered == cover.reports == set(hours(1, 2, 3))


def test_a_section_is_added_for_what_only_it_has() -> None:
    feed = listed("/feed", "feed", hours(1, 2, 3))
    section = listed("/sport/", "section", hours(1) | names("cup"))
    cover = choose([listed("/", "section", hours(1, 2)), section, feed], {})

    assert paths(cover) == ["/feed", "/sport/"]
    assert [one.only for one in cover.judged[:2]] == [1, 1]


def test_a_feed_stays_though_a_page_that_is_needed_has_all_it_has() -> None:
    page = listed("/", "section", hours(1, 2, 3) | names("only-here"))

    assert set(paths(choose([page, listed("/feed", "feed", hours(1, 2, 3))], {}))) == {"/feed", "/"}


def test_section_feeds_are_superfluous_where_one_has_them_all() -> None:
    parts = [listed("/a", "feed", hours(1, 2)), listed("/b", "feed", hours(3, 4))]

    assert paths(choose([*parts, listed("/all", "feed", hours(1, 2, 3, 4))], {})) == ["/all"]


def test_what_a_feed_has_announced_before_counts_for_it() -> None:
    feed = listed("/feed", "feed", hours(1, 2, 3, 4))
    page = listed("/", "section", hours(1, 2, 3, 30, 60, 90))
    cover = choose([feed, page], {})

    assert paths(cover) == ["/feed"]
    assert len(cover.covered) == 7


def test_the_day_in_a_url_says_that_a_report_is_older_than_the_feed() -> None:
    feed = listed("/feed", "feed", hours(1, 2, 3, 4))
    page = listed("/", "section", hours(1, 2, 3) | {"site.example/2026/02/11/flood": None})

    assert paths(choose([feed, page], {})) == ["/feed"]


def test_a_feed_of_another_part_of_the_site_is_no_reason_to_leave_older_reports_out() -> None:
    feed = listed("/feed", "feed", hours(1, 2, 3, 4))
    other = listed("/culture/", "section", hours(2, 5, 30, 60))  # one in common, and one of the same hours missing

    assert paths(choose([feed, other], {})) == ["/feed", "/culture/"]


def test_archives_indexes_empty_and_given_up_feeds_are_not_chosen() -> None:
    old = {f"site.example/old-{n}": NOW - timedelta(days=900 + n) for n in range(3)}
    cover = choose(
        [
            listed("/feed", "feed", hours(1)),
            listed("/archive.xml", "archive sitemap", hours(1, 2000)),
            listed("/sitemap.xml", "sitemap index", {}),
            listed("/empty", "feed", {}),
            listed("/dead", "feed", old),
        ],
        {},
    )

    assert paths(cover) == ["/feed"]
    assert "archive" in why(cover, "/archive.xml")
    assert "sitemaps" in why(cover, "/sitemap.xml")
    assert "no report" in why(cover, "/empty")
    assert "nothing new since 2023" in why(cover, "/dead")


def test_a_small_sitemap_is_better_than_nothing() -> None:
    assert paths(choose([listed("/sitemap.xml", "archive sitemap", hours(1, 2))], {})) == ["/sitemap.xml"]


def test_guesses_of_a_page_count_only_where_something_else_announces_them() -> None:
    page = listed("/", "section", names("perhaps", "listed"), sure=frozenset())
    archive = listed("/archive.xml", "archive sitemap", names("listed"))

    assert choose([page, archive], {}).reports == set(names("listed"))


def test_refused_endpoints_and_what_is_no_report_are_left_out() -> None:
    feed, other = listed("/feed", "feed", hours(1, 2)), listed("/go", "feed", names("go-1"))
    cover = choose([feed, other], {other.url: "its links lead to what others have"}, {"site.example/2"})

    assert paths(cover) == ["/feed"]
    assert cover.reports == {"site.example/1"}
    assert why(cover, "/go") == "its links lead to what others have"


def test_how_often_something_new_appears_is_the_usual_gap_of_late() -> None:
    assert how_often(hours(0, 1, 2, 3, 50).values()) == timedelta(hours=1)
    assert how_often([NOW, None, NOW]) is None


def test_a_sitemap_is_of_news_by_its_titles() -> None:
    entry = Entry(url="https://site.example/1")
    titled = Entry(url="https://site.example/2", title="Night ferries return")
    index = Findings(kind="sitemap", endpoints=(Endpoint(url="https://site.example/a.xml", kind="sitemap"),))

    assert kind_of_findings(Findings(kind="sitemap", entries=(entry, titled))) == "news sitemap"
    assert kind_of_findings(Findings(kind="sitemap", entries=(entry, entry, titled))) == "archive sitemap"
    assert kind_of_findings(index) == "sitemap index"
    assert kind_of_findings(Findings(kind="page")) == "section"
