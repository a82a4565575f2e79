"""The page fragment that each rule is for, and one that it leaves alone."""

from __future__ import annotations

import pytest

from newscrawl.extraction.body import unwanted
from newscrawl.extraction.body.lines import locate
from tests.drafts import PARAGRAPHS, TEXT, draft_of, matching

LONG = " ".join(f"Pillar {number} has a crack of {number} inches." for number in range(1, 16))
"""120 words: longer than any line that is told by single words."""


# blank


@pytest.mark.parametrize("text", ["-", "* * *", "…"])
def test_a_line_without_letter_or_digit_is_blank(text: str) -> None:
    draft = draft_of(TEXT)
    lines = locate([text, "1", PARAGRAPHS[0]], draft.blocks)

    assert [unwanted.is_blank(line, draft) for line in lines] == [True, False, False]


# again


def test_a_paragraph_that_the_page_has_twice_stays_once() -> None:
    draft = draft_of(f"{TEXT}<div hidden>{TEXT}</div>")

    assert [line for line in draft.lines if unwanted.is_again(line, draft)] == list(draft.lines[5:])


@pytest.mark.parametrize(
    "twice", [f"<ul><li>{PARAGRAPHS[0]}</ul>", f"<pre>{PARAGRAPHS[0]}</pre>", "<p>Said the mayor:</p>"]
)
def test_items_code_and_short_lines_may_be_equal(twice: str) -> None:
    assert matching(unwanted.is_again, draft_of(f"{twice}{TEXT[len(PARAGRAPHS[0]) + 7 :]}{twice}")) == []


# beside

_OWN = f"<article><h1>Northern pier closes</h1>{TEXT}</article>"
_OTHER = f"<article><h3>Bus drivers wanted</h3><p>{LONG}</p></article>"


def test_another_article_beside_that_of_the_headline_is_another_report() -> None:
    draft = draft_of(f"{_OWN}<article>{_OTHER}</article>", headlines=["Northern pier closes"])

    assert matching(unwanted.is_beside, draft) == ["Bus drivers wanted", LONG]


@pytest.mark.parametrize(
    ("html", "headline"),
    [
        (_OWN.replace("</article>", f"{_OTHER}</article>"), "Northern pier closes"),  # a part of this one
        (f"{_OWN}{_OTHER}", "Pier shut"),  # nothing tells which is the report
        (f"<article><h1>Pier live</h1><p>All about it.</p></article>{_OTHER}{_OTHER}", "Pier live"),  # posts
    ],
)
def test_an_article_in_the_report_or_beside_a_mere_head_stays(html: str, headline: str) -> None:
    assert matching(unwanted.is_beside, draft_of(html, headlines=[headline])) == []


# headline


@pytest.mark.parametrize("line", ["Northern pier closes", "NORTHERN PIER CLOSES!"])
def test_the_headline_above_the_text_is_repeated(line: str) -> None:
    draft = draft_of(f"<h1>{line}</h1>{TEXT}", headlines=["Northern pier closes"])

    assert matching(unwanted.repeats_headline, draft) == [line]


def test_a_shorter_version_of_the_headline_is_repeated_too() -> None:
    draft = draft_of(f"<h1>Northern pier closes at once</h1>{TEXT}", headlines=["Northern pier closes at once: cracks"])

    assert matching(unwanted.repeats_headline, draft) == ["Northern pier closes at once"]


def test_a_short_subheading_like_the_headline_stays_in_mid_text() -> None:
    draft = draft_of(f"{TEXT}<h2>The pier</h2>{TEXT}", headlines=["The pier"])

    assert matching(unwanted.repeats_headline, draft) == []


def test_the_whole_headline_is_repeated_in_mid_text_too() -> None:
    line = "Northern pier closes at once"

    assert matching(unwanted.repeats_headline, draft_of(f"{TEXT}<h2>{line}</h2>{TEXT}", headlines=[line])) == [line]


