from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from newscrawl.discovery.findings import Endpoint
from newscrawl.spiders.plan import TIRED, USUAL_PATHS, Limits, Plan

if TYPE_CHECKING:
    from newscrawl.discovery.findings import EndpointKind

HOME = "https://example.com"
FRONT = Endpoint(url=f"{HOME}/", kind="section")


def endpoint(path: str, kind: EndpointKind, modified_at: datetime | None = None) -> Endpoint:
    return Endpoint(url=HOME + path, kind=kind, modified_at=modified_at)


def sections(*names: str) -> list[Endpoint]:
    return [endpoint(f"/{name}", "section") for name in names]


FEED = endpoint("/feed.xml", "feed")
OTHER_FEED = endpoint("/other.xml", "feed")
MAP = endpoint("/sitemap-1.xml", "sitemap")
NEWS_MAP = endpoint("/news-sitemap.xml", "sitemap")


def begin(*, thorough: bool = False, pages: int = 50, sitemaps: int = 50, depth: int = 5) -> Plan:
    plan = Plan(Limits(pages=pages, sitemaps=sitemaps, depth=depth), thorough=thorough)
    plan.front(FRONT, further=None, listed=True)
    return plan


def ask(plan: Plan, new: dict[str, int] | None = None, failing: tuple[str, ...] = ()) -> list[str]:
    """Ask all the plan wants; the paths in order. `new`: path -> entries that nothing had named before."""
    paths = []
    while (one := plan.next()) is not None:
        path = one.url.removeprefix(HOME)
        paths.append(path)
        plan.done(one, new=(new or {}).get(path, 0), further=None, error=path in failing)
    return paths


def test_a_small_site_is_seen_whole_after_front_sections_and_one_check() -> None:
    plan = begin()
    plan.find([*sections("world", "sport"), FEED, OTHER_FEED, MAP])
    assert ask(plan) == ["/world", "/sport", "/feed.xml"]
    assert plan.unasked() == [MAP, OTHER_FEED]


def test_a_news_sitemap_is_the_better_check() -> None:
    plan = begin()
    plan.find([FEED, MAP, NEWS_MAP])
    assert ask(plan) == ["/news-sitemap.xml"]


def test_anything_new_in_the_check_widens_the_crawl() -> None:
    plan = begin()
    plan.find([*sections("world"), FEED, OTHER_FEED, MAP])
    assert ask(plan, new={"/feed.xml": 1}) == ["/world", "/feed.xml", "/sitemap-1.xml"]


def test_anything_new_in_a_section_widens_the_crawl() -> None:
    plan = begin()
    plan.find([*sections("world"), FEED, MAP])
    assert ask(plan, new={"/world": 3}) == ["/world", "/feed.xml", "/sitemap-1.xml"]


def test_a_thorough_crawl_asks_all() -> None:
    plan = begin(thorough=True)
    plan.find([*sections("world"), FEED, OTHER_FEED, MAP, NEWS_MAP])
    assert set(ask(plan)) == {"/world", "/feed.xml", "/other.xml", "/sitemap-1.xml", "/news-sitemap.xml"}
    assert plan.unasked() == []


def test_what_the_source_names_is_asked_first_and_in_any_case() -> None:
    plan = begin()
    plan.find(sections("world"))
    plan.name([FEED, OTHER_FEED, MAP])
    assert ask(plan) == ["/feed.xml", "/other.xml", "/sitemap-1.xml", "/world"]


def test_nothing_is_asked_twice() -> None:
    plan = begin(thorough=True)
    plan.name([FEED])
    plan.find([FEED, FRONT, endpoint("/feed.xml?utm_source=x", "feed"), endpoint("/feed.xml#top", "feed")])
    assert ask(plan) == ["/feed.xml"]


def test_a_site_that_names_nothing_is_asked_at_the_usual_paths() -> None:
    plan = begin()
    plan.guess(HOME + "/news/")
    assert ask(plan, failing=tuple(path for path, _ in USUAL_PATHS)) == [path for path, _ in USUAL_PATHS]


def test_guessing_ends_where_one_answers() -> None:
    plan = begin()
    plan.guess(HOME)
    assert ask(plan, failing=("/sitemap.xml",)) == ["/sitemap.xml", "/feed"]


