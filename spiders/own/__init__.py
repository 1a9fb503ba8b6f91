"""Spiders of your own: `scrapy genspider NAME DOMAIN` puts them here (docs/own-spiders.md)."""
