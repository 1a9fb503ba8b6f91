"""All offers of a product, ten a page, as a piece of HTML without a page around it.

The featured offer stands above the list of the first page, and of some products within it once more. A
page behind the last one repeats that. What nobody sells has a list without offers.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from sandbox.answers import Asked
from sandbox.conditions import Condition, heading
from sandbox.goods.assortment import offered_at
from sandbox.goods.catalogue import SELLERS, Layout, Product, seller_id
from sandbox.goods.shelf import Shelf
from sandbox.http.messages import Reply, Request
from sandbox.markup import attribute_json, escape, price, stars, struck
from sandbox.noise import dice
from sandbox.product.product_page import shelf_for
from sandbox.truth import Facts

_PATH = "/gp/product/ajax/aodAjaxMain"
PAGE_SIZE = 10
_UNSOLD = {Layout.KINDLE, Layout.UNAVAILABLE, Layout.LOCATION_BLOCKED}
_UNFEATURED = {Layout.NO_FEATURED}
_FILTERS = {
    "new": Condition.NEW,
    "usedLikeNew": Condition.LIKE_NEW,
    "usedVeryGood": Condition.VERY_GOOD,
    "usedGood": Condition.GOOD,
    "usedAcceptable": Condition.ACCEPTABLE,
    "collectible": Condition.COLLECTIBLE,
}
_NOTES = ("Box opened & closed once.", "Scratches on the back, works.", "")


@dataclass(frozen=True, slots=True)
class Listed:
    """One offer as the list shows it."""

    id: str
    condition: Condition
    note: str
    price: Decimal
    list_price: Decimal | None
    shipping: Decimal | None
    seller: str
    is_amazon: bool
    rating: float
    ratings: int
    positive: int
    is_prime: bool
    most: int

    @property
    def seller_id(self) -> str:
        return seller_id(self.seller)


def find_subject(request: Request) -> str | None:
    return _asin_of(request)


def find_reply(asked: Asked) -> Reply | None:
    product = _product(asked)
    if product is None:
        return None
    shelf = shelf_for(asked.catalogue, product, asked.locale, asked.hour)
    featured, others = _offers(asked, shelf)
    number = min(_page(asked.request), max(1, -(-len(others) // PAGE_SIZE)))
    first = (number - 1) * PAGE_SIZE
    shown = others[first : first + PAGE_SIZE]
    parts = []
    if "isonlyrenderofferlist" not in asked.request.query:
        parts += [_head(shelf, len(others)), _pinned(shelf, featured)]
    parts.append(f'<div id="aod-offer-list">{"".join(_listed(shelf, o) for o in shown)}</div>')
    if first + PAGE_SIZE >= len(others) and product.number % 4:
        parts.append('<div id="aod-end-of-results" class="a-section"></div>')
    html = f'<div id="aod-container" class="a-section">{"".join(parts)}</div>'
    return Reply(200, html.encode(), "offers")


def find_facts(asked: Asked) -> Facts | None:
    """All offers of the product, whatever page is asked for."""
    product = _product(asked)
    if product is None:
        return None
    shelf = shelf_for(asked.catalogue, product, asked.locale, asked.hour)
    featured, others = _offers(asked, shelf)
    first = [] if featured is None else [featured]
    rows = [*first, *(other for other in others if other is not featured)]
    return {"rows": [_facts(shelf, offer, offer is featured) for offer in rows]}


def _facts(shelf: Shelf, offer: Listed, is_featured: bool) -> Facts:
    def money(amount: Decimal | None) -> dict[str, str] | None:
        if amount is None:
            return None
        return {"amount": str(amount), "currency": shelf.locale.currency.code}

    return {
        "offerId": offer.id,
        "isFeatured": is_featured,
        "condition": offer.condition.value,
        "conditionNote": offer.note or None,
        "price": money(offer.price),
        "listPrice": money(offer.list_price),
        "shipping": str(offer.shipping or 0),
        "seller": "Amazon.com" if offer.is_amazon else offer.seller,
        "sellerId": None if offer.is_amazon else offer.seller_id,
        "ratingsCount": None if offer.is_amazon else offer.ratings,
        "positivePercent": None if offer.is_amazon else offer.positive,
        "isPrime": offer.is_prime or None,
        "maxQuantity": offer.most,
    }


def _asin_of(request: Request) -> str | None:
    if request.path.partition("/ref=")[0].rstrip("/") != _PATH:
        return None
    return request.query.get("asin", "").upper() or None


def _product(asked: Asked) -> Product | None:
    asin = _asin_of(asked.request)
    product = asked.catalogue.find(asin) if asin else None
    return None if product is None else offered_at(product, asked.locale.place)


def _page(request: Request) -> int:
    text = request.query.get("pageno", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _offers(asked: Asked, shelf: Shelf) -> tuple[Listed | None, list[Listed]]:
    """(the featured one, those of the list), in the conditions that were asked for."""
    product = shelf.product
    if product.layout in _UNSOLD:
        return None, []
    draw = dice(asked.catalogue.seed, "offers", product.number)
    featured = None if product.layout in _UNFEATURED else _featured(shelf)
    drawn = [_drawn(shelf, number, draw.random) for number in range(product.other_offers)]
    others = [
        one
        for number, one in enumerate(drawn)
        if asked.catalogue.is_offered_at(product, number, asked.hour)
    ]
    if featured is not None and product.number % 3 == 0:
        others.insert(1, featured)
    wanted = _wanted(asked.request)
    if featured is not None and featured.condition not in wanted:
        featured = None
    return featured, [other for other in others if other.condition in wanted]


def _wanted(request: Request) -> set[Condition]:
    try:
        asked = json.loads(request.query.get("filters", "{}"))
    except ValueError:
        asked = {}
    names = [name for name, is_on in asked.items() if is_on] if isinstance(asked, dict) else []
    return {_FILTERS[name] for name in names if name in _FILTERS} or set(Condition)


def _featured(shelf: Shelf) -> Listed:
    product, offer = shelf.product, shelf.offer
    is_used = product.layout is Layout.USED_ONLY
    return Listed(
        id=f"offer+{product.asin}=",
        condition=Condition.VERY_GOOD if is_used else Condition.NEW,
        note=_NOTES[0] if is_used else "",
        price=offer.used_price if is_used else offer.price,
        list_price=None if is_used else offer.list_price,
        shipping=None,
        seller=product.seller,
        is_amazon=product.is_amazon_seller,
        rating=4.5,
        ratings=product.ratings_count + 1,
        positive=97,
        is_prime=product.number % 2 == 0,
        most=1 if is_used else 30,
    )


def _drawn(shelf: Shelf, number: int, draw: Callable[[], float]) -> Listed:
    product, locale = shelf.product, shelf.locale
    condition = list(Condition)[int(draw() * len(Condition))]
    factor = Decimal(f"{0.6 + draw():.2f}")
    is_used = condition not in (Condition.NEW, Condition.RENEWED)
    is_free = draw() < 0.5
    return Listed(
        id=f"offer{number}+{product.asin}/=",
        condition=condition,
        note=_NOTES[number % len(_NOTES)] if is_used else "",
        price=locale.amount(product.dollars * factor),
        list_price=None,
        shipping=None if is_free else locale.amount(Decimal(3 + number % 9)),
        seller=f"{SELLERS[number % len(SELLERS)]} {number // len(SELLERS) + 1}",
        is_amazon=False,
        rating=1 + int(draw() * 9) / 2,
        ratings=int(10 ** (draw() * 5)),
        positive=60 + int(draw() * 40),
        is_prime=is_free and number % 2 == 0,
        most=1 if is_used else 1 + number % 9,
    )


def _head(shelf: Shelf, count: int) -> str:
    return (
        f'<h5 id="aod-asin-title-text">{escape(shelf.title)}</h5>'
        f'<img id="aod-asin-image-id" src="" alt="{escape(shelf.title)}">'
        f'<input type="hidden" id="aod-total-offer-count" value="{count}">'
        f'<span id="aod-filter-offer-count-string">{shelf.locale.count(count)}</span>'
    )


def _pinned(shelf: Shelf, offer: Listed | None) -> str:
    if offer is None:
        words = escape(shelf.locale.words.no_featured)
        return f'<div id="aod-pinned-offer" class="a-section"><span>{words}</span></div>'
    # Above the offer, and another amount than its own: what is read from it is wrong.
    bar = price(shelf.locale, offer.price + 1)
    return (
        f'<div id="aod-pinned-offer" class="a-section aod-information-block">'
        f'<div id="aod-sticky-pinned-offer"><div id="aod-price-9">{bar}</div></div>'
        f"{_inner(shelf, offer, 0)}</div>"
    )


def _listed(shelf: Shelf, offer: Listed) -> str:
    number = int("".join(filter(str.isdigit, offer.id.partition("+")[0])) or 0) + 1
    return (
        '<div id="aod-offer" class="a-section a-padding-none aod-information-block '
        f'aod-other-offer-block">{_inner(shelf, offer, number)}</div>'
    )


def _inner(shelf: Shelf, offer: Listed, number: int) -> str:
    locale = shelf.locale
    language = locale.words.code
    title = escape(heading(offer.condition, language))
    # Amazon breaks the line before the grade.
    title = title.replace(" - ", "\n - \n")
    return (
        f'<div id="aod-offer-heading" class="a-section"><h5>{title}</h5></div>'
        f'<div id="aod-offer-price"><div id="aod-price-{number}" class="a-section">'
        f"{_amount(shelf, offer)}</div></div>"
        f"{_delivery(shelf, offer)}{_note(offer)}{_parties(shelf, offer)}{_quantity(offer, number)}"
        f"{_cart(shelf, offer, number)}"
    )


def _amount(shelf: Shelf, offer: Listed) -> str:
    label = (
        f'<span id="apex-pricetopay-accessibility-label">{shelf.locale.money(offer.price)}</span>'
    )
    shown = price(shelf.locale, offer.price, is_blank=shelf.product.number % 2 == 1)
    before = struck(shelf.locale, offer.list_price) if offer.list_price else ""
    return label + shown + before


def _delivery(shelf: Shelf, offer: Listed) -> str:
    words, locale = shelf.locale.words, shelf.locale
    cost = "FREE" if offer.shipping is None else locale.money(offer.shipping)
    template = words.free_delivery if offer.shipping is None else words.paid_delivery
    text = template.format(date=shelf.delivery_date, price=cost)
    prime = '<i class="a-icon a-icon-prime a-icon-medium" role="img"></i>' if offer.is_prime else ""
    return (
        f'<div class="aod-delivery-promise">{prime}<span data-csa-c-type="element" '
        f'data-csa-c-delivery-price="{cost}" data-csa-c-delivery-time="{shelf.delivery_date}" '
        f'data-csa-c-delivery-condition="">{text}</span></div>'
    )


def _note(offer: Listed) -> str:
    if not offer.note:
        return ""
    return f'<div id="aod-condition-note" class="a-section">{escape(offer.note)}</div>'


def _parties(shelf: Shelf, offer: Listed) -> str:
    words = shelf.locale.words
    shipper = "Amazon" if offer.is_prime or offer.is_amazon else offer.seller
    name = "Amazon.com" if offer.is_amazon else offer.seller
    seller = f'<span class="a-size-small a-color-base">{escape(name)}</span>'
    rating = ""
    if not offer.is_amazon:
        href = f"/gp/aag/main?ie=UTF8&amp;seller={offer.seller_id}&amp;isAmazonFulfilled=0"
        seller = (
            f'<a class="a-size-small a-link-normal" role="link" href="{href}">{escape(name)}</a>'
        )
        star = f"a-star-mini-{stars(offer.rating)}"
        count = shelf.locale.count(offer.ratings)
        rating = (
            f'<div id="aod-offer-seller-rating"><i class="a-icon a-icon-star-mini {star}"></i>'
            f'<span id="seller-rating-count-{offer.ratings}">({count} •) {offer.positive}% • 12</span></div>'
        )
    ships = _pair("aod-offer-shipsFrom", words.ships_from, f"<span>{escape(shipper)}</span>")
    return ships + _pair("aod-offer-soldBy", words.sold_by, seller) + rating


def _pair(name: str, label: str, value: str) -> str:
    return (
        f'<div id="{name}"><div class="a-fixed-left-grid"><div class="a-fixed-left-grid-inner">'
        f'<div class="a-fixed-left-grid-col a-col-left"><span>{escape(label)}</span></div>'
        f'<div class="a-fixed-left-grid-col a-col-right">{value}</div></div></div></div>'
    )


def _quantity(offer: Listed, number: int) -> str:
    options = "".join(f'<option value="{one}">{one}</option>' for one in range(1, offer.most + 1))
    return f'<div id="aod-offer-qty-component-{number}"><select>{options}</select></div>'


def _cart(shelf: Shelf, offer: Listed, number: int) -> str:
    """The id stands in the form of most offers, in the data of the others, encoded once."""
    asin, coded = shelf.product.asin, quote(offer.id, safe="")
    if number % 3 == 2:
        data = attribute_json({"asin": asin, "oid": coded, "quantity": "1"})
        return f'<span class="a-declarative" data-aw-aod-cart-api="{data}"></span>'
    return (
        f'<form><input type="hidden" name="items[0.base][asin]" value="{asin}">'
        f'<input type="hidden" name="items[0.base][offerListingId]" value="{coded}"></form>'
    )
