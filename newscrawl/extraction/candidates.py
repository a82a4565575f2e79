"""Everything that was found for every field, in the order in which it is believed."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from newscrawl.dates import Moment

MAX_SHOWN = 500
"""Characters of a value that people are shown."""


class Candidates:
    """Values by field, the most trusted first, each with the method that found it."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[str, Any]]] = {}
        self._refused: dict[str, list[tuple[str, Any]]] = {}

    def add(self, field: str, method: str, value: Any) -> None:
        """Note a value; None and what is empty is none."""
        if value not in (None, "", (), [], {}):
            self._found.setdefault(field, []).append((method, value))

    def put_first(self, field: str, method: str, value: Any) -> None:
        """Note a value that wins over all that is there."""
        if value is not None:
            self._found.setdefault(field, []).insert(0, (method, value))

    def refuse(self, field: str, method: str, value: Any) -> None:
        """Note a value that never wins, for people who ask what became of it."""
        if value not in (None, "", (), [], {}):
            self._refused.setdefault(field, []).append((method, value))

    def all(self, field: str) -> list[tuple[str, Any]]:
        """All values of a field, in the order added."""
        return self._found.get(field, [])

    def prefer_best(self, field: str, position: int) -> None:
        """Make the value at `position` the winner."""
        found = self._found.get(field)
        if found and position:
            found.insert(0, found.pop(position))

    def drop(self, field: str) -> None:
        """Forget a field."""
        self._found.pop(field, None)

    def replace(self, field: str, values: list[tuple[str, Any]]) -> None:
        """Put the same values in another form in place of those of a field."""
        self.drop(field)
        for method, value in values:
            self.add(field, method, value)

    def value(self, field: str) -> Any:
        """The winner, or None."""
        found = self._found.get(field)
        return found[0][1] if found else None

    def provenance(self) -> dict[str, str]:
        """Field -> method of the winner."""
        return {field: found[0][0] for field, found in self._found.items()}

    def as_text(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """For people: field -> (method, value), the winner first.

        Equal texts are equal values; of long ones it has the beginning.
        """
        return _all_shown(self._found)

    def refused_as_text(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """The same of what was refused."""
        return _all_shown(self._refused)


def _all_shown(found: dict[str, list[tuple[str, Any]]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {field: tuple((method, _shown(value)) for method, value in values) for field, values in found.items()}


def _shown(value: Any) -> str:
    text = _as_text(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}… ({len(text)} characters)"


def _as_text(value: Any) -> str:
    if isinstance(value, Moment):
        day = value.precision == "day"
        return f"{value.at:%Y-%m-%d}" if day else value.at.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return "; ".join(map(_as_text, value))
    if is_dataclass(value) and not isinstance(value, type):
        parts = (getattr(value, part.name) for part in fields(value))
        return ", ".join(f"{part}" for part in parts if part is not None)
    return f"{value}"
