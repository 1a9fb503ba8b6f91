"""A category's landing page: banners and a carousel, and no list of results."""

from sandbox import chrome
from sandbox.goods.catalogue import Catalogue
from sandbox.http.gzip_stream import Segment
from sandbox.locales import Locale
from sandbox.markup import escape
from sandbox.product.product_page import shelf_for
from sandbox.search.narrowing import department_of


def landing_page(catalogue: Catalogue, locale: Locale, *, hour: int) -> list[Segment | bytes]:
    content = f"{_tiles(locale)}{_carousel(catalogue, locale, hour)}"
    return [
        chrome.head(locale),
        b"<title>Sandbox Fair</title>",
        chrome.navigation(locale),
        f'<div id="merchandised-content" class="bxc-grid__container">{content}</div>\n'.encode(),
        chrome.base_block(),
        chrome.foot(),
    ]


def _tiles(locale: Locale) -> str:
    tiles = "".join(
        f'<div class="bxc-grid__column"><a href="/b?node={department_of(kind)}&amp;ref=fair_{kind}">'
        f'<img alt="{escape(name)}" src="/images/I/41tile{kind}.jpg"></a></div>'
        for kind, name in enumerate(locale.words.departments)
    )
    return f'<div class="bxc-grid__row">{tiles}</div>'


def _carousel(catalogue: Catalogue, locale: Locale, hour: int) -> str:
    """ASINs and prices that are no results."""
    cards = []
    for number in range(6):
        shelf = shelf_for(catalogue, catalogue.product(number), locale, hour)
        asin = shelf.product.asin
        cards.append(
            f'<li class="a-carousel-card" data-asin="{asin}"><a href="/dp/{asin}?ref=fair">'
            f'{escape(shelf.title)}</a><span class="a-price"><span class="a-offscreen">'
            f"{locale.money(shelf.offer.price)}</span></span></li>"
        )
    return f'<div class="a-carousel-container"><ol class="a-carousel">{"".join(cards)}</ol></div>'
