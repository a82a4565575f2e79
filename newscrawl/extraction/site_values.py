"""What a site page says of single fields, in place of the general rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newscrawl.extraction.body.read import Body
    from newscrawl.extraction.candidates import Candidates


@dataclass(frozen=True, slots=True)
class SiteValues:
    """The fields that a site page gives for one page."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """Field -> value in the form of the field's candidates; None where the page does not state the field."""
    gaps: Mapping[str, str] = field(default_factory=dict)
    """Field -> why it gives nothing here, though it should: the general value stands."""

    def overrule(self, found: Candidates) -> None:
        """Put these values before those that the general rules have found."""
        for name, value in self.values.items():
            found.put_first(name, "site", value)
        self.withhold(found)

    def withhold(self, found: Candidates) -> None:
        """Take away what was found for fields that the page does not state."""
        for name, value in self.values.items():
            if value is None:
                found.drop(name)

    def instead_of(self, body: Body) -> Body:
        """The body that the site page gives, else that of the general rules."""
        if "body" not in self.values:
            return body
        return replace(body, text=self.values["body"] or "", method="site", link_share=0.0)


ReadSite = Callable[[Page], SiteValues]
"""A site page, as extraction knows it."""
