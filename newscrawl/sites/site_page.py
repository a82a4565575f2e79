"""The base of site pages. docs/site-pages.md shows how to write one."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from newscrawl.extraction.site_values import SiteValues
from newscrawl.sites.forms import FIELDS, in_form

if TYPE_CHECKING:
    from newscrawl.extraction.page import Page


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT
"""In place of a selector or value: the site does not state this field, and what the general rules find is wrong."""
_EMPTY: tuple[Any, ...] = (None, "", [], (), {})


class SitePage:
    """One site's pages where the general rules get fields wrong.

    A subclass has one attribute for each field that it gives, named like the field of the report: a selector (`css`,
    `xpath`, `in_json`), `ABSENT`, or a method that is called with the page and returns a text, several texts, or a
    value of the report's type. What it does not give, or not on this page, the general rules give. Names that are no
    field begin with an underscore or are in capitals.
    """

    hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts or registered domains whose pages these are; with a path, only those whose path begins with it."""

    def __init_subclass__(cls) -> None:
        for name in vars(cls):
            if name not in (*FIELDS, "hosts") and not name.startswith("_") and not name.isupper():
                raise TypeError(
                    f"{cls.__module__}.{cls.__name__}: {name!r} is no field of a report; fields: {', '.join(FIELDS)}; "
                    "other names begin with an underscore or are in capitals"
                )

    def __call__(self, page: Page) -> SiteValues:
        """What this site page makes of a page. Whatever goes wrong in one field costs that field only."""
        values: dict[str, Any] = {}
        gaps: dict[str, str] = {}
        for field in FIELDS:
            reader = getattr(self, field, None)
            if reader is None:
                continue
            try:
                values[field] = _read(reader, field, page)
            except ValueError as error:
                gaps[field] = str(error)
            except Exception as error:  # noqa: BLE001  the code of a site page may do anything with a page it did not expect
                gaps[field] = f"raises {type(error).__name__}: {error}"[:200]
        return SiteValues(values, gaps)


def _read(reader: Any, field: str, page: Page) -> Any:
    """The value in the form of its field; None where it is known to be absent. ValueError where there is none."""
    given = reader if reader is ABSENT else reader(page)
    if given is ABSENT:
        return None
    if given in _EMPTY:
        raise ValueError("finds nothing")
    value = in_form(field, given, page)
    if value in _EMPTY:
        raise ValueError(f"finds {given!r:.80}, which is nothing for this field")
    return value
