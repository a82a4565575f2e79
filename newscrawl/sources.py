"""Sources: `sources/<id>.toml` -> `Source`, and the source of a target that no file defines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newscrawl.urls import absolute_url, ascii_host, ip_literal, is_front_page, registered_domain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_URL_LISTS = ("feeds", "sitemaps", "sections")
_PATTERN_LISTS = ("include", "exclude")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SourceError(ValueError):
    """A source file or target that cannot be used; the message says what, which value, where and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A publisher or site that is crawled. One TOML file; the keys are the fields below without `id`."""

    id: str
    """Stem of the file; of a target without a file, its registered domain."""
    name: str | None = None
    """Shown to people."""
    home: str | None = None
    """URL of the home page: endpoints are discovered from it."""
    domains: tuple[str, ...] = ()
    """Registered domains whose pages belong to this source; the one of `home` and of the endpoints always does."""
    feeds: tuple[str, ...] = ()
    """URLs of RSS, Atom or JSON feeds."""
    sitemaps: tuple[str, ...] = ()
    """URLs of sitemaps or sitemap indexes."""
    sections: tuple[str, ...] = ()
    """URLs of pages that list reports."""
    discover: bool = True
    """Whether to look for more endpoints than those named, from `home`, robots.txt and `<link rel=alternate>`."""
    include: tuple[str, ...] = ()
    """Regular expressions; where given, a report's URL must match one."""
    exclude: tuple[str, ...] = ()
    """Regular expressions; a report's URL must match none."""
    language: str | None = None
    """BCP 47; used where neither page nor entry says one."""
    country: str | None = None
    """Country of the publisher; used where the page does not say."""
    enabled: bool = True
    """Whether a crawl of all sources takes it."""
    delay: float | None = None
    """Seconds between two requests; a larger Crawl-delay of the site wins."""
    poll_floor: float | None = None
    """Seconds between two polls of one endpoint by the schedule, at least. Default: NEWSCRAWL_POLL_FLOOR."""
    poll_ceiling: float | None = None
    """The same at most. Default: NEWSCRAWL_POLL_CEILING."""
    max_reports: int | None = None
    """Report pages fetched in one crawl; the rest waits for the next. Default: NEWSCRAWL_MAX_REPORTS."""
    recheck: tuple[str, ...] = ("1h", "6h", "1d", "7d")
    """Ages at which a stored report is looked at again, rising: corrections come early, and hardly any after a week.
    Empty: only where an endpoint says that it has changed."""
    follow_source_links: bool = False
    """Whether the originals of its aggregated reports are crawled too, for the sources that these belong to."""
    learn_boilerplate: bool = True
    """Whether lines that many of its reports repeat are learned, and left out of later ones."""
    render: bool = False
    """Whether report pages need a browser (extra `render`)."""
    page: str | None = None
    """Name of the site page that reads its reports (`sites/NAME.py`). Default: that of the host, where one names it."""
    verify_certificates: bool = True
    """Whether the site's certificate is checked."""

    @property
    def ages(self) -> tuple[timedelta, ...]:
        """`recheck` as times."""
        return tuple(timedelta(**{_UNITS[age[-1]]: int(age[:-1])}) for age in self.recheck)

    def owns(self, url: str) -> bool:
        """Whether a page at `url` belongs to this source."""
        return registered_domain(url) in self.domains

    def wants(self, url: str) -> bool:
        """Whether `include` and `exclude` let the report at `url` in."""
        if any(re.search(pattern, url) for pattern in self.exclude):
            return False
        return not self.include or any(re.search(pattern, url) for pattern in self.include)


def load_source(path: Path) -> Source:
    """Read one source file. Raises SourceError naming file, key and allowed values."""
    source_id = path.stem
    if _ID.fullmatch(source_id) is None:
        msg = f"{path}: bad source id {source_id!r}; use lower-case letters, digits, '.', '_' and '-', at most 64"
        raise SourceError(msg)
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: is not valid TOML: {error}") from error
    known = [f.name for f in fields(Source) if f.name != "id"]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise SourceError(f"{path}: unknown key {key!r}; known keys: {', '.join(known)}")
        values[key] = _checked(path, key, value)
    urls = [u for u in (values.get("home"), *(u for key in _URL_LISTS for u in values.get(key, ()))) if u]
    if not urls:
        raise SourceError(f"{path}: names nothing to crawl; give 'home' or one of {', '.join(_URL_LISTS)}")
    if values.get("poll_floor", 0) > values.get("poll_ceiling", float("inf")):
        raise SourceError(
            f"{path}: poll_floor = {values['poll_floor']} is above poll_ceiling = {values['poll_ceiling']}"
        )
    values["domains"] = _unique([registered_domain(d) for d in (*urls, *values.get("domains", ()))])
    return Source(id=source_id, **values)


