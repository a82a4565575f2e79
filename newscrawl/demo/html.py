"""The frame of every page, and the blocks of a text, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from newscrawl.demo.content import SITE_NAME

if TYPE_CHECKING:
    from newscrawl.demo.content import Block, DemoReport, Picture

SECTIONS = ("World", "Science", "Culture", "Tidebook", "Minutes")
CHROME = (
    "Subscribe to our morning letter",
    "Share this report",
    "More from the Courier",
    "All rights reserved",
    "Tell us what you think",
    "Read on with a subscription",
    "Show map",
)
"""Words around reports. None of them may be in a body."""

_STYLE = (
    "body{font:17px/1.5 Georgia,serif;max-width:44rem;margin:0 auto;padding:1rem}nav a,footer a{margin-right:1rem}"
    "img,video{max-width:100%}aside,footer,.tools{color:#555;font-size:.85rem}blockquote{font-style:italic}"
)


def section_path(section: str) -> str:
    """`World` -> `/world/`."""
    return f"/{section.lower()}/"


def frame(*, title: str, head: str, main: str, language: str = "en", classes: str = "") -> str:
    """A whole page: header and footer of the site around `main`. `title` is text, `head` and `main` are HTML."""
    direction = ' dir="rtl"' if language == "ar" else ""
    sections = "".join(f'<a href="{section_path(name)}">{name}</a>' for name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="{language}"{direction}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {SITE_NAME}</title>
<style>{_STYLE}</style>
<link rel="alternate" type="application/rss+xml" title="{SITE_NAME}" href="/feed.xml">
<link rel="alternate" type="application/atom+xml" title="{SITE_NAME}" href="/atom.xml">
<link rel="alternate" type="application/feed+json" title="{SITE_NAME}" href="/feed.json">
{head}
</head>
<body class="{classes}">
<header><a href="/">{SITE_NAME}</a>
<nav><a href="/">Home</a>{sections}</nav>
<form action="/search" role="search"><input name="q" aria-label="Search"><button>Search</button></form>
</header>
<main>
{main}
</main>
<footer><nav><a href="/about">About us</a><a href="/contact">Contact</a><a href="/privacy">Privacy</a></nav>
<p>© 2026 {SITE_NAME}. All rights reserved. Every person, place and event on this site is invented.</p></footer>
</body>
</html>
"""


def text_html(blocks: tuple[Block, ...], after_first: str = "") -> str:
    """The text of a report; `after_first` is HTML that stands after its first block."""
    first, *rest = [_block_html(block) for block in blocks]
    return "\n".join([first, *([after_first] if after_first else []), *rest])


def _block_html(block: Block) -> str:
    lines = [escape(line) for line in block.lines]
    if block.kind == "heading":
        return f"<h2>{lines[0]}</h2>"
    if block.kind == "quote":
        return f"<blockquote><p>{lines[0]}</p></blockquote>"
    if block.kind == "list":
        return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
    if block.kind == "table":
        return _table_html(lines)
    return f"<p>{' '.join(lines)}</p>"


def _table_html(lines: list[str]) -> str:
    head, *rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    top = "".join(f"<th>{cell}</th>" for cell in head)
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{cells}</tbody></table>"


def figure_html(picture: Picture) -> str:
    """An illustration with its caption and credit, where it has them."""
    credit = f' <span class="credit">{escape(picture.credit)}</span>' if picture.credit else ""
    caption = f"<figcaption>{escape(picture.caption)}{credit}</figcaption>" if picture.caption else ""
    return f'<figure><img src="/media/{picture.file}" alt="" width="640" height="360">{caption}</figure>'


def list_html(reports: list[DemoReport]) -> str:
    """Links to reports, with day and summary, as section pages and the home page show them."""
    return "\n".join(
        f'<article class="teaser"><h2><a href="{report.path}">{escape(report.headline)}</a></h2>'
        f'<time datetime="{report.published_at.isoformat()}">{report.published_at:%Y-%m-%d}</time>'
        f"<p>{escape(report.summary or '')}</p></article>"
        for report in reports
    )


def tools_html(related: list[DemoReport]) -> str:
    """What stands below every report: share links, letter, comment form, further reports."""
    links = "".join(f'<li><a href="{report.path}">{escape(report.headline)}</a></li>' for report in related)
    return f"""<div class="tools"><p>Share this report: <a href="https://social.example/share">by post</a></p>
<form method="post" action="/letter"><p>Subscribe to our morning letter</p><input name="mail" aria-label="Mail"></form>
<section class="comments"><h3>Tell us what you think</h3><form method="post" action="/comment">
<textarea name="text" aria-label="Comment"></textarea><button>Send</button></form></section></div>
<aside class="related"><h3>More from the Courier</h3><ul>{links}</ul></aside>"""
