"""Spiders that the tests deploy on their nodes (EXTRA_SPIDER_MODULES)."""
