from __future__ import annotations

from newscrawl.extraction.body.join import join_pages, new_lines
from newscrawl.identity.keys import content_hash
from newscrawl.items import Image, Report


def report(*lines: str, images: tuple[str, ...] = (), free: bool | None = None) -> Report:
    pictures = tuple(Image(url=f"https://x.example/{name}.jpg") for name in images)
    return Report(
        id="1",
        url="https://x.example/a",
        source="x",
        headline="Pier",
        body="\n\n".join(lines),
        images=pictures,
        free_access=free,
    )


FIRST = ("A standfirst of the report.", "The first paragraph of the report is this one.", "Ann:")


def test_texts_come_in_order_and_repeated_lines_once() -> None:
    joined = join_pages(report(*FIRST), [report(FIRST[0], "Second page."), report(FIRST[0], "Third page.", FIRST[1])])
    assert joined.body == "\n\n".join([*FIRST, "Second page.", "Third page."])
    assert joined.word_count == 19
    assert joined.content_hash == content_hash("Pier", joined.body)


def test_short_lines_in_between_may_come_twice() -> None:
    told = "\n\n".join(FIRST)
    assert new_lines(told, "One.\n\nAnn:\n\nTwo.\n\nAnn:") == ["One.", "Ann:", "Two."]


def test_the_same_text_again_is_nothing_new() -> None:
    told = "\n\n".join(FIRST)
    assert new_lines(told, told.upper()) == []


def test_lines_that_turn_the_page_go() -> None:
    first = report(*FIRST, "Auf der nächsten Seite: Was die Fähren kosten")
    joined = join_pages(first, [report("Page 2 of 3", "Second page.", "1 2 3")])
    assert joined.body == "\n\n".join([*FIRST, "Second page."])


def test_images_join_in_order_and_a_wall_on_any_page_counts() -> None:
    joined = join_pages(report("A.", images=("a", "b"), free=True), [report("B.", images=("a", "c"), free=False)])
    assert [image.url[-5] for image in joined.images] == ["a", "b", "c"]
    assert joined.free_access is False
