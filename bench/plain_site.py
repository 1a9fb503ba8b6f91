"""What site_crawl.py compares with: the same crawl as one would write it with plain Scrapy."""

import json
import sys

from scrapy import Spider
from scrapy.crawler import CrawlerProcess


class PlainSiteSpider(Spider):
    name = "plain_site"

    def __init__(self, *args, url, selectors, **kwargs):
        super().__init__(*args, **kwargs)
        self.start_urls = [url]
        self.selectors = selectors

    def parse(self, response):
        yield {
            "url": response.url,
            "data": {name: response.css(css).get() for name, css in self.selectors.items()},
        }
        yield from response.follow_all(css="a", callback=self.parse)


def main() -> None:
    url, selectors, output, concurrency, *most = sys.argv[1:]
    process = CrawlerProcess(
        {
            "FEEDS": {output: {"format": "jsonlines"}},
            "CONCURRENT_REQUESTS": int(concurrency),
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency),
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "CLOSESPIDER_PAGECOUNT": int(most[0]) if most else 0,
            "LOG_LEVEL": "WARNING",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    process.crawl(PlainSiteSpider, url=url, selectors=json.loads(selectors))
    process.start()


if __name__ == "__main__":
    main()
