"""`scrapy crawl` on a developer's machine: no Redis, no MongoDB, no API."""

from settings.scrapy_base import *  # noqa: F403
from settings.scrapy_base import AMAZON_ORIGIN, SANDBOX_URL

# One request a second to each real marketplace, unless told otherwise (-s DOWNLOAD_DELAY=...).
# Our own servers are not paced.
DOWNLOAD_DELAY = 0.0 if AMAZON_ORIGIN else 1.0
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_REQUESTS = 16
# One request in flight to a real marketplace. With the sandbox in play the limit is its own: this one
# also bounds the connections of the download handler, which knows hosts and no slots.
CONCURRENT_REQUESTS_PER_DOMAIN = 16 if AMAZON_ORIGIN or SANDBOX_URL else 1
DOWNLOAD_SLOTS = {"sandbox.test": {"concurrency": 16, "delay": 0.0}} if SANDBOX_URL else {}

EXTENSIONS = {
    "spiders.extensions.outcome.CrawlOutcome": 0,
    # Scrapy's own, with what it does not write counted.
    "scrapy.extensions.feedexport.FeedExporter": None,
    "spiders.extensions.feeds.Feeds": 0,
}
