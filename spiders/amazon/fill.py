"""A place of a list whose card comes by script alone, filled by the product's own page."""

from __future__ import annotations

from spiders.items.bestsellers import BestsellerRow, OffersFrom
from spiders.items.product import Product


def fill_row(row: BestsellerRow, product: Product) -> None:
    """What the card would have told. `sourceUrl` and `scrapedAt` are the product page's."""
    row.title = product.title
    row.byline = ", ".join(product.authors) if product.authors else product.brand
    row.price = product.price or product.priceMin
    row.priceNote = product.priceNote
    if row.price is None and product.offers is not None:
        row.offers = OffersFrom(product.offers.count, product.offers.from_)
    row.rating = product.rating
    row.ratingsCount = product.ratingsCount
    row.imageUrl = product.mainImage
    row.partial = False
    row.deliverTo = product.deliverTo
    row.sourceUrl = product.sourceUrl
    row.scrapedAt = product.scrapedAt
    row.warnings += [warning for warning in product.warnings if warning not in row.warnings]
