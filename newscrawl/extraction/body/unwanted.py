"""Lines that do not belong to a body: one function for each kind."""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.extraction.body.furniture import LEAD, furniture_name
from newscrawl.extraction.body.lines import SENTENCE
from newscrawl.extraction.fields.written_dates import date_spans

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
    r"puedes? ver\b|mira también|anzeige\b|zum weiterlesen|(?:weitere|mehr|zusatz)[ -]?info(?:s|rmationen)?\b.{0,40}$|quellenangaben?\s*:?$|"
    r"(?:do you want|want) to (?:be informed|receive|get|stay)|folgst du|gefällt (?:euch|es dir)|sie sind (?:aktuell |derzeit )?nicht eingeloggt|"
    r"weiterführende (?:links|informationen)|pour (?:en savoir plus|aller plus loin)|en savoir plus|(?:para )?más información\s*:?$|per saperne di più|"
    r"saiba mais|veja (?:também|mais)|meer (?:informatie|lezen)\s*:?$|further (?:reading|information)\s*:?$|zur startseite|nach oben$|back to top|"
    r"(?:view|show|load|hide|post|add|read) (?:all |the |a |\d+ )?comments?\b|kommentare? (?:anzeigen|schreiben|lesen|laden)|"
    r"jetzt (?:abonnieren|anmelden|registrieren|mitdiskutieren|teilen)|hier klicken|scroll (?:down )?to continue|continue reading|"
    r"(?:story|article|report) continues (?:below|after)|(?:log|sign) in (?:to|or|with)\b|create (?:a|your) (?:free )?account|"
    r"already (?:a|have) (?:subscriber|member|an? (?:account|subscription))|become a (?:member|subscriber|supporter)|don['’]t miss(?: out)?\s*[:.!]?$|"
    r"editors?['’]?s? (?:picks?|choice)\b|you (?:might|may) (?:also )?(?:like|enjoy|be interested)|trending (?:now|stories|topics)?\s*:?$|"
    r"(?:latest|top|popular|other|more) (?:news|stories|articles|posts|headlines)\s*:?$|stay (?:up to date|informed|tuned|connected|in the loop)\b|"
    r"if you (?:like|liked|enjoy|enjoyed|found) this\b|did you (?:like|enjoy|find) this\b|was this (?:article|story|page) helpful|enjoyed this\b|"
    r"gostou (?:d|da|do)|¿?te (?:gustó|ha gustado)|vous avez aimé|ti è piaciuto|bleiben sie (?:informiert|auf dem laufenden)|"
    r"ne manquez (?:rien|pas)|no te pierdas|reste[zr] informé|restez connecté|mantente informad|recib[ea] (?:en|las|nuestr|todas)|receba (?:as|no|nossa)|"
    r"zobacz (?:też|także|również|więcej)|przeczytaj (?:też|także|również|więcej)|polecamy\b|zapisz się|sledujte|přečtěte si|bővebben|kövess|"
    r"takip et|ayrıca bak|ilgili haber|подпис(?:аться|ывай)|читать (?:также|далее|еще|ещё)|по теме\s*:?$|delad?e? den|följ oss|følg oss|følg os|seuraa|"
    r"vorschau auf den nächsten|order reprints|print (?:this )?article|"
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
_DISCLAIMER = re.compile(
    r"\b(?:views?|opinions?)\b.{0,60}\b(?:expressed|stated)\b.{0,80}\b(?:do(?:es)? not|not necessarily|are (?:solely )?(?:those|his|hers?|their)|author)|"
    r"this (?:copy|material|content|article|transcript) (?:is for your personal|may not be (?:published|reproduced|redistributed)|is for (?:general )?information(?:al)? (?:purposes )?only)|"
    r"\b(?:we|this site|this page|this (?:post|article|story)|(?:our|the) (?:site|team|editors?))\b.{0,60}\b(?:affiliate|commission|compensation)\b|"
    r"\b(?:affiliate|partner)[- ]?links?\b.{0,120}\b(?:provision|commission|verdien|erhalten|earn)|"
    r"\bnot (?:intended|constitute|construed).{0,60}\b(?:advice|recommendation)|"
    r"(?:meinung|inhalt|beitrag|kommentar|kolumne)\b.{0,60}\b(?:nicht (?:notwendigerweise|unbedingt|zwingend)|allein(?:ige)?)\b.{0,60}\b(?:redaktion|auffassung|meinung|ansicht|wieder)|"
    r"\bopinion(?:es|s|i)?\b.{0,60}\b(?:expres|expr[eè]s|vertid|espress|emiti|émises).{0,80}\b(?:no |ne |non |não |n['’]|responsab|exclusiv)|"
    r"\bopiniões\b.{0,60}\bexpress.{0,80}\b(?:não|responsab)|\bwe(?:['’]d| would)? (?:like|love|want) to hear (?:what you|from you)",
    re.IGNORECASE,
)
_RULED = r"(?:moderat|approv|remov|delet|publish|offens|abus|insult|guideline|polic|rules|registered|logged in)"
_POLICY = re.compile(
    rf"^.{{0,40}}\bcomments\b.{{0,20}}\b(?:are|will|may|must|should|policy|guidelines|section)\b.{{0,140}}{_RULED}|"
    rf"\b(?:please|your)\b.{{0,40}}\bcomments\b.{{0,140}}{_RULED}|"
    r"\bwe\b.{0,30}\b(?:moderat\w+|remove|delete|publish|review|reserve)\b.{0,60}\bcomments\b|"
    r"^.{0,60}\bkommentar\w*\b.{0,140}(?:freigeschalt|freigegeben|moderier|netiquette|nutzungsbedingung|behalten .{0,30} vor)|"
    r"^.{0,60}\b(?:comentarios?|comentários?|comentaris?)\b.{0,140}(?:moderad|aprobad|aprovad|ofensiv|insult|normas|regras|responsab)|"
    r"^.{0,60}\bcommentaires?\b.{0,140}(?:modér|charte|injuri|validé)|^.{0,60}\bcommenti\b.{0,140}(?:moderat|offens)|"
    r"^.{0,60}\b(?:komentarz\w*|komentář\w*|комментари\w*|коментар\w*)\b.{0,140}(?:regulamin|moder|zasad|модер|правил)|"
    r"^.{0,60}\breacties\b.{0,140}(?:gemodereerd|huisregels)|^.{0,60}\byorum\w*\b.{0,140}(?:onay|yayınlan|hakaret|küfür)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20|١٩|٢٠)\d\d")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_PULL = re.compile(r"pull-?_?quote|pullquote|pull-(?:left|right)|stylized")
