"""Page objects: bytes and a URL in, items out. No I/O, no Scrapy, no settings."""

from spiders.pages.version import PARSER_VERSION

__all__ = ["PARSER_VERSION"]
