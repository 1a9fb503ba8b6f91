"""What a result card says about money."""

from decimal import Decimal

from sandbox.goods.catalogue import Layout
from sandbox.goods.offers import (
    has_competing_prices,
    is_free_program,
    is_priced,
    is_unselected,
    range_top,
)
from sandbox.goods.shelf import Shelf
from sandbox.markup import escape, price, struck
from sandbox.search.card import Card


def price_recipe(card: Card, href: str) -> str:
    inner = _price_inside(card)
    if not inner:
        return ""
    words = card.shelf.locale.words
    return (
        '<div data-cy="price-recipe" class="a-section a-spacing-none puis-price-instructions-style">'
        f"{_deal(card)}"
        '<div class="a-row a-size-base a-color-base"><div class="a-row">'
        f'<span id="price-link" class="aok-offscreen">{words.price_link}</span>'
        '<a aria-describedby="price-link" class="a-link-normal s-no-hover s-underline-text '
        f's-link-style a-text-normal" href="{href}">{inner}</a></div></div>{_coupon(card)}</div>'
    )


def _price_inside(card: Card) -> str:
    shelf = card.shelf
    product, offer, locale = shelf.product, shelf.offer, shelf.locale
    if is_unselected(product):
        top = price(locale, range_top(locale, offer))
        return f"{price(locale, offer.price)}<span> - </span>{top}"
    if not is_priced(product):
        return ""
    if is_free_program(product):
        free = price(locale, Decimal(0))
        return f'{free} <span class="a-size-base">{locale.words.unlimited}</span>'
    if has_competing_prices(product):
        return f"{price(locale, offer.price)} {price(locale, range_top(locale, offer))}"
    return (
        price(locale, offer.price, is_blank=product.number % 6 == 0)
        + _unit_price(shelf)
        + _list_price(shelf)
    )


def _unit_price(shelf: Shelf) -> str:
    if shelf.product.number % 4:
        return ""
    unit = shelf.locale.money((shelf.offer.price / 4).quantize(shelf.offer.price))
    return (
        ' <span class="a-size-base a-color-secondary">(<span class="a-price a-text-price" '
        f'data-a-size="b" data-a-color="secondary"><span class="a-offscreen">{unit}</span>'
        f'<span aria-hidden="true">{unit}</span></span>/{shelf.locale.words.per_unit})</span>'
    )


def _list_price(shelf: Shelf) -> str:
    if not shelf.offer.list_price:
        return ""
    words = shelf.locale.words
    label = words.was_price if shelf.product.number % 3 == 2 else words.list_price
    text = f"{label} {shelf.locale.money(shelf.offer.list_price)}"
    return (
        f' <span class="a-offscreen">{text}</span><div aria-hidden="{text}" '
        f'class="a-section aok-inline-block"><span class="a-size-base a-color-secondary">{label} '
        f"</span>{struck(shelf.locale, shelf.offer.list_price)}</div>"
    )


def _deal(card: Card) -> str:
    product = card.shelf.product
    if not product.is_deal:
        return ""
    return (
        f'<div class="a-row"><a class="a-link-normal" href="/deals"><span '
        f'id="DEAL_{product.asin}" class="a-badge" data-a-badge-type="deal"><span '
        f'id="DEAL_{product.asin}-label" class="a-badge-label" data-a-badge-color="sx-red-mvt">'
        '<span class="a-badge-label-inner a-text-ellipsis"><span class="a-badge-text">'
        f"{card.shelf.locale.words.deal}</span></span></span></span></a></div>"
    )


def _coupon(card: Card) -> str:
    product, words = card.shelf.product, card.shelf.locale.words
    if product.coupon_percent:
        text = words.coupon.format(amount=f"{product.coupon_percent}%")
        # Twice, as Amazon renders it: unclipped, and clipped but hidden.
        return (
            '<div class="a-row s-align-children-center"><span class="s-coupon-unclipped">'
            '<span class="a-size-base s-highlighted-text-padding s-coupon-highlight-color">'
            f"{text}</span></span>"
            '<span class="s-coupon-clipped aok-hidden"><span class="a-color-base">'
            f"{text}</span></span></div>"
        )
    if product.number % 11 == 0:
        return (
            f'<div class="a-row a-size-base a-color-secondary"><span>{words.promotion}</span></div>'
        )
    return ""


def other_offers(card: Card) -> str:
    """All there is on cards without a featured offer; beside the price on some others."""
    product, locale = card.shelf.product, card.shelf.locale
    is_only = product.layout in {Layout.USED_ONLY, Layout.NO_FEATURED}
    if not is_only and not (is_priced(product) and product.number % 8 == 0):
        return ""
    count = escape(locale.words.offers.format(count=product.other_offers))
    return (
        '<div data-cy="secondary-offer-recipe" class="a-section"><div class="a-row a-size-base '
        f'a-color-secondary"><span class="a-size-base a-color-secondary">'
        f"{escape(locale.words.more_choices)}</span><br>"
        f'<span class="a-color-base">{locale.money(card.shelf.offer.used_price)}</span>'
        '<span class="a-letter-space"></span><a class="a-link-normal s-link-style" '
        f'href="/gp/offer-listing/{product.asin}/ref=sr_1_{card.position}_olp">{count}</a>'
        "</div></div>"
    )


def cart(card: Card) -> str:
    product = card.shelf.product
    if product.layout is not Layout.FEATURED or has_competing_prices(product):
        return ""
    return (
        '<div data-cy="add-to-cart" class="puis-atcb-container"><div class="ax-atc celwidget '
        f'atc-btn-container" data-csa-c-item-id="{product.asin}" '
        f'data-csa-c-merchant-id="{product.seller_id}" '
        f'data-csa-c-price-to-pay="{float(card.shelf.offer.price)}">'
        '<span class="a-button a-button-primary"><button name="submit.addToCart" '
        'class="a-button-text" type="button">'
        f"{card.shelf.locale.words.add_to_cart}</button></span></div></div>"
    )