@pytest.mark.parametrize("line", ["Southern pier opens again: no cracks", "Northern pier: cracks"])
def test_another_first_line_stays(line: str) -> None:
    draft = draft_of(f"<p>{line}</p>{TEXT}", headlines=["Northern pier closes at once: cracks"])

    assert matching(unwanted.repeats_headline, draft) == []


def test_a_line_that_only_begins_like_the_headline_stays_behind_the_beginning() -> None:
    draft = draft_of(f"{TEXT}<p>Northern pier closes at once.</p>", headlines=["Northern pier closes at once: cracks"])

    assert matching(unwanted.repeats_headline, draft) == []


# links


def test_related_reports_are_links() -> None:
    html = "<p><a href=/1>Bus strike enters third week</a></p><ul><li><a href=/2>Fish quay</a> (2025)</li></ul>"

    assert matching(unwanted.is_links, draft_of(TEXT + html)) == ["Bus strike enters third week", "Fish quay (2025)"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>The council has <a href=/plan>put the whole plan of repairs</a> on its own pages.</p>",
        "<p>More: <a href=/plan>the plan of repairs</a></p>",
        f"<p><a href=/plan>{LONG}</a></p>",
    ],
    ids=["sentence", "half of it", "long"],
)
def test_a_line_with_a_link_is_none(html: str) -> None:
    assert matching(unwanted.is_links, draft_of(TEXT + html)) == []


def test_a_linked_heading_with_text_below_is_none() -> None:
    draft = draft_of(f"{TEXT}<h2><a href=#ferries>What becomes of the ferries</a></h2>{TEXT}")

    assert matching(unwanted.is_links, draft) == []


def test_a_linked_heading_above_links_is_one_of_them() -> None:
    html = "<h2><a href=/more>More of the harbour</a></h2><p><a href=/1>Bus strike enters third week</a></p>"

    assert len(matching(unwanted.is_links, draft_of(TEXT + html))) == 2


# prompt


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to our newsletter",
        "Read more: how the pier was built",
        "Share this article",
        "Lesen Sie auch: So wurde der Pier gebaut",
        "Folgen Sie uns",
        "Lire aussi : comment la jetée fut bâtie",
        "Abonnez-vous",
        "Lee también: así se construyó el muelle",
        "Leggi anche: come fu costruito il molo",
        "Leia também: como o cais foi construído",
        "Lees ook: zo werd de pier gebouwd",
        "Läs också: så byggdes piren",
        "Читайте также: как строили пирс",
        "関連記事",
        "اقرأ أيضا: كيف بني الرصيف",
    ],
)
def test_a_line_that_asks_or_points_elsewhere_is_a_prompt(line: str) -> None:
    assert matching(unwanted.is_prompt, draft_of(f"{TEXT}<p>{line}</p>")) == [line]


def test_a_paragraph_that_begins_like_a_prompt_is_none() -> None:
    assert matching(unwanted.is_prompt, draft_of(f"<p>Follow us along the quay: {LONG}</p>")) == []


def test_such_words_within_a_sentence_are_no_prompt() -> None:
    assert matching(unwanted.is_prompt, draft_of("<p>The museum sells its newsletter for a crown a copy.</p>")) == []


# placeholder


@pytest.mark.parametrize(
    "line",
    [
        "An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt.",
        "This content is hosted by another site; you have to accept cookies to see it.",
        "Este contenido externo requiere su consentimiento.",
    ],
)
def test_what_stands_in_place_of_a_post_is_a_placeholder(line: str) -> None:
    assert matching(unwanted.is_placeholder, draft_of(f"{TEXT}<div>{line}</div>")) == [line]


def test_a_long_paragraph_about_such_content_is_none() -> None:
    draft = draft_of(f"<p>What a court says of externe Inhalte concerns every site. {LONG}</p>")

    assert matching(unwanted.is_placeholder, draft) == []


# credit


