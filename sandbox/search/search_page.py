"""A search page: information bar, cards between widgets that are no results, paging."""

from urllib.parse import quote_plus

from sandbox import chrome
from sandbox.goods.catalogue import Catalogue
from sandbox.http.gzip_stream import Segment
from sandbox.locales import Locale
from sandbox.markup import escape
from sandbox.noise import number_from
from sandbox.product.product_page import shelf_for
from sandbox.search.card import Card
from sandbox.search.left_column import left_column
from sandbox.search.search_card import card_html
from sandbox.search.search_results import Results


def search_page(
    catalogue: Catalogue, results: Results, locale: Locale, *, hour: int
) -> list[Segment | bytes]:
    bulk = chrome.blocks()[: number_from(results.query.keyword) % 9]
    content = (
        _found(catalogue, results, locale, hour)
        if results.placements
        else _nothing(results, locale)
    )
    return [
        chrome.head(locale),
        f"<title>{escape(results.query.keyword)}</title>".encode(),
        chrome.navigation(locale),
        f'<div id="search"><div class="s-desktop-width-max">{content}</div></div>\n'.encode(),
        chrome.base_block(),
        *bulk,
        chrome.foot(),
    ]


def no_results_page(results: Results, locale: Locale) -> list[Segment | bytes]:
    content = _nothing(results, locale)
    return [
        chrome.head(locale),
        chrome.navigation(locale),
        f'<div id="search">{content}</div>\n'.encode(),
        chrome.foot(),
    ]


def empty_page(locale: Locale) -> list[Segment | bytes]:
    """Neither cards nor a word that there are none: what Amazon sends now and then."""
    return [
        chrome.head(locale),
        b"<title></title>",
        chrome.navigation(locale),
        b'<div id="search"><div class="s-main-slot s-result-list"></div></div>\n',
        chrome.base_block(),
        chrome.foot(),
    ]


def _nothing(results: Results, locale: Locale) -> str:
    words = locale.words
    keyword = (
        f'</span><span class="a-size-medium a-color-state">{escape(results.query.keyword)}</span>'
        '<span class="a-size-medium a-color-base">'
    )
    return (
        '<div class="s-main-slot s-result-list s-search-results sg-row"><div data-asin="" '
        'data-index="0" class="s-result-item s-widget"><div class="s-no-outline"><div '
        'class="a-section a-spacing-base a-spacing-top-medium s-no-results-filler"><div '
        'class="a-row"><span class="a-size-medium a-color-base">'
        f"{words.no_results.format(keyword=keyword)}</span></div>"
        f'<div class="a-row"><span class="a-size-base">{words.no_results_hint}</span></div></div>'
        "</div></div></div>"
    )


def _found(catalogue: Catalogue, results: Results, locale: Locale, hour: int) -> str:
    return (
        _information(results, locale)
        + left_column(results.query, locale)
        + '<span data-component-type="s-search-results" class="rush-component s-latency-cf-section">'
        '<div class="s-main-slot s-result-list s-search-results sg-row">'
        + _slots(catalogue, results, locale, hour)
        + f"{_related(results, locale)}{_paging(results, locale)}</div></span>"
        f'<script type="a-state" data-a-state="{{&quot;key&quot;:&quot;s-metadata&quot;}}">'
        f'{{"asinOnPageCount":{len(results.placements)},"totalResultCount":{_total(results)},'
        f'"page":{results.query.page}}}</script>'
    )


def _total(results: Results) -> int:
    """As vague as Amazon's “over 20,000”."""
    return results.total if results.total < 400 else results.total // 100 * 1000


def _information(results: Results, locale: Locale) -> str:
    organic = sum(not placement.is_sponsored for placement in results.placements)
    text = locale.words.results.format(
        first=results.first,
        last=results.first + organic - 1,
        total=locale.count(_total(results)),
    )
    return (
        '<span data-component-type="s-result-info-bar" class="rush-component"><div '
        'cel_widget_id="UPPER-RESULT_INFO_BAR-0" class="s-widget-container '
        'template=RESULT_INFO_BAR"><h1 class="a-size-base s-desktop-toolbar a-text-normal">'
        '<div class="s-breadcrumb"><h2 class="a-size-base a-text-normal"><span>'
        f'{text}</span><span> </span><span class="a-color-state a-text-bold">"'
        f'{escape(results.query.keyword)}"</span></h2></div></h1></div></span>'
    )


