"""Report pages, one function per way to mark a report up."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from newscrawl.demo.content import SITE_NAME
from newscrawl.demo.html import figure_html, frame, section_path, text_html, tools_html
from newscrawl.demo.odd_pages import MINUTES, TIDEBOOK, minutes, tidebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.demo.content import DemoReport, Picture, Place


def report_page(report: DemoReport, related: list[DemoReport], base: str, path: str = "") -> str:
    """The page of a report at `path` (default: its own) of the site at `base`."""
    url = urljoin(base, path or report.path)
    head, main = _STYLES[report.style](report, base, url)
    canonical = f'<link rel="canonical" href="{url}">\n'
    return frame(
        title=_TITLES.get(report.style, report.headline),
        head=canonical + head,
        main=f"{main}\n{tools_html(related)}",
        language=report.language,
        classes=f"report {report.style}",
    )


def _jsonld(report: DemoReport, base: str, url: str) -> tuple[str, str]:
    """All metadata in a JSON-LD NewsArticle, little else."""
    data = _news_article(report, base, url)
    script = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    video = _video_html(report)
    figures = "".join(figure_html(picture) for picture in report.images)
    wall = '<aside class="paywall"><p>Read on with a subscription.</p></aside>' if report.free is False else ""
    text = text_html(report.body, figures + video)
    return script, f"<article><h1>{escape(report.headline)}</h1>\n{_byline(report)}\n{text}\n{wall}</article>"


def _news_article(report: DemoReport, base: str, url: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": report.headline,
        "description": report.summary,
        "author": [{"@type": "Person", "name": name} for name in report.authors],
        "datePublished": report.published_at.isoformat(),
        "dateModified": report.modified_at.isoformat() if report.modified_at else None,
        "inLanguage": report.language,
        "articleSection": report.section,
        "keywords": list(report.keywords) or None,
        "image": [_image_object(picture, base) for picture in report.images] or None,
        "video": _video_object(report, base),
        "isAccessibleForFree": report.free,
        "publisher": {"@id": urljoin(base, "/#publisher")},
    }
    publisher = {"@type": "NewsMediaOrganization", "@id": urljoin(base, "/#publisher"), "name": SITE_NAME, "url": base}
    return {
        "@context": "https://schema.org",
        "@graph": [publisher, {key: value for key, value in values.items() if value is not None}],
    }


def _image_object(picture: Picture, base: str) -> dict[str, Any]:
    values = {
        "@type": "ImageObject",
        "url": urljoin(base, f"/media/{picture.file}"),
        "caption": picture.caption,
        "creditText": picture.credit,
    }
    return {key: value for key, value in values.items() if value}


def _video_object(report: DemoReport, base: str) -> dict[str, Any] | None:
    if not report.video:
        return None
    return {
        "@type": "VideoObject",
        "name": report.video.caption,
        "contentUrl": urljoin(base, f"/media/{report.video.file}"),
        "thumbnailUrl": urljoin(base, f"/media/{report.video.thumbnail}"),
    }


def _opengraph(report: DemoReport, base: str, url: str) -> tuple[str, str]:
    """Metadata in Open Graph and meta elements only."""
    figures = "".join(figure_html(picture) for picture in report.images)
    main = f"<article><h1>{escape(report.headline)}</h1>\n{text_html(report.body, figures)}</article>"
    return _opengraph_head(report, base, url), main


def _opengraph_head(report: DemoReport, base: str, url: str) -> str:
    properties = [
        ("og:type", "article"),
        ("og:site_name", SITE_NAME),
        ("og:url", url),
        ("og:title", report.headline),
        ("og:description", report.summary or ""),
        ("article:published_time", report.published_at.isoformat()),
        ("article:modified_time", report.modified_at.isoformat() if report.modified_at else ""),
        ("article:section", report.section),
        *(("article:tag", keyword) for keyword in report.keywords),
        *(("og:image", urljoin(base, f"/media/{picture.file}")) for picture in report.images),
    ]
    meta = [f'<meta property="{name}" content="{escape(value)}">' for name, value in properties if value]
    return "\n".join([*meta, *(f'<meta name="author" content="{escape(name)}">' for name in report.authors)])


def _gallery(report: DemoReport, base: str, url: str) -> tuple[str, str]:
    """Open Graph, and a row of pictures with captions and credits."""
    figures = "".join(figure_html(picture) for picture in report.images)
    main = (
        f"<article><h1>{escape(report.headline)}</h1>\n{_byline(report)}\n{text_html(report.body)}\n"
        f'<div class="gallery">{figures}</div></article>'
    )
    return _opengraph_head(report, base, url), main


def _microdata(report: DemoReport, base: str, url: str) -> tuple[str, str]:  # noqa: ARG001  one signature for all
    """Metadata in microdata attributes."""
    authors = ", ".join(
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">{escape(name)}'
        "</span></span>"
        for name in report.authors
    )
    figures = "".join(figure_html(picture).replace("<img ", '<img itemprop="image" ') for picture in report.images)
    keywords = f'<meta itemprop="keywords" content="{escape(", ".join(report.keywords))}">' if report.keywords else ""
    changed = f'<meta itemprop="dateModified" content="{report.modified_at.isoformat()}">' if report.modified_at else ""
    main = f"""<article itemscope itemtype="https://schema.org/NewsArticle">
