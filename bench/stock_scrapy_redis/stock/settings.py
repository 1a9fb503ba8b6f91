import os

BOT_NAME = "stock"
SPIDER_MODULES = ["stock.spiders"]
SCHEDULER = "scrapy_redis.scheduler.Scheduler"
DUPEFILTER_CLASS = "scrapy_redis.dupefilter.RFPDupeFilter"
ITEM_PIPELINES = {"scrapy_redis.pipelines.RedisPipeline": 300}
REDIS_URL = os.environ.get("REDIS_URL")
# The spider must end for scrapyd to count it as finished.
MAX_IDLE_TIME_BEFORE_CLOSE = 2
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
