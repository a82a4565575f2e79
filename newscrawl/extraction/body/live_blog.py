"""Live blogs: all posts, in the order of the page, each under its time and headline.

An extractor that looks for the one text of a page takes the summary, or the longest post, and leaves the others out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.extraction.fields.title import bare
from newscrawl.extraction.page import Page, names_of, text_in
from newscrawl.extraction.structured.jsonld import Node, as_list, plain_text, text_of, types_of
from newscrawl.text import clean_paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

MAX_POSTS, MAX_GROUPS, MAX_CHARS = 1_000, 2_000, 1_000_000
FEWEST = 3
"""Posts that make a live blog; two may be a text and its update."""
_LIVE = re.compile(
    r"live-?_?(?:blog|ticker|stream|feed|events?|posts?|report|updates?|entry|entries|coverage)|minute-by-minute|"
    r"minuto-a-minuto|en-direct|ticker-?(?:post|entry|event|item)"
)
_CLOCK = re.compile(
    r"(?<![\d.:])(?:[01]?\d|2[0-4])\s?[:.h]\s?[0-5]\d(?!\d)(?:\s?(?:[ap]\.?m\b\.?|Uhr\b|[A-Z]{2,4}T\b))?", re.IGNORECASE
)
_BLOCKS = ("p", "li", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6", "td")
_HEADINGS = ("h2", "h3", "h4", "h5")
_NO_TEXT = frozenset(
    ("figure", "figcaption", "aside", "nav", "form", "button", "script", "style", "noscript", "footer", "template")
)
_NO_POST = re.compile(
    r"comment|related|teaser|recommend|sidebar|breadcrumb|most-read|share|social|byline|author|newsletter"
)


class Post(NamedTuple):
    """One post of a live blog."""

    time: str
    """As the page shows it; empty where it does not."""
    headline: str
    text: tuple[str, ...]
    """Paragraphs."""

    def lines(self) -> list[str]:
        """Time and headline as one paragraph, then the text."""
        heading = f"{self.time} {self.headline}".strip()
        return [*([heading] if heading else []), *self.text]


def with_live_posts(page: Page, text: str) -> str:
    """`text` (a line for each paragraph, as an extractor gives it) with all posts, where the page is a live blog.

    Lines of `text` that stand in no post keep their place before or after them.
    """
    updates = [post for node in page.nodes if "LiveBlogPosting" in types_of(node) for post in _updates(node)]
    shown = _shown_posts(page) if updates or _is_live(page) else []
    known = bare("".join(line for post in shown for line in post.text))
    missing = [post for post in updates if post.text and bare(post.text[0])[:60] not in known + bare(text)]
    if len(shown) < FEWEST and len(missing) < FEWEST:
        return text
    posts = [line for post in (*shown, *missing) for line in post.lines()]
    told = bare("".join(posts))
    lines = [line for line in text.split("\n") if line.strip()]
    inside = [index for index, line in enumerate(lines) if bare(line) in told]
    start, end = (inside[0], inside[-1] + 1) if inside else (len(lines), len(lines))
    rest = [line for line in lines[end:] if bare(line) not in told]
    # What stands between posts and is in none of them, adverts or tweets, goes; unless that would be much.
    whole = [*lines[:start], *posts, *rest]
    if sum(map(len, whole)) < 0.9 * sum(map(len, lines)):
        whole = [*lines, *(line for post in missing for line in post.lines())]
    return "\n".join(whole)[:MAX_CHARS]


def _updates(node: Node) -> list[Post]:
    """The posts that JSON-LD tells (schema.org/LiveBlogPosting, liveBlogUpdate), in its order."""
    posts = []
    for update in as_list(node.get("liveBlogUpdate"))[:MAX_POSTS]:
        if isinstance(update, dict):
            body = update.get("articleBody")
            text = _paragraphs(body) if isinstance(body, str) else ()
            clock = re.search(r"T(\d\d:\d\d)", text_of(update.get("datePublished")) or "")
            headline = text_of(update.get("headline")) or ""
            if text or headline:
                posts.append(Post(clock[1] if clock else "", headline, text))
    return posts


def _paragraphs(markup: str) -> tuple[str, ...]:
    lines = re.split(r"</p>|</li>|<br\s*/?>|\n", markup[:100_000], flags=re.IGNORECASE)
    return tuple(line for part in lines if (line := plain_text(part)))


def _is_live(page: Page) -> bool:
    """Whether several times of the page stand in what calls itself live."""
    times = page.within("time")[:200]
    live = (any(_LIVE.search(names_of(e)) for e in islice(time.iterancestors(), 8)) for time in times)
    return len(times) >= FEWEST and sum(live) >= FEWEST


def _shown_posts(page: Page) -> list[Post]:
    """The largest group of sibling elements of one kind that each begin with a time."""
    best: list[Post] = []
    size = 0
    seen: set[HtmlElement] = set()
    for parent in _parents(page):
        if parent in seen or len(seen) >= MAX_GROUPS:
            continue
        seen.add(parent)
        groups: dict[tuple[str, str], list[HtmlElement]] = defaultdict(list)
        for child in islice(parent, 3 * MAX_POSTS):
            groups[child.tag, " ".join((child.get("class") or "").split()[:1])].append(child)
        for group in groups.values():
            if len(group) < FEWEST or _NO_POST.search(names_of(group[0])) or not all(map(_time_of, group[:FEWEST])):
                continue
            posts = [_post(element) for element in group[:MAX_POSTS]]
            chars = sum(len(line) for post in posts for line in post.text)
            if sum(bool(post.time) for post in posts) >= 0.8 * len(posts) and chars > size:
                best, size = posts, chars
    return best


def _parents(page: Page) -> Iterable[HtmlElement]:
    """Elements that may hold the posts: around times, and around what calls itself live."""
    for time in page.within("time")[:200]:
        yield from islice((e.getparent() for e in time.iterancestors() if e.getparent() is not None), 8)
    for element in page.within("div", "article", "section", "li"):
        if element.getparent() is not None and _LIVE.search(names_of(element)):
            yield element.getparent()


def _time_of(element: HtmlElement) -> str:
    """The time at the beginning of a post, as it is shown."""
    time = next(element.iter("time"), None)
    shown = text_in(time) if time is not None else ""
    clock = _CLOCK.search(shown or _beginning(element))
    return clock[0] if clock else shown[:30]


def _beginning(element: HtmlElement) -> str:
    return plain_text(" ".join(islice((text for text in element.itertext() if text.strip()), 4))[:60])


def _post(element: HtmlElement) -> Post:
    heading = next((e for e in element.iter(*_HEADINGS) if text_in(e)), None)
    lines: list[str] = []
    for block in element.iter(*_BLOCKS):
        if block is heading or next(block.iterdescendants(*_BLOCKS), None) is not None or _is_chrome(block, element):
            continue
        lines += [line for line in clean_paragraphs("".join(block.itertext())).split("\n\n") if line][:50]
    headline = text_in(heading) if heading is not None else ""
    time = _time_of(element)
    if not lines:  # a post without any markup of its own
        text = text_in(element)
        lines = [text.removeprefix(time).removeprefix(headline).strip()] if len(text) > len(time + headline) else []
    return Post(time, headline, tuple(lines))


def _is_chrome(block: HtmlElement, post: HtmlElement) -> bool:
    for element in block.iterancestors():
        if element is post:
            return False
        if element.tag in _NO_TEXT or _NO_POST.search(names_of(element)):
            return True
    return False
