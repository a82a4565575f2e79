from __future__ import annotations

from newscrawl.discovery.feed_links import feed_links
from newscrawl.markup import parse_html

PAGE = """<html><body>
<a href="/rss/">RSS</a> <a href="/feeds/sport.xml">Sport</a> <a href="/sport?format=rss">Sport</a>
<a href="news.rdf">All</a>
<a href="/feed-the-birds">Feed the birds</a> <a href="/comments/feed/">Comments</a> <a href="/feedback">Feedback</a>
<a href="https://other.example/atom.xml">Elsewhere</a> <a href="mailto:rss@site.example">Mail</a>
</body></html>"""


def test_links_to_feeds_are_told_by_whole_words_of_their_address() -> None:
    tree = parse_html(PAGE)
    assert tree is not None
    found = feed_links(tree, "https://site.example/")

    assert [one.url.partition("example")[2] for one in found] == [
        "/rss/",
        "/feeds/sport.xml",
        "/sport?format=rss",
        "/news.rdf",
        "/feed-the-birds",  # asked once, and found to be no feed
        "/atom.xml",
    ]
    assert found[1].title == "Sport"