<h1 itemprop="headline">{escape(report.headline)}</h1>
<p itemprop="description">{escape(report.summary or "")}</p>
<p class="info">{authors} <time itemprop="datePublished" datetime="{report.published_at.isoformat()}">{
        report.published_at:%d.%m.%Y}</time> <span itemprop="articleSection">{report.section}</span>
<a href="#comments"><span itemprop="commentCount">{report.comment_count or 0}</span></a></p>
<meta itemprop="inLanguage" content="{report.language}">{keywords}{changed}
<div itemprop="articleBody">
{text_html(report.body, figures)}
</div></article>"""
    return "", main


def _plain(report: DemoReport, base: str, url: str) -> tuple[str, str]:  # noqa: ARG001
    """No metadata at all: what the page shows."""
    return (
        "",
        f"""<div class="breadcrumb"><a href="{section_path(report.section)}">{report.section}</a></div>
<article><h1>{escape(report.headline)}</h1>
<p class="byline">{escape(", ".join(report.authors))}</p>
<time datetime="{report.published_at:%Y-%m-%d}">{report.published_at:%Y-%m-%d}</time>
{text_html(report.body)}</article>""",
    )


def _aggregated(report: DemoReport, base: str, url: str) -> tuple[str, str]:
    """A report of another outlet, retold: link to the original, video, place and rating around the text."""
    original = report.original
    source = (
        f'<p class="source">{escape(original.outlet)} ({original.country}): '
        f'<a class="show-source" rel="nofollow noopener" href="{original.url}">Show source</a></p>'
        if original
        else ""
    )
    rating = report.rating
    stars = (
        f'<div class="rating" data-value="{rating.value}" data-count="{rating.count}">Rating: '
        f"<span>{rating.value:.1f}</span> <span>({rating.count})</span></div>"
        if rating
        else ""
    )
    main = f"""<article><h1>{escape(report.headline)}</h1>
<p class="info"><a href="{section_path(report.section)}">{report.section}</a>
<time datetime="{report.published_at.isoformat()}">{report.published_at:%Y-%m-%d}</time></p>
{_video_html(report)}
<div class="text">
{text_html(report.body)}
</div>
{source}</article>
<div class="facts">{stars}
{"".join(_place_html(place) for place in report.places)}</div>"""
    return _opengraph_head(report, base, url), main


def _place_html(place: Place) -> str:
    return (
        f'<div class="location" data-lat="{place.latitude}" data-lng="{place.longitude}">Location: '
        f'<span class="place">{escape(place.name)}, {place.country}</span> <a href="#map">Show map</a></div>'
    )


def _video_html(report: DemoReport) -> str:
    if not report.video:
        return ""
    caption = f"<figcaption>{escape(report.video.caption)}</figcaption>" if report.video.caption else ""
    return (
        f'<figure class="video"><video controls preload="none" poster="/media/{report.video.thumbnail}">'
        f'<source src="/media/{report.video.file}" type="video/mp4"></video>{caption}</figure>'
    )


def _byline(report: DemoReport) -> str:
    names = ", ".join(escape(name) for name in report.authors)
    return (
        f'<p class="byline">By {names}, <time datetime="{report.published_at.isoformat()}">'
        f"{report.published_at:%Y-%m-%d %H:%M}</time></p>"
    )


_STYLES: dict[str, Callable[[DemoReport, str, str], tuple[str, str]]] = {
    "jsonld": _jsonld,
    "opengraph": _opengraph,
    "gallery": _gallery,
    "microdata": _microdata,
    "plain": _plain,
    "aggregated": _aggregated,
    "tidebook": tidebook,
    "minutes": minutes,
}
_TITLES = {"tidebook": TIDEBOOK, "minutes": MINUTES}
