"""A product page: shared parts around the product's own."""

from sandbox import chrome
from sandbox.glitches import Glitch, glitched_locale, glitched_shelf
from sandbox.goods.assortment import offered_at
from sandbox.goods.catalogue import Catalogue, Product
from sandbox.goods.offers import offer_for, title_for
from sandbox.goods.shelf import Shelf
from sandbox.http.gzip_stream import Segment
from sandbox.locales import Locale
from sandbox.markup import escape
from sandbox.product import buy_box, price_block, product_details, product_media, product_texts


def shelf_for(catalogue: Catalogue, product: Product, locale: Locale, hour: int) -> Shelf:
    """The product as it is offered where the page would deliver to."""
    offered = offered_at(product, locale.place)
    offer = offer_for(offered, locale, catalogue.dollars_at(product, hour))
    title = title_for(product, locale)
    if catalogue.is_renamed_at(product, hour):
        title += " (2026)"
    return Shelf(offered, offer, locale, title, hour)


def product_page(
    catalogue: Catalogue,
    product: Product,
    locale: Locale,
    *,
    host: str,
    hour: int,
    glitch: Glitch | None = None,
) -> list[Segment | bytes]:
    shelf = shelf_for(catalogue, product, glitched_locale(locale, glitch), hour)
    shelf = glitched_shelf(shelf, glitch)
    bulk = chrome.blocks()[: product.page_blocks]
    middle = len(bulk) // 3
    return [
        chrome.head(locale),
        _own_head(shelf, host).encode(),
        chrome.navigation(locale),
        *bulk[:middle],
        _main(shelf, catalogue).encode(),
        chrome.base_block(),
        *bulk[middle:],
        chrome.foot(),
    ]


def _own_head(shelf: Shelf, host: str) -> str:
    return (
        f"<title>{escape(shelf.title)} : {escape(host)}</title>"
        f'<link rel="canonical" href="https://{escape(host)}/dp/{shelf.product.asin}"/>'
        f'<meta name="description" content="{escape(shelf.title)}"/>'
    )


def _main(shelf: Shelf, catalogue: Catalogue) -> str:
    return "".join(
        (
            f'<div id="dp" class="a-container"><div id="dp-container" data-asin="'
            f'{shelf.product.asin}">',
            product_texts.breadcrumbs(shelf),
            '<div id="ppd">',
            product_media.images(shelf),
            '<div id="centerCol" class="centerColAlign">',
            product_texts.heading(shelf),
            product_texts.byline(shelf),
            product_texts.ratings(shelf),
            product_texts.proof(shelf),
            price_block.core_price(shelf),
            price_block.price_json(shelf),
            product_media.formats(shelf),
            product_media.variations(shelf, catalogue),
            product_texts.overview(shelf),
            product_texts.bullets(shelf),
            "</div>",
            buy_box.buy_box(shelf),
            "</div>",
            product_texts.descriptions(shelf),
            product_details.details(shelf),
            product_texts.histogram(shelf),
            "</div></div>\n",
        )
    )
