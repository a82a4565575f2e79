"""All site pages, and which of them reads a page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.sites.demo_minutes import DemoMinutes
from newscrawl.sites.demo_tidebook import DemoTidebook
from newscrawl.sources import SourceError
from newscrawl.urls import registered_domain

if TYPE_CHECKING:
    from pathlib import Path

    from newscrawl.sites.site_page import SitePage
    from newscrawl.sources import Source

SITE_PAGES: dict[str, SitePage] = {
    "demo_minutes": DemoMinutes(),
    "demo_tidebook": DemoTidebook(),
}
"""By name, which is that of the file; sorted."""
NONE = "none"
"""In place of a name: no site page, whatever the host."""


def site_page_for(url: str, name: str | None = None) -> SitePage | None:
    """The site page of this name, or else that of the host of `url`.

    KeyError where there is none of this name: `check_page` is asked before anything is fetched.
    """
    name = page_name_for(url) if name is None else name
    return None if name in (None, NONE) else SITE_PAGES[name]


def page_name_for(url: str) -> str | None:
    """The site page that names the host of `url`; of several that which names the longest path."""
    parts = urlsplit(url)
    hosts = (parts.hostname, registered_domain(url))
    named = [(*place.partition("/"), name) for name, page in SITE_PAGES.items() for place in page.hosts]
    found = [
        (len(path), name) for host, slash, path, name in named if host in hosts and parts.path.startswith(slash + path)
    ]
    return max(found)[1] if found else None


def check_page(source: Source, folder: Path) -> None:
    """Raise SourceError where the `page` of a source, whose file is in `folder`, names no site page."""
    if source.page is not None and (trouble := why_unknown(source.page)):
        raise SourceError(f"{folder / source.id}.toml: page = {trouble}")


def why_unknown(name: str) -> str | None:
    """What is wrong with the name of a site page, or None."""
    if name == NONE or name in SITE_PAGES:
        return None
    return f"{name!r} is no site page; known: {', '.join(SITE_PAGES)}, and {NONE!r} for no site page"
