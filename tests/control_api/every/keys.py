"""Every key of a search or a product, and what a crawler reads of it."""

from __future__ import annotations

from typing import Any

# Key: a value, and the spider's argument that means the same.
READ_BY_CRAWLERS: dict[str, tuple[Any, str, str]] = {
    "lang": ("de-DE", "lang", "de-DE"),
    "marketplace": ("FR", "marketplace", "FR"),
    "maxPages": (3, "max_pages", "3"),
    "maxResults": (7, "max_results", "7"),
    "sortBy": ("newest", "sort_by", "newest"),
    "priceMin": (5.5, "price_min", "5.5"),
    "priceMax": (9.5, "price_max", "9.5"),
    "department": ("toys", "department", "toys"),
    "node": ("172282", "node", "172282"),
    "refinements": (["p_89:Anker", "p_72:4"], "refinements", "p_89:Anker,p_72:4"),
    "includeSponsored": (False, "include_sponsored", "false"),
    "expandVariants": (3, "expand_variants", "3"),
    "include": (["offers"], "include", "offers"),
    "conditions": (["new", "used_good"], "conditions", "new,used_good"),
    "maxOffers": (7, "max_offers", "7"),
    "fill": (True, "fill", "true"),
    "list": ("most_gifted", "list", "most_gifted"),
    "currency": ("eur", "currency", "eur"),
    "deliverTo": ({"postalCode": "10001"}, "deliver_to", "10001"),
    "onWrongPlace": ("keep", "on_wrong_place", "keep"),
    "engine": ("auto", "engine", "auto"),
}
OF_SEARCHES = {
    "maxPages", "maxResults", "sortBy", "priceMin", "priceMax", "department", "node",
    "refinements", "includeSponsored",
}  # fmt: skip
OF_LISTS = {"list", "fill", "maxResults"}
OF_DETAILS = {"expandVariants", "include", "conditions", "maxOffers"}
OF_OFFERS = {"conditions", "maxOffers"}
OF_VISITORS = {"currency", "deliverTo", "onWrongPlace", "engine"}
OF_ALL = {"lang", "marketplace"}
# By type, the keys that have an effect on its jobs.
OF_ITS_OWN = {
    "search": OF_SEARCHES | OF_VISITORS,
    "details": OF_DETAILS | OF_VISITORS,
    "bestsellers": OF_LISTS | OF_VISITORS,
    "offers": OF_OFFERS | OF_VISITORS,
    "seller": OF_VISITORS,
    "suggestions": {"department"},
}
OF_OTHERS = {kind: set(READ_BY_CRAWLERS) - own - OF_ALL for kind, own in OF_ITS_OWN.items()}
# A key that means something beside another one alone, of all types or of one.
BESIDE: dict[tuple[str | None, str], dict[str, Any]] = {
    (None, "onWrongPlace"): {"deliverTo": "10001"},
    ("details", "conditions"): {"include": ["offers"]},
    ("details", "maxOffers"): {"include": ["offers"]},
}
CASES = [
    (kind, key)
    for kind, others in OF_OTHERS.items()
    for key in READ_BY_CRAWLERS
    if key not in others
]
