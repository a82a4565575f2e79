"""Lines that do not belong to a body: one function for each kind."""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.body.furniture import LEAD, furniture_name

if TYPE_CHECKING:
    from newscrawl.extraction.body.lines import Draft, Line

_PROMPT = re.compile(
    r"^(?:sign up|subscribe|newsletter|follow (?:us|me|\w+ on)|like us|join (?:us|our)|download (?:the|our)|read (?:more|also|next)|"
    r"see also|also read|related|recommended|more (?:on|from|in)\b|most read|share (?:this|on|report|article|via)?\b|click here|"
    r"advert|sponsored|copyright|©|\(c\)|all rights reserved|photo(?:graph)?s?\s*:|image:|get (?:the|our) |support (?:us|our)|"
    r"comments?\b\s*:?$|comment report|leave a (?:comment|reply)|rating\s*:|location\s*:|video preview|show (?:map|source)|"
    r"lesen sie (?:auch|mehr)|mehr (?:zum thema|dazu|lesen)|auch interessant|teilen|folgen sie|abonnieren|melden sie sich|foto\s*:|"
    r"lire aussi|à lire|a lire|partager|suivez|abonnez|inscrivez|lee (?:también|más)|leer más|te puede interesar|compartir|síguenos|"
    r"suscr[ií]b|leggi anche|condividi|iscriviti|leia (?:também|mais)|compartilh|siga|inscreva|lees ook|lees meer|deel dit|volg|"
    r"läs (?:också|mer)|les også|læs også|dela|читайте также|подписывайтесь|поделиться|czytaj (?:też|także|więcej)|čtěte také|"
    r"olvasd? (?:el|tovább)|devamını oku|関連記事|相关阅读|اقرأ أيضا|"
    r"tell us what you think|like this (?:story|article)|what do you think|your opinion|ihre meinung|would you like to comment|have your say|"
    r"our standards\b|explore further|listen to .{3,40} (?:live|podcast)|write to \w+ .{0,40}@|schon gelesen|das könnte (?:sie|dich)|"
    r"gefällt (?:dir|ihnen)|wesprzyj|soutenez|apoya|passer la publicité|publicité$|anzeige$|werbung$|publicidad$|"
    r"tags?\s*:?$|temas\s*:?$|etiketler\s*:?$|themen\s*:?$|topics\s*:?$|schlagwörter|keywords\s*:?$|lesedauer\b|reading time|"
    r"\d+ min(?:ute)?s? read|copy link|link kopieren|get .{3,60} (?:delivered|in your inbox)|die aktuelle ausgabe|by (?:signing up|submitting|providing))",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"^(?:(?:published|updated|posted|veröffentlicht|stand|publié|publicado|pubblicato|aktualisiert|modified|date|опубликовано)\b.{0,60}|"
    r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일].{0,20}|"
    r"[\W\d]*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[\W\d]*(?:uhr|h|am|pm|[a-z]{3,4})?)$",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af|text|reporting by|editing by|автор)[\s:]+\S", re.IGNORECASE)
_CREDIT = re.compile(
    r"^[\W\d]*(?:(?:additional |with )?reporting by|edit(?:ed|ing) by|report by|compiled by|with (?:files|material|reporting) from|"
    r"(?:quellen?|sources?|fuentes?|fontes?|kilder?|källa|bron|źródło|zdroj)\s*[:：]|(?:titel|symbol|auf|vorschau)?(?:bild|foto)(?:er|s|credit)?\s*[:：]|"
    r"(?:cover|header|lead|featured) image|image credit|(?:redaktion|faktencheck|lektorat|mitarbeit|übersetzung|text und bild)\s*[:：]|"
    r"mit material (?:von|der)|this (?:article|story|report|copy|post) (?:was|is|has been|first|originally|contains)\b|"
    r"reach the reporters?|follow (?:ap|him|her|them)\b)|"
    r"\bcontributed (?:reporting )?to this (?:report|article|story)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\bextern(?:er|e|en|em)? (?:redaktionelle[rn]? )?inhalte?\b|empfohlener redaktioneller inhalt|an dieser stelle (?:finden sie|befindet sich)|"
    r"ohne deine? (?:einverständnis|zustimmung)|(?:this|external) content (?:is|from .{3,30} is) (?:hosted|provided|blocked)|"
    r"contenu externe|contenido externo|contenuto esterno|externe inhoud|eksternt indhold|externt innehåll|"
    r"(?:enable|accept|allow) (?:all )?cookies to|this (?:browser|video) (?:does not|has failed|is not)|javascript (?:is|must|has to)",
    re.IGNORECASE,
)
_PULL = re.compile(r"pull-?_?quote|pullquote|pull-(?:left|right)|stylized")
_ASIDES = ("aside", "nav", "form", "footer", "figcaption")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_SENTENCE = re.compile(r"[.!?…。！？؟۔।:;\"”»“)]\s*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\d{4}-\d\d-\d\dT\d\d:\d\d\S*", re.IGNORECASE)