def test_an_index_confirms_nothing() -> None:
    plan = begin()
    plan.find([endpoint("/sitemap_index.xml", "sitemap"), endpoint("/sitemap-2.xml", "sitemap")])
    first = plan.next()
    assert first is not None
    plan.done(first, new=0, further=None, index=True)
    plan.find([MAP], depth=1)
    assert ask(plan) == ["/sitemap-2.xml"]


@pytest.mark.parametrize(
    ("budget", "asked"), [("pages", ["/a", "/b", "/sitemap-1.xml"]), ("sitemaps", ["/a", "/b", "/c"])]
)
def test_budgets(budget: str, asked: list[str]) -> None:
    limits = {"pages": 50, "sitemaps": 50} | {budget: 2 if budget == "pages" else 0}
    plan = begin(thorough=True, **limits)
    plan.find([*sections("a", "b", "c"), MAP])
    assert ask(plan) == asked


def test_failing_sections_tire() -> None:
    names = [f"s{number}" for number in range(TIRED + 4)]
    plan = begin()
    plan.find([*sections(*names), FEED])
    assert ask(plan, failing=tuple(f"/{name}" for name in names)) == [*(f"/s{n}" for n in range(TIRED)), "/feed.xml"]
    assert len(plan.unasked()) == 4


def test_one_section_that_answers_wakes_up() -> None:
    plan = begin()
    plan.find(sections("a", "b", "c", "d", "e"))
    assert ask(plan, failing=("/a", "/b", "/d", "/e")) == ["/a", "/b", "/c", "/d", "/e"]


def test_further_pages_are_asked_as_long_as_they_bring_something() -> None:
    plan = begin()
    plan.find(sections("world"))
    asked = []
    while (one := plan.next()) is not None:
        asked.append(one.url.removeprefix(HOME))
        further = f"{HOME}/world?page={len(asked) + 1}"
        plan.done(one, new=1 if len(asked) < 3 else 0, further=further)
    assert asked == ["/world", "/world?page=2", "/world?page=3"]


def test_further_pages_have_a_depth() -> None:
    plan = begin(depth=2)
    plan.find(sections("world"))
    asked = []
    while (one := plan.next()) is not None:
        asked.append(plan.depth_of(one))
        plan.done(one, new=1, further=f"{HOME}/world?page={len(asked) + 1}")
    assert asked == [0, 1, 2]


def test_the_front_page_has_further_pages_too() -> None:
    plan = Plan(Limits(pages=5, sitemaps=5, depth=5), thorough=False)
    plan.front(FRONT, further=f"{HOME}/page/2", listed=True)
    plan.find([FEED, MAP])
    assert ask(plan) == ["/page/2", "/feed.xml", "/sitemap-1.xml"]


def test_the_maps_that_changed_last_come_first() -> None:
    plan = begin(thorough=True)
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    plan.find([MAP, endpoint("/old.xml", "sitemap", old), endpoint("/new.xml", "sitemap", new)])
    assert ask(plan) == ["/new.xml", "/old.xml", "/sitemap-1.xml"]


def test_maps_from_before_since_are_left_out() -> None:
    plan = Plan(Limits(pages=5, sitemaps=5, depth=5), thorough=True, since=datetime(2026, 10, 1, tzinfo=UTC))
    plan.find([endpoint("/old.xml", "sitemap", datetime(2026, 9, 1, tzinfo=UTC)), MAP])
    assert ask(plan) == ["/sitemap-1.xml"]


def test_an_unfinished_crawl_follows_pages_without_news() -> None:
    plan = Plan(Limits(pages=40, sitemaps=20, depth=5), thorough=False)
    plan.front(Endpoint(url="https://harbour.example/", kind="section"), further=None, listed=True)
    plan.find([Endpoint(url="https://harbour.example/world/", kind="section")])
    plan.unfinished = True
    world = plan.next()
    assert world is not None
    plan.done(world, new=0, further="https://harbour.example/world/?page=2")
    assert plan.next() == Endpoint(url="https://harbour.example/world/?page=2", kind="section")


def test_a_sitemap_index_confirms_nothing() -> None:
    plan = Plan(Limits(pages=40, sitemaps=20, depth=5), thorough=False)
    plan.front(Endpoint(url="https://harbour.example/", kind="section"), further=None, listed=True)
    plan.find([Endpoint(url="https://harbour.example/sitemap.xml", kind="sitemap")])
    index = plan.next()
    assert index is not None
    child = Endpoint(url="https://harbour.example/maps/1.xml", kind="sitemap")
    plan.find([child], depth=1)
    plan.done(index, new=0, further=None, index=True)
    assert plan.next() == child
