"""What a client asks for, turned into targets that a crawler can take. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from control_api.services.errors import InvalidAsin, InvalidInput
from spiders.currencies import BadCurrency
from spiders.marketplaces import (
    Locale,
    UnsupportedLanguage,
    UnsupportedMarketplace,
    locale_for,
)
from spiders.places import BadPlace
from spiders.urls import (
    NotAnAmazonTarget,
    ProductTarget,
    SearchOptions,
    product_target_from_text,
    product_url,
    search_url,
)
from spiders.visitor_params import visitor_params
from storage.records import NewTarget, Priority

SPIDER_OF_KIND: Mapping[str, str] = MappingProxyType(
    {"search": "amazon_search", "details": "amazon_detail"}
)
_SEARCH_OPTIONS = (
    "maxPages", "maxResults", "includeSponsored", "sortBy", "priceMin", "priceMax", "department",
)  # fmt: skip
_LONGEST_NAMED_TARGET = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """`config` is what the client sent, checked: known keys have their types, others are free."""

    kind: str
    targets: Sequence[str]
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def priority(self) -> Priority:
        return Priority(self.config.get("priority") or Priority.NORMAL)


def new_targets_from_request(request: JobRequest) -> list[NewTarget]:
    """The targets in the client's order, each once.

    Raises InvalidInput for a lang or marketplace we do not serve, InvalidAsin for texts that name no
    product.
    """
    if request.kind == "search":
        return _search_targets(request)
    return _details_targets(request)


def _search_targets(request: JobRequest) -> list[NewTarget]:
    locale = _locale(request.config)
    return [
        _search_target(keyword, locale, request.config) for keyword in _each_once(request.targets)
    ]


def _search_target(keyword: str, locale: Locale, config: Mapping[str, Any]) -> NewTarget:
    options = SearchOptions(
        sort_by=config.get("sortBy"),
        price_min=config.get("priceMin"),
        price_max=config.get("priceMax"),
        department=config.get("department"),
    )
    asked = {key: config[key] for key in _SEARCH_OPTIONS if config.get(key) is not None}
    return NewTarget(
        value=keyword,
        url=search_url(locale.marketplace, keyword, language=locale.language, options=options),
        marketplace=locale.marketplace.code,
        seed={
            "keyword": keyword,
            "lang": locale.lang,
            "language": locale.language,
            **asked,
            **_visitor_params(config, locale),
        },
    )


def _details_targets(request: JobRequest) -> list[NewTarget]:
    # Locales are few and targets many.
    locales: dict[str | None, Locale] = {}
    found: dict[tuple[str, str], NewTarget] = {}
    for text, product in _products(request.targets):
        if product.host not in locales:
            locales[product.host] = _locale(request.config, product.host)
        locale = locales[product.host]
        key = (locale.marketplace.code, product.asin)
        if key not in found:
            found[key] = _details_target(text, product, locale, request.config)
    return list(found.values())


def _details_target(
    text: str, product: ProductTarget, locale: Locale, config: Mapping[str, Any]
) -> NewTarget:
    return NewTarget(
        value=text,
        url=product_url(locale.marketplace, product.asin, language=locale.language),
        marketplace=locale.marketplace.code,
        seed={
            "asin": product.asin,
            "lang": locale.lang,
            "language": locale.language,
            **_visitor_params(config, locale),
        },
    )


def _products(texts: Iterable[str]) -> list[tuple[str, ProductTarget]]:
    products: list[tuple[str, ProductTarget]] = []
    bad: list[dict[str, str]] = []
    for text in _each_once(texts):
        try:
            products.append((text, product_target_from_text(text)))
        except NotAnAmazonTarget as error:
            bad.append({"target": text[:_LONGEST_NAMED_TARGET], "message": error.reason})
    if bad:
        raise InvalidAsin(
            f"each value in targets must resolve to a 10-character ASIN; {len(bad)} did not", bad
        )
    return products


def _visitor_params(config: Mapping[str, Any], locale: Locale) -> dict[str, Any]:
    try:
        return visitor_params(
            locale.marketplace,
            language=locale.language,
            deliver_to=config.get("deliverTo"),
            currency=config.get("currency"),
            on_wrong_place=config.get("onWrongPlace"),
        )
    except BadPlace as error:
        raise InvalidInput(f"config.deliverTo: {error}") from error
    except BadCurrency as error:
        raise InvalidInput(f"config.currency: {error}") from error


def _locale(config: Mapping[str, Any], host: str | None = None) -> Locale:
    try:
        return locale_for(
            lang=config.get("lang"), marketplace=config.get("marketplace"), url_host=host
        )
    except UnsupportedLanguage as error:
        raise InvalidInput(f"config.lang: {error}") from error
    except UnsupportedMarketplace as error:
        raise InvalidInput(f"config.marketplace: {error}") from error


def _each_once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts))
