"""Everything that was found for every field, in the order in which it is believed."""

from __future__ import annotations

from typing import Any


class Candidates:
    """Values by field, the most trusted first, each with the method that found it."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[str, Any]]] = {}

    def add(self, field: str, method: str, value: Any) -> None:
        """Note a value; None and what is empty is none."""
        if value not in (None, "", (), [], {}):
            self._found.setdefault(field, []).append((method, value))

    def all(self, field: str) -> list[tuple[str, Any]]:
        """All values of a field, in the order added."""
        return self._found.get(field, [])

    def prefer(self, field: str, position: int) -> None:
        """Make the value at `position` the winner."""
        found = self._found[field]
        found.insert(0, found.pop(position))

    def value(self, field: str) -> Any:
        """The winner, or None."""
        return self._found[field][0][1] if self._found.get(field) else None

    def provenance(self) -> dict[str, str]:
        """Field -> method of the winner."""
        return {field: found[0][0] for field, found in self._found.items() if found}

    def as_text(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """For people: field -> (method, value)."""
        return {
            field: tuple((method, f"{value}"[:500]) for method, value in found) for field, found in self._found.items()
        }
