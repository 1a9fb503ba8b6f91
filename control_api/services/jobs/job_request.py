"""What a client asks for, turned into targets that a crawler can take. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from control_api.services.errors import InvalidAsin, InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import (
    MAX_NAMED,
    BadTarget,
    ReadTarget,
    read_texts,
    skipped_warnings,
)
from control_api.services.warnings import RequestWarning
from spiders.sites.currencies import BadCurrency
from spiders.sites.marketplaces import (
    Locale,
    UnsupportedLanguage,
    UnsupportedMarketplace,
    locale_for,
)
from spiders.sites.places import BadPlace
from spiders.sites.urls import SearchOptions, product_url, search_url
from spiders.sites.visitor_params import visitor_params
from spiders.targets import (
    EmptyTarget,
    ProductTarget,
    SearchTarget,
    product_target_from_text,
    search_target_from_text,
)
from storage.base.records import NewTarget, Priority

SPIDER_OF_KIND: Mapping[str, str] = MappingProxyType(
    {"search": "amazon_search", "details": "amazon_detail"}
)
_SEARCH_OPTIONS = (
    "maxPages", "maxResults", "includeSponsored", "sortBy", "priceMin", "priceMax", "department",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """`config` is what the client sent, checked: known keys have their types, others are free."""

    kind: str
    targets: Sequence[str]
    config: Mapping[str, Any] = field(default_factory=dict)
    # Texts that name no target are left out, and named in the warnings.
    skips_invalid: bool = False
    # Of the operator, for what `config` does not say.
    defaults: Defaults = field(default_factory=Defaults)

    @property
    def priority(self) -> Priority:
        return Priority(self.config.get("priority") or Priority.NORMAL)


@dataclass(frozen=True, slots=True)
class RequestedTargets:
    targets: Sequence[NewTarget]
    warnings: Sequence[RequestWarning]


def new_targets_from_request(request: JobRequest) -> RequestedTargets:
    """The targets in the client's order, each once, and what was not taken as it was sent.

    Raises InvalidInput for a lang or marketplace that we do not serve, and for keywords of a search
    job that are none; InvalidAsin for texts of a details job that name no product. Their `details` list
    every such text with its index and reason (the first 100).
    """
    reader = _READERS[request.kind](request)
    found = read_texts(request.targets, reader.read)
    if found.bad and not (request.skips_invalid and found.targets):
        raise _refusal(request.kind, found.bad)
    if not found.targets:
        raise InvalidInput("targets should not be empty")
    return RequestedTargets(found.targets, [*skipped_warnings(found.bad), *found.warnings])


class _SearchReader:
    def __init__(self, request: JobRequest) -> None:
        self._config = request.config
        self._locales = _Locales(request.config)
        self._visitors = _Visitors(request)
        self._spellings: dict[str, str] = {}

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        search = search_target_from_text(text)
        if isinstance(search, EmptyTarget):
            return search
        locale, warnings = self._locales.find(search.host)
        visitor = self._visitors.params(locale)
        target = _search_target(search, locale, self._config, visitor)
        return ReadTarget(target, (target.url, search.page), [*warnings, *self._note_case(search)])

    def _note_case(self, search: SearchTarget) -> list[str]:
        keyword = search.keyword or ""
        first = self._spellings.setdefault(keyword.casefold(), keyword)
        return [] if first == keyword else [f"differs from {first!r} in case alone; both run"]


class _DetailsReader:
    def __init__(self, request: JobRequest) -> None:
        self._locales = _Locales(request.config)
        self._visitors = _Visitors(request)

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        product = product_target_from_text(text)
        if isinstance(product, EmptyTarget):
            return product
        locale, warnings = self._locales.find(product.host)
        visitor = self._visitors.params(locale)
        target = _details_target(product, locale, visitor)
        unusual = ["has a wrong check digit for an ISBN"] if product.warnings else []
        return ReadTarget(target, (target.marketplace, product.asin), [*warnings, *unusual])


_READERS: Mapping[str, type[_SearchReader | _DetailsReader]] = MappingProxyType(
    {"search": _SearchReader, "details": _DetailsReader}
)


class _Locales:
    """The locale of each host that the texts name: they are few, and the texts many."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        # What is wrong with the config itself is said first, and once.
        self._found: dict[str | None, Locale] = {None: _locale(config)}

    def find(self, host: str | None) -> tuple[Locale, list[str]]:
        if host not in self._found:
            self._found[host] = _locale(self._config, host)
        locale, wanted = self._found[host], self._found[None].marketplace
        if host is None or self._config.get("marketplace") is None or wanted.host == host:
            return locale, []
        read = locale.marketplace.code
        return locale, [f"names {host}, but config.marketplace is {read}: read from {read}"]


class _Visitors:
    """What is asked of each store's visitor. Stores are few, and the texts many."""

    def __init__(self, request: JobRequest) -> None:
        self._config = request.config
        self._defaults = request.defaults
        self._found: dict[tuple[str, str], Mapping[str, Any]] = {}

    def params(self, locale: Locale) -> Mapping[str, Any]:
        key = (locale.marketplace.code, locale.language)
        if key not in self._found:
            self._found[key] = _visitor_params(self._config, locale, self._defaults)
        return self._found[key]


def _search_target(
    search: SearchTarget,
    locale: Locale,
    config: Mapping[str, Any],
    visitor: Mapping[str, Any],
) -> NewTarget:
    options = SearchOptions(
        sort_by=config.get("sortBy"),
        price_min=config.get("priceMin"),
        price_max=config.get("priceMax"),
        department=config.get("department"),
        query=search.query,
    )
    asked = {key: config[key] for key in _SEARCH_OPTIONS if config.get(key) is not None}
    if search.query:
        asked["query"] = dict(search.query)
    if search.page > 1:
        asked["firstPage"] = search.page
    return NewTarget(
        value=search.text,
        url=search_url(
            locale.marketplace,
            search.keyword,
            page=search.page,
            language=locale.language,
            options=options,
        ),
        marketplace=locale.marketplace.code,
        seed={
            "target": search.text,
            "keyword": search.keyword,
            "lang": locale.lang,
            "language": locale.language,
            **asked,
            **visitor,
        },
    )


def _details_target(
    product: ProductTarget, locale: Locale, visitor: Mapping[str, Any]
) -> NewTarget:
    return NewTarget(
        value=product.text,
        url=product_url(locale.marketplace, product.asin, language=locale.language),
        marketplace=locale.marketplace.code,
        seed={
            "target": product.text,
            "asin": product.asin,
            "lang": locale.lang,
            "language": locale.language,
            **visitor,
        },
    )


def _refusal(kind: str, bad: Sequence[BadTarget]) -> InvalidInput | InvalidAsin:
    details = [one.as_detail() for one in bad[:MAX_NAMED]]
    if kind == "search":
        return InvalidInput(
            f"each value in targets must be a keyword or the address of a search; {len(bad)} are not",
            details,
        )
    return InvalidAsin(
        f"each value in targets must resolve to a 10-character ASIN; {len(bad)} did not", details
    )


def _visitor_params(
    config: Mapping[str, Any], locale: Locale, defaults: Defaults
) -> dict[str, Any]:
    # A null of the client's asks for no place, whatever the operator's default is.
    place = config.get("deliverTo", defaults.places.get(locale.marketplace.code))
    try:
        return visitor_params(
            locale.marketplace,
            language=locale.language,
            deliver_to=place,
            currency=config.get("currency"),
            on_wrong_place=config.get("onWrongPlace"),
            engine=config.get("engine") or defaults.engine,
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
