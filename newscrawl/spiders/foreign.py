"""Articles of other crawlers as reports: each function takes their JSON object and gives that of a report.

What a format does not say is left out; wrong values are found by `items.from_json`, as in reports of our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Values = Mapping[str, Any]


def as_report(article: Values, format_: str) -> dict[str, Any]:
    """An article in one of the `FORMATS` as the JSON object of a report. ValueError where it has another shape."""
    try:
        return FORMATS[format_](article)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"does not have the form of {format_}: {error!r:.80}") from error


def from_news_please(article: Values) -> dict[str, Any]:
    """An article of news-please (https://github.com/fhamborg/news-please, `newsplease/NewsArticle.py`).

    Its times are texts like `2017-07-17 17:03:00` without a zone; a date alone comes as midnight, and a missing value
    may be the text `None`.
    """
    given = {name: value for name, value in article.items() if value not in (None, "", "None", "NULL")}
    published = given.get("date_publish")
    report = {
        "url": given.get("url"),
        "headline": given.get("title") or given.get("title_page") or given.get("title_rss"),
        "summary": given.get("description"),
        "body": given.get("maintext") or given.get("text"),
        "authors": given.get("authors"),
        "published_at": published,
        "modified_at": given.get("date_modify"),
        "fetched_at": given.get("date_download"),
        "language": given.get("language"),
        "images": [{"url": given["image_url"]}] if "image_url" in given else None,
        "extractor": "news-please",
    }
    return _known(report) | _published(published)


def from_fundus(article: Values) -> dict[str, Any]:
    """An article of Fundus (https://github.com/flairNLP/fundus, `Article.to_json`).

    The URL is in `html`, which is to be among the attributes that are written: `article.to_json("title", "body",
    "authors", "publishing_date", "topics", "free_access", "html")`; `url` is taken, too.
    """
    html = article.get("html") if isinstance(article.get("html"), dict) else {}
    assert html is not None
    body, published = article.get("body"), article.get("publishing_date")
    publisher = article.get("publisher") or (html.get("source_info") or {}).get("publisher")
    report = {
        "url": html.get("responded_url") or html.get("requested_url") or article.get("url"),
        "headline": article.get("title"),
        "summary": "\n".join(body.get("summary") or []) if isinstance(body, dict) else None,
        "body": _fundus_text(body) if isinstance(body, dict) else article.get("plaintext") or body,
        "authors": article.get("authors"),
        "published_at": published,
        "fetched_at": html.get("crawl_date"),
        "language": article.get("language") or article.get("lang"),
        "keywords": article.get("topics"),
        "free_access": article.get("free_access"),
        "images": _fundus_images(article.get("images")),
        "publisher": {"name": publisher} if publisher else None,
        "extractor": "fundus",
    }
    return _known(report) | _published(published)


def _fundus_text(body: Values) -> str:
    """Headlines and paragraphs of all sections. The summary is a field of its own."""
    sections = body.get("sections") or []
    return "\n\n".join(part for section in sections for name in ("headline", "paragraphs") for part in section[name])


def _fundus_images(images: Any) -> list[dict[str, Any]]:
    """Each image in its largest version; the cover first."""
    found = [
        (not image.get("is_cover"), {"url": image["versions"][-1]["url"], "caption": image.get("caption")})
        for image in images or []
        if image.get("versions")
    ]
    return [image for _, image in sorted(found, key=lambda one: one[0])]


def _known(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _published(text: Any) -> dict[str, str]:
    """What is known of a time like `2017-07-17 17:03:00` or `2017-07-17 17:03:00+02:00`."""
    if not isinstance(text, str):
        return {}
    zone = "stated" if text.endswith("Z") or text[-6:-5] in ("+", "-") else "assumed"
    return {"published_precision": "day" if text[10:19] in ("", " 00:00:00") else "second", "published_zone": zone}


FORMATS: dict[str, Callable[[Values], dict[str, Any]]] = {
    "newscrawl": dict,
    "news-please": from_news_please,
    "fundus": from_fundus,
}
"""What `--from` may say."""
