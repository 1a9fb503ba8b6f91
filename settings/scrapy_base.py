"""Scrapy settings that hold in every mode and for every spider. See direct.py and pool.py for what
differs, and target_spiders.py for what our own spiders add."""

import os

from settings.config import process_config

# The event loop looks names up in these threads. With the default of 4, as many names whose servers do
# not answer would hold up every other look-up.
os.environ.setdefault("UV_THREADPOOL_SIZE", "64")

_config = process_config()

BOT_NAME = "azscraper"
SPIDER_MODULES = ["spiders.amazon", "spiders.site", "spiders.own", *_config.extra_spider_modules]
SPIDER_LOADER_CLASS = "spiders.loader.ProjectSpiderLoader"
# Where `scrapy genspider` puts a spider.
NEWSPIDER_MODULE = "spiders.own"
COMMANDS_MODULE = "spiders.commands"
USER_AGENT = _config.user_agent
ROBOTSTXT_OBEY = _config.obey_robots
# The record that parsers make is what users get: no reordering, no ASCII escapes.
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {
    "json": "spiders.extensions.exporters.PlainJsonExporter",
    "jsonlines": "spiders.extensions.exporters.PlainJsonLinesExporter",
    "jsonl": "spiders.extensions.exporters.PlainJsonLinesExporter",
    "jl": "spiders.extensions.exporters.PlainJsonLinesExporter",
    "csv": "spiders.extensions.exporters.PlainCsvExporter",
    "xml": "spiders.extensions.exporters.PlainXmlExporter",
    "marshal": "spiders.extensions.exporters.PlainMarshalExporter",
    "pickle": "spiders.extensions.exporters.PlainPickleExporter",
}

# No crawl process opens a listening socket; Scrapy 2.19's remote control would run code sent to it.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Measured: fewer CPU milliseconds a page than the Twisted handler, see docs/decisions/0003.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
DOWNLOAD_HANDLERS = {
    "http": "spiders.extensions.origin.OriginDownloadHandler",
    "https": "spiders.extensions.origin.OriginDownloadHandler",
}
# A product page is about 2 MB; the default of 5 MB would leave the downloader waiting for the parser.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 64 * 1024 * 1024
# Scrapy would drop longer ones without a word, and their targets would never end; servers answer 414.
URLLENGTH_LIMIT = 0
DOWNLOAD_VERIFY_CERTIFICATES = _config.verify_certificates
DOWNLOAD_TIMEOUT = _config.request_timeout_seconds
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
# Scrapy starts so many tasks for each response; with its default of 100 that is a millisecond of CPU a
# page, and our pipelines do not wait for anything.
CONCURRENT_ITEMS = 4

DOWNLOADER_MIDDLEWARES = {
    # Outermost: it sees what all others could not turn into a response.
    "spiders.middlewares.failed_download.FailedDownloadMiddleware": 10,
    "spiders.middlewares.lost_requests.LostRequestsMiddleware": 10,
    # Scrapy's own allows everything when robots.txt cannot be read: it is for spiders not of ours.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "spiders.middlewares.robots.StockRobotsMiddleware": 100,
    "spiders.middlewares.robots.RobotsMiddleware": 100,
    # After decompression, which is at 590: it reads the page's header.
    "spiders.visitors.proof.PlaceProofMiddleware": 570,
    "spiders.middlewares.chain_cookies.ChainCookiesMiddleware": 605,
    "spiders.middlewares.redirect.SameSiteRedirectMiddleware": 600,
    "spiders.middlewares.delay.DelayMiddleware": 880,
    "spiders.visitors.middleware.VisitorMiddleware": 885,
    # After every wait.
    "spiders.visitors.gate.VisitorGateMiddleware": 894,
}
SPIDER_MIDDLEWARES: dict[str, int] = {}
ITEM_PIPELINES = {"pipelines.validation.ValidationPipeline": 100}

PAGE_ATTEMPTS = _config.page_attempts
RETRY_DELAY_SECONDS = _config.retry_delay_seconds
SANDBOX_URL = _config.sandbox_url
AMAZON_ORIGIN = _config.amazon_origin
# Of the site spider: requests in flight to one host, of one crawler.
SITE_REQUESTS_PER_HOST = _config.site_requests_per_host
LOG_LEVEL = _config.log_level
LOG_FORMATTER = "spiders.extensions.log_formatter.QuietLogFormatter"
