from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newscrawl.cli.stories import lines

SEEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def story(**values: Any) -> dict[str, Any]:
    first = {
        "id": "a" * 32,
        "source": "courier",
        "headline": "Pier\x1b[31m closed",
        "url": "https://courier.example/pier",
        "published_at": PUBLISHED,
        "first_seen_at": SEEN,
        "also_at": ["https://courier.example/town/pier"],
    }
    second = {"id": "b" * 32, "source": "gazette", "url": "https://gazette.example/pier", "first_seen_at": SEEN}
    return {
        "story_id": "a" * 32,
        "headline": first["headline"],
        "credit": "AFP",
        "sources": ["courier", "gazette"],
        "first_at": PUBLISHED,
        "last_at": SEEN,
        "split_off": False,
        "members": [first, second],
        **values,
    }


def test_a_story_for_people() -> None:
    assert lines(story()) == [
        f"story        {'a' * 32}",
        "headline     Pier[31m closed",
        "first seen   courier, 2026-11-24 08:00:00",
        "credit       AFP",
        "reports      2 from courier, gazette",
        "from         2026-11-24 06:30:00",
        "to           2026-11-24 08:00:00",
        "  2026-11-24 06:30:00  courier: Pier[31m closed",
        f"    {'a' * 32}  https://courier.example/pier",
        "    also at https://courier.example/town/pier",
        "  2026-11-24 08:00:00  gazette: without headline",
        f"    {'b' * 32}  https://gazette.example/pier",
    ]


def test_what_is_unknown_has_no_line() -> None:
    text = lines(story(credit=None, headline=None, split_off=True))
    assert "headline     without headline" in text
    assert "split off    by hand" in text
    assert not [line for line in text if line.startswith("credit")]
