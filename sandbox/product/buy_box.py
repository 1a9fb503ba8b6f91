"""The buy box of a product page, one function a layout."""

from sandbox.goods.catalogue import FAMILY, Layout
from sandbox.goods.offers import is_unselected
from sandbox.goods.shelf import Shelf, feature
from sandbox.markup import escape, price
from sandbox.product.offer_notes import availability, delivery, other_sellers, seller


def buy_box(shelf: Shelf) -> str:
    """The right column."""
    box = _LAYOUT_BOXES[shelf.product.layout](shelf) if shelf.has_offer else _identity(shelf)
    return (
        '<div id="rightCol" class="rightCol"><div id="desktop_buybox" class="celwidget">'
        f'<div id="buybox"><div class="a-box-group">{box}</div></div></div>'
        f"{other_sellers(shelf)}</div>\n"
    )


def _identity(shelf: Shelf, *, merchant: str = "") -> str:
    return (
        f'<input type="hidden" id="ASIN" name="ASIN" value="{shelf.product.asin}">'
        f'<input type="hidden" id="merchantID" name="merchantID" value="{merchant}">'
    )


def _featured(shelf: Shelf) -> str:
    if is_unselected(shelf.product):
        return _select_options(shelf)
    product = shelf.product
    merchant = "ATVPDKIKX0DER" if product.is_amazon_seller else product.seller_id
    inside = (
        '<div id="price_inside_buybox" class="a-section a-spacing-micro">'
        f"{price(shelf.locale, shelf.offer.price)}</div>"
    )
    box = (
        f'<form method="post" id="addToCart" action="/gp/product/handle-buy-box">'
        f"{_identity(shelf, merchant=merchant)}"
        f"{inside}{delivery(shelf)}{availability(shelf)}{_buttons(shelf)}{seller(shelf)}</form>"
    )
    if shelf.has_subscription:
        box += _subscription(shelf)
    if product.number % 5 == 1:
        box += _used_row(shelf)
    return f'<div id="qualifiedBuybox" class="celwidget">{box}</div>'


def _select_options(shelf: Shelf) -> str:
    return (
        f'<div id="partialStateBuybox" class="a-section">{_identity(shelf)}'
        f'<span class="a-text-bold">{shelf.locale.words.select_options}</span></div>'
    )


def _buttons(shelf: Shelf) -> str:
    words = shelf.locale.words
    return feature(
        "addToCart",
        shelf.product.asin,
        '<span id="submit.add-to-cart" class="a-button a-button-primary"><input '
        'id="add-to-cart-button" name="submit.add-to-cart" type="submit" class="a-button-input" '
        f'value="{words.add_to_cart}"></span>',
    ) + feature(
        "buyNow",
        shelf.product.asin,
        '<span id="submit.buy-now" class="a-button"><input id="buy-now-button" '
        f'name="submit.buy-now" type="submit" class="a-button-input" value="{words.buy_now}">'
        "</span>",
    )


def _subscription(shelf: Shelf) -> str:
    words = shelf.locale.words
    return (
        '<div id="snsAccordionRowMiddle" class="a-box celwidget"><h5>'
        f"{escape(words.subscribe)}</h5><div "
        'id="corePrice_feature_div" class="celwidget"><span id="sns-base-price">'
        f"{price(shelf.locale, shelf.offer.subscribe_price)}</span></div>"
        f'<span class="discountText">5%</span></div>'
    )


def _used_row(shelf: Shelf) -> str:
    return (
        '<div id="usedAccordionRow" class="a-box celwidget"><h5><span class="a-text-bold">'
        f"{shelf.locale.words.save_used}</span></h5>"
        f"{price(shelf.locale, shelf.offer.used_price)}</div>"
    )


def _used_only(shelf: Shelf) -> str:
    return (
        f'<div id="usedOnlyBuybox" class="a-section">{_identity(shelf)}'
        f'<div id="usedBuySection"><span class="a-text-bold">{shelf.locale.words.used}</span> '
        f'<div class="a-section">{price(shelf.locale, shelf.offer.used_price)}</div></div>'
        f"{delivery(shelf)}{availability(shelf)}{_buttons(shelf)}{seller(shelf)}</div>"
    )


