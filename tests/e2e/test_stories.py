"""Two papers print one report: one story, until somebody splits it; and then it stays split."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.web import Newscrawl, PageSite

if TYPE_CHECKING:
    from pathlib import Path

FAST = ("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
PIER = "/2026/11/20/the-northern-pier-is-closed.html"
ORCHARD = "/2026/11/20/nine-orchards-are-sold.html"
TEXTS = {
    PIER: (
        "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars.",
        "Repairs will take until spring, the harbour master said, and the ferries move to the fish quay meanwhile.",
        "Shop owners fear for their winter trade, because the only bus to the fish quay runs once an hour.",
        "The pier was built of larch in the year in which the railway came, and had never been closed before.",
    ),
    ORCHARD: (
        "Nine orchards in the valley were sold to a cider maker whose trees carry fruit every second year only.",
        "The growers kept their houses and the right to pick cherries for as long as they live beside the trees.",
        "A press from Normandy arrives in August and will stand where the sawmill stood until the great flood.",
    ),
}
HEADLINES = {PIER: "The northern pier is closed until spring", ORCHARD: "Nine orchards in the valley are sold"}


def site(*paths: str, last: str = "") -> PageSite:
    """A paper with reports; each ends with a paragraph of its own, if that is given."""
    links = "".join(f'<h2><a href="{path}">{HEADLINES[path]}</a></h2>' for path in paths)
    pages = {"/": f"<html><head><title>Paper</title></head><body>{links}</body></html>"}
    return PageSite(pages | {path: page(path, last) for path in paths})


def page(path: str, last: str) -> str:
    text = "".join(f"<p>{line}</p>" for line in (*TEXTS[path], last) if line)
    head = f'<meta property="og:type" content="article"><title>{HEADLINES[path]}</title>'
    return f"<html lang=en><head>{head}</head><body><article><h1>{HEADLINES[path]}</h1>{text}</article></body></html>"


def define(folder: Path, **homes: str) -> None:
    (folder / "sources").mkdir()
    for name, url in homes.items():
        (folder / "sources" / f"{name}.toml").write_text(f'home = "{url}/"\n', encoding="utf-8")


def stories(program: Newscrawl, *arguments: str) -> Any:
    done = program.run("stories", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_near_copies_of_two_papers_are_one_story_until_they_are_split(program: Newscrawl, tmp_path: Path) -> None:
    courier = site(PIER, ORCHARD)
    gazette = site(PIER, last="Gulls were seen on the fish quay as well, writes our own correspondent.")
    with courier, gazette:
        define(tmp_path, courier=courier.url, gazette=gazette.url)
        for name in ("courier", "gazette"):
            status, _, trouble = program.crawl(name, *FAST)
            assert status == 0, trouble
        (story,) = stories(program, "list")
        assert [member["source"] for member in story["members"]] == ["courier", "gazette"]
        assert story["story_id"] == story["members"][0]["id"]
        by_url = {report["url"]: report["story_id"] for report in program.reports()}
        assert by_url[courier.url + PIER] == by_url[gazette.url + PIER] != by_url[courier.url + ORCHARD]
        shown = program.run("stories", "show", gazette.url + PIER).stdout
        assert "reports      2 from courier, gazette" in shown

        assert stories(program, "split", gazette.url + PIER)["left"] == story["story_id"]
        gazette.pages[PIER] = page(PIER, "Gulls were counted on the fish quay as well, there were ninety of them.")
        program.crawl(gazette.url + PIER, courier.url + PIER, *FAST)
    assert stories(program, "list") == []
    gone = [report for report in program.reports("--source", "gazette") if report["revision"] > 1]
    assert [report["story_id"] for report in gone] == [report["id"] for report in gone]


def test_what_cannot_be_split_is_said(program: Newscrawl) -> None:
    done = program.run("stories", "split", "https://paper.example/none")
    assert (done.returncode, done.stderr) == (2, "newscrawl: https://paper.example/none: no stored report\n")
    done = program.run("stories", "show", "https://paper.example/none\x1b[31m")
    assert done.returncode == 1
    assert "no story and no stored report" in done.stderr
    assert "\x1b" not in done.stderr
    done = program.run("stories", "list", "--since", "soon")
    assert done.returncode == 2
