"""The page fragment that each rule is for, and one that it leaves alone."""

from __future__ import annotations

import pytest

from newscrawl.extraction.body import missing
from tests.drafts import PARAGRAPHS, TEXT, draft_of, found

LOST = "The divers go down again on Monday, and will look at the southern pier as well this time."
STANDFIRST = "Eleven of forty pillars have cracks, and so the ferries move to the fish quay until spring."


# paragraphs


def test_a_lost_paragraph_of_the_same_kind_comes_back() -> None:
    html = f"<div class=text>{TEXT}<p>{LOST}</p></div>"

    assert found(missing.like_the_others, draft_of(html, lost=[LOST])) == [LOST]


@pytest.mark.parametrize(
    "html",
    [
        f"<div class=text>{TEXT}</div><div class=comments><p>{LOST}</p></div>",
        f"<div class=text>{TEXT}<p class=note>{LOST}</p></div>",
        f"<div class=text>{TEXT}<p><a href=/1>{LOST}</a></p></div>",
        f"<div class=text>{TEXT}<p>The pier.</p></div>",
    ],
    ids=["other place", "other class", "a link", "a word or two"],
)
def test_one_of_another_kind_does_not(html: str) -> None:
    assert found(missing.like_the_others, draft_of(html, lost=[LOST, "The pier."])) == []


def test_a_text_of_many_kinds_has_no_kind() -> None:
    html = "".join(f"<p class=p{i}>{text}</p>" for i, text in enumerate(PARAGRAPHS)) + f"<p class=p0>{LOST}</p>"

    assert found(missing.like_the_others, draft_of(html, lost=[LOST])) == []


def test_a_paragraph_that_the_text_has_does_not_come_twice() -> None:
    html = f"<div class=text>{TEXT}<p>He said: {LOST}</p><p>{LOST}</p></div>"

    assert found(missing.like_the_others, draft_of(html, lost=[LOST])) == []


# subheadings


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_a_lost_heading_between_paragraphs_comes_back(tag: str) -> None:
    html = f"<article>{TEXT}<{tag}>Die Fähren</{tag}><p>{LOST}</p></article>"

    assert found(missing.subheadings, draft_of(html, lost=["Die Fähren"])) == ["Die Fähren"]


@pytest.mark.parametrize(
    "html",
    [
        f"<article>{TEXT}<h2>What now</h2></article>",
        f"<article>{TEXT}<h2><a href=/ferries>What now</a></h2><p>{LOST}</p></article>",
        f"<article>{TEXT}<div class=newsletter><h2>What now</h2></div><p>{LOST}</p></article>",
        f"<article>{TEXT}<p>What now</p><p>{LOST}</p></article>",
        f"<article>{TEXT}<h2>What now</h2><p>What now</p><p>{LOST}</p></article>",
        f"<article>{TEXT}<p>{LOST} What now?</p><h2>What now</h2><p>And then?</p></article>",
    ],
    ids=["nothing below", "a link", "in a box", "no heading", "not right above", "said already"],
)
def test_a_heading_of_something_else_does_not(html: str) -> None:
    assert found(missing.subheadings, draft_of(html, lost=["What now"])) == []


# key points

POINTS = ("The ferries leave from the fish quay.", "The bus runs every half an hour.")
LIST = "<ul>" + "".join(f"<li>{item}</li>" for item in POINTS) + "</ul>"
LINKS = "<ul>" + "".join(f"<li><a href=/1>{item}</a></li>" for item in POINTS) + "</ul>"


def test_a_lost_list_of_sentences_between_headline_and_text_is_key_points() -> None:
    draft = draft_of(f"<h1>Pier closes</h1>{LIST}{TEXT}", lost=["Pier closes", *POINTS], headlines=["Pier closes"])

    assert found(missing.key_points, draft) == list(POINTS)


@pytest.mark.parametrize(
    "html",
    [
        f"{LIST}<h1>Pier closes</h1>{TEXT}",
        f"<h1>Pier closes</h1>{TEXT}{LIST}",
        f"<h1>Pier closes</h1><div class=related>{LIST}</div>{TEXT}",
        f"<h1>Pier closes</h1>{LIST.replace('</ul>', '<li>Sea</li></ul>')}{TEXT}",
        f"<h1>Pier closes</h1>{LINKS}{TEXT}",
        f"<h1>Pier closes</h1>{LIST.replace('li>', 'p>')}{TEXT}",
        f"<h1>Pier closes</h1>{LIST}{TEXT}<p>{' '.join(POINTS)}</p>",
    ],
    ids=["above the headline", "below", "related", "no sentences", "links", "no items", "said already"],
)
def test_another_list_is_none(html: str) -> None:
    draft = draft_of(html, lost=["Pier closes", *POINTS, "Sea"], headlines=["Pier closes"])

    assert found(missing.key_points, draft) == []


