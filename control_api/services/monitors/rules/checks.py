"""What a job found out about one of its targets: a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from control_api.services.monitors.rules.fields import Values, currency_of, values_of
from control_api.services.monitors.rules.lists.listings import Listing
from control_api.services.monitors.rules.lists.rows import (
    offer_values,
    offers_listing,
    ranked_listing,
    search_listing,
)
from control_api.services.monitors.rules.placements import (
    Placements,
    placements_of,
    placements_of_listing,
)


class Outcome(StrEnum):
    """`UNKNOWN`: nothing can be said, and nothing changes by it."""

    OK = "ok"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a target cannot be compared, beside the codes of failures."""

    # The target has not ended.
    NOT_ENDED = "NOT_ENDED"
    # It succeeded, and its rows are not there or do not say what was found.
    NO_ROWS = "NO_ROWS"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    OTHER_PLACE = "OTHER_PLACE"
    OTHER_PRODUCT = "OTHER_PRODUCT"
    OTHER_SEARCH = "OTHER_SEARCH"


# By these the row is of another place than was asked for, or nobody knows of which.
_PLACE_WARNINGS = frozenset({"location_mismatch", "place_unconfirmed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Under what circumstances a page was made; pages of two contexts are not compared.

    `is_off`: the page is not of the place that was asked for. A currency of None fits any.
    """

    asin: str | None = None
    currency: str | None = None
    place: Any = None
    is_off: bool = False
    # What of the search decides the order of its results.
    search: Mapping[str, Any] = field(default_factory=dict)

    def differs_from(self, other: Context) -> Reason | None:
        if self.asin != other.asin:
            return Reason.OTHER_PRODUCT
        if self.is_off or other.is_off or self.place != other.place:
            return Reason.OTHER_PLACE
        if self.currency and other.currency and self.currency != other.currency:
            return Reason.OTHER_CURRENCY
        return Reason.OTHER_SEARCH if self.search != other.search else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`reason` says why the outcome is unknown: a code of a failure, or of `Reason`.

    `at` is the moment of the page, as its row has it. `placements`: for comparing two jobs; `listing`: for
    following a list.
    """

    outcome: Outcome
    reason: str | None = None
    at: str | None = None
    language: str | None = None
    context: Context = field(default_factory=Context)
    values: Values = field(default_factory=dict)
    placements: Placements | None = None
    listing: Listing | None = None


def unknown_check(reason: str) -> Check:
    return Check(outcome=Outcome.UNKNOWN, reason=reason)


NOT_FOUND = Check(outcome=Outcome.NOT_FOUND)


def product_check(row: Mapping[str, Any], *, asked: Mapping[str, Any]) -> Check:
    """`asked`: the target's params."""
    return Check(
        outcome=Outcome.OK,
        at=row.get("scrapedAt"),
        language=_language(row),
        context=Context(
            asin=row["asin"],
            currency=currency_of(row),
            place=asked.get("deliverTo"),
            is_off=row.get("buyboxState") == "location_blocked" or _is_elsewhere(row),
        ),
        values=values_of(row),
    )


def search_check(
    rows: Sequence[Mapping[str, Any]],
    *,
    asked: Mapping[str, Any],
    said: Sequence[Mapping[str, Any]],
    failure: str | None = None,
) -> Check:
    """`rows` in their order; `asked`: the target's params; `said`: what its pages say of the search;
    `failure`: why it broke off behind these rows."""
    if not rows and not (said and all(page["noResults"] for page in said)):
        return unknown_check(Reason.NO_ROWS)
    has_fallen_back = any(page.get("departmentFallback") for page in said)
    first: Mapping[str, Any] = rows[0] if rows else {}
    totals = [page["totalResults"] for page in said if page.get("totalResults") is not None]
    return Check(
        outcome=Outcome.OK,
        reason=failure,
        at=first.get("scrapedAt"),
        context=Context(
            place=asked.get("deliverTo"),
            is_off=_is_elsewhere(first),
            search={**_order(asked), "departmentFallback": has_fallen_back},
        ),
        values={"results": totals[0]} if totals else {},
        placements=placements_of(rows, shows_ads=asked.get("includeSponsored") is not False),
        listing=search_listing(rows, asked=asked, said=said, is_partial=failure is not None),
    )


def ranked_check(
    rows: Sequence[Mapping[str, Any]], *, asked: Mapping[str, Any], failure: str | None = None
) -> Check:
    """Of a best-seller list: its rows in any order."""
    if not rows:
        return unknown_check(Reason.NO_ROWS)
    listing = ranked_listing(rows, asked=asked, is_partial=failure is not None)
    return Check(
        outcome=Outcome.OK,
        reason=failure,
        at=rows[0].get("scrapedAt"),
        context=Context(place=asked.get("deliverTo"), is_off=_is_elsewhere(rows[0])),
        values={"listed": listing.depth},
        placements=placements_of_listing(listing),
        listing=listing,
    )


def offers_check(
    rows: Sequence[Mapping[str, Any]],
    *,
    asked: Mapping[str, Any],
    is_unsold: bool = False,
    failure: str | None = None,
) -> Check:
    """`is_unsold`: the page says that there are no offers."""
    if not rows and not is_unsold:
        return unknown_check(Reason.NO_ROWS)
    first: Mapping[str, Any] = rows[0] if rows else {}
    currency = next((row["price"]["currency"] for row in rows if row.get("price")), None)
    listing = offers_listing(rows, asked=asked, is_partial=failure is not None)
    return Check(
        outcome=Outcome.OK,
        reason=failure,
        at=first.get("scrapedAt"),
        context=Context(
            asin=asked.get("asin"),
            currency=currency,
            place=asked.get("deliverTo"),
            is_off=_is_elsewhere(first),
            search={"conditions": sorted(asked["conditions"])} if asked.get("conditions") else {},
        ),
        values=offer_values(rows, listing, asked=asked, currency=currency),
        placements=placements_of_listing(listing, has_sellers=True),
        listing=listing,
    )


# `relevance` is what the store does unasked.
_DEFAULTS: Mapping[str, Any] = {"sortBy": "relevance"}
_ORDERING = ("sortBy", "priceMin", "priceMax", "department", "node")


def _order(asked: Mapping[str, Any]) -> dict[str, Any]:
    order = {name: asked.get(name, _DEFAULTS.get(name)) for name in _ORDERING}
    return {**order, "refinements": sorted(asked.get("refinements") or ())}


def _is_elsewhere(row: Mapping[str, Any]) -> bool:
    return bool(_PLACE_WARNINGS & set(row.get("warnings") or ()))


def _language(row: Mapping[str, Any]) -> str | None:
    return row.get("pageLanguage") or row.get("lang")
