from __future__ import annotations

import pytest

from newscrawl.discovery.findings import NotReadableError
from newscrawl.discovery.lenient_xml import children_of, decode_xml, name_of, read_xml, text_of


def title(body: bytes) -> str:
    return text_of(children_of(read_xml(body))["title"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_unicode_encodings(encoding: str) -> None:
    assert title("<feed><title>žluťoučký</title></feed>".encode(encoding)) == "žluťoučký"


def test_a_declaration_that_the_bytes_contradict_is_not_believed() -> None:
    assert title("<?xml version='1.0' encoding='utf-16'?><feed><title>žluť</title></feed>".encode()) == "žluť"


def test_a_true_declaration_is_believed() -> None:
    assert title("<?xml version='1.0' encoding='windows-1251'?><feed><title>Да</title></feed>".encode("cp1251")) == "Да"


@pytest.mark.parametrize("name", ["zlib", "rot13", "unicode_escape", "idna", "no-such", "undefined"])
def test_a_declared_encoding_that_is_no_charset(name: str) -> None:
    body = f"<?xml version='1.0' encoding='{name}'?><feed><title>Caf\xe9</title></feed>".encode("latin-1")
    assert title(body) == "Café"


def test_a_broken_byte_leaves_the_rest() -> None:
    text = "Příliš žluťoučký kůň úpěl ďábelské ódy"
    assert decode_xml(text.encode() + b"\xff") == text + "\ufffd"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("AT&T", "AT&T"),
        ("a&nbsp;b", "a\u00a0b"),
        ("&eacute;&amp;&#233;", "é&é"),
        ("a&#11;b&#x1F;c&#xD800;d", "abcd"),
        ("a\x0bb", "ab"),
        ("&nosuch;", "&nosuch;"),
        ("a&#xdfff;b&#055296;c<x y='&#xD800;'/>&#55295;", "abc\ud7ff"),
        ("<![CDATA[a?b=1&c=2 &nbsp;]]>", "a?b=1&c=2 &nbsp;"),
    ],
)
def test_references(markup: str, text: str) -> None:
    assert title(f"<feed><title>{markup}</title></feed>".encode()) == text


def test_entities_of_the_document_are_not_expanded() -> None:
    body = (
        b'<!DOCTYPE feed [<!ENTITY a "BOOM"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<feed><title>x&a;&f;y</title></feed>"
    )
    assert title(body) == "x&a;&f;y"


def test_names_with_missing_and_misspelt_namespaces() -> None:
    root = read_xml(
        b"<feed xmlns:dc='http://purl.org/dc/elements/1.1' xmlns:a='http://www.w3.org/2005/atom/'><dc:date/><news:title/><a:Link/></feed>"
    )
    assert [name_of(child) for child in root] == ["dc:date", "news:title", "link"]


def test_a_cut_document_gives_what_is_there() -> None:
    assert len(read_xml(b"<urlset><url><loc>a</loc></url><url><lo")) == 2


@pytest.mark.parametrize("body", [b"", b"\0", b"<html><p>x", b"words", b"\x1f\x8b"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(NotReadableError):
        read_xml(body)
