"""What stands around an offer: stock, delivery, seller, other sellers."""

from sandbox.goods.catalogue import Layout
from sandbox.goods.shelf import Shelf, feature
from sandbox.markup import escape, price


def availability(shelf: Shelf) -> str:
    words, left = shelf.locale.words, shelf.product.stock_left
    text = words.left.format(count=left) if left else words.in_stock
    color = "a-color-price" if left else "a-color-success"
    return feature(
        "availability",
        shelf.product.asin,
        '<div id="availability" class="a-section a-spacing-base"><span class="a-size-medium '
        f'{color} primary-availability-message"> {text} </span></div>',
    )


def delivery(shelf: Shelf) -> str:
    words = shelf.locale.words
    is_free = shelf.product.number % 3 != 0
    cost = "FREE" if is_free else shelf.locale.money(shelf.locale.amount(shelf.product.dollars / 9))
    template = words.free_delivery if is_free else words.paid_delivery
    date = f'<span class="a-text-bold">{shelf.delivery_date}</span>'
    return (
        '<div id="deliveryBlockMessage" class="a-section"><div id="mir-layout-DELIVERY_BLOCK">'
        '<div class="a-spacing-base" '
        'id="mir-layout-DELIVERY_BLOCK-slot-PRIMARY_DELIVERY_MESSAGE_MEDIUM">'
        '<span data-csa-c-type="element" data-csa-c-content-id="DEXUnifiedCXPDM" '
        f'data-csa-c-delivery-price="{cost}" data-csa-c-delivery-type="delivery" '
        f'data-csa-c-delivery-time="{shelf.delivery_date}" '
        f'data-csa-c-delivery-condition="{words.condition}" data-csa-c-mir-type="DELIVERY"> '
        f"{template.format(date=date, price=cost)} {words.condition} </span></div></div></div>"
    )


def seller(shelf: Shelf) -> str:
    product, words = shelf.product, shelf.locale.words
    if product.is_amazon_seller:
        name = '<span class="a-size-small offer-display-feature-text-message">Amazon.com</span>'
        shipper = "Amazon.com"
    else:
        shipper = "Amazon" if product.number % 2 else product.seller
        name = (
            f'<a id="sellerProfileTriggerId" class="a-size-small a-link-normal '
            'offer-display-feature-text-message" href="/gp/help/seller/at-a-glance.html/'
            f'ref=dp_merchant_link?ie=UTF8&amp;seller={product.seller_id}&amp;asin={product.asin}">'
            f"{escape(product.seller)}</a>"
        )
    ships = (
        f'<span class="a-size-small offer-display-feature-text-message">{escape(shipper)}</span>'
    )
    return (
        '<div id="offerDisplayFeatures_desktop" class="celwidget">'
        + _offer_feature("fulfillerInfo", "desktop-fulfiller-info", words.ships_from, ships)
        + _offer_feature("merchantInfo", "desktop-merchant-info", words.sold_by, name)
        + "</div>"
    )


def _offer_feature(name: str, attribute: str, label: str, value: str) -> str:
    return (
        f'<div id="{name}Feature_feature_div" class="celwidget">'
        f'<div class="offer-display-feature-label" offer-display-feature-name="{attribute}">'
        f'<span class="a-size-small a-color-tertiary">{label}</span></div>'
        f'<div class="offer-display-feature-text" offer-display-feature-name="{attribute}">'
        f'<div class="offer-display-feature-text a-spacing-none">{value}</div></div></div>'
    )


def other_sellers(shelf: Shelf) -> str:
    product = shelf.product
    if product.layout in {Layout.KINDLE, Layout.UNAVAILABLE} or product.number % 2:
        return ""
    text = shelf.locale.words.new_and_used.format(count=product.other_offers)
    return feature(
        "olpLinkWidget",
        product.asin,
        '<div id="dynamic-aod-ingress-box" class="a-box"><div class="daodi-content">'
        '<a id="aod-ingress-link" class="a-link-normal" role="button" '
        f'href="/gp/offer-listing/{product.asin}/ref=dp_olp_ALL_mbc?ie=UTF8&amp;condition=ALL">'
        f'<span class="a-color-base">{escape(text)}</span> '
        f"{price(shelf.locale, shelf.offer.used_price, size='base_plus')}</a></div></div>",
    )
