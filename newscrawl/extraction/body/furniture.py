"""What stands around the text of a report, told by the names that pages give to its elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.page import names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.extraction.body.blocks import Block

# Words of class names and ids: between hyphens, underscores and blanks.
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:related|recommend\w*|read-?(?:more|next|also)|more-on|see-?also|shar(?:e|ing)|social|newsletter\w*|subscri\w+|sign-?up|"
    r"inlinesignup|promo\w*|by-?line|author-?(?:bio|info|box|card|name|teaser)?|aut|bio|comments?|comment-form|disqus|rating|tags|breadcrumbs?|"
    r"ad|ads|advert\w*|sponsor\w*|copyright|disclaimer|blocker|cookie|consent|(?:article)?timestamp\w*|dateline|pub(?:lish)?-?date|"
    r"post-?meta|entry-?meta|article-?meta|meta(?:data)?|show-source|video-(?:preview|fallback|player|overlay|data)|location|market|"
    r"teaser|outbrain|taboola|caption\w*|\w+caption|wp-caption-text|credit|legend|unterschrift|rail|callout|cta|crosslink\w*|popular\w*|carousel\w*|"
    r"widget|modal|menu|nav|navigation|hamburger\w*|whatsapp\w*|nextstory|appstores|cards?|collections|quiz|poll|site-description|tooltip|toast|message)s?(?=$|[\s_-])"
)
_CAPTION = re.compile(
    r"caption|(?:^|[\s_-])(?:img|image|photo|picture|media|bild|foto|figure|absatzbild|video)(?:[\s_-]+\w{0,10}){0,2}[_-]+(?:description|text|info|title|heading|credit|source|legend)(?=$|[\s_-])"
)
LEAD = re.compile(
    r"lead|lede|intro|ingress|standfirst|strap-?line|teaser|summary|sub-?_?(?:title|head)|deck|(?<![a-z])dek(?![a-z])|excerpt|abstract|description|chap(?:o|eau)|"
    r"vorspann|sapo|pre(?:face|amble)|entradilla|bajada|copete|sommario|occhiello|perex|manchet|epigraph"
)


def furniture_name(block: Block, *, lead: bool) -> str | None:
    """The name by which a block is no body: of its element or the one around it.

    With `lead` a name that is given to standfirsts, too, does not count.
    """
    names = block.names()
    match = _CAPTION.search(names) or _FURNITURE.search(names)
    if match is None or (lead and match.re is _FURNITURE and LEAD.search(names)):
        return None
    return match[0]


def is_furniture(block: Block, around: frozenset[HtmlElement]) -> bool:
    """Whether the element of a block, or one around it, is called a thing that is no body.

    `around` are the elements that hold the text: they are none, whatever they are called.
    """
    if furniture_name(block, lead=True):
        return True
    for element in block.element.iterancestors():
        if element in around or element.tag in ("body", "html", "article", "main"):
            return False
        if element.tag in ("aside", "nav", "form", "footer", "figure", "button"):
            return True
        if _FURNITURE.search(names_of(element)):
            return True
    return False
