from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.identity.keys import content_hash, identity_url, report_id, url_key
from newscrawl.urls import normalise_url

SAME = (
    ("scheme: https came later", "http://example.com/a"),
    ("case, default port, fragment: RFC 3986, 6.2", "https://EXAMPLE.com:443/a#top"),
    ("tracking parameter", "https://example.com/a?utm_source=rss"),
    ("tracking parameter behind an escape", "https://example.com/a?utm%5Fsource=rss"),
    ("tracking parameter of a link that was escaped twice", "https://example.com/a?&amp;utm_medium=feed"),
    ("where the reader came from, in a word", "https://example.com/a?ref=home&share=facebook"),
    ("dot segments: RFC 3986, 5.2.4", "https://example.com/x/../a"),
    ("dot segments behind escapes", "https://example.com/x/%2e%2E/a"),
    ("escape of an unreserved character: RFC 3986, 6.2.2.2", "https://example.com/%61"),
    ("trailing dot of the root zone: RFC 1034, 3.1", "https://example.com./a"),
    ("empty query", "https://example.com/a?"),
    ("slash at the end: sites redirect one to the other", "https://example.com/a/"),
    ("doubled slash: a template joined two halves", "https://example.com//a"),
    ("www", "https://www.example.com/a"),
    ("mobile host", "https://m.example.com/a"),
    ("mobile host below www", "https://www.mobile.example.com/a"),
    ("AMP host", "https://amp.example.com/a"),
    ("mobile parameter", "https://example.com/a?m=1"),
    ("AMP parameter without a value", "https://example.com/a?amp"),
    ("AMP parameter", "https://example.com/a?outputType=amp"),
    ("default document", "https://example.com/a/index.html"),
    ("default document of IIS", "https://example.com/a/Default.aspx"),
    ("session of PHP, whatever its value", "https://example.com/a?PHPSESSID=1"),
    ("session by its value", "https://example.com/a?sid=0123456789abcdef0123"),
    ("session of a servlet: in the path", "https://example.com/a;jsessionid=0123ABCD"),
    ("session of ASP.NET: a segment of its own", "https://example.com/(S(lit3py55t21z5v55vlm25s55))/a"),
)


@pytest.mark.parametrize(("reason", "url"), SAME, ids=[reason for reason, _ in SAME])
def test_addresses_of_one_page_have_one_id(reason: str, url: str) -> None:
    assert url_key(url) == "example.com/a"
    assert report_id(url) == report_id("https://example.com/a")


AMP_PATHS = (
    "https://example.com/harbour-opens/amp",
    "https://example.com/harbour-opens/amp/",
    "https://example.com/amp/harbour-opens",
    "https://example.com/harbour-opens.amp",
    "https://example.com/harbour-opens/index.html/amp",
)


@pytest.mark.parametrize("url", AMP_PATHS)
def test_amp_paths(url: str) -> None:
    assert url_key(url) == "example.com/harbour-opens"
    assert url_key("https://example.com/harbour.amp.html") == "example.com/harbour.html"


OTHER = (
    ("another path", "https://example.com/b"),
    ("paths have case", "https://example.com/A"),
    ("a parameter that selects", "https://example.com/a?id=1"),
    ("another value of it", "https://example.com/a?id=2"),
    ("article", "https://example.com/a?article=17"),
    ("p, of WordPress", "https://example.com/a?p=17"),
    ("a number named ref", "https://example.com/a?ref=4711"),
    ("a number named sid", "https://example.com/a?sid=4711"),
    ("a slug named s", "https://example.com/a?s=the-new-harbour-opens-2025-11-24"),
    ("m is a month, where it is not alone", "https://example.com/a?m=1&y=2025"),
    ("equal names in another order", "https://example.com/a?x=1&x=2"),
    ("equal names in this order", "https://example.com/a?x=2&x=1"),
    ("another port", "https://example.com:8080/a"),
    ("another host", "https://news.example.com/a"),
    ("another site", "https://example.org/a"),
    ("a route", "https://example.com/a#!/news/17"),
    ("another route", "https://example.com/a#!/news/18"),
    ("a tag, no AMP page", "https://example.com/a/amp"),
    ("a default document with the report behind it", "https://example.com/index.php/a"),
    ("no default document", "https://example.com/a/home.html"),
    ("an escaped slash is no slash", "https://example.com/%2Fa"),
)


