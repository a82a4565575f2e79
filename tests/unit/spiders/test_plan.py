"""Which endpoint is asked next."""

from __future__ import annotations

from newscrawl.discovery.findings import Endpoint
from newscrawl.spiders.plan import TIRED, Limits, Plan

SITE = "https://harbour.example"
FRONT = Endpoint(url=f"{SITE}/", kind="section")
SECTIONS = [Endpoint(url=f"{SITE}/{name}/", kind="section") for name in ("world", "harbour")]
FEED = Endpoint(url=f"{SITE}/feed.xml", kind="feed")
MAPS = [Endpoint(url=f"{SITE}/{name}.xml", kind="sitemap") for name in ("sitemap", "news-sitemap")]


def begin(*, thorough: bool = False, pages: int = 40) -> Plan:
    plan = Plan(Limits(pages=pages, sitemaps=20, depth=5), thorough=thorough)
    plan.front(FRONT, further=None, listed=True)
    plan.find([*SECTIONS, FEED, *MAPS])
    return plan


def ask(plan: Plan, news: dict[str, int] | None = None, *, failing: bool = False) -> list[str]:
    """Ask all that the plan wants; `news`: how many entries the endpoints of these paths bring."""
    asked = []
    while (endpoint := plan.next()) is not None:
        path = endpoint.url.removeprefix(SITE)
        asked.append(path)
        plan.done(endpoint, new=(news or {}).get(path, 0), further=None, error=failing)
    return asked


def test_a_small_site_is_seen_whole_by_front_sections_and_one_check() -> None:
    assert ask(begin()) == ["/world/", "/harbour/", "/news-sitemap.xml"]


def test_something_new_in_a_section_widens_the_crawl() -> None:
    assert ask(begin(), {"/harbour/": 1}) == ["/world/", "/harbour/", "/news-sitemap.xml", "/sitemap.xml"]


def test_a_thorough_crawl_asks_everything_once() -> None:
    assert sorted(ask(begin(thorough=True))) == sorted(e.url.removeprefix(SITE) for e in (*SECTIONS, FEED, *MAPS))


def test_a_further_page_is_asked_while_it_brings_news() -> None:
    plan = begin()
    first = plan.next()
    assert first is not None
    plan.done(first, new=3, further=f"{SITE}/world/?page=2")
    second = plan.next()
    assert second is not None
    assert second.url == f"{SITE}/world/?page=2"
    plan.done(second, new=0, further=f"{SITE}/world/?page=3")
    assert "/world/?page=3" not in ask(plan)


def test_an_unfinished_crawl_follows_pages_without_news() -> None:
    plan = begin()
    plan.unfinished = True
    first = plan.next()
    assert first is not None
    plan.done(first, new=0, further=f"{SITE}/world/?page=2")
    assert ask(plan)[0] == "/world/?page=2"


def test_sections_that_fail_in_a_row_tire() -> None:
    plan = Plan(Limits(pages=40, sitemaps=20, depth=5), thorough=False)
    plan.front(FRONT, further=None, listed=True)
    plan.find(Endpoint(url=f"{SITE}/s{n}/", kind="section") for n in range(20))
    assert len(ask(plan, failing=True)) == TIRED


def test_an_index_confirms_nothing() -> None:
    plan = Plan(Limits(pages=40, sitemaps=20, depth=5), thorough=False)
    plan.front(FRONT, further=None, listed=True)
    plan.find([MAPS[0]])
    index = plan.next()
    assert index == MAPS[0]
    plan.find([MAPS[1]], depth=1)
    plan.done(index, new=0, further=None, index=True)
    assert ask(plan) == ["/news-sitemap.xml"]


def test_usual_paths_are_tried_until_one_answers() -> None:
    plan = Plan(Limits(pages=40, sitemaps=20, depth=5), thorough=False)
    plan.front(FRONT, further=None, listed=True)
    plan.guess(f"{SITE}/")
    first = plan.next()
    assert first is not None
    plan.done(first, new=0, further=None, error=True)
    second = plan.next()
    assert second is not None
    plan.done(second, new=2, further=None)
    assert plan.next() is None


def test_the_budget_of_pages_holds_and_the_rest_is_remembered() -> None:
    plan = begin(pages=1)
    assert [path for path in ask(plan) if "sitemap" not in path] == ["/world/"]
