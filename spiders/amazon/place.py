"""What a row says of the place and the currency that were asked for."""

from __future__ import annotations

from typing import Protocol

from scrapy.http import Response

from spiders.items.money import Money
from spiders.pages.place_shown import PlaceProof
from spiders.visitors.visitor import ASKED, PROOF, VISIT, Asked, Visit

_MAX_VISITORS = 1_000
_WARNINGS = {
    PlaceProof.OTHER: "location_mismatch",
    PlaceProof.UNNAMED: "place_unconfirmed",
}


class PlacedRow(Protocol):
    """A row of a store's page."""

    deliverToAsked: str | None
    warnings: list[str]


class PricedRow(PlacedRow, Protocol):
    price: Money | None


def tell_place(item: PricedRow, response: Response) -> None:
    tell_asked_place(item, response)
    asked: Asked | None = response.meta.get(ASKED)
    if asked is not None and asked.currency is not None:
        _compare_currency(item, asked.currency)


def tell_asked_place(item: PlacedRow, response: Response) -> None:
    """For a row without a price."""
    asked: Asked | None = response.meta.get(ASKED)
    if asked is not None and asked.place is not None:
        item.deliverToAsked = asked.place.text
        proof = response.meta.get(PROOF, PlaceProof.UNNAMED)
        if (warning := _WARNINGS.get(proof)) and warning not in item.warnings:
            item.warnings.append(warning)


def confirmed_by(response: Response) -> str | None:
    """The visitor to whom this page showed the place that was asked for."""
    visit: Visit | None = response.meta.get(VISIT)
    is_shown = response.meta.get(PROOF) is PlaceProof.CONFIRMED
    return visit.visitor_id if visit is not None and is_shown else None


class PlacesShown:
    """What pages have shown to visitors of this crawler, for pages of a kind that names no place."""

    def __init__(self) -> None:
        # By visitor; the one seen last is the last.
        self._proofs: dict[str, PlaceProof] = {}

    def add(self, response: Response) -> None:
        visit: Visit | None = response.meta.get(VISIT)
        proof: PlaceProof | None = response.meta.get(PROOF)
        if visit is None or proof is None:
            return
        self._proofs.pop(visit.visitor_id, None)
        self._proofs[visit.visitor_id] = proof
        if len(self._proofs) > _MAX_VISITORS:
            del self._proofs[next(iter(self._proofs))]

    def settles(self, response: Response) -> bool:
        """Whether nothing more is to be asked of the place that this page was made for."""
        asked: Asked | None = response.meta.get(ASKED)
        visit: Visit | None = response.meta.get(VISIT)
        if asked is None or asked.place is None or visit is None:
            return True
        shown = self._proofs.get(visit.visitor_id)
        if response.meta.get(PROOF, PlaceProof.UNNAMED) is not PlaceProof.UNNAMED:
            return True
        if shown is not None:
            response.meta[PROOF] = shown
        return shown is not None


def is_same_visitor(response: Response, other: Response) -> bool:
    visits: list[Visit | None] = [one.meta.get(VISIT) for one in (response, other)]
    ids = {visit.visitor_id if visit is not None else None for visit in visits}
    return len(ids) == 1


def tell_place_beside(item: PricedRow, response: Response, *, confirmed: str | None) -> None:
    """For a piece that names no place, fetched right after a page that did, as the visitor `confirmed`."""
    tell_place(item, response)
    visit: Visit | None = response.meta.get(VISIT)
    if confirmed is not None and visit is not None and visit.visitor_id == confirmed:
        unsaid = _WARNINGS[PlaceProof.UNNAMED]
        item.warnings = [warning for warning in item.warnings if warning != unsaid]


def _compare_currency(item: PricedRow, currency: str) -> None:
    """The page's reader compares with the currency of the store; another one was asked for."""
    name = "currency_mismatch"
    item.warnings = [warning for warning in item.warnings if warning != name]
    if item.price is not None and item.price.currency not in (None, currency):
        item.warnings.append(name)
