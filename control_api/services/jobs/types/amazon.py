"""What readers of targets share where the pages are Amazon's: the store, its language, its visitor. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from spiders.sites.currencies import BadCurrency
from spiders.sites.marketplaces import (
    Locale,
    UnsupportedLanguage,
    UnsupportedMarketplace,
    locale_for,
)
from spiders.sites.places import BadPlace
from spiders.sites.visitor_params import visitor_params

# For its page, whichever type of job reads it.
CREDITS_PER_PRODUCT = 2


class Locales:
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


class Visitors:
    """What is asked of each store's visitor. Stores are few, and the texts many."""

    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._config = config
        self._defaults = defaults
        self._found: dict[tuple[str, str], Mapping[str, Any]] = {}

    def params(self, locale: Locale) -> Mapping[str, Any]:
        key = (locale.marketplace.code, locale.language)
        if key not in self._found:
            self._found[key] = _visitor_params(self._config, locale, self._defaults)
        return self._found[key]


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
