"""Cookies within one chain of redirects: sites that set one and lead back to the same address are read.

A chain begins with a target's request and ends with its page; nothing is carried to another target or
try. `COOKIES=job` keeps them for all targets of a job that a crawler works on.
"""

from __future__ import annotations

from collections import OrderedDict

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from settings.config import current_config

COOKIE_JAR = "chain_cookies"
MAX_JOBS = 1_000
PER_JOB = "job"


class ChainCookiesMiddleware:
    """Sees answers before the middlewares that follow redirects, which copy a request's meta."""

    def __init__(self, *, is_per_job: bool) -> None:
        self._is_per_job = is_per_job
        self._jars: OrderedDict[str, CookieJar] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ChainCookiesMiddleware:
        return cls(is_per_job=current_config().cookies == PER_JOB)

    def process_request(self, request: Request) -> None:
        jar = self._jar_of(request)
        if jar is not None:
            # What the last hop was given is not for this one.
            request.headers.pop(b"Cookie", None)
            jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        if b"Set-Cookie" in response.headers:
            jar = self._jar_of(request)
            if jar is None:
                jar = request.meta[COOKIE_JAR] = CookieJar()
            jar.extract_cookies(response, request)
        return response

    def _jar_of(self, request: Request) -> CookieJar | None:
        job = _job_of(request) if self._is_per_job else None
        if job is None:
            kept: CookieJar | None = request.meta.get(COOKIE_JAR)
            return kept
        jar = self._jars.setdefault(job, CookieJar())
        self._jars.move_to_end(job)
        while len(self._jars) > MAX_JOBS:
            self._jars.popitem(last=False)
        return jar


def _job_of(request: Request) -> str | None:
    """In direct mode all targets are one job's."""
    target = request.cb_kwargs.get("target")
    return None if target is None else getattr(target, "job_id", None) or "direct"