def _unavailable(shelf: Shelf) -> str:
    words = shelf.locale.words
    return (
        '<div id="outOfStockBuyBox_feature_div" class="celwidget"><div id="outOfStock" '
        f'class="a-box"><div class="a-box-inner">{_identity(shelf)}'
        '<div class="a-section a-text-center"><span class="a-color-price a-text-bold">'
        f"{words.unavailable}</span><br>{words.unavailable_more}</div></div></div></div>"
    )


def _no_featured(shelf: Shelf) -> str:
    words = shelf.locale.words
    asin = shelf.product.asin
    return feature(
        "unqualifiedBuyBox",
        asin,
        f'<div class="a-section"><form method="post" id="addToCart">{_identity(shelf)}'
        f'<div id="availability"></div><span class="a-text-bold">{words.no_featured}</span>'
        '<span id="buybox-see-all-buying-choices" class="a-button"><a class="a-button-text" '
        f'href="/gp/offer-listing/{asin}/ref=dp_olp_unknown_mbc">{words.all_options}</a></span>'
        "</form></div>",
    )


def _blocked(shelf: Shelf) -> str:
    """The refusal stands in the box, or only in the delivery line under a stock text."""
    if shelf.product.number // FAMILY % 2:
        return _blocked_delivery(shelf)
    return (
        '<div id="exports_desktop_undeliverable_buybox_feature_div" class="celwidget">'
        '<div id="exports_desktop_undeliverable_buybox">'
        f'{_identity(shelf)}<div id="outOfStock" class="a-box"><div class="a-box-inner">'
        f'<span class="a-color-price a-text-bold">{shelf.locale.words.blocked}</span>'
        "</div></div></div></div>"
    )


def _blocked_delivery(shelf: Shelf) -> str:
    left = shelf.locale.words.left.format(count=shelf.product.number % 15 + 2)
    return (
        f'<div id="qualifiedBuybox" class="celwidget">{_identity(shelf)}'
        '<div id="deliveryBlockMessage" class="a-section"><div id="mir-layout-DELIVERY_BLOCK">'
        f'<span class="a-color-error">{shelf.locale.words.blocked}</span></div></div>'
        '<div id="availability" class="a-section"><span class="a-size-medium a-color-price '
        f'primary-availability-message"> {left} </span></div></div>'
    )


def _digital(shelf: Shelf) -> str:
    words, offer, locale = shelf.locale.words, shelf.offer, shelf.locale
    row = (
        '<tr class="kindle-price"><td class="a-text-left">'
        f'{words.kindle}:</td><td><span id="kindle-price" class="a-size-medium a-color-price">'
        f" {locale.money(offer.price)} </span></td></tr>"
    )
    if offer.list_price:
        row = (
            f'<tr class="digital-list-price"><td>{words.digital_list}</td><td>'
            '<span id="digital-list-price" class="a-color-secondary a-text-strike"> '
            f"{locale.money(offer.list_price)} </span></td></tr>{row}"
        )
    return (
        f'<div id="mas-buybox" class="celwidget"><form id="buyOneClick">{_identity(shelf)}'
        f'<table class="a-lineitem">{row}</table><span id="one-click-button" class="a-button">'
        f'<input name="submit.one-click-order" type="submit" value="{words.buy_now}"></span>'
        f"</form>{seller(shelf)}</div>"
    )


_LAYOUT_BOXES = {
    Layout.FEATURED: _featured,
    Layout.VARIATIONS: _featured,
    Layout.BOOK: _featured,
    Layout.KINDLE: _digital,
    Layout.USED_ONLY: _used_only,
    Layout.UNAVAILABLE: _unavailable,
    Layout.NO_FEATURED: _no_featured,
    Layout.LOCATION_BLOCKED: _blocked,
}
