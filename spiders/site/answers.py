"""Whether an answer is a page that selectors can read, and why not."""

from __future__ import annotations

from scrapy.http import HtmlResponse, JsonResponse, Response, TextResponse, XmlResponse

from spiders.middlewares.failed_download import FailedDownload
from spiders.work.failures import FailureCode
from storage.base.records import Failure


def failure_from_answer(response: Response) -> Failure | None:
    """Why the answer is no page, or None."""
    if isinstance(response, FailedDownload):
        return Failure(response.code, response.message)
    if not 200 <= response.status < 300:
        code, words = _judged_status(response)
        return Failure(code, f"{words} (HTTP {response.status})")
    if kind_of(response) is None:
        kind = (response.headers.get(b"Content-Type") or b"nothing").decode("latin-1")[:100]
        return Failure(FailureCode.PARSE_ERROR, f"not a page: {kind}")
    return None


def kind_of(response: Response) -> str | None:
    """How to parse it: `html` or `xml`; None for what is neither."""
    if isinstance(response, XmlResponse):
        return "xml"
    if isinstance(response, JsonResponse) or not isinstance(response, TextResponse):
        return None
    return "html" if isinstance(response, HtmlResponse) or _is_text(response) else None


def _is_text(response: Response) -> bool:
    """text/plain and the like; scripts and style sheets are text to Scrapy, and no pages."""
    kind = (response.headers.get(b"Content-Type") or b"text/plain").lower()
    return kind.startswith((b"text/plain", b"text/html"))


def _judged_status(response: Response) -> tuple[FailureCode, str]:
    status = response.status
    if status in (404, 410):
        return FailureCode.NOT_FOUND, "the site has no such page"
    if status == 429 or (status == 503 and b"Retry-After" in response.headers):
        return FailureCode.BLOCKED_THROTTLED, "the site refused for now"
    if status >= 500:
        return FailureCode.SERVER_ERROR, "the site answered with a server error"
    if status >= 400:
        return FailureCode.FORBIDDEN, "the site refused the request"
    return FailureCode.PARSE_ERROR, "the answer holds no page"
