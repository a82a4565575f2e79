"""The demo site's Minutes: a script shows them, out of JSON in the page."""

from __future__ import annotations

from functools import partial

from newscrawl.sites.selectors import in_json
from newscrawl.sites.site_page import ABSENT, SitePage

_sheet = partial(in_json, "script#minutes-state", "sheet")


class DemoMinutes(SitePage):
    """The page's JSON-LD describes the section; its dateModified too."""

    hosts = ("127.0.0.1/minutes/",)

    headline = _sheet("head", "line")
    summary = _sheet("head", "deck")
    body = _sheet("parts", "say")
    authors = _sheet("signed", "who")
    published_at = _sheet("stamp")
    modified_at = ABSENT
