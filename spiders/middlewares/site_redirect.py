"""Follows the redirects of a page job's requests: each hop must stay within the hosts of the job."""

from __future__ import annotations

from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from spiders.middlewares.chain_cookies import COOKIE_JAR
from spiders.middlewares.failed_download import FailedDownload
from spiders.middlewares.redirect import MAX_REDIRECTS, REDIRECTS, STATUSES, TOO_MANY_REDIRECTS
from spiders.sites.page_urls import MAX_URL_LENGTH, NotAPageUrl, Reach, page_key
from spiders.work.failures import FailureCode

REACH = "reach"
# The spider turns a redirect to another page into a target of its own, so that no page is read twice.
REDIRECT_IS_A_LINK = "redirect_is_a_link"


class SiteRedirectMiddleware:
    """Requests carry their Reach in meta; one without (robots.txt) may be led to any host."""

    def process_response(self, request: Request, response: Response) -> Response | Request:
        url = redirect_url(request.url, response)
        if url is None:
            return response
        count = request.meta.get(REDIRECTS, 0) + 1
        reach: Reach | None = request.meta.get(REACH)
        try:
            key = page_key(url)
            is_within = len(url) <= MAX_URL_LENGTH and (reach is None or reach.holds(url))
        except NotAPageUrl as error:
            return _refused(request, f"redirected to what is no page: {error}")
        if not is_within:
            return _refused(request, f"redirected to a host the job may not visit: {url[:300]}")
        is_elsewhere = key != page_key(request.url)
        # A cookie may be all that the site wants, and it leads back with it.
        wants_cookie = b"Set-Cookie" in response.headers or COOKIE_JAR in request.meta
        if request.meta.get(REDIRECT_IS_A_LINK) and is_elsewhere and not wants_cookie:
            return response
        if count > MAX_REDIRECTS:
            message = f"{TOO_MANY_REDIRECTS}, the last to {url[:300]}"
            return FailedDownload(request.url, code=FailureCode.PARSE_ERROR, message=message)
        return request.replace(url=url, meta={**request.meta, REDIRECTS: count})


def redirect_url(url: str, response: Response) -> str | None:
    """Where the answer redirects to, if it does."""
    location = response.headers.get(b"Location")
    if response.status not in STATUSES or not location:
        return None
    try:
        # As browsers do: the page's encoding says nothing of a header's.
        return urljoin(url, location.decode("utf-8", errors="replace").strip()).partition("#")[0]
    except ValueError:
        return "invalid:"


def _refused(request: Request, message: str) -> FailedDownload:
    return FailedDownload(request.url, code=FailureCode.ADDRESS_REFUSED, message=message)
