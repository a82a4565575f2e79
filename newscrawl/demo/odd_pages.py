"""Report pages that defeat general rules: `sites/demo_tidebook.py` and `sites/demo_minutes.py` read them."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from newscrawl.demo.content import SITE_NAME

if TYPE_CHECKING:
    from newscrawl.demo.content import DemoReport

BOOTS = "Wet feet on the quay? Brandvold makes boots that know the water, and resoles them for as long as you walk."
"""An advertisement in the middle of texts, without a mark that general rules know."""
TIDEBOOK, MINUTES = "The Tidebook, kept daily since 1911", "Minutes of the council"
"""What every page of the section has as its title."""
_SHOW = """for (const text of [minutes.sheet.head.line, ...minutes.sheet.parts.map(part => part.say || part.advert)])
document.getElementById("sheet").append(Object.assign(document.createElement("p"), {textContent: text}));"""
_OPENED = "2025-09-01T00:00:00+02:00"
"""When the sections went online: what their pages give as time of publication."""


def tidebook(report: DemoReport, base: str, url: str) -> tuple[str, str]:  # noqa: ARG001  one signature for all
    """Metadata of the section; headline in a picture, author, time and place in attributes, text between `<br>`."""
    head = f"""<meta property="og:type" content="article">
<meta property="og:site_name" content="{SITE_NAME}">
<meta property="og:title" content="{TIDEBOOK}">
<meta property="og:description" content="What the keepers of the gauges write down, as they write it down.">
<meta property="article:section" content="{report.section}">
<meta property="article:published_time" content="{_OPENED}">
<meta name="author" content="Sound Media Webdesk">"""
    place = report.places[0]
    gauge = f"{place.name}, {place.country} @ {place.latitude} {place.longitude}"
    lines = [escape(line) for line in report.paragraphs()]
    middle = len(lines) // 2
    slot = f'<div class="tb-slot">{BOOTS}</div>'
    text = "<br><br>\n".join(lines[:middle]) + slot + "<br><br>\n".join(lines[middle:])
    main = f"""<h1>{TIDEBOOK}</h1>
<div class="tb-sheet" data-written="{report.published_at.isoformat()}" data-keeper="{
        escape("; ".join(report.authors))
    }" data-gauge="{escape(gauge)}">
<img class="tb-title" src="/media/gauge.png" alt="{escape(report.headline)}">
<b class="tb-deck">{escape(report.summary or "")}</b>
<div class="tb-log">{text}</div>
</div>"""
    return head, main


def minutes(report: DemoReport, base: str, url: str) -> tuple[str, str]:  # noqa: ARG001
    """An empty table that a script fills from JSON in the page, and JSON-LD of the section."""
    said: list[dict[str, Any]] = [{"kind": "text", "say": line} for line in report.paragraphs()]
    said.insert(len(said) // 2, {"kind": "slot", "advert": BOOTS})
    sheet = {
        "head": {"line": report.headline, "deck": report.summary},
        "signed": [{"who": name} for name in report.authors],
        "stamp": report.published_at.isoformat(),
        "parts": said,
    }
    section = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": MINUTES,
        "description": "Everything the council has decided, in short.",
        "author": {"@type": "Organization", "name": SITE_NAME},
        "datePublished": _OPENED,
        "dateModified": "2026-03-02T12:00:00+01:00",
        "articleSection": report.section,
        "publisher": {"@type": "Organization", "name": SITE_NAME},
    }
    main = f"""<h1>{MINUTES}</h1>
<table><tr><td><div id="sheet"></div></td></tr></table>
<noscript><p>A script shows the minutes. Please switch on JavaScript.</p></noscript>
<script id="minutes-state">window.minutes = {json.dumps({"sheet": sheet}, ensure_ascii=False)};</script>
<script>{_SHOW}</script>"""
    return f'<script type="application/ld+json">{json.dumps(section)}</script>', main