@pytest.mark.parametrize(
    "line",
    [
        "Additional reporting by Ann Example",
        "Quelle: Hafenamt",
        "Fuente: Autoridad del puerto",
        "Ben Beispiel contributed to this report.",
    ],
)
def test_who_took_part_is_a_credit_at_the_end(line: str) -> None:
    assert matching(unwanted.is_credit, draft_of(f"{TEXT}<p>{line}</p>")) == [line]


def test_a_long_last_paragraph_that_begins_so_is_none() -> None:
    assert matching(unwanted.is_credit, draft_of(f"{TEXT}<p>Sources: {LONG}</p>")) == []


def test_the_same_at_the_beginning_is_none() -> None:
    assert matching(unwanted.is_credit, draft_of(f"<p>Additional reporting by Ann Example</p>{TEXT}")) == []


# byline


@pytest.mark.parametrize("line", ["By Ann Example", "Von Ann Example", "Ann Example, harbour desk", "Par Zoé Inconnue"])
def test_who_wrote_it_is_a_byline(line: str) -> None:
    assert matching(unwanted.is_byline, draft_of(f"<p>{line}</p>{TEXT}", authors=["Ann Example"])) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "By Friday all was quiet.",
        "By the old pier stood nine men without coats",
        "Ann Example leaves the harbour desk after many good years",
        f"By Ann Example: {PARAGRAPHS[0]}",
    ],
)
def test_a_sentence_is_no_byline(line: str) -> None:
    assert matching(unwanted.is_byline, draft_of(f"<p>{line}</p>{TEXT}", authors=["Ann Example"])) == []


def test_a_name_in_mid_text_is_no_byline() -> None:
    assert matching(unwanted.is_byline, draft_of(f"{TEXT}<p>Ann Example</p>{TEXT}", authors=["Ann Example"])) == []


# time


@pytest.mark.parametrize(
    "line",
    ["Published on 12 May 2026 at 10:15", "Stand: 12.05.2026, 10:15 Uhr", "12/05/2026 10:15", "2026年5月12日 10:15"],
)
def test_the_time_of_publication_is_a_time(line: str) -> None:
    assert matching(unwanted.is_time, draft_of(f"<p>{line}</p>{TEXT}")) == [line]


def test_a_sentence_with_a_date_is_none() -> None:
    assert matching(unwanted.is_time, draft_of(f"<p>On 12.05.2026 the pier was closed.</p>{TEXT}")) == []


def test_a_date_in_mid_text_is_none() -> None:
    assert matching(unwanted.is_time, draft_of(f"{TEXT}<h2>12.05.2026</h2>{TEXT}")) == []


# furniture


def test_a_line_in_a_box_called_newsletter_is_furniture_by_that_name() -> None:
    draft = draft_of(f"{TEXT}<div class='box newsletter'><p>All of the town, every morning at six.</p></div>")

    text, box = (unwanted.is_called_furniture(line, draft) for line in draft.lines[-2:])
    assert text is None
    assert box is not None
    assert "newsletter" in box


def test_a_standfirst_is_none_though_its_name_says_teaser() -> None:
    draft = draft_of(f"<p class=teaser>Cracks in eleven pillars: the ferries move.</p>{TEXT}")

    assert matching(unwanted.is_called_furniture, draft) == []


def test_a_heading_with_text_below_is_none_either() -> None:
    draft = draft_of(f"<div class=widget><h2>What becomes of the ferries</h2></div>{TEXT}")

    assert matching(unwanted.is_called_furniture, draft) == []


def test_a_long_paragraph_is_none_whatever_it_is_called() -> None:
    assert matching(unwanted.is_called_furniture, draft_of(f"<p class=promo>{LONG}</p>{TEXT}")) == []


# outside, after


def test_a_short_line_beside_the_element_that_holds_the_text_is_outside() -> None:
    draft = draft_of(
        f"<div>Culture and sea</div><article>{TEXT}</article><p>The desk is glad of every letter it gets.</p>"
    )

    assert matching(unwanted.is_outside, draft) == ["Culture and sea", "The desk is glad of every letter it gets."]