# standfirst


def test_a_block_called_lead_between_headline_and_text_is_the_standfirst() -> None:
    html = f"<h1>Pier closes</h1><div class=article-lead>No boats from the old pier</div>{TEXT}"
    draft = draft_of(html, lost=["No boats from the old pier"], headlines=["Pier closes"])

    assert found(missing.standfirst, draft) == ["No boats from the old pier"]


@pytest.mark.parametrize("told", [STANDFIRST, STANDFIRST[:85] + "...", f"The pier. {STANDFIRST}"])
def test_what_the_metadata_give_as_description_is_the_standfirst(told: str) -> None:
    draft = draft_of(f"<h1>Pier closes</h1><div>{STANDFIRST}</div>{TEXT}", lost=[STANDFIRST], summaries=[told])

    assert found(missing.standfirst, draft) == [STANDFIRST]


def test_a_block_of_which_they_say_nothing_is_none() -> None:
    html = f"<h1>Pier closes</h1><div>{STANDFIRST}</div>{TEXT}"

    assert found(missing.standfirst, draft_of(html, lost=[STANDFIRST], summaries=[" ".join(PARAGRAPHS)])) == []


@pytest.mark.parametrize("tag", ["aside", "figure"])
def test_what_they_give_is_none_beside_a_picture_or_the_text(tag: str) -> None:
    html = f"<h1>Pier closes</h1><{tag}><div>{STANDFIRST}</div></{tag}>{TEXT}"

    assert found(missing.standfirst, draft_of(html, lost=[STANDFIRST], summaries=[STANDFIRST])) == []


def test_a_description_that_the_text_has_is_no_standfirst() -> None:
    html = f"<h1>Pier closes</h1><div>{STANDFIRST}</div>{TEXT}<p>He said: {STANDFIRST}</p>"

    assert found(missing.standfirst, draft_of(html, lost=[STANDFIRST], summaries=[STANDFIRST])) == []


def test_a_block_called_lead_in_an_aside_is_none() -> None:
    html = f"<h1>Pier closes</h1><aside><div><p class=lead>{STANDFIRST}</p></div></aside>{TEXT}"

    assert found(missing.standfirst, draft_of(html, lost=[STANDFIRST], headlines=["Pier closes"])) == []


@pytest.mark.parametrize(
    "sentence",
    [STANDFIRST, "Пирс закрыт с пятницы, потому что водолазы нашли трещины в одиннадцати из сорока его опор."],
)
def test_a_sentence_below_the_headline_is_the_standfirst(sentence: str) -> None:
    html = f"<div><h1>Pier closes</h1><div>{sentence}</div></div><div>{TEXT}</div>"
    draft = draft_of(html, lost=[sentence], headlines=["Pier closes"])

    assert found(missing.standfirst, draft) == [sentence]


@pytest.mark.parametrize(
    "html",
    [
        f"<div>{STANDFIRST}</div><h1>Pier closes</h1>{TEXT}",
        f"<div>{STANDFIRST}</div>{TEXT}",
        f"<h1>Pier closes</h1><ul><li>{STANDFIRST}</li></ul>{TEXT}",
        f"<h1>Pier closes</h1><div><img src=1.jpg>{STANDFIRST}</div>{TEXT}",
        f"<h1>Pier closes</h1><div>{STANDFIRST[:-1]}</div>{TEXT}",
        f"<h1>Pier closes</h1><div>{STANDFIRST[54:]}</div>{TEXT}",
        f"<h1>Pier closes</h1><div><a href=/1>{STANDFIRST[:30]}</a>{STANDFIRST[30:]}</div>{TEXT}",
        f"<h1>Pier closes</h1><figure><img src=1.jpg><div>{STANDFIRST}</div></figure>{TEXT}",
        f"<h1>Pier closes</h1><div class=author-bio>{STANDFIRST}</div>{TEXT}",
        f"<h1>Pier closes</h1><div><a href=/1>{STANDFIRST}</a></div>{TEXT}",
    ],
    ids=[
        "above the headline",
        "no headline",
        "an item",
        "a picture",
        "no whole sentence",
        "a short one",
        "linked",
        "a caption",
        "a biography",
        "a link",
    ],
)
def test_another_sentence_is_none(html: str) -> None:
    draft = draft_of(html, lost=[STANDFIRST, STANDFIRST[:-1], STANDFIRST[54:]], headlines=["Pier closes"])

    assert found(missing.standfirst, draft) == []
