"""Follows redirects within one Amazon site; every other redirect ends the request with its reason."""

from __future__ import annotations

from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from spiders.middlewares.failed_download import FailedDownload, decides_on_failed_downloads
from spiders.sites.urls import is_same_site
from spiders.work.failures import FailureCode

REDIRECTS = "redirects"
MAX_REDIRECTS = 5
TOO_MANY_REDIRECTS = f"more than {MAX_REDIRECTS} redirects"
STATUSES = frozenset({301, 302, 303, 307, 308})


class SameSiteRedirectMiddleware:
    """Of our own spiders; the others have Scrapy's."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SameSiteRedirectMiddleware:
        if not decides_on_failed_downloads(crawler):
            raise NotConfigured
        return cls()

    def process_response(self, request: Request, response: Response) -> Response | Request:
        location = response.headers.get(b"Location")
        if response.status not in STATUSES or not location:
            return response
        count = request.meta.get(REDIRECTS, 0) + 1
        url = location.decode("utf-8", errors="replace")
        followed = _request_for(url, request, count=count)
        # Checked as it will be sent: what Scrapy makes of "https://a\@b/" goes to a, not to b.
        if followed is None or not is_same_site(request.url, followed.url):
            return FailedDownload(
                request.url,
                code=FailureCode.ADDRESS_REFUSED,
                message=f"redirected to another site: {url[:300]}",
            )
        if count > MAX_REDIRECTS:
            return FailedDownload(
                request.url,
                code=FailureCode.NETWORK_ERROR,
                message=f"{TOO_MANY_REDIRECTS}, the last to {url[:300]}",
            )
        return followed


def _request_for(location: str, request: Request, *, count: int) -> Request | None:
    """None where the location is no address."""
    try:
        url = urljoin(request.url, location)
        return request.replace(url=url, meta={**request.meta, REDIRECTS: count})
    except ValueError:
        return None