def test_a_long_line_beside_it_is_not() -> None:
    assert matching(unwanted.is_outside, draft_of(f"<article>{TEXT}{TEXT}</article><p>{LONG[:200]}</p>")) == []


@pytest.mark.parametrize(
    "standfirst",
    ["<p>Eleven of forty pillars have cracks, say the divers.</p>", "<p class=intro>Eleven of forty pillars</p>"],
)
def test_a_standfirst_above_is_not_outside(standfirst: str) -> None:
    assert matching(unwanted.is_outside, draft_of(f"{standfirst}<article>{TEXT}</article>")) == []


def test_what_follows_the_element_that_holds_the_text_is_after() -> None:
    advice = "Do you know of other piers with cracks in them? The desk is glad of every letter that reaches it in time."
    draft = draft_of(f"<p>Above.</p><article>{TEXT}</article><div><p>{advice}</p></div>")

    assert matching(unwanted.is_after, draft) == [advice]


def test_nothing_is_after_a_text_of_two_halves() -> None:
    assert matching(unwanted.is_after, draft_of(f"<div>{TEXT}</div><div>{TEXT}</div>")) == []


# aside


@pytest.mark.parametrize("tag", ["aside", "nav", "form", "footer"])
def test_a_line_in_a_side_element_is_an_aside(tag: str) -> None:
    draft = draft_of(f"{TEXT}<{tag}><p>The pier in figures</p></{tag}>")

    assert unwanted.is_aside(draft.lines[-1], draft) == tag


def test_a_caption_is_an_aside() -> None:
    draft = draft_of(f"{TEXT}<figure><img src=pier.jpg><figcaption>The pier on Friday</figcaption></figure>")

    assert matching(unwanted.is_aside, draft) == ["The pier on Friday"]


def test_a_quotation_is_none() -> None:
    assert matching(unwanted.is_aside, draft_of(f"{TEXT}<blockquote><p>We had no choice.</p></blockquote>")) == []


# quote


def test_a_pull_quote_that_says_it_again_is_one() -> None:
    quote = "Shop owners fear for their winter trade"
    draft = draft_of(f"{TEXT}<blockquote class=pullquote>{quote}</blockquote>")

    assert matching(unwanted.is_pull_quote, draft) == [quote]


@pytest.mark.parametrize("quote", ["We had no choice but to close it at once", "until spring"])
def test_a_pull_quote_that_is_new_or_a_word_or_two_stays(quote: str) -> None:
    draft = draft_of(f"{TEXT}<blockquote class=pullquote>{quote}</blockquote>")

    assert matching(unwanted.is_pull_quote, draft) == []


def test_a_repeated_sentence_that_is_not_called_so_stays() -> None:
    draft = draft_of(f"{TEXT}<blockquote>Shop owners fear for their winter trade</blockquote>")

    assert matching(unwanted.is_pull_quote, draft) == []


# address


@pytest.mark.parametrize("line", ["https://harbour.example/pier", "www.harbour.example", "desk@harbour.example"])
def test_a_bare_address_is_one(line: str) -> None:
    assert matching(unwanted.is_address, draft_of(f"{TEXT}<p>{line}</p>")) == [line]


def test_a_sentence_with_an_address_is_none() -> None:
    assert matching(unwanted.is_address, draft_of("<p>The plan is at https://harbour.example/pier for all.</p>")) == []


# dangling


@pytest.mark.parametrize("html", ["<p>More on this:</p>", "<p>相关报道：</p>", "<h3>Other piers</h3>"])
def test_a_last_line_that_announces_something_dangles(html: str) -> None:
    draft = draft_of(TEXT + html)

    assert matching(unwanted.is_dangling, draft) == [draft.lines[-1].text]


