"""What a job asks of its visitor, as the params of its targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spiders.sites.currencies import currency_from_asked
from spiders.sites.marketplaces import Marketplace
from spiders.sites.places import place_from_asked

ON_WRONG_PLACE = ("fail", "keep")
ENGINES = ("http", "auto", "browser")


def visitor_params(
    marketplace: Marketplace,
    *,
    language: str,
    deliver_to: str | Mapping[str, Any] | None,
    currency: str | None,
    on_wrong_place: str | None,
    engine: str | None,
) -> dict[str, Any]:
    """Empty where nothing is asked. Raises BadPlace, BadCurrency."""
    params: dict[str, Any] = {}
    if deliver_to is not None:
        place = place_from_asked(deliver_to, marketplace, language=language)
        params["deliverTo"] = place.to_params()
        if on_wrong_place == "keep":
            params["onWrongPlace"] = "keep"
    if currency is not None:
        params["currency"] = currency_from_asked(currency)
    if engine is not None and engine != "http":
        params["engine"] = engine
    return params
