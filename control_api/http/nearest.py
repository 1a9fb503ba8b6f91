"""The known name that somebody meant who wrote another one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

# Below this share of common characters two names are not taken for the same.
_CLOSE = 0.72
_MAX_LENGTH = 100
# Other words for what we name otherwise, as people know them from other services.
_OTHER_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pages": ("maxPages", "max_pages"),
        "pagecount": ("maxPages", "max_pages"),
        "numpages": ("maxPages", "max_pages"),
        "depth": ("max_depth",),
        "results": ("maxResults",),
        "maxitems": ("maxResults",),
        "count": ("limit", "maxResults"),
        "pagelimit": ("limit", "maxPages", "max_pages"),
        "perpage": ("pageSize", "limit"),
        "size": ("pageSize", "limit"),
        "skip": ("offset",),
        "start": ("offset", "skip"),
        "offset": ("skip",),
        "limit": ("maxResults",),
        "sort": ("sortBy",),
        "order": ("sortBy",),
        "orderby": ("sortBy",),
        "language": ("lang",),
        "locale": ("lang",),
        "country": ("marketplace", "deliverTo"),
        "domain": ("marketplace",),
        "store": ("marketplace",),
        "site": ("marketplace",),
        "tld": ("marketplace",),
        "zip": ("deliverTo", "postalCode"),
        "zipcode": ("deliverTo", "postalCode"),
        "postcode": ("deliverTo", "postalCode"),
        "plz": ("deliverTo", "postalCode"),
        "postalcode": ("deliverTo",),
        "location": ("deliverTo",),
        "minprice": ("priceMin",),
        "maxprice": ("priceMax",),
        "category": ("department",),
        "browsenode": ("node",),
        "categoryid": ("node",),
        "rh": ("refinements",),
        "filters": ("refinements",),
        "ads": ("includeSponsored",),
        "sponsored": ("includeSponsored",),
        "columns": ("fields",),
        "type": ("format",),
        "state": ("status",),
        "keywords": ("targets",),
        "keyword": ("targets",),
        "asins": ("targets",),
        "asin": ("targets",),
        "urls": ("targets", "url"),
        "webhookurl": ("url", "webhook_url"),
        "css": ("selectors",),
        "cronexpression": ("cron", "cron_expression"),
        "tz": ("timezone",),
    }
)


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `name` most likely stands for, or None.

    `known` may be paths (`config.maxPages`): their last parts are compared.
    """
    plain = _plain(name[:_MAX_LENGTH])
    by_plain = {_plain(path.rpartition(".")[2]): path for path in known}
    if plain in by_plain:
        return by_plain[plain]
    for word in _OTHER_WORDS.get(plain, ()):
        if _plain(word) in by_plain:
            return by_plain[_plain(word)]
    found = difflib.get_close_matches(plain, by_plain, n=1, cutoff=_CLOSE)
    return by_plain[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, or nothing."""
    nearest = nearest_name(name, known)
    return f"; did you mean `{nearest}`?" if nearest else ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
