"""The markup of one result card."""

from urllib.parse import quote

from sandbox.goods.catalogue import Layout, Product
from sandbox.goods.offers import is_priced
from sandbox.locales import Locale
from sandbox.markup import attribute_json, escape, image_url, stars
from sandbox.noise import tint
from sandbox.search.card import Card
from sandbox.search.card_price import cart, other_offers, price_recipe


def card_html(card: Card) -> str:
    product = card.shelf.product
    href = escape(card.href)
    ad = " AdHolder" if card.is_sponsored else ""
    deal = f":amzn1.deal.{product.number:08x}" if product.is_deal else ""
    return (
        f'<div role="listitem" data-asin="{product.asin}" data-index="{card.index}" '
        f'data-uuid="{product.number:08x}-{card.position:04x}" '
        'data-component-type="s-search-result" class="sg-col-20-of-24 s-result-item s-asin '
        f'sg-col-0-of-12 sg-col-16-of-20{ad} sg-col s-widget-spacing-small sg-col-12-of-16">'
        f'<div class="sg-col-inner"><div cel_widget_id="MAIN-SEARCH_RESULTS-{card.index}" '
        'class="s-widget-container celwidget slot=MAIN template=SEARCH_RESULTS" '
        f'data-csa-c-type="item" data-csa-c-item-id="amzn1.asin.1.{product.asin}{deal}" '
        f'data-csa-c-pos="{card.position}">'
        '<div class="puis-card-container s-card-container aok-relative desktop-list-view" '
        'data-cy="asin-faceout-container"><div class="a-section"><div class="puisg-row">'
        f'<div class="puisg-col puis-list-col-left">{_badge(card)}{_image(card, href)}</div>'
        '<div class="puisg-col puis-list-col-right"><div class="a-section a-spacing-small">'
        f"{_title(card, href)}{_swatches(card)}{_reviews(card, href)}"
        f"{price_recipe(card, href)}{_delivery(card)}{_stock(card)}{other_offers(card)}{cart(card)}"
        "</div></div></div></div></div></div></div></div>\n"
    )


def _badge(card: Card) -> str:
    product, words = card.shelf.product, card.shelf.locale.words
    spans: tuple[str, ...]
    if product.is_best_seller:
        kind, spans, supplement = "best-seller", (words.best_seller,), ""
    elif product.is_choice:
        kind, spans = "amazons-choice", words.choice
        supplement = words.choice_for.format(keyword=card.keyword)
    else:
        return ""
    badge_id = f"{product.asin}-{kind}"
    texts = "".join(f'<span class="a-badge-text">{escape(text)}</span>' for text in spans)
    return (
        '<div class="a-section puis-status-badge-container">'
        '<span data-component-type="s-status-badge-component" class="rush-component" '
        f'data-component-props="{attribute_json({"asin": product.asin, "badgeType": kind})}">'
        f'<div class="a-row a-badge-region"><span id="{badge_id}" class="a-badge" '
        f'data-a-badge-type="status"><span id="{badge_id}-label" class="a-badge-label">'
        f'<span class="a-badge-label-inner a-text-ellipsis">{texts}</span></span>'
        f'<span id="{badge_id}-supplementary" class="a-badge-supplementary-text">'
        f"{escape(supplement)}</span></span></div></span></div>"
    )


def _image(card: Card, href: str) -> str:
    image = card.shelf.product.image_ids[0]
    sets = ", ".join(
        f"{image_url(image, f'_AC_UY{218 * step // 2}_')} {step / 2:g}x" for step in range(2, 7)
    )
    return (
        '<div class="s-product-image-container" data-cy="image-container">'
        '<span data-component-type="s-product-image" class="rush-component">'
        f'<a aria-hidden="true" class="a-link-normal s-no-outline" tabindex="-1" href="{href}">'
        f'<img class="s-image" src="{image_url(image, "_AC_UY218_")}" srcset="{sets}" '
        f'alt="{escape(card.title[:90])}" data-image-index="{card.position}"></a></span></div>'
    )


def _title(card: Card, href: str) -> str:
    words = card.shelf.locale.words
    prefix = words.sponsored_prefix if card.is_sponsored else ""
    label = _sponsored_label(card) if card.is_sponsored else ""
    if card.names_brand:
        label += (
            '<div class="a-row a-color-secondary"><h2 class="a-size-mini s-line-clamp-1">'
            '<span class="a-size-base-plus a-color-base">'
            f"{escape(card.shelf.product.brand)}</span></h2></div>"
        )
    return (
        f'<div data-cy="title-recipe" class="a-section a-spacing-none">{label}'
        '<a class="a-link-normal s-line-clamp-2 s-link-style a-text-normal" '
        f'href="{href}"><h2 aria-label="{escape(prefix + card.title)}" '
        'class="a-size-medium a-spacing-none a-color-base a-text-normal">'
        f"<span>{escape(card.title)}</span></h2></a></div>"
    )