def test_other_pages_have_other_ids() -> None:
    keys = {reason: url_key(url) for reason, url in OTHER} | {"itself": url_key("https://example.com/a")}
    assert len(set(keys.values())) == len(keys), keys


def test_parameters_in_any_order() -> None:
    assert url_key("https://example.com/?id=7&page=2") == url_key("https://example.com/?page=2&id=7")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.com:8080/", "example.com:8080/"),
        ("https://en.m.example.org/a", "en.example.org/a"),
        ("https://m.blogspot.com/a", "m.blogspot.com/a"),  # a blog named m: its registered domain
        ("https://www.gov.uk/a", "www.gov.uk/a"),  # gov.uk is a public suffix
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000/a"),
        ("http://[2001:DB8::1]:8000/a", "[2001:db8::1]:8000/a"),
        ("http://[::1]/a", "[::1]/a"),
        ("https://BÜCHER.example/a", "xn--bcher-kva.example/a"),
        ("https://faß.example/a", "xn--fa-hia.example/a"),  # IDNA 2008; 2003 made it fass
        ("https://www.example.com", "example.com/"),
        ("https://example.com/index.html", "example.com/"),
    ],
)
def test_hosts(url: str, key: str) -> None:
    assert url_key(url) == key


# Characters that mean something in a URL, and pieces that mean something to a rule.
_PIECES = st.sampled_from(
    [
        *"/?#&=;:@%.!()[]+ \\~aA1éß。",
        *("amp", ".amp", "www.", "m.", "index.html", "..", "#!/", "utm_x", "sid=", ";jsessionid="),
        *("%2e", "%25", "%41", "\ud800", "\x00", "\u0301", "(S(0123456789))", "0123456789abcdef0123"),
    ]
)
_JUNK = st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=30)
_HOSTS = st.sampled_from(["example.com", "www.m.example.co.uk", "BÜCHER.example", "[::1]", "127.0.0.1:81"]) | _JUNK


@given(st.one_of(_JUNK, st.builds("{}://{}/{}".format, st.sampled_from(["http", "HTTPS"]), _HOSTS, _JUNK)))
@settings(max_examples=1500, deadline=None)
def test_keys_of_anything(url: str) -> None:
    key = url_key(url)
    assert re.fullmatch("[0-9a-f]{32}", report_id(url))
    try:
        normal = normalise_url(url)
    except ValueError:
        return
    if urlsplit(normal).hostname and urlsplit(normal).scheme in ("http", "https"):
        assert normalise_url(normal) == normal
        assert url_key(normal) == key
        assert url_key("https://" + key) == key


def test_ids_are_32_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{32}", report_id("https://example.com/"))
    assert re.fullmatch("[0-9a-f]{32}", content_hash(None, None))


def test_ids_stay_the_same_from_version_to_version() -> None:
    assert report_id("https://example.com/a") == "c47c880e9461e16545268e3156a7b7f6"
    assert content_hash("Storm", "It rains.") == "7d2ef399d1e35fb6dbddead71d24a993"


def test_typography_is_no_new_text() -> None:
    assert content_hash("“Storm” hits", "It’s\n\nraining") == content_hash('"storm" HITS ', "It's raining!")


def test_other_words_are_a_new_text() -> None:
    assert content_hash("Storm", "2 dead") != content_hash("Storm", "3 dead")


def test_lone_surrogates_do_no_harm() -> None:
    assert content_hash("a\ud800", "b")


def test_a_canonical_link_that_drops_the_number_of_the_report_is_not_believed() -> None:
    numbered = "https://harbour.example/story?id=17"
    assert identity_url(numbered, "https://harbour.example/story") == numbered
    clean = "https://harbour.example/a/pier-closes"
    assert identity_url(clean + "?ref=home", clean) == clean
    assert identity_url(clean, "https://harbour.example/a") == clean
    assert identity_url(clean, "https://victim.example/story") == clean
