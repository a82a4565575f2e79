"""The quality of extraction must not fall: the floor of `benchmarks/extraction`, where the corpora are at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.extraction import ablation, differences
from benchmarks.extraction.corpora import NO_BENCH, is_here
from benchmarks.extraction.floor import FIGURES, broken, read_floor, write_floor
from newscrawl.extraction.body import rules
from tests.drafts import PARAGRAPHS, TEXT

ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES_OF_NOW = {"aeb": {"pages": 100, "f1": 0.9, "bad": 0.05, "exact": 0.3, "title": 0.5, "n_title": 10}}
HTML = f"<html><body><article><h1>Pier closes</h1>{TEXT}<p>Read more: the old pier</p></article></body></html>"
PAGE = SimpleNamespace(html=HTML.encode(), url="https://harbour.example/1")


@pytest.mark.skipif(not is_here(), reason=NO_BENCH)
def test_no_figure_is_below_the_floor() -> None:
    command = [sys.executable, "-m", "benchmarks.extraction", "--gate"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 0, done.stderr + done.stdout


def test_the_floor_names_only_figures_that_the_gate_knows() -> None:
    assert {name for limits in read_floor().values() for name in limits} <= set(FIGURES)


def test_a_written_floor_holds_for_the_figures_it_was_made_of(tmp_path: Path) -> None:
    path = tmp_path / "floor.toml"

    write_floor(FIGURES_OF_NOW, path)

    assert read_floor(path) == {"aeb": {"f1": 0.896, "bad": 0.06, "title": 0.4}}  # a page less of 100, of 10
    assert broken(FIGURES_OF_NOW, read_floor(path)) == []


def test_each_worse_figure_is_named() -> None:
    messages = broken({"aeb": {"f1": 0.95, "bad": 0.07}}, {"aeb": {"f1": 0.96, "bad": 0.06, "title": 0.8}})

    assert messages == [
        "aeb f1: 0.9500 is below 0.960",
        "aeb bad: 0.0700 is above 0.060",
        "aeb title: no figure; the floor is 0.800",
    ]


def test_the_ablation_gives_the_line_that_a_rule_takes_and_leaves_the_rules_alone() -> None:
    kept = (rules.ADDITIONS, rules.DROPS)

    bodies = ablation.read_variants((0, PAGE))

    assert list(bodies) == ablation.variants()
    assert bodies[ablation.ALL].split("\n\n") == list(PARAGRAPHS)
    assert bodies["prompt"].split("\n\n") == [*PARAGRAPHS, "Read more: the old pier"]
    assert kept == (rules.ADDITIONS, rules.DROPS)


def test_a_line_that_is_missing_is_told_with_the_rule_that_took_it() -> None:
    changes = differences.read_changes(PAGE)

    assert differences.responsible("-", "Read more: the old pier", changes) == ["-prompt"]
    assert differences.responsible("-", PARAGRAPHS[0], changes) == []