def _slots(catalogue: Catalogue, results: Results, locale: Locale, hour: int) -> str:
    """Cards with spacers and a carousel between them: data-index counts those too."""
    html = [_spacer(0), _spacer(1), _spacer(2)]
    index = 3
    organic = 0
    for position, placement in enumerate(results.placements, 1):
        organic += not placement.is_sponsored
        card = Card(
            shelf=shelf_for(catalogue, placement.product, locale, hour),
            keyword=results.query.keyword,
            position=position,
            organic=organic,
            index=index,
            is_sponsored=placement.is_sponsored,
            catalogue=catalogue,
        )
        html.append(card_html(card))
        index += 1
        if position == 8:
            html.append(_carousel(catalogue, results, index))
            index += 1
        if position % 16 == 0:
            html.append(_spacer(index))
            index += 1
    return "".join(html)


def _spacer(index: int) -> str:
    return (
        f'<div data-asin="" data-index="{index}" class="a-section a-spacing-none '
        f's-result-item s-flex-full-width s-widget s-widget-spacing-large"></div>'
    )


def _carousel(catalogue: Catalogue, results: Results, index: int) -> str:
    """Sponsored brands: ASINs and prices that are no results."""
    tiles = []
    for place in range(6):
        number = number_from(results.query.keyword, "carousel", place) % catalogue.products
        product = catalogue.product(number)
        tiles.append(
            f'<li class="a-carousel-card"><div data-asin="{product.asin}" '
            f'class="s-result-item-in-carousel"><a class="a-link-normal" '
            f'href="/sspa/click?ie=UTF8&amp;url=%2Fdp%2F{product.asin}%2Fref%3Dsbx">'
            f"<span>{escape(product.brand)} {product.model}</span></a>"
            '<span class="a-price"><span class="a-offscreen">$1.23</span></span></div></li>'
        )
    return (
        f'<div data-asin="" data-index="{index}" class="s-result-item s-widget AdHolder">'
        '<span data-component-type="s-searchgrid-carousel" class="rush-component">'
        f'<ol class="a-carousel">{"".join(tiles)}</ol></span></div>'
    )


def _related(results: Results, locale: Locale) -> str:
    links = "".join(
        f'<a href="/s?k={quote_plus(f"{results.query.keyword} {noun}")}">{escape(noun)}</a> '
        for noun in locale.words.nouns[:4]
    )
    return (
        f'<div data-asin="" class="s-result-item s-widget"><div '
        f'data-component-type="s-related-searches"><h2>{locale.words.related}</h2>{links}</div>'
        "</div>"
    )


def _paging(results: Results, locale: Locale) -> str:
    words, page = locale.words, results.query.page
    items = [_step(results, words.previous, "previous", page - 1, is_open=page > 1)]
    for number in _numbers(page, results.pages):
        if number == page:
            items.append(
                '<span class="s-pagination-item s-pagination-selected" aria-current="page">'
                f"{number}</span>"
            )
        else:
            label = words.page.format(page=number)
            items.append(
                f'<a href="{_page_href(results, number)}" aria-label="{label}" '
                f'class="s-pagination-item s-pagination-button">{number}</a>'
            )
    items.append(
        f'<span class="s-pagination-item s-pagination-disabled" aria-disabled="true">'
        f"{results.pages}</span>"
    )
    items.append(_step(results, words.next, "next", page + 1, is_open=results.has_next))
    listed = "".join(f'<li><span class="a-list-item">{item}</span></li>' for item in items)
    return (
        '<div class="s-result-item s-widget" data-asin=""><div role="navigation" '
        'aria-label="pagination" class="a-section a-text-center s-pagination-container">'
        '<span class="s-pagination-strip"><ul class="a-unordered-list a-horizontal">'
        f"{listed}</ul></span></div></div>"
    )


def _numbers(page: int, pages: int) -> range:
    return range(max(1, page - 1), min(pages, page + 2) + 1)


def _step(results: Results, label: str, name: str, page: int, *, is_open: bool) -> str:
    if not is_open:
        return (
            f'<span class="s-pagination-item s-pagination-{name} s-pagination-disabled " '
            f'aria-disabled="true">{label}</span>'
        )
    return (
        f'<a href="{_page_href(results, page)}" role="button" class="s-pagination-item '
        f's-pagination-{name} s-pagination-button s-pagination-separator">{label}</a>'
    )


def _page_href(results: Results, page: int) -> str:
    query = results.query
    href = f"/s?k={quote_plus(query.keyword)}&page={page}"
    if query.department:
        href += f"&i={quote_plus(query.department)}"
    for name, value in query.narrowing.parameters.items():
        href += f"&{name}={quote_plus(value)}"
    if query.sort:
        href += f"&s={quote_plus(query.sort)}"
    if query.language:
        href += f"&language={quote_plus(query.language)}"
    if query.low is not None:
        href += f"&low-price={query.low}"
    if query.high is not None:
        href += f"&high-price={query.high}"
    return escape(f"{href}&qid=1780000000&ref=sr_pg_{page}")
