"""An offer beside its product says what it says as a row of its own."""

from __future__ import annotations

from dataclasses import fields

from spiders.items.offers import ListedOffer, OfferRow, listed_offer

# What the product's row says already, and the pages of a list.
OF_THE_ROW = {
    "asin", "page", "url", "target", "marketplace", "lang", "pageLanguage", "deliverTo",
    "deliverToAsked", "sourceUrl", "scrapedAt", "parserVersion",
}  # fmt: skip


def test_no_field_of_an_offer_is_left_out() -> None:
    row, listed = (
        {one.name: one.type for one in fields(shape)} for shape in (OfferRow, ListedOffer)
    )
    assert {name: of for name, of in row.items() if name not in OF_THE_ROW} == listed
    values = {name: object() for name in row}
    shown = listed_offer(OfferRow(**values))  # type: ignore[arg-type]
    assert {name: getattr(shown, name) for name in listed} == {
        name: values[name] for name in listed
    }