def repeats_headline(line: Line, draft: Draft) -> bool:
    """The headline again, or nearly: as the page has it in a title, in h1 or in its metadata."""
    if line.key in draft.headlines:
        return line in draft.ends or line.words > 3
    return line in draft.first and len(line.key) > 20 and any(_nearly(line.key, text) for text in draft.headlines)


def _nearly(key: str, headline: str) -> bool:
    short, long = sorted((key, headline), key=len)
    return len(short) >= 0.8 * len(long) and long.startswith(short)


def is_blank(line: Line, _: Draft) -> bool:
    """Without a letter or digit: a rule of asterisks, an empty row of a table."""
    return not line.key


def is_again(line: Line, draft: Draft) -> bool:
    """A whole sentence that an earlier line has said: pages hold their text twice, for other screens or for machines."""
    return line.words >= 8 and line in draft.again


def is_beside(line: Line, draft: Draft) -> bool:
    """In another `article` than the headline: another report, below or beside this one."""
    return line in draft.beside


def is_links(line: Line, draft: Draft) -> bool:
    """Hardly anything but links: related reports, tags, sharing. A linked heading with text under it is none."""
    item = line.block is not None and line.block.element.tag == "li" and line.words < 25
    return line.link_share >= (0.5 if item else 0.85) and line.words < 35 and not _heads_text(line, draft)


def _heads_text(line: Line, draft: Draft) -> bool:
    """Whether a line is a heading and the next line a paragraph."""
    if line.block is None or line.block.element.tag not in _HEADINGS:
        return False
    below = draft.below(line)
    return below is not None and below.words >= 12 and below.link_share < 0.5


def is_prompt(line: Line, _: Draft) -> bool:
    """Asks the reader for something, points elsewhere, or heads such a list."""
    return line.words <= 25 and _PROMPT.search(line.text) is not None


def is_placeholder(line: Line, _: Draft) -> bool:
    """Stands where a post of another site would be, until the reader consents."""
    return line.words <= 80 and _PLACEHOLDER.search(line.text) is not None


def is_credit(line: Line, draft: Draft) -> bool:
    """At the end: who took part in the report, where it is from, under what terms."""
    return line in draft.last and line.words <= 60 and _CREDIT.search(line.text) is not None


def is_byline(line: Line, draft: Draft) -> bool:
    """Says who wrote the report and little else."""
    if line.words > 12 or line not in draft.ends:
        return False
    named = [author for author in draft.authors if author and author in line.key]
    if named and sum(map(len, named)) >= 0.4 * len(line.key):
        return True
    return _BY.search(line.text) is not None and _SENTENCE.search(line.text) is None and line.words <= 8


def is_time(line: Line, draft: Draft) -> bool:
    """The time of publication and nothing else."""
    return line in draft.ends and line.words <= 12 and _TIME.match(line.text) is not None


def is_called_furniture(line: Line, draft: Draft) -> str | None:
    """Its own element or the one around it is called a thing that is no body: that name."""
    if line.block is None or line.words >= 60 or _heads_text(line, draft):
        return None
    return furniture_name(line.block, lead=line in draft.first)


def is_outside(line: Line, draft: Draft) -> bool:
    """A short line that lies outside the element that holds the text, and is no standfirst."""
    block, main = line.block, draft.main
    if block is None or main is None or line.words > 20 or LEAD.search(block.names()):
        return False
    if block.element is main or main in block.element.iterancestors() or _heads_text(line, draft):
        return False
    if any(line.key in summary for summary in draft.summaries):
        return False
    return not (line in draft.first and line.words >= 8 and _SENTENCE.search(line.text))


def is_after(line: Line, draft: Draft) -> bool:
    """Behind the last line in the element that holds the text."""
    return line in draft.tail


def is_aside(line: Line, _: Draft) -> str | None:
    """In an aside, navigation, form, footer or caption: which."""
    if line.block is None:
        return None
    around = (line.block.element, *line.block.element.iterancestors(*_ASIDES))
    return next((element.tag for element in around if element.tag in _ASIDES), None)


def is_pull_quote(line: Line, draft: Draft) -> bool:
    """Called a pull quote, and says again what another line says."""
    if len(line.key) < 30 or line.block is None or _PULL.search(line.block.names()) is None:
        return False
    return any(line.key in other.key for other in draft.lines if other is not line)


def is_address(line: Line, _: Draft) -> bool:
    """A bare URL, e-mail address or time as machines write it."""
    return len(line.text) <= 300 and _ADDRESS.fullmatch(line.text) is not None


def is_dangling(line: Line, draft: Draft) -> bool:
    """The last line, which announces something that does not follow."""
    if line is not draft.lines[-1] or line.words > 6:
        return False
    heading = line.block is not None and line.block.inside("h1", *_HEADINGS)
    return line.text.endswith((":", "：")) or (heading and _SENTENCE.search(line.text) is None)
