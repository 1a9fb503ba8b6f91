"""What a path asks for."""

import re

_PRODUCT = re.compile(
    r"(?:/-/[a-z]{2})?(?:/[^/]+)?/(?:dp|gp/product|gp/aw/d)/(?P<asin>[0-9A-Za-z]{10})(?:/.*)?"
)
# `/b` and `/gp/browse.html` lead to a category by its node.
_SEARCH = re.compile(r"(?:/-/[a-z]{2})?/(?:s|(?:[^/]+/)?b|gp/browse\.html)/?")


def find_asin(path: str) -> str | None:
    found = _PRODUCT.fullmatch(path)
    return found["asin"].upper() if found else None


def is_search(path: str) -> bool:
    return _SEARCH.fullmatch(path) is not None


def is_list_of_results(path: str) -> bool:
    """Not by a category's own address, which may lead to a landing page."""
    return path.rstrip("/").endswith("/s")
