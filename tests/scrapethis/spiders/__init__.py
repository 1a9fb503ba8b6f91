"""Spiders that the tests deploy on their node (EXTRA_SPIDER_MODULES)."""
