"""Conditional requests (RFC 9110, section 13): ask only for what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.middlewares.refusals import BrokenAnswerError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response


class ConditionalMiddleware:
    """Sends the validators in `request.meta["validators"]`: (ETag, Last-Modified), either may be None."""

    def process_request(self, request: Request) -> None:
        etag, last_modified = request.meta.get("validators", (None, None))
        if etag:
            request.headers["If-None-Match"] = etag
        if last_modified:
            request.headers["If-Modified-Since"] = last_modified

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status == 304 and not any(request.meta.get("validators", ())):
            raise BrokenAnswerError("http 304 to an unconditional request")
        return response