def _sponsored_label(card: Card) -> str:
    product, words = card.shelf.product, card.shelf.locale.words
    popover = {"closeButton": "true", "name": f"sp-info-popover-{product.asin}"}
    details = {
        "adCreativeMetaData": {
            "adCreativeDetails": [
                {
                    "asin": product.asin,
                    "title": card.shelf.title,
                    # The advertiser's own currency, which need not be the one displayed.
                    "priceInfo": {"amount": float(product.dollars), "currencyCode": "USD"},
                }
            ]
        }
    }
    trigger = {"ajaxUrl": f"/af/sp-loom/feedback-form?pl={quote(attribute_json(details))}"}
    return (
        '<div class="a-row a-spacing-micro"><span class="a-declarative" data-action="a-popover" '
        f'data-a-popover="{attribute_json(popover)}"><a href="javascript:void(0)" role="button" '
        'class="puis-label-popover puis-sponsored-label-text">'
        '<span class="puis-label-popover-default"><span class="a-color-secondary">'
        f'{words.sponsored}</span></span><span class="puis-label-popover-hover aok-hidden">'
        f'<span aria-hidden="true" class="a-color-base">{words.sponsored}</span></span></a></span>'
        f'<span class="a-declarative" data-action="s-safe-ajax-modal-trigger" '
        f'data-s-safe-ajax-modal-trigger="{attribute_json(trigger)}"></span></div>'
    )


def _swatches(card: Card) -> str:
    product, words = card.shelf.product, card.shelf.locale.words
    if product.layout is not Layout.VARIATIONS:
        return ""
    family = card.catalogue.family(product)[::2]
    items = "".join(
        f'<div data-csa-c-swatch-url="/x/dp/{member.asin}/ref=cs_sr_dp_{place + 1}" '
        f'data-csa-c-content-id="color-swatch-link" data-csa-c-swatch-position="{place + 1}" '
        f'data-csa-c-swatch-is-selected="{str(member.asin == product.asin).lower()}" '
        f'data-csa-c-product-type="PRACTICE_{product.kind}" role="listitem">'
        f'<a aria-label="{escape(color)}" class="a-link-normal" '
        f'href="/x/dp/{member.asin}/ref=cs_sr_dp_{place + 1}">'
        f'<span style="background-color: {tint(color)}">&#160;&#160;</span></a></div>'
        for place, (member, color) in enumerate(zip(family, words.colors, strict=False))
    )
    return f'<div class="a-section s-color-swatch-container-list-view" role="list">{items}</div>'


def _reviews(card: Card, href: str) -> str:
    product, locale = card.shelf.product, card.shelf.locale
    rows = ""
    if product.rating is not None:
        text = locale.words.rating.format(rating=locale.decimal(product.rating))
        exact = locale.count(product.ratings_count)
        shown = _short_count(product, locale)
        rows = (
            '<div class="a-row a-size-small"><span aria-hidden="true" class="a-size-small">'
            f"{locale.decimal(product.rating)}</span>"
            f'<a aria-label="{text}" href="javascript:void(0)" class="a-popover-trigger">'
            '<i data-cy="reviews-ratings-slot" aria-hidden="true" class="a-icon a-icon-star-mini '
            f'a-star-mini-{stars(product.rating)}"><span class="a-icon-alt">{text}</span></i></a> '
            '<div class="s-csa-instrumentation-wrapper" '
            'data-csa-c-content-id="alf-customer-ratings-count-component" '
            f'data-csa-c-asin="{product.asin}"><a '
            f'aria-label="{locale.words.ratings.format(count=exact)}" class="a-link-normal" '
            f'href="{href}#customerReviews"><span aria-hidden="true" class="a-size-mini">({shown})'
            "</span> </a></div></div>"
        )
    below = ""
    if product.bought:
        below = locale.words.bought.format(count=_short(product.bought, locale))
    elif product.number % 3 == 0:
        below = locale.words.new_arrival
    if below:
        rows += (
            '<div class="a-row a-size-base"><span class="a-size-base a-color-secondary">'
            f"{below}</span></div>"
        )
    return f'<div data-cy="reviews-block" class="a-section">{rows}</div>' if rows else ""


def _short(value: int, locale: Locale) -> str:
    if locale.words.code == "en" and value >= 1000:
        return f"{value // 1000}K"
    return locale.count(value)


def _short_count(product: Product, locale: Locale) -> str:
    """English pages abbreviate what is shown; the label stays exact."""
    count = product.ratings_count
    if locale.words.code == "en" and count >= 1000:
        return f"{count / 1000:.1f}K"
    return locale.count(count)


def _delivery(card: Card) -> str:
    shelf = card.shelf
    product, words = shelf.product, shelf.locale.words
    if not is_priced(product) or product.layout is Layout.KINDLE:
        return ""
    date = f'<span class="a-text-bold">{shelf.delivery_date}</span>'
    prime = (
        '<i class="a-icon a-icon-prime a-icon-medium" role="img" aria-label="Amazon Prime"></i>'
        if product.is_amazon_seller
        else ""
    )
    return (
        '<div data-cy="delivery-recipe" class="a-section"><div data-cy="delivery-block" '
        f'class="a-section udm-delivery-block"><div class="a-row udm-badge-block">{prime}</div>'
        '<div class="a-row a-color-base udm-primary-delivery-message"><div class="a-column '
        f'a-span12">{words.free_delivery.format(date=date)}</div></div></div></div>'
    )


def _stock(card: Card) -> str:
    product, words = card.shelf.product, card.shelf.locale.words
    if product.layout is Layout.UNAVAILABLE:
        text = words.unavailable
    elif product.stock_left and is_priced(product):
        text = words.left.format(count=product.stock_left)
    else:
        return ""
    return (
        '<div class="a-row a-size-base"><span class="a-size-base a-color-price">'
        f"{text}</span></div>"
    )
