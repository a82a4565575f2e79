"""Which lines of a body are no body: one function a rule, in the order in which `RULES` lists them.

A rule is applied only while the lines that it would take are a small share of the page: where many lines match, the
rule has misunderstood the page, and a report with a line too many is better than one with half its text gone.
"""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.extraction.title import bare

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from newscrawl.extraction.blocks import Block


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body, with the block of the page that it comes from where that is known."""

    text: str
    block: Block | None
    first: bool
    """Whether it stands among the first four lines."""
    last: bool
    """Whether it stands among the last four lines."""

    @property
    def words(self) -> int:
        """Words, as spaces tell them."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the page when its lines are judged."""

    headlines: tuple[str, ...]
    """All versions of the headline, letters and digits only."""
    authors: tuple[str, ...]
    """Names of those who sign, letters and digits only."""
    main: HtmlElement | None
    """The innermost element that holds nearly all of the text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of line that does not belong to the body."""

    name: str
    matches: Callable[[Line, Context], bool]
    at_most: float
    """The share of the page's text that the rule may take."""


_PROMPT = re.compile(
    r"^(?:sign up|subscribe|newsletter|follow (?:us|me|\w+ on)|like us|join (?:us|our)|download (?:the|our)|read (?:more|also|next)|"
    r"see also|also read|related|recommended|more (?:on|from|in)\b|most read|share (?:this|on|report|article|via)?\b|click here|"
    r"advert|sponsored|copyright|©|\(c\)|all rights reserved|photo(?:graph)?s?\s*:|image:|get (?:the|our) |support (?:us|our)|"
    r"comments?\b\s*:?$|comment report|leave a (?:comment|reply)|rating\s*:|location\s*:|video preview|show (?:map|source)|"
    r"lesen sie (?:auch|mehr)|mehr (?:zum thema|dazu|lesen)|auch interessant|teilen|folgen sie|abonnieren|melden sie sich|foto\s*:|"
    r"lire aussi|à lire|a lire|partager|suivez|abonnez|inscrivez|lee (?:también|más)|leer más|te puede interesar|compartir|síguenos|"
    r"suscr[ií]b|leggi anche|condividi|iscriviti|leia (?:também|mais)|compartilh|siga|inscreva|lees ook|lees meer|deel dit|volg|"
    r"läs (?:också|mer)|les også|læs også|dela|читайте также|подписывайтесь|поделиться|czytaj (?:też|także|więcej)|čtěte také|"
    r"olvasd? (?:el|tovább)|devamını oku|関連記事|相关阅读|اقرأ أيضا)",
    re.IGNORECASE,
)
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:related|recommend\w*|read-?more|more-on|see-?also|share|sharing|social|newsletter|subscri\w+|signup|promo\w*|"
    r"by-?line|author-?(?:bio|info|box|card|name)?|comments?|comment-form|disqus|rating|tags|breadcrumbs?|advert\w*|sponsor\w*|"
    r"copyright|disclaimer|paywall|cookie|timestamp|dateline|pub-?date|post-?meta|entry-?meta|article-?meta|meta|show-source|"
    r"video-preview|location|market|teaser|outbrain|taboola|caption|wp-caption-text|credit)s?(?=$|[\s_-])"
)
_LEAD = re.compile(
    r"lead|lede|intro|standfirst|teaser-text|summary|subtitle|sub-?head|deck|dek|excerpt|abstract|description|chapo|vorspann|sapo"
)
_TIME = re.compile(
    r"^(?:(?:published|updated|posted|veröffentlicht|stand|publié|publicado|pubblicato|aktualisiert|modified|date|опубликовано)\b.{0,60}|"
    r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일].{0,20}|"
    r"[\W\d]*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[\W\d]*(?:uhr|h|am|pm|[a-z]{3,4})?)$",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af|text|reporting by|editing by|автор)[\s:]+\S", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…。！？؟۔।:;\"”»“)]\s*$")


def repeats_headline(line: Line, context: Context) -> bool:
    """The headline again, or nearly: as the page has it in a title, in h1 or in its metadata."""
    key = bare(line.text)
    if key in context.headlines:
        return line.first or line.last or line.words > 3
    return line.first and len(key) > 20 and any(_nearly(key, headline) for headline in context.headlines)


def _nearly(key: str, headline: str) -> bool:
    short, long = sorted((key, headline), key=len)
    return len(short) >= 0.8 * len(long) and long.startswith(short)


def is_links(line: Line, _: Context) -> bool:
    """Hardly anything but links: related reports, tags, sharing."""
    return line.block is not None and line.block.link_share >= 0.85 and line.words < 35


def is_prompt(line: Line, _: Context) -> bool:
    """Asks the reader for something, points elsewhere, or heads such a list."""
    return line.words <= 25 and _PROMPT.search(line.text) is not None


def is_byline(line: Line, context: Context) -> bool:
    """Says who wrote the report and little else."""
    if line.words > 12 or not (line.first or line.last):
        return False
    key = bare(line.text)
    named = any(author and author in key for author in context.authors)
    if named and sum(len(author) for author in context.authors if author in key) >= 0.4 * len(key):
        return True
    return _BY.search(line.text) is not None and _SENTENCE.search(line.text) is None and line.words <= 8


def is_time(line: Line, _: Context) -> bool:
    """The time of publication and nothing else."""
    return (line.first or line.last) and line.words <= 12 and _TIME.match(line.text) is not None


def is_chrome(line: Line, _: Context) -> bool:
    """Its own element or the one around it is called a thing that is no body."""
    block = line.block
    return (
        block is not None
        and line.words < 60
        and _CHROME.search(block.names()) is not None
        and not _LEAD.search(block.names())
    )


def is_outside(line: Line, context: Context) -> bool:
    """A short line that lies outside the element that holds the text, and is no standfirst."""
    block, main = line.block, context.main
    if block is None or main is None or line.words > 20 or _LEAD.search(block.names()):
        return False
    if main in block.element.iterancestors():
        return False
    return not (line.first and line.words >= 8 and _SENTENCE.search(line.text))


def is_aside(line: Line, _: Context) -> bool:
    """In an aside, navigation, form, footer or caption."""
    return line.block is not None and line.block.inside("aside", "nav", "form", "footer", "figcaption")


RULES = (
    Rule("headline", repeats_headline, 0.5),
    Rule("links", is_links, 0.25),
    Rule("prompt", is_prompt, 0.15),
    Rule("chrome", is_chrome, 0.15),
    Rule("outside", is_outside, 0.2),
    Rule("aside", is_aside, 0.15),
    Rule("byline", is_byline, 0.1),
    Rule("time", is_time, 0.1),
)
