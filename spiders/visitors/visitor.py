"""What a request asks of its visitor, and the visitor that it got."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host
from spiders.sites.places import Place, place_from_params

# Keys of a request's meta.
ASKED = "visitor_asked"
VISIT = "visitor_visit"
PROOF = "visitor_place_proof"
DIALOGUE = "visitor_dialogue"
# How often the page was asked for again: for another place than the one asked for, and for a challenge.
AGAIN = "visitor_again"
CHALLENGED = "visitor_challenged"

CURRENCY_COOKIE = "i18n-prefs"


class Engine(StrEnum):
    """Who loads the pages. `auto`: a plain client, until it is challenged."""

    HTTP = "http"
    AUTO = "auto"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class Asked:
    """The visitor that a page is asked for with; `keep`: a page of another place is a result too."""

    marketplace: Marketplace
    language: str
    currency: str | None = None
    place: Place | None = None
    keep: bool = False
    engine: Engine = Engine.HTTP
    # With nothing to choose, a plain client is a stranger at each page.
    is_stranger: bool = False

    def key(self, exit_id: str) -> str:
        """The same for all who may share a visitor. It shows neither place nor exit."""
        place = self.place.text if self.place else ""
        country = self.place.country if self.place else ""
        parts = (
            self.marketplace.code,
            self.language,
            self.currency or "",
            country,
            place,
            exit_id,
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def needs_visitor(self) -> bool:
        return not self.is_stranger or self.engine is Engine.BROWSER

    def first_cookies(self) -> dict[str, str]:
        """What a guest may set without being told."""
        cookies = {}
        if self.marketplace.lang_cookie:
            cookies[self.marketplace.lang_cookie] = self.language
        if self.currency:
            cookies[CURRENCY_COOKIE] = self.currency
        return cookies


@dataclass(slots=True)
class Visit:
    """One request's use of a visitor."""

    key: str
    visitor_id: str
    exit_id: str
    by_browser: bool = False
    is_prover: bool = False
    has_tried_form: bool = False
    unnamed: int = 0
    # For the dialogue's form address, which the prover may need.
    token: str = field(default="", repr=False)
    # A dict of its own: the responses of this visitor change it.
    cookies: dict[str, str] = field(default_factory=dict, repr=False)


def asked_from_params(params: Mapping[str, Any], url: str, *, always: bool = False) -> Asked | None:
    """None where the page needs no visitor; `always`: every page gets one."""
    marketplace = find_marketplace_by_host(urlsplit(url).hostname or "")
    place, currency = params.get("deliverTo"), params.get("currency")
    engine = Engine(params.get("engine") or Engine.HTTP)
    is_stranger = not (place or currency or always)
    if marketplace is None or (is_stranger and engine is Engine.HTTP):
        return None
    return Asked(
        marketplace,
        str(params.get("language") or marketplace.default_language),
        currency,
        place_from_params(place) if place else None,
        keep=params.get("onWrongPlace") == "keep",
        engine=engine,
        is_stranger=is_stranger,
    )
