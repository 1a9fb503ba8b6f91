"""ScrapeThis: named spiders as a service, under /api/v1."""
