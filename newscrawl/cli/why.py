"""`newscrawl why URL`"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.options import FAILED, USAGE, JsonOption, SetOption, load_settings, out, plain, stop, with_store
from newscrawl.urls import absolute_url

if TYPE_CHECKING:
    from newscrawl.items import Report
    from newscrawl.store.store import Store


def why(
    url: Annotated[str, typer.Argument(help="An http(s) URL.")],
    *,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """What became of a URL, step by step."""
    settings = load_settings(set_)
    where = absolute_url("", url if "://" in url else f"https://{url}")
    if where is None:
        stop(f"{plain(url)!r} is no http(s) URL", USAGE)

    async def ask(store: Store) -> tuple[dict[str, Any] | None, Report | None]:
        entry = await store.ledger.find(where)
        report = await store.reports.find(entry["report"]) if entry and entry.get("report") else None
        return entry, report

    entry, report = with_store(settings, ask)
    if entry is None:
        stop(f"{plain(where)}: never announced by anything that was crawled", FAILED)
    if json_:
        out.print(json.dumps(entry, default=str, ensure_ascii=False, indent=1), markup=False)
        return
    for line in steps(entry, report):
        out.print(plain(line), markup=False)


def steps(entry: dict[str, Any], report: Report | None) -> list[str]:
    """What happened to a URL, one sentence a line."""
    lines = [f"{entry['url']} (source {entry['source']})"]
    if entry["kind"] != "report":
        lines.append(f"{plain(entry.get('first_seen_at'))}  found as an endpoint: {entry['kind']}")
        if entry.get("checked_at"):
            said = entry.get("reason") or f"http {entry.get('status', '?')}"
            lines.append(f"{plain(entry['checked_at'])}  last asked: {said}")
        else:
            lines.append("never asked so far")
        return lines
    lines.append(f"{plain(entry['first_seen_at'])}  announced by {entry['via']}" + _said(entry.get("entry", {})))
    if entry.get("checked_at"):
        answer = f"http {entry['status']}" if entry.get("status") else "not fetched"
        lines.append(f"{plain(entry['checked_at'])}  looked at by crawl {entry.get('crawl_id', '?')}: {answer}")
    if entry.get("redirected_to"):
        lines.append(f"redirects to {entry['redirected_to']}")
    reason = f": {entry['reason']}" if entry.get("reason") else ""
    lines.append(f"outcome: {entry['outcome']}{reason}")
    if entry["outcome"] == "pending":
        lines.append("the next crawl of the source takes it up first")
    if entry.get("gone_since"):
        lines.append(f"{plain(entry['gone_since'])}  found gone; not seen since")
    if entry.get("due_at"):
        what = "looked at again" if entry.get("report") else "tried again"
        lines.append(f"due to be {what} at {plain(entry['due_at'])}" + _failures(entry))
    elif report is not None and entry["outcome"] != "pending":
        lines.append("not looked at again unless an endpoint says that it has changed")
    if report is not None:
        lines.append(f"report {report.id}, revision {report.revision}: {report.headline or 'without headline'}")
        if report.withdrawn_at:
            lines.append(f"{plain(report.withdrawn_at)}  marked as withdrawn: its page is gone")
        if report.revision > 1:
            lines.append(f"`newscrawl history {report.id}` shows what has changed")
        lines += [f"also at {other}" for other in report.also_at]
    return lines


def _failures(entry: dict[str, Any]) -> str:
    return f", after {entry['fails']} failures in a row" if entry.get("fails", 0) > 1 else ""


def _said(entry: dict[str, Any]) -> str:
    parts = [f"{name} {plain(entry[name])}" for name in ("title", "published_at", "modified_at") if entry.get(name)]
    return f" ({', '.join(parts)})" if parts else ""
