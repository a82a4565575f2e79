"""robots.txt -> rules for our agent (RFC 9309)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from newscrawl.urls import absolute_url

_LINE_END = re.compile(r"\r\n?|\n")
_TOKEN = re.compile(r"[a-zA-Z_-]+")
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_FIELDS = {
    "user-agent": "agent", "useragent": "agent", "user agent": "agent", "allow": "allow", "disallow": "disallow",
    "crawl-delay": "delay", "crawldelay": "delay", "sitemap": "sitemap", "site-map": "sitemap",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line."""

    allow: bool
    pieces: tuple[str, ...]
    """The pattern, cut at its `*`."""
    anchored: bool
    """Whether it ended in `$`: the whole path must match."""
    length: int
    """Octets of the pattern: the longest that matches wins (RFC 9309, section 2.2.2)."""

    def matches(self, path: str) -> bool:
        """Whether the pattern covers a path. Each piece is looked for once, from left to right: linear."""
        first = self.pieces[0]
        if not path.startswith(first):
            return False
        if len(self.pieces) == 1:
            return not self.anchored or path == first
        at = len(first)
        for piece in self.pieces[1:-1]:
            at = path.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        last = self.pieces[-1]
        if self.anchored:
            return len(path) - len(last) >= at and path.endswith(last)
        return path.find(last, at) >= 0


@dataclass(frozen=True, slots=True)
class Robots:
    """What one host's robots.txt asks of one agent."""

    rules: tuple[Rule, ...] = ()
    """The longest first; of equal length, those that allow first."""
    crawl_delay: float | None = None
    """Seconds between two requests, as the file asks; not capped."""
    sitemaps: tuple[str, ...] = ()
    """URLs, whichever agent they stand below."""

    def allows(self, url: str) -> bool:
        """Whether the agent may ask for `url`, which is of this host. Without a rule that matches, it may."""
        parts = urlsplit(url)
        path = _normalise(f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")
        if path == "/robots.txt":
            return True
        return next((rule.allow for rule in self.rules if rule.matches(path)), True)


ALLOW_ALL = Robots()
DISALLOW_ALL = Robots(rules=(Rule(allow=False, pieces=("/",), anchored=False, length=1),))


def parse_robots(body: bytes, agent: str, max_bytes: int = 512_000) -> Robots:
    """The rules for `agent` (`newscrawl/1.0 (+https://...)`: its product token counts) of the first `max_bytes`.

    RFC 9309 asks for at least 500 KiB. An HTML page in place of the file has no rules.
    """
    lines = _read_lines(body, max_bytes)
    groups, sitemaps = _read_groups(lines)
    token = _token_of(agent)
    mine = [group for group in groups if token in group.agents] or [group for group in groups if "*" in group.agents]
    rules = {rule for group in mine for rule in group.rules}
    delays = [delay for group in mine for delay in group.delays]
    return Robots(
        rules=tuple(sorted(rules, key=lambda rule: (-rule.length, not rule.allow, rule.pieces))),
        crawl_delay=max(delays, default=None),
        sitemaps=tuple(dict.fromkeys(sitemaps)),
    )


@dataclass(slots=True)
class _Group:
    agents: set[str]
    rules: list[Rule]
    delays: list[float]


def _read_lines(body: bytes, max_bytes: int) -> list[tuple[str, str]]:
    """(field, value) of the lines that have a known field."""
    text = body[:max_bytes].decode("utf-8-sig", "replace")
    if text.lstrip()[:1] == "<":
        return []
    lines = _LINE_END.split(text)
    if len(body) > max_bytes:
        lines.pop()  # it may be cut, and half a path covers too much
    found = []
    for line in lines:
        name, _, value = line.partition("#")[0].partition(":")
        if field := _FIELDS.get(name.strip().lower()):
            found.append((field, value.strip()))
    return found


def _read_groups(lines: list[tuple[str, str]]) -> tuple[list[_Group], list[str]]:
    """Agents in a row share the rules that follow (section 2.2.1); rules before any agent are nobody's."""
    groups: list[_Group] = []
    sitemaps: list[str] = []
    in_agents = False
    for field, value in lines:
        if field == "agent":
            if not in_agents:
                groups.append(_Group(set(), [], []))
            groups[-1].agents.add("*" if value.startswith("*") else _token_of(value))
        elif field == "sitemap":
            if (url := absolute_url("", value)) is not None:
                sitemaps.append(url)
            continue  # stands outside of groups
        elif groups:
            _take(groups[-1], field, value)
        in_agents = field == "agent"
    return groups, sitemaps


def _take(group: _Group, field: str, value: str) -> None:
    if field == "delay":
        if (delay := _seconds(value)) is not None:
            group.delays.append(delay)
    elif value:
        group.rules.append(_rule(value, allow=field == "allow"))


def _rule(value: str, *, allow: bool) -> Rule:
    pattern = _normalise(value if value.startswith(("/", "*")) else "/" + value)
    anchored = pattern.endswith("$")
    pieces = re.sub(r"\*+", "*", pattern.removesuffix("$")).split("*")
    return Rule(allow=allow, pieces=tuple(pieces), anchored=anchored, length=len(pattern))


def _token_of(agent: str) -> str:
    """The product token (section 2.2.1), in lower case."""
    match = _TOKEN.match(agent.strip())
    return match[0].lower() if match else ""


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _normalise(path: str) -> str:
    """Escapes of unreserved characters decoded, others upper case, what is not ASCII escaped (section 2.2.2)."""
    if path.isascii() and "%" not in path:
        return path

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _ESCAPED.sub(one, quote(path, safe="".join(map(chr, range(33, 127)))))
