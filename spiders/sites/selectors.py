"""CSS selectors as Scrapy reads them, with `::text` and `::attr(name)`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cssselect import SelectorError, SelectorSyntaxError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

MAX_SELECTOR_LENGTH = 1_000


class BadSelector(ValueError):
    """The selector cannot be understood; the message says why."""


@lru_cache(maxsize=4_096)
def xpath_from_css(css: str) -> Callable[[Any], list[Any]]:
    """A compiled XPath: from an element to the elements or texts below it; raises BadSelector."""
    if not css.strip() or len(css) > MAX_SELECTOR_LENGTH:
        raise BadSelector(f"a selector has 1 to {MAX_SELECTOR_LENGTH} characters: {css[:80]!r}")
    try:
        compiled: Callable[[Any], list[Any]] = etree.XPath(
            HTMLTranslator().css_to_xpath(css), smart_strings=False
        )
    except RecursionError:
        # cssselect descends once for each combinator.
        raise BadSelector(f"{css[:80]!r} has too many steps") from None
    except (SelectorError, SelectorSyntaxError, etree.XPathError) as error:
        raise BadSelector(f"{css!r} is no CSS selector: {error}") from error
    return compiled
