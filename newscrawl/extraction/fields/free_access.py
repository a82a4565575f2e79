"""Whether a report is free to read: by what the page states, and by a wall where its text breaks off.

A wall is seen only after the text: prompts for a newsletter or a subscription stand on free pages too, and hardly any of
them says that this article goes on behind it.
"""

# ruff: noqa: E501  (tables of words and phrases)

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.fields.title import bare
from newscrawl.extraction.page import Page, names_of
from newscrawl.extraction.structured.jsonld import as_list, text_of

if TYPE_CHECKING:
    from newscrawl.extraction.body.blocks import Block, Blocks
    from newscrawl.extraction.candidates import Candidates

MAX_FOLLOWING = 60
MAX_PROMPT = 600
"""Characters of a block that says what one has to do to read on; a longer one is text about subscriptions."""
MAX_AFTER = 0.1
"""Share of the text that may come after a wall: a line about the author, a footnote."""
_FREE = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_TIERS = {
    "free": True,
    "open": True,
    **dict.fromkeys(("locked", "premium", "paid", "subscriber", "subscribers", "plus", "abo"), False),
}
"""`metered` says neither: free for some."""
_TIER_NAME = re.compile(r"(?:^|[.:_-])(?:content_?tier|access(?:_?status|_?level)?|pay_attribute)$")
_PAID_NAME = re.compile(r"(?:premium|paid|paid_?content|paywall|paywalled)$")

# What says that this text goes on for those who pay or register, in the languages of the press.
_GOES_ON = re.compile(
    r"\b(?:to|and) (?:continue|keep|finish) reading|subscribe (?:now )?to (?:read|continue|unlock)|to read the (?:full|rest|whole|entire)\b|"
    r"(?:article|story|content|report) is (?:only |exclusively )?(?:available |reserved )?(?:only |exclusively )?(?:for|to) [\w' ]{0,40}?(?:subscribers|members)|for subscribers only|subscriber[- ]only (?:article|content|story)|"
    r"available exclusively to [\w' ]{0,40}?subscribers|"
    r"\bum (?:diesen |den )?(?:ganzen |vollständigen )?(?:artikel |text |beitrag )?(?:weiter ?zu ?lesen|weiterlesen zu können)|(?:registrieren|abonnieren|anmelden|freischalten)\s+und\s+weiterlesen|weiterlesen mit\b|lesen sie weiter mit|"
    r"(?:artikel|beitrag|inhalt|text) ist (?:nur |exklusiv )?für (?:\w+[- ]){0,3}abonnent|nur für abonnent|wählen sie ihren zugang|"
    r"(?:article|contenu|suite|texte) (?:\w+ ){0,2}réservée? (?:à nos |aux )abonnés|pour (?:lire la suite|continuer (?:votre|la|à) |poursuivre (?:votre|la) lecture)|abonnez-vous pour (?:lire|continuer)|il vous reste \d+ ?% |"
    r"para (?:seguir|continuar) leyendo|(?:contenido|artículo|nota|noticia) (?:es )?(?:exclusiv[oa]|solo|reservad[oa]) (?:para|a) (?:\w+ )?(?:suscriptor|abonad|socio)|suscríbete para (?:seguir|leer|continuar)|"
    r"per continuare a leggere|(?:contenuto|articolo) (?:è )?(?:riservato|disponibile solo) (?:agli|per gli) abbonati|abbonati per (?:leggere|continuare)|"
    r"para continuar (?:a ler|lendo|a leitura)|(?:conteúdo|matéria|artigo) (?:é )?(?:exclusiv[oa]|reservad[oa]) (?:para|a|aos) (?:\w+ )?assinantes|assine para (?:ler|continuar)|"
    r"\bom (?:dit artikel )?verder te lezen|lees (?:nu )?verder met|(?:alleen|exclusief) voor abonnees|"
    r"för att (?:läsa vidare|fortsätta läsa|läsa hela)|(?:endast|bara|exklusivt) för prenumeranter|lås upp artikeln|"
    r"for å lese (?:videre|hele)|for at læse (?:videre|hele)|(?:kun|forbeholdt) (?:for )?abonnenter|(?:artikel|artikkelen|saken|artiklen) er (?:kun )?for abonnenter|"
    r"jatka lukemista|lukeaksesi (?:koko|jutun)|vain tilaajille|"
    r"(?:aby|żeby) (?:czytać|przeczytać) (?:dalej|cał)|dostępn[yae] (?:tylko |wyłącznie )?dla (?:\w+ )?(?:prenumeratorów|subskrybentów)|pozostało (?:ci )?(?:do przeczytania )?\d+ ?%|"
    r"(?:článek|obsah|text) (?:je )?(?:pouze |jen )?pro předplatitele|pro pokračování ve čtení|zbývá (?:vám )?(?:přečíst )?\d+ ?%|(?:článok|obsah) (?:je )?(?:len |iba )?pre predplatiteľov|"
    r"csak előfizetők|az olvasás folytatásához|okumaya devam etmek için|(?:sadece|yalnızca) aboneler|μόνο για συνδρομητές|για να συνεχίσετε την ανάγνωση|"
    r"чтобы (?:читать|прочитать|дочитать) |(?:материал|статья|текст) доступ(?:ен|на) (?:только )?(?:по подписке|подписчикам)|только для подписчиков|щоб (?:читати|прочитати) |(?:лише|тільки) для передплатників|"
    r"残り\s?[\d,]+\s?文字|続きを読むには|この記事は(?:有料)?会員限定|(?:订阅|訂閱|登录|登錄)(?:后|後|以)?(?:继续|繼續)?(?:阅读|閱讀)|(?:仅限|僅限)(?:订户|訂戶|会员|會員)|유료 ?회원|구독자 ?전용|계속 읽으려면|لمتابعة القراءة|للمشتركين فقط",
    re.IGNORECASE,
)
# One of them is in whatever the two patterns find; looking for them is ten times as fast.
_STEMS = (
    "subscri", "continue", "keep reading", "finish reading", "to read ", "account", "sign in", "log in", "signin", "login", "regist", "members",
    "weiter", "abonn", "zugang", "anmeld", "lire la", "lecture", "à lire", "suscri", "leyendo", "leggere", "abbon", "assin", "leitura", "lendo", "a ler",
    "lezen", "verder", "läsa", "prenumer", "lås upp", "lese", "læse", "jatka", "luke", "tilaaj", "czyta", "pozostało", "subskryb", "předplat", "predplat",
    "čten", "zbývá", "előfizet", "olvasás", "okuma", "abone", "συνδρομητ", "ανάγνωση", "читать", "подпис", "читати", "передпл", "残り", "続き", "会員",
    "订", "訂", "登", "仅限", "僅限", "회원", "구독", "읽", "القراءة", "للمشتركين", "اشترك",
)  # fmt: skip
_WALL = re.compile(
    r"(?:pay|reg|sign|sub|subscri\w{0,6}|abo|meter|plus)[-_]?(?:wall|gate|barrier)|paywall|regwall|signwall"
)
# What one is asked to do, or how much is left.
_ASKS = re.compile(
    r"subscri|account|member|abonn|abone|abbon|suscr[ií]|assin|prenumer|subskryb|előfizet|předplat|predplat|tilaa|lås upp|unlock|zugang|"
    r"συνδρομ|подпис|передпл|regist|sign ?in|log ?in|anmeld|訂閱|订阅|登录|登錄|会員|會員|会员|회원|구독|اشترك|مشترك|残り|\d ?%",
    re.IGNORECASE,
)
# What lies over every page or beside the text, and is shown by a script when it has to be.
_ASIDE = re.compile(
    r"modal|overlay|popup|hidden|dialog|header|footer|sidebar|comment|teaser|related|recommend|newsletter"
)


