"""What a path asks for."""

import re

_PRODUCT = re.compile(
    r"(?:/-/[a-z]{2})?(?:/[^/]+)?/(?:dp|gp/product|gp/aw/d)/(?P<asin>[0-9A-Za-z]{10})(?:/.*)?"
)
_SEARCH = re.compile(r"(?:/-/[a-z]{2})?/s/?")


def find_asin(path: str) -> str | None:
    found = _PRODUCT.fullmatch(path)
    return found["asin"].upper() if found else None


def is_search(path: str) -> bool:
    return _SEARCH.fullmatch(path) is not None
