"""A crawl node: scrapyd with our runner. With `TAKES_EGGS` this folder and the requirements are all
that a node needs; the spiders come as an egg (`make deploy`).
"""