def load_sources(folder: Path) -> tuple[list[Source], list[SourceError]]:
    """All source files of a folder by id, and what is wrong with the others. A missing folder is empty."""
    sources, errors = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            sources.append(load_source(path))
        except SourceError as error:
            errors.append(error)
    return sources, errors


def resolve_target(target: str, folder: Path) -> tuple[Source, str]:
    """The source a crawl target means, and the URL to start from (empty: the source's own endpoints).

    A target is a source id, a domain, or a URL. A URL or domain within a defined source belongs to that source;
    any other gets a source of its own, whose id is the registered domain.

    Raises SourceError where it is none of these, or where the source's file is broken.
    """
    if "://" not in target and (path := folder / f"{target}.toml").is_file():
        return load_source(path), ""
    url = _target_url(target, folder)
    return owner_of(url, load_sources(folder)[0]), url


def owner_of(url: str, sources: Iterable[Source]) -> Source:
    """The one of `sources` that a URL belongs to, else a source of its own, whose id is the registered domain."""
    domain = registered_domain(url)
    own = Source(id=domain.replace(":", "-"), home=url, domains=(domain,))
    return next((source for source in sources if domain in source.domains), own)


def front_pages(target: str, folder: Path) -> tuple[str, ...]:
    """URLs at which the front page of a domain or URL may be, the likelier first.

    Raises SourceError where it is neither.
    """
    url = _target_url(target, folder)
    parts = urlsplit(url)
    front = url if is_front_page(url) else f"{parts.scheme}://{parts.netloc}/"
    if "://" in target or parts.port is not None:
        return (front,)
    www = (f"https://www.{parts.netloc}/",) if parts.netloc == registered_domain(url) else ()
    return (front, *www, f"http://{parts.netloc}/")


def _target_url(target: str, folder: Path) -> str:
    text = target.strip()
    if "://" not in text:
        host, slash, rest = text.partition("/")
        name, _, port = host.partition(":")
        if not ("." in name or name == "localhost") or any(c.isspace() for c in text) or (port and not port.isdigit()):
            msg = (
                f"{target!r} is no source, domain or URL; {folder} has no file {target}.toml "
                "(`newscrawl sources list` shows the sources)"
            )
            raise SourceError(msg)
        text = f"https://{host}{slash}{rest}"
    url = absolute_url("", text)
    host = ascii_host(urlsplit(url).hostname or "") if url else ""
    if url is None or not _is_host(host):
        raise SourceError(f"{target!r} is no URL that can be crawled; give http(s)://HOST/..., without credentials")
    return url


def _is_host(host: str) -> bool:
    return ip_literal(host) is not None or re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", host) is not None


def _checked(path: Path, key: str, value: object) -> object:  # noqa: C901, PLR0912  one rule per kind of key, in one place
    def wrong(expected: str) -> SourceError:
        return SourceError(f"{path}: {key} = {value!r} must be {expected}")

    if key in ("domains", *_URL_LISTS, *_PATTERN_LISTS):
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise wrong("a list of non-empty strings")
        if key in _URL_LISTS and (bad := [u for u in value if absolute_url("", u) is None]):
            raise SourceError(f"{path}: {key} has {bad[0]!r}, which is no http(s) URL")
        if key in _PATTERN_LISTS:
            for pattern in value:
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise SourceError(f"{path}: {key} has {pattern!r}, no regular expression: {error}") from error
        return tuple(value)
    if key in ("discover", "enabled", "follow_source_links", "learn_boilerplate", "render", "verify_certificates"):
        if not isinstance(value, bool):
            raise wrong("true or false")
        return value
    if key == "delay":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
            raise wrong("a number of seconds from 0 to 3600")
        return float(value)
    if key in ("poll_floor", "poll_ceiling"):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 30 * 86_400:
            raise wrong("a number of seconds from 1 to 2592000 (30 days)")
        return float(value)
    if key == "recheck":
        if value is not False and not _are_ages(value):
            raise wrong('false, or a list of rising ages like ["1h", "6h", "1d", "7d"] (m, h, d, w)')
        return tuple(value) if isinstance(value, list) else ()
    if key == "max_reports":
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise wrong("a whole number from 1")
        return value
    if not isinstance(value, str) or not value.strip():
        raise wrong("a non-empty string")
    if key == "home" and absolute_url("", value) is None:
        raise wrong("an http(s) URL")
    if key == "language" and re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", value) is None:
        raise wrong("a language tag like 'en' or 'pt-BR' (BCP 47)")
    return value.strip()


def _are_ages(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return False
    if not all(re.fullmatch(r"[1-9][0-9]{0,4}[mhdw]", item) for item in value):
        return False
    return all(one < other for one, other in pairwise(Source(id="", recheck=tuple(value)).ages))


RECHECK = Source(id="").ages
"""The ages of a source that names none."""


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
