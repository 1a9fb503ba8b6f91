"""What a page of the invented shop says, for tests that check what was read from it.

Answers in the words of the result rows (asin, title, price …), with amounts as text.
"""

from decimal import Decimal

from sandbox.goods.catalogue import Catalogue, Layout, Product
from sandbox.goods.offers import has_competing_prices, is_free_program, is_priced, is_unselected
from sandbox.goods.shelf import Shelf
from sandbox.lists.list_page import category_name, format_of, is_book
from sandbox.lists.top_lists import Place, TopList
from sandbox.locales import Locale
from sandbox.product.product_page import shelf_for
from sandbox.search.search_results import Results

Facts = dict[str, object]


def product_facts(catalogue: Catalogue, product: Product, locale: Locale, hour: int) -> Facts:
    shelf = shelf_for(catalogue, product, locale, hour)
    product = shelf.product
    has_price = is_priced(product)
    return {
        **_named(shelf),
        "deliverTo": locale.place.shown,
        "deliveryDate": shelf.delivery_date,
        "seller": "Amazon.com" if product.is_amazon_seller else product.seller,
        "layout": product.layout.value,
        "selectsVariant": is_unselected(product),
        "price": _money(shelf.offer.price, locale) if has_price else None,
        "listPrice": _money(shelf.offer.list_price, locale) if has_price else None,
        "brand": product.brand,
        "stockLeft": product.stock_left if has_price else None,
        "imageIds": list(product.image_ids),
        "bestSellerRanks": [product.rank, product.sub_rank],
        "parentAsin": catalogue.parent_asin(product.number)
        if product.layout is Layout.VARIATIONS
        else None,
    }


def search_facts(catalogue: Catalogue, results: Results, locale: Locale, hour: int) -> Facts:
    rows = []
    for position, placement in enumerate(results.placements, 1):
        shelf = shelf_for(catalogue, placement.product, locale, hour)
        amount = _card_price(shelf)
        rows.append(
            {
                **_named(shelf),
                "title": f"{shelf.title} | {results.query.keyword}",
                "position": position,
                "sponsored": placement.is_sponsored,
                "price": _money(amount, locale),
            }
        )
    return {
        "rows": rows,
        "pages": results.pages,
        "hasNext": results.has_next,
        "deliverTo": locale.place.shown,
    }


def list_facts(catalogue: Catalogue, top: TopList, locale: Locale, hour: int) -> Facts:
    shown = set(top.cards)
    return {
        "category": category_name(top, locale) or None,
        "rows": [
            _place_facts(shelf_for(catalogue, place.product, locale, hour), place, place in shown)
            for place in top.places
        ],
        "deliverTo": locale.place.shown,
    }


def _place_facts(shelf: Shelf, place: Place, is_whole: bool) -> Facts:
    move = place.move
    told: Facts = {
        "asin": place.product.asin,
        "rank": place.rank,
        "partial": not is_whole,
        "salesRank": move.rank if move else None,
        "previousSalesRank": move.previous if move else None,
        "change": move.percent if move else None,
    }
    if not is_whole:
        return told
    product = shelf.product
    is_offered = is_priced(product) or is_unselected(product)
    return {
        **told,
        "title": shelf.title,
        "byline": product.author if is_book(shelf) else None,
        "format": format_of(shelf),
        "price": _money(shelf.offer.price if is_offered else None, shelf.locale),
        "offers": _offers(shelf),
        "rating": product.rating,
        "ratingsCount": product.ratings_count or None,
    }


def _offers(shelf: Shelf) -> Facts | None:
    if shelf.product.layout is not Layout.NO_FEATURED:
        return None
    lowest = _money(shelf.offer.used_price, shelf.locale)
    return {"count": shelf.product.other_offers, "from": lowest}


def _named(shelf: Shelf) -> Facts:
    product = shelf.product
    return {
        "asin": product.asin,
        "title": shelf.title,
        "rating": product.rating,
        "ratingsCount": product.ratings_count or None,
        "boughtPastMonth": product.bought or None,
    }


def _card_price(shelf: Shelf) -> Decimal | None:
    """A range counts with its lower end; two prices without a dash are none."""
    product = shelf.product
    if is_unselected(product):
        return shelf.offer.price
    if not is_priced(product) or has_competing_prices(product) or is_free_program(product):
        return None
    return shelf.offer.price


def _money(amount: Decimal | None, locale: Locale) -> dict[str, str] | None:
    if amount is None:
        return None
    return {"amount": str(amount), "currency": locale.currency.code}
