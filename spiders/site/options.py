"""What a page job asks for, read from a target's params."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from spiders.sites.page_urls import Reach
from spiders.sites.selectors import xpath_from_css

MAX_PAGES = 10_000
MAX_SELECTORS = 100
MAX_DELAY_SECONDS = 60.0
# To translate more of them takes longer than a crawler's event loop may stand still; the process that
# reads the page says which one is bad.
MAX_CHECKED_CHARACTERS = 8_000
ENGINES = ("auto", "scrapy", "playwright")


class BadOption(ValueError):
    """A param is wrong; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    selectors: Mapping[str, str]
    item_selector: str | None
    next_page_selector: str | None
    follow_links: bool
    max_pages: int
    max_depth: int | None
    delay_seconds: float
    respect_robots: bool
    engine: str
    depth: int
    reach: Reach

    @property
    def discovers(self) -> bool:
        """Whether pages may lead to further targets."""
        return self.max_pages > 1 and (self.follow_links or self.next_page_selector is not None)

    @property
    def may_go_deeper(self) -> bool:
        return self.follow_links and (self.max_depth is None or self.depth < self.max_depth)


def options_from_params(params: Mapping[str, Any], url: str) -> SiteOptions:
    """Raises BadOption, BadSelector or NotAPageUrl (each a ValueError)."""
    domains = params.get("allowedDomains") or ()
    if isinstance(domains, str) or not all(isinstance(domain, str) for domain in domains):
        raise BadOption("allowedDomains must be a list of host names")
    return SiteOptions(
        selectors=_selectors(params.get("selectors")),
        item_selector=_selector("itemSelector", params.get("itemSelector")),
        next_page_selector=_selector("nextPageSelector", params.get("nextPageSelector")),
        follow_links=_switch("followLinks", params.get("followLinks"), False),
        max_pages=_whole("maxPages", params.get("maxPages", 1), least=1, most=MAX_PAGES),
        max_depth=_max_depth(params.get("maxDepth")),
        delay_seconds=_delay(params.get("delay")),
        respect_robots=_switch("respectRobots", params.get("respectRobots"), True),
        engine=_engine(params.get("engine")),
        depth=_whole("depth", params.get("depth", 0), least=0, most=MAX_PAGES),
        reach=Reach.of(url, domains),
    )


def _selectors(given: Any) -> Mapping[str, str]:
    """None: a seed pushed by hand that says nothing but its URL."""
    selectors = {} if given is None else given
    if not isinstance(selectors, Mapping) or len(selectors) > MAX_SELECTORS:
        raise BadOption(f"selectors must be an object with at most {MAX_SELECTORS} names")
    for name, css in selectors.items():
        if not isinstance(css, str):
            raise BadOption(f"selectors: {name!r} must be text")
    if sum(map(len, selectors.values())) <= MAX_CHECKED_CHARACTERS:
        for css in selectors.values():
            xpath_from_css(css)
    return MappingProxyType(dict(selectors))


def _selector(name: str, css: Any) -> str | None:
    if css is None or css == "":
        return None
    if not isinstance(css, str):
        raise BadOption(f"{name} must be text")
    xpath_from_css(css)
    return css


def _switch(name: str, value: Any, default: bool) -> bool:
    if value is None:
        return default
    if not isinstance(value, bool):
        raise BadOption(f"{name} must be true or false")
    return value


def _whole(name: str, value: Any, *, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadOption(f"{name} is {value!r}, it must be a whole number from {least} to {most}")
    return value


def _max_depth(value: Any) -> int | None:
    return None if value is None else _whole("maxDepth", value, least=0, most=MAX_PAGES)


def _delay(value: Any) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadOption(f"delay is {value!r}, it must be a number of seconds")
    if not 0 <= value <= MAX_DELAY_SECONDS:
        raise BadOption(f"delay is {value!r}, it must be from 0 to {MAX_DELAY_SECONDS:g} seconds")
    return float(value)


def _engine(value: Any) -> str:
    if value is None:
        return "auto"
    if value not in ENGINES:
        raise BadOption(f"engine is {value!r}, it must be one of {', '.join(ENGINES)}")
    return str(value)
