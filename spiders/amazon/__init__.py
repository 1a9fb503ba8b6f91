"""The Amazon spiders. The same classes crawl for `scrapy crawl` and for the pool."""
