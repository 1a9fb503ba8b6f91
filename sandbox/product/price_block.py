"""The price of a product page: as displayed, and as the page's own scripts read it."""

import json
from decimal import Decimal

from sandbox.goods.catalogue import Layout
from sandbox.goods.offers import is_priced, is_unselected, range_top
from sandbox.goods.shelf import Shelf, feature
from sandbox.markup import escape, number_json, price, struck

ONE_OFF_GROUP = "desktop_buybox_group_1"


def core_price(shelf: Shelf) -> str:
    product, offer, locale = shelf.product, shelf.offer, shelf.locale
    if not shelf.has_offer:
        # The place stands empty, or is missing as well.
        return feature("corePriceDisplay_desktop", product.asin, "") if product.number % 2 else ""
    if is_unselected(product):
        return feature("corePrice_desktop", product.asin, _range(shelf))
    if not is_priced(product) or product.layout is Layout.KINDLE:
        return feature("corePriceDisplay_desktop", product.asin, "")
    label = locale.money(offer.price)
    savings = ""
    if offer.list_price:
        label = locale.words.savings.format(price=label, percent=offer.percent_off)
        savings = (
            '<span aria-hidden="true" class="a-size-large a-color-price savingPriceOverride '
            f'savingsPercentage apex-savings-percentage">-{offer.percent_off}%</span>'
        )
    inner = (
        '<div class="a-section a-spacing-none aok-align-center aok-relative '
        'apex-core-price-identifier"><span id="apex-pricetopay-accessibility-label" '
        f'class="aok-offscreen"> {label} </span>{savings}'
        + price(
            locale,
            offer.price,
            classes="a-price aok-align-center reinventPricePriceToPayMargin priceToPay "
            "apex-pricetopay-value",
            is_blank=product.number % 3 == 0,
        )
        + _unit_price(shelf)
        + "</div>"
        + _list_price(shelf)
    )
    return feature("corePriceDisplay_desktop", product.asin, inner) + _promotions(shelf)


def _range(shelf: Shelf) -> str:
    low = price(shelf.locale, shelf.offer.price, classes="a-price a-text-price a-size-medium")
    top = price(
        shelf.locale,
        range_top(shelf.locale, shelf.offer),
        classes="a-price a-text-price a-size-medium",
    )
    return f'<span class="a-price-range">{low}<span class="a-price-dash">-</span>{top}</span>'


def _list_price(shelf: Shelf) -> str:
    if not shelf.offer.list_price:
        return ""
    words = shelf.locale.words
    labels = (words.list_price, words.typical_price, words.was_price)
    label = labels[shelf.product.number % len(labels)]
    shown = struck(
        shelf.locale,
        shelf.offer.list_price,
        classes="a-price a-text-price apex-basisprice-value",
    )
    return (
        '<div class="a-section a-spacing-small aok-align-center"><span aria-hidden="true" '
        'class="a-size-small a-color-secondary aok-align-center basisPrice">'
        f'<span class="apex-basisprice-label">{label}</span> {shown}</span></div>'
    )


def _unit_price(shelf: Shelf) -> str:
    if shelf.product.number % 4:
        return ""
    unit = shelf.locale.money((shelf.offer.price / 4).quantize(shelf.offer.price))
    return (
        '<span class="aok-relative pricePerUnit"><span class="a-size-mini a-color-base"> ('
        '<span class="a-price a-text-price" data-a-size="b" data-a-color="base">'
        f'<span class="a-offscreen">{unit}</span><span aria-hidden="true">{unit}</span></span> / '
        f"{shelf.locale.words.per_unit})</span></span>"
    )


def _promotions(shelf: Shelf) -> str:
    product, words = shelf.product, shelf.locale.words
    html = ""
    if product.is_deal:
        html += feature(
            "dealBadge",
            product.asin,
            '<span class="dealBadge aok-relative" data-csa-c-type="item" data-csa-c-item-id='
            f'"amzn1.asin.{product.asin}:amzn1.deal.{product.number:08x}"><span '
            'id="dealBadgeSupportingText" class="a-size-small dealBadgeTextColor a-text-bold"> '
            f"<span>{words.deal}</span> </span></span>",
        )
    if product.coupon_percent:
        text = words.coupon.format(amount=f"{product.coupon_percent}%")
        html += feature(
            "promoPriceBlockMessage",
            product.asin,
            f'<div><label id="couponText{product.asin}" for="checkbox{product.asin}"> {text} '
            "</label></div>",
        )
    return html


def price_json(shelf: Shelf) -> str:
    """What the page's own scripts read: the new one-off price, then the other buying options."""
    is_kindle = shelf.product.layout is Layout.KINDLE
    if not shelf.has_offer or not is_priced(shelf.product) or is_kindle:
        return ""
    options = [_option(shelf, shelf.offer.price, "NEW")]
    if shelf.has_subscription:
        options.append(_option(shelf, shelf.offer.subscribe_price, "SNS"))
    if shelf.product.number % 5 == 1:
        options.append(_option(shelf, shelf.offer.used_price, "USED"))
    entries = ", ".join(options)
    amount = number_json(shelf.offer.price)
    currency = shelf.locale.currency
    return (
        '<div class="a-section aok-hidden twister-plus-buying-options-price-data">'
        f'{{"{ONE_OFF_GROUP}":[{entries}]}}</div>'
        '<form method="post" id="twister-plus-form">'
        '<input type="hidden" name="items[0.base][customerVisiblePrice][amount]" '
        f'value="{amount}"><input type="hidden" '
        f'name="items[0.base][customerVisiblePrice][currencyCode]" value="{currency.code}">'
        '<input type="hidden" name="items[0.base][customerVisiblePrice][displayString]" '
        f'value="{shelf.locale.money(shelf.offer.price)}"></form>'
    )


def _option(shelf: Shelf, value: Decimal, kind: str) -> str:
    locale = shelf.locale
    whole, fraction = locale.whole_and_fraction(value)
    entry = {
        "displayPrice": locale.money(value),
        "priceAmount": float(value),
        "currencySymbol": locale.currency.symbol,
        "integerValue": whole,
        "decimalSeparator": locale.style.decimal,
        "fractionalValue": fraction,
        "symbolPosition": "left" if locale.style.is_symbol_first else "right",
        "hasSpace": bool(locale.symbol_gap),
        "showFractionalPartIfEmpty": True,
        "offerListingId": f"offer%2B{shelf.product.asin}%3D",
        "locale": locale.code.replace("_", "-"),
        "buyingOptionType": kind,
        "aapiBuyingOptionIndex": 0 if kind == "NEW" else 1,
    }
    return escape(json.dumps(entry, ensure_ascii=False), quote=False)
