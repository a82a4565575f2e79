from __future__ import annotations

import pytest

from newscrawl.markup import decode_html, parse_html


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Müller – ok".encode(), None),
        ("Müller – ok".encode(), "text/html; charset=iso-8859-1"),
        (b"\xef\xbb\xbf" + "Müller – ok".encode(), "text/html; charset=koi8-r"),
        (b"\xff\xfe" + "Müller – ok".encode("utf-16-le"), None),
        (b"\xfe\xff" + "Müller – ok".encode("utf-16-be"), None),
        ("Müller – ok".encode("windows-1252"), "text/html; charset=latin-1"),
        ("Müller – ok".encode("windows-1252"), None),
        ("Müller – ok".encode("windows-1252"), "text/html; charset=no-such-thing"),
        ("Müller – ok".encode("windows-1252"), "text/html; charset=rot13"),
    ],
)
def test_the_charset_is_found(body: bytes, content_type: str | None) -> None:
    assert decode_html(body, content_type) == "Müller – ok"


def test_the_header_wins_over_the_meta_element() -> None:
    body = '<meta charset="koi8-r">Ж'.encode("windows-1251")
    assert decode_html(body, "text/html; charset=windows-1251").endswith("Ж")


def test_the_meta_element_counts_where_the_header_is_silent() -> None:
    body = '<meta http-equiv=Content-Type content="text/html; charset=windows-1251">Жизнь'.encode("windows-1251")
    assert decode_html(body, "text/html").endswith("Жизнь")


def test_one_broken_byte_makes_no_other_charset() -> None:
    body = ("жизнь " * 100).encode() + b"\xff"
    assert decode_html(body).startswith("жизнь жизнь")


@pytest.mark.parametrize("codec", ["hex", "idna", "punycode", "undefined", "unicode_escape", "utf-7"])
def test_a_codec_of_python_is_no_charset(codec: str) -> None:
    assert decode_html("Café".encode("latin-1"), f"text/html; charset={codec}") == "Café"


@pytest.mark.parametrize("control", ["\x00", "\x0b", "\x1b", "&#0;", "&#x1B;", "&#027;", "&#x80;"])
def test_controls_do_not_cut_the_text(control: str) -> None:
    assert decode_html(f"<p>one{control}two</p>".encode()) == "<p>onetwo</p>"


def test_other_references_stay() -> None:
    assert decode_html(b"&#9;&#10;&#13;&#160;&#x41;") == "&#9;&#10;&#13;&#160;&#x41;"


def test_a_tree_without_comments() -> None:
    tree = parse_html("<!-- x --><p>Über\ud800</p>")
    assert tree is not None
    assert tree.text_content() == "Über?"
    assert not list(tree.iter("comment"))


@pytest.mark.parametrize("text", ["", "   ", "<!-- only -->"])
def test_no_element_is_no_tree(text: str) -> None:
    assert parse_html(text) is None
