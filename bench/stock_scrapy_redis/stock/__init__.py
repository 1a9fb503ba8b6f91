"""What a user would build from scrapy-redis' documentation: its spider, scheduler and dupe filter."""
