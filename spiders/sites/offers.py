"""The address of all offers of a product, and the conditions that it can be narrowed down to. No I/O."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from types import MappingProxyType
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from spiders.sites.marketplaces import Marketplace

_PATH = "/gp/product/ajax/aodAjaxMain/"
_OLDER_PATHS = ("/gp/aod/ajax", "/gp/product/ajax")
OFFERS_A_PAGE = 10
# More offers than any product has; a store that never ends its list is left here.
MAX_OFFERS_PAGES = 100
_USED = ("usedLikeNew", "usedVeryGood", "usedGood", "usedAcceptable")
# By the word that jobs and rows use, Amazon's own names of the filters.
CONDITION_FILTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "new": ("new",),
        "used": _USED,
        "used_like_new": ("usedLikeNew",),
        "used_very_good": ("usedVeryGood",),
        "used_good": ("usedGood",),
        "used_acceptable": ("usedAcceptable",),
        "collectible": ("collectible",),
    }
)
# "used" in a request means all of these rows.
_MEANS = {"used": ("used_like_new", "used_very_good", "used_good", "used_acceptable", "renewed")}


def offers_url(
    marketplace: Marketplace,
    asin: str,
    *,
    page: int = 1,
    conditions: Collection[str] = (),
    language: str | None = None,
) -> str:
    query = {
        "asin": asin,
        "pc": "dp",
        "experienceId": "aodAjaxMain",
        "filters": _filters(conditions),
        "pageno": str(page) if page > 1 else None,
        "isonlyrenderofferlist": "true" if page > 1 else None,
        "language": language,
    }
    asked = {name: value for name, value in query.items() if value is not None}
    return f"https://{marketplace.host}{_PATH}?{urlencode(asked, quote_via=quote)}"


def asin_of_offers_url(url: str) -> str | None:
    """None for an address of anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path.partition("/ref=")[0].rstrip("/")
    if path not in (_PATH.rstrip("/"), *_OLDER_PATHS):
        return None
    asin = parse_qs(parts.query).get("asin", [""])[0]
    return asin.upper() if len(asin) == 10 and asin.isalnum() else None


def is_wanted(condition: str | None, conditions: Collection[str]) -> bool:
    """A condition that nobody can read is the store's own answer to what was asked for."""
    if not conditions or condition is None:
        return True
    meant = {word for name in conditions for word in (name, *_MEANS.get(name, ()))}
    return condition in meant


def _filters(conditions: Collection[str]) -> str | None:
    if not conditions:
        return None
    names = dict.fromkeys(name for one in conditions for name in CONDITION_FILTERS[one])
    return json.dumps({"all": True, **dict.fromkeys(names, True)}, separators=(",", ":"))
