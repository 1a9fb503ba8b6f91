"""Scrapy settings of the spiders that work on targets. Others, and Scrapy's tools, have Scrapy's own."""

from __future__ import annotations

from typing import Any

TARGET_SPIDERS: dict[str, Any] = {
    # It parses the head of every body, and Amazon's pages do not use it.
    "METAREFRESH_ENABLED": False,
    # Each page is asked for because a target needs it; a dupe filter would drop redelivered targets.
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    # Bad pages and failed downloads are retried by the spider's own rule, which knows a bad page.
    "RETRY_ENABLED": False,
    # Every request is a stranger's, but for those that ask for a place or a currency:
    # spiders/visitors/ keeps their cookies.
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    # Redirects are followed within one site only, by our own middleware.
    "REDIRECT_ENABLED": False,
    # The page objects judge every status.
    "HTTPERROR_ALLOW_ALL": True,
}