_ASIDES = ("aside", "nav", "form", "footer", "figcaption")
_LISTED = ("li", "dd", "table", "pre")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
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
    """A paragraph that has been there: pages hold their text twice, for other screens or for machines.

    Rows of tables and items of lists may well be equal.
    """
    return line.words >= 12 and line in draft.again and not (line.block and line.block.inside(*_LISTED))


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


def is_disclaimer(line: Line, draft: Draft) -> bool:
    """At either end: whose opinion this is, who earns by its links, what it must not be used for."""
    return line in draft.ends and line.words <= 80 and _DISCLAIMER.search(line.text) is not None


def is_policy(line: Line, draft: Draft) -> bool:
    """At the end: which comments are published."""
    return line in draft.last and line.words <= 120 and _POLICY.search(line.text) is not None


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
    return _BY.search(line.text) is not None and SENTENCE.search(line.text) is None and line.words <= 8


def is_time(line: Line, draft: Draft) -> bool:
    """The time of publication and nothing else."""
    if line not in draft.ends or line.words > 12:
        return False
    if _TIME.match(line.text):
        return True
    below = draft.below(line)
    heads = line not in draft.first and below is not None and below.words >= 12  # "Correction, 3 May 2024"
    return not heads and "@" not in line.text and _is_date(line.text)  # not who wrote a post that is quoted, and when


def _is_date(text: str) -> bool:
    """Whether a text is a date as people write it, with a weekday, a place or a label at most."""
    spans = [] if len(text) > 80 or not _YEAR.search(text) else list(date_spans(text))
    rest = text
    for start, end in spans:
        rest = rest.replace(text[start:end], " ")
    return bool(spans) and len(_LETTERS.findall(rest)) <= 4


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
    if line not in draft.first or line.words < 8:
        return True
    if SENTENCE.search(line.text):
        return False
    return line.words < 12 or "|" in line.text or block.element.tag == "li" or not draft.is_below_headline(line)


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
    return line.text.endswith((":", "：")) or (heading and SENTENCE.search(line.text) is None)
