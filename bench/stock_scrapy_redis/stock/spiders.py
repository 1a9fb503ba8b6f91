from scrapy_redis.spiders import RedisSpider


class StockDetailSpider(RedisSpider):
    """A product spider as tutorials write it."""

    name = "stock_detail"

    def parse(self, response):
        yield {
            "url": response.url,
            "title": response.css("#productTitle::text").get("").strip(),
            "price": response.css(".a-price .a-offscreen::text").get(),
            "rating": response.css("#acrPopover::attr(title)").get(),
        }
