"""What each field of a row says, for the API's description and for docs/fields.md.

Here stands what rows of several types share; a type's own fields are told in spiders/types/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from spiders.items.attribute import Attribute, DateFirstAvailable
from spiders.items.media import Image, Video
from spiders.items.money import Money, UnitPrice
from spiders.items.offer import (
    Badge,
    Coupon,
    Deal,
    Offers,
    OtherOffers,
    Seller,
    SubscribeAndSave,
)
from spiders.items.place import BestSellerRank, Breadcrumb, Gtin
from spiders.items.variation import Variant, VariantShown, VariationDimension

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_LIST_PRICE_KINDS = (
    "What the struck price claims to be: `list`, `typical`, `was`, `lowest_recent` (in the last 30 days), "
    "`rrp` (the maker's recommendation), `unknown` (no label that we know)"
)
_PRICE_NOTES = (
    "Why there is no price, or for whom it holds: `range`, `from` (the lowest of several), `in_cart` (shown only in "
    "the cart), `other_offers_only` (no featured offer), `program` (for members only), `payment` (with one way to pay "
    "only), `not_shown`"
)
ROW_TEXTS: Mapping[str, str] = {
    "asin": "Amazon's number of the product",
    "title": "The product's name",
    "brand": "The brand, without the words around it (\"Visit the … Store\")",
    "price": "What one pays for one piece of the new featured offer, without a subscription",
    "listPrice": "The price that is struck through, if it is above the price",
    "listPriceKind": _LIST_PRICE_KINDS,
    "discountPercent": "The reduction in percent, as shown, else as it follows from the two prices",
    "unitPrice": "The price of one unit; an instalment is none",
    "priceNote": _PRICE_NOTES,
    "coupon": "A coupon of this product; not subtracted from the price",
    "deal": "A deal that runs for a time",
    "rating": "The average of all ratings, one to five stars",
    "ratingsCount": "How many ratings there are",
    "boughtPastMonth": "The lower bound of \"5K+ bought in past month\"",
    "badges": "Badges such as \"Amazon's Choice\"",
    "isPrime": "`true` where a Prime badge is shown; `null` where none is, since stores hide it from visitors from elsewhere",
    "delivery": "The delivery lines, as shown",
    "url": "The product's address without tracking",
    "marketplace": "The store, by the code of its country",
    "lang": "The language that was asked for",
    "pageLanguage": "The language that the page declares",
    "deliverTo": "The place that the page's header names, as shown",
    "deliverToAsked": "The place that was asked for; `null` when none was",
    "sourceUrl": "The address that the page came from",
    "scrapedAt": "When the page was read, in UTC",
    "parserVersion": "The version of the readers that made the row",
    "target": "The text that was asked for, as the job shows it",
    "warnings": "Codes of what is doubtful in the row: `price_competing`, `price_crosscheck_failed`, `currency_ambiguous`, "
    "`currency_mismatch`, `location_mismatch`, `place_unconfirmed`, `language_mismatch`, `count_approximate`, `rating_crosscheck_failed`, "
    "`field_failed:<name>`",
}  # fmt: skip


def texts_of(item: type[DataclassInstance], texts: Mapping[str, str]) -> dict[str, str]:
    """Those of the fields that the item has."""
    return {
        name: text for name, text in texts.items() if name in {one.name for one in fields(item)}
    }


_MONEY = {
    "amount": "the number",
    "currency": "ISO 4217; `null` where the page leaves it open",
    "raw": "the text as displayed",
}
RECORD_TEXTS: Mapping[type, Mapping[str, str]] = {
    Money: _MONEY,
    UnitPrice: {**_MONEY, "per": "the unit, in the page's words"},
    Coupon: {"raw": "the text as displayed", "percent": "percent off", "amount": "amount off"},
    Deal: {"label": "the badge's words", "endsAt": "when its countdown ends, in UTC"},
    SubscribeAndSave: {"price": "each delivery's price", "percent": "percent off"},
    Offers: {
        "count": "new and used ones, where the page counts them together",
        "from": "the lowest price of both",
        "newCount": "new ones",
        "newFrom": "the lowest price of a new one",
        "usedCount": "used ones",
        "usedFrom": "the lowest price of a used one",
    },
    OtherOffers: {"count": "how many", "lowest": "the lowest price"},
    Seller: {
        "id": "Amazon's id of the seller",
        "name": "the name as shown",
        "isAmazon": "whether it is Amazon itself",
    },
    Badge: {"type": "Amazon's own word for it, where it gives one", "text": "the words as shown"},
    Gtin: {"type": "`ean`, `upc`, `isbn10`, `isbn13` or `gtin`", "value": "the digits"},
    Breadcrumb: {"name": "the category", "nodeId": "its browse node", "url": "its link"},
    BestSellerRank: {
        "rank": "the rank",
        "category": "the list's category",
        "nodeId": "its browse node",
        "isRoot": "whether it is the list of a whole department",
    },
    Image: {"url": "the picture", "hiRes": "in high resolution", "variant": "Amazon's slot"},
    Video: {"url": "the film", "title": "its title"},
    Attribute: {"group": "the section's heading", "name": "the line's name", "value": "its value"},
    DateFirstAvailable: {"raw": "as shown", "date": "ISO 8601, where the text is certain"},
    VariationDimension: {"key": "Amazon's own name", "label": "the page's", "values": "all values"},
    Variant: {
        "asin": "its number",
        "values": "a value for each dimension",
        "selected": "whether it is this one",
    },
    VariantShown: {
        "asin": "its number",
        "label": "its words",
        "selected": "whether it is this one",
    },
}
