"""Spiders under scrapyd: targets come leased from Redis, rows go to MongoDB."""

from settings.config import process_config
from settings.scrapy_base import *  # noqa: F403
from settings.scrapy_base import DOWNLOADER_MIDDLEWARES, ITEM_PIPELINES

_config = process_config()

POOL_MODE = True
# All crawlers together make one visitor for each place and exit.
VISITORS_SHARED = True
CONCURRENT_REQUESTS_PER_DOMAIN = _config.crawler_concurrency
DOWNLOAD_DELAY = 0.0
LEASE_WINDOW = _config.lease_window
MAX_LEASES = _config.max_leases
# Scrapy counts requests that wait among these; real concurrency is the window's, and each domain's.
CONCURRENT_REQUESTS = MAX_LEASES

EXTENSIONS = {
    "spiders.frontier.frontier.Frontier": 0,
    "spiders.extensions.defects.DefectCounter": 0,
    # Log lines per minute of an endless process help nobody; the worker reads heartbeats instead.
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": 0,
}
MEMUSAGE_LIMIT_MB = 2048
SPIDER_MIDDLEWARES = {
    # Nearest to the spider: sees each request and item exactly as the callback made it.
    "spiders.frontier.middleware.TargetMiddleware": 1000,
    # Sees rows with their keys.
    "spiders.saved.middleware.KeepPagesMiddleware": 995,
    "spiders.middlewares.proxy.ProxyOutcomeMiddleware": 990,
}
DOWNLOADER_MIDDLEWARES = {
    **DOWNLOADER_MIDDLEWARES,
    "spiders.middlewares.pace.PaceMiddleware": 890,
    "spiders.frontier.middleware.TargetGoneMiddleware": 893,
    # After every wait, so that the proxy is chosen when the request goes.
    "spiders.middlewares.proxy.ProxyMiddleware": 895,
    "spiders.frontier.middleware.SeclusionMiddleware": 899,
}
ITEM_PIPELINES = {
    **ITEM_PIPELINES,
    "pipelines.results.ResultsPipeline": 900,
}