@pytest.mark.parametrize(
    "html",
    [
        "<p>The pier is closed.</p>",
        "<h3>Will it open again?</h3>",
        "<p>The end</p>",
        "<p>Nobody in the town knows what they wait for:</p>",
    ],
)
def test_a_last_line_that_says_something_does_not(html: str) -> None:
    assert matching(unwanted.is_dangling, draft_of(TEXT + html)) == []


def test_a_heading_with_text_below_does_not_dangle() -> None:
    assert matching(unwanted.is_dangling, draft_of(f"<p>What we know:</p>{TEXT}")) == []


# disclaimer, policy

_DISCLAIMERS = [
    "The views expressed here are those of the author and do not reflect the position of the Harbour Post.",
    "This copy is for your personal, non-commercial use only.",
    "This post contains links from which we may earn a small commission at no cost to you.",
    "Die Meinung des Autors gibt nicht unbedingt die Ansicht der Redaktion wieder.",
    "We'd like to hear what you think about this or any of our reports.",
]
_POLICIES = [
    "ATENÇÃO: Comentários que faltem com o respeito não serão aprovados.",
    "Please keep your comments civil: we remove what is offensive.",
    "Comments are moderated and may take a day to appear.",
    "Kommentare werden erst nach Prüfung freigeschaltet.",
]


@pytest.mark.parametrize("line", _DISCLAIMERS)
def test_a_standing_disclaimer(line: str) -> None:
    assert matching(unwanted.is_disclaimer, draft_of(f"{TEXT}<p>{line}</p>")) == [line]
    assert matching(unwanted.is_disclaimer, draft_of(f"{TEXT}<p>{line}</p>{TEXT}")) == []


@pytest.mark.parametrize("line", _POLICIES)
def test_a_comment_policy_under_the_text(line: str) -> None:
    assert matching(unwanted.is_policy, draft_of(f"{TEXT}<p>{line}</p>")) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "The minister declined to comment on the report that was published on Friday.",
        "We asked the council for comment, but the plan had been approved and published by then.",
        "His comments on the pier were removed from the site on Friday.",
        "In his opinion the commission should not have approved the pier.",
        "The commission expressed its views on the pier on Friday.",
    ],
)
def test_a_sentence_about_views_and_comments_is_text(line: str) -> None:
    draft = draft_of(f"{TEXT}<p>{line}</p>")

    assert matching(unwanted.is_policy, draft) == matching(unwanted.is_disclaimer, draft) == []


# dates in words


@pytest.mark.parametrize(
    "line",
    [
        "Monday, November 18, 2019",
        "segunda-feira, 22 de janeiro de 2018 às 0:13",
        "Datum 25.01.2022",
        "17:41 JST, October 13, 2024",
    ],
)
def test_a_date_in_words_is_the_time(line: str) -> None:
    assert matching(unwanted.is_time, draft_of(f"<p>{line}</p>{TEXT}")) == [line]


@pytest.mark.parametrize(
    "line", ["— Harbour Post (@harbour) October 9, 2018", "Pier closed since 9 October 2018, says the council"]
)
def test_a_date_with_more_than_a_label_is_text(line: str) -> None:
    assert matching(unwanted.is_time, draft_of(f"<p>{line}</p>{TEXT}")) == []


def test_a_date_that_heads_a_correction_stays() -> None:
    assert matching(unwanted.is_time, draft_of(f"{TEXT}<h4>Correction: May 3, 2024</h4><p>{PARAGRAPHS[0]}</p>")) == []


# standfirst without a full stop


def test_a_long_line_right_below_the_headline_is_not_outside() -> None:
    line = "Divers find cracks in eleven of forty pillars and the ferries move to the fish quay"
    html = "<div><h1>Pier closes</h1><p>{}</p></div><article>{}</article>"

    assert (
        matching(
            unwanted.is_outside, draft_of(html.format(line, TEXT), lost=["Pier closes"], headlines=["Pier closes"])
        )
        == []
    )
    assert matching(unwanted.is_outside, draft_of(html.format(line, TEXT), lost=["Pier closes"])) == [line]
