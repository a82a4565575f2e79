"""Boilerplate memory in a whole crawl: a paper whose reports all have one standing line."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.body.boilerplate import STORIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.web import Newscrawl

# With a delay, for what is fetched at once is read before anything can be learned from it.
SLOW = (
    *("-s", "NEWSCRAWL_ALLOW_NETWORKS=127.0.0.0/8", "-s", "DOWNLOAD_DELAY=0.15"),
    *("-s", "NEWSCRAWL_STORE_INTERVAL=0.05"),
)
TYPO = "Report a typo: write to our desk and we will put it right."
LABEL = "Background"
# Each report: what, who, where, and what is done; no two have a long word in common.
SUBJECTS = (
    ("Harbour", "fishermen", "breakwater", "dredging"),
    ("Hospital", "surgeons", "emergency", "operating"),
    ("Brewery", "maltsters", "copper", "fermenting"),
    ("Orchestra", "violinists", "concerts", "rehearsing"),
    ("Glacier", "geologists", "crevasses", "melting"),
    ("Library", "archivists", "manuscripts", "scanning"),
    ("Airport", "pilots", "runway", "landing"),
    ("Vineyard", "growers", "grapes", "harvesting"),
    ("Telescope", "astronomers", "galaxies", "observing"),
    ("Quarry", "masons", "granite", "blasting"),
)
FLASH = len(SUBJECTS) - 1
"""The report that has one paragraph only."""
PAGES = {f"/report/{what.lower()}-20261120{n:02d}.html": n for n, (what, *_) in enumerate(SUBJECTS)}


def paragraphs(number: int) -> list[str]:
    what, who, where, doing = SUBJECTS[number]
    lead = f"{what} {doing} begins on Monday, and the {who} want more of it than was agreed in spring."
    if number == FLASH:
        return [lead, TYPO]
    return [
        lead,
        f"Most {who} say the {what.lower()} is too small, and that {doing} near the {where} must wait.",
        LABEL,
        f"Twice the {where} had to close. No {who} were hurt, but the {what.lower()} lost a year of {doing}.",
        f"A vote on the {where} and on {doing} is due in May, and the {what.lower()} hopes for the {who}.",
        TYPO,
    ]


class Paper(BaseHTTPRequestHandler):
    """The front page lists all reports."""

    def do_GET(self) -> None:
        if self.path == "/":
            self._send("".join(f'<h2><a href="{path}">{headline(n)}</a></h2>' for path, n in PAGES.items()))
        elif self.path in PAGES:
            number = PAGES[self.path]
            text = "".join(f"<p>{text}</p>" for text in paragraphs(number))
            head = f'<meta property="og:type" content="article"><title>{headline(number)}</title>'
            self._send(f"<article><h1>{headline(number)}</h1>{text}</article>", head)
        else:
            self.send_error(404)

    def _send(self, html: str, head: str = "<title>Paper</title>") -> None:
        page = f'<!doctype html><html lang="en"><head>{head}</head><body>{html}</body></html>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def headline(number: int) -> str:
    what, who, _, doing = SUBJECTS[number]
    return f"{what}: {who} ask for more {doing}"


@contextmanager
def paper() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Paper)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_standing_lines_are_learned_left_out_and_shown(program: Newscrawl) -> None:
    with paper() as url:
        status, (result,), trouble = program.crawl(url, *SLOW)
        assert (status, result["counts"]["stored"]) == (0, len(PAGES)), trouble
        bodies = {report["headline"]: report["body"].split("\n\n") for report in program.reports()}
        assert bodies.pop(headline(FLASH))[1:] == [TYPO], "it would be more than three tenths of the report"
        # The first ones have it, and those that were on their way when the last of them was stored.
        assert STORIES <= sum(TYPO in body for body in bodies.values()) < len(bodies)
        assert all(LABEL in body for body in bodies.values()), "a subheading is no boilerplate"

        shown = json.loads(program.run("sources", "show", "127.0.0.1", "--json").stdout)
        assert shown["boilerplate"]["reports"] == len(PAGES)
        (line,) = shown["boilerplate"]["lines"]
        assert (line["line"], line["reports"], len(line["seen_under"])) == (TYPO, len(PAGES), STORIES)
        assert f"in {len(PAGES)} reports" in program.run("sources", "show", "127.0.0.1").stdout

        before = program.reports()
        again = [url.rstrip("/") + path for path in list(PAGES)[:2]]
        _, results, _ = program.crawl(*again, *SLOW)
        assert [result["counts"]["unchanged"] for result in results] == [1] * len(again)
        assert program.reports() == before, "stored before it was learned, and read again without it"
        assert json.loads(program.run("sources", "show", "127.0.0.1", "--json").stdout) == shown, "not counted twice"

    assert program.run("sources", "forget", "127.0.0.1").returncode == 0
    shown = json.loads(program.run("sources", "show", "127.0.0.1", "--json").stdout)
    assert shown["boilerplate"] == {"reports": 0, "watched": 0, "lines": []}


def test_dry_runs_learn_for_themselves_only(program: Newscrawl, tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    with paper() as url:
        program.crawl(url, "--dry-run", "-o", str(file), *SLOW)
    bodies = [json.loads(line)["body"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(bodies) == len(PAGES)
    assert STORIES <= sum(TYPO in body for body in bodies) < len(PAGES)
    assert program.run("sources", "show", "127.0.0.1").returncode == 2
    assert not (tmp_path / "data" / "mongod").exists(), "nothing is started to look up what cannot be there"


def test_a_source_file_can_switch_it_off(program: Newscrawl, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    with paper() as url:
        file = f'home = "{url}"\nlearn_boilerplate = false\n'
        (tmp_path / "sources" / "paper.toml").write_text(file, encoding="utf-8")
        program.crawl("paper", *SLOW)
    assert all(TYPO in report["body"] for report in program.reports())
    shown = json.loads(program.run("sources", "show", "paper", "--json").stdout)
    assert (shown["learn_boilerplate"], shown["boilerplate"]["reports"]) == (False, 0)


def test_a_source_file_is_shown_without_a_database_too(program: Newscrawl, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "paper.toml").write_text('home = "https://paper.example/"\n', encoding="utf-8")
    gone = ("-s", "MONGODB_URI=mongodb://127.0.0.1:1/", "-s", "NEWSCRAWL_STORE_PATIENCE=1")
    done = program.run("sources", "show", "paper", *gone)
    assert (done.returncode, "https://paper.example/" in done.stdout) == (1, True)
    assert "cannot be reached" in done.stderr
    assert program.run("sources", "show", "paper").returncode == 0
