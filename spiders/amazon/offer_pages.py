"""The pages of a product's offers, one after another, for every spider that reads them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spiders.base import BadArgument
from spiders.items.offers import OfferRow
from spiders.pages.fetched import Fetched
from spiders.pages.offers.offers import OffersPage, offer_key
from spiders.sites.marketplaces import Marketplace
from spiders.sites.offers import CONDITION_FILTERS, MAX_OFFERS_PAGES, is_wanted, offers_url
from spiders.sites.urls import canonical_product_url


@dataclass(slots=True)
class OffersProgress:
    """What the pages before have shown. A page is read once it is good, so a second try is safe."""

    seen: set[Hashable] = field(default_factory=set)
    kept: int = 0
    # Whether the last page showed an offer that none before had.
    has_new: bool = False
    # The visitor to whom the page before the list showed the place that was asked for.
    confirmed: str | None = None
    # How many pages were read for nothing but the place they show.
    place_pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersAsked:
    """What is asked for of one product's offers. `most` None: all of them."""

    store: Marketplace
    asin: str
    language: str | None
    conditions: tuple[str, ...]
    most: int | None

    def url(self, page: int) -> str:
        return offers_url(
            self.store, self.asin, page=page, conditions=self.conditions, language=self.language
        )

    def headers(self) -> dict[str, str]:
        """As the product's own page asks."""
        referer = canonical_product_url(self.store, self.asin)
        return {"X-Requested-With": "XMLHttpRequest", "Referer": referer}

    def read(self, fetched: Fetched, *, lang: str | None) -> OffersPage:
        return OffersPage(fetched, asin=self.asin, lang=lang, is_filtered=bool(self.conditions))

    def take(self, found: OffersPage, progress: OffersProgress) -> list[OfferRow]:
        """The page's rows that are wanted and that no page before had, in their places; `most` is exact."""
        fresh = [row for row in found.rows() if offer_key(row) not in progress.seen]
        progress.seen.update(offer_key(row) for row in fresh)
        progress.has_new = bool(fresh)
        wanted = [row for row in fresh if is_wanted(row.condition, self.conditions)]
        left = None if self.most is None else max(0, self.most - progress.kept)
        for row in wanted[:left]:
            progress.kept += 1
            row.position = progress.kept
        return wanted[:left]

    def goes_on(self, found: OffersPage, progress: OffersProgress, page: int) -> bool:
        """A page behind the last one repeats it."""
        is_enough = self.most is not None and progress.kept >= self.most
        return (
            bool(found.has_next) and progress.has_new and not is_enough and page < MAX_OFFERS_PAGES
        )


def offers_asked(
    params: Mapping[str, Any], *, store: Marketplace, asin: str, most: int | None = None
) -> OffersAsked:
    """By the params of a target, which a hand may have pushed; `most` where they set none. Raises BadArgument."""
    conditions = params.get("conditions") or []
    is_list = isinstance(conditions, list) and all(isinstance(name, str) for name in conditions)
    if not is_list:
        raise BadArgument(f"conditions is {conditions!r}; it must be a list of names")
    refuse_unknown_conditions(conditions)
    asked = params.get("maxOffers") or most
    if asked is not None and (type(asked) is not int or asked < 1):
        raise BadArgument(f"maxOffers is {asked!r}; it must be a whole number above 0")
    return OffersAsked(
        store=store,
        asin=asin,
        language=params.get("language"),
        conditions=tuple(conditions),
        most=asked,
    )


def conditions_from_argument(text: str) -> list[str]:
    """Names parted by commas. Raises BadArgument."""
    names = [name for part in text.split(",") if (name := part.strip())]
    refuse_unknown_conditions(names)
    return names


def refuse_unknown_conditions(names: Any) -> None:
    for name in names:
        if name not in CONDITION_FILTERS:
            known = ", ".join(CONDITION_FILTERS)
            raise BadArgument(f"conditions holds {name!r}; there are {known}")
