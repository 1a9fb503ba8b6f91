"""Amazon's addresses: which URL to fetch for a product or a search. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote_plus, urlencode, urlsplit

from spiders.sites.marketplaces import MARKETPLACES, Marketplace, find_marketplace_by_host
from spiders.sites.refinements import narrowed

SORT_VALUES = {
    "relevance": None,
    "price_asc": "price-asc-rank",
    "price_desc": "price-desc-rank",
    "reviews": "review-rank",
    "newest": "date-desc-rank",
    "best_sellers": "exact-aware-popularity-rank",
}

_PATH_ASIN = re.compile(
    r"/(?:dp(?:/product)?|gp/product(?:/glance)?|gp/aw/d|gp/offer-listing|product-reviews|product|d"
    r"|exec/obidos/(?:ASIN|tg/detail/-|ISBN=)|o/ASIN|gp/customer-reviews)"
    r"/?([A-Za-z0-9]{10}|97[89][0-9]{10})(?=[/?#&;]|$)",
    re.IGNORECASE,
)
_SEARCH_PATH = re.compile(
    r"^(?:/-/[a-z]{2})?/(?:s|s/.*|gp/search.*|gp/browse\.html.*|(?:[^/]+/)?b(?:/ref=.*)?)/?$"
)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The search part of a job's config; prices in the store's currency."""

    sort_by: str | None = None
    price_min: Decimal | float | None = None
    price_max: Decimal | float | None = None
    department: str | None = None
    node: str | None = None
    # Each a name and a value: `p_89:Anker`.
    refinements: Sequence[str] = ()
    # Of a search's address that was given as the target; what the fields above say goes first.
    query: Mapping[str, str] = field(default_factory=dict)


def product_url(marketplace: Marketplace, asin: str, *, language: str | None = None) -> str:
    """`th` and `psc` pin the variant asked for, so that its own price is shown."""
    pinned = {"th": "1", "psc": "1"} | ({"language": language} if language else {})
    return f"{canonical_product_url(marketplace, asin)}?{urlencode(pinned)}"


def canonical_product_url(marketplace: Marketplace, asin: str) -> str:
    return f"https://{marketplace.host}/dp/{asin}"


def variant_key(marketplace: Marketplace, asin: str) -> str:
    """What tells the products of a job apart."""
    return f"{marketplace.code}/{asin}"


def search_url(
    marketplace: Marketplace,
    keyword: str | None,
    *,
    page: int = 1,
    language: str | None = None,
    options: SearchOptions = SearchOptions(),
) -> str:
    """Price limits go as `low-price`/`high-price`: whole currency units, so no guess is needed of
    how many decimals the store's currency has, as `rh=p_36:` would. Raises BadRefinement."""
    given = options.query
    sort = given.get("s") if options.sort_by is None else SORT_VALUES[options.sort_by]
    has_prices = options.price_min is not None or options.price_max is not None
    refinements = narrowed(
        given.get("rh", ""),
        node=options.node,
        others=options.refinements,
        has_prices=has_prices,
    )
    asked = {
        "k": keyword,
        "i": options.department or given.get("i"),
        "rh": refinements,
        "bbn": given.get("bbn"),
        "s": sort,
        "low-price": _plain_number(options.price_min) or given.get("low-price"),
        "high-price": _plain_number(options.price_max) or given.get("high-price"),
        "srs": given.get("srs"),
        "me": given.get("me"),
        "page": str(page) if page > 1 else None,
        "language": language,
    }
    stated = {name: value for name, value in asked.items() if value}
    return f"https://{marketplace.host}/s?{urlencode(stated, quote_via=quote_plus)}"


def is_same_site(url_a: str, url_b: str) -> bool:
    """Whether a redirect between the two stays among the stores (the practice store is its own)."""
    stores = [_store_of(url) for url in (url_a, url_b)]
    if None in stores:
        return False
    sandbox = MARKETPLACES["sandbox"]
    return (stores[0] is sandbox) == (stores[1] is sandbox)


def is_search_address(url: str) -> bool:
    return _SEARCH_PATH.match(urlsplit(url).path) is not None


def is_product_address(url: str) -> bool:
    return asin_from_path(urlsplit(url).path) is not None


def asin_from_path(path: str) -> str | None:
    """The ASIN in a link's path or query as it stands, without following ad redirects."""
    match = _PATH_ASIN.search(path)
    return match.group(1).upper() if match and len(match.group(1)) == 10 else None


def _plain_number(value: Decimal | float | None) -> str | None:
    return None if value is None else f"{Decimal(str(value)).normalize():f}"


def _store_of(url: str) -> Marketplace | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return find_marketplace_by_host(host)