def read_free_access(page: Page, found: Candidates, body: str, blocks: Blocks) -> None:
    """Note whether the report is free; `body` is its text, in paragraphs, `blocks` are those of the page. A wall right after it counts most."""
    if _is_walled(blocks, body):
        found.add("free_access", "dom", value=False)
    parts = [part for part in as_list(page.article.get("hasPart"))[:20] if isinstance(part, dict)]
    stated = [_truth(node.get("isAccessibleForFree")) for node in (page.article, *parts)]
    # A part that is not free makes the whole not free.
    found.add("free_access", "jsonld", False if False in stated else stated[0])
    for text in page.microdata.get("isAccessibleForFree", []):
        found.add("free_access", "microdata", _truth(text))
    for name, contents in page.head.values.items():
        if _TIER_NAME.search(name):
            method = "opengraph" if name.startswith(("article:", "og:")) else "meta"
            found.add("free_access", method, _TIERS.get(contents[0].lower()))
        elif _PAID_NAME.search(name) and (paid := _truth(contents[0])) is not None:
            found.add("free_access", "meta", not paid)
        elif name == "isaccessibleforfree":
            found.add("free_access", "meta", _truth(contents[0]))


def _truth(value: Any) -> bool | None:
    """A boolean, or a text that stands for one."""
    return value if isinstance(value, bool) else _FREE.get((text_of(value) or "").lower())


def _is_walled(blocks: Blocks, body: str) -> bool:
    """Whether a block that asks to subscribe or register in order to read on comes where the text ends."""
    lines = body.split("\n\n")
    rest = sum(map(len, lines))
    after = 0
    while lines and after + len(lines[-1]) <= MAX_AFTER * rest:
        after += len(lines[-1])
        if len(lines[-1]) <= MAX_PROMPT and _asks(lines[-1]):
            at = blocks.find(bare(lines[-1]))
            return not at or blocks.all[at.start].element.tag != "li"
        lines.pop()
    last = next((at for line in reversed(lines[-4:]) if (at := blocks.find(bare(line)))), None)
    if last is None:
        return False
    prompts = [block for block in blocks.all[last.stop : last.stop + MAX_FOLLOWING] if len(block.text) <= MAX_PROMPT]
    said = " ".join(block.text for block in prompts).lower()
    return any(stem in said for stem in _STEMS) and any(_says_so(block) for block in prompts)


def _says_so(block: Block) -> bool:
    walled = _WALL.search(block.names())
    if not (_ASKS.search(block.text) if walled else _asks(block.text)):
        return False
    around = [block.element, *islice(block.element.iterancestors(), 6)]
    return not any(_ASIDE.search(names_of(e)) or e.tag in ("header", "footer", "nav", "li") for e in around)


def _asks(text: str) -> bool:
    return _ASKS.search(text) is not None and _GOES_ON.search(text) is not None
