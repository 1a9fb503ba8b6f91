"""A page of a list: a grid of ranked cards, the data of all its places, and the tree of categories."""

from urllib.parse import quote

from sandbox import chrome
from sandbox.goods.catalogue import Catalogue, Layout
from sandbox.goods.offers import is_priced, is_unselected, range_top
from sandbox.goods.shelf import Shelf
from sandbox.http.gzip_stream import Segment
from sandbox.lists.top_lists import CARDS_IN_HTML, SLUGS, Place, TopList, leaf_of
from sandbox.locales import Locale
from sandbox.markup import attribute_json, escape, image_url, stars
from sandbox.product.product_page import shelf_for

# Amazon's class names end in letters that change from release to release.
_TREE = "_p13n-zg-nav-tree-all_style_zg"
_CLAMP = "_cDEzb_p13n-sc-css-line-clamp"


def list_page(
    catalogue: Catalogue, top: TopList, locale: Locale, *, hour: int
) -> list[Segment | bytes]:
    if top.is_root:
        content = _carousels(catalogue, locale, hour)
    else:
        cards = "".join(_card(shelf_for(catalogue, p.product, locale, hour), p) for p in top.cards)
        content = _grid(top, cards) + (_paging(top, locale) if top.places else "")
    return [
        chrome.head(locale),
        _own_head(top, locale).encode(),
        chrome.navigation(locale),
        f'<div id="zg" class="a-fixed-left-grid">{_tree(top, locale)}'
        f'<div class="a-fixed-left-grid-col a-col-right">{_banner(top, locale)}{content}</div></div>\n'.encode(),
        chrome.base_block(),
        chrome.foot(),
    ]


def category_name(top: TopList, locale: Locale) -> str:
    if top.kind is None:
        return ""
    words = locale.words
    return words.nouns[top.kind] if top.is_leaf else words.departments[top.kind]


def _href(top: TopList, slug: str = "", node: str = "") -> str:
    return "/".join(part for part in ("/gp", top.query.list, slug, node) if part)


def _own_href(top: TopList) -> str:
    slug = SLUGS[top.kind] if top.kind is not None else top.query.slug
    return _href(top, slug, top.query.node)


def _own_head(top: TopList, locale: Locale) -> str:
    link = f"https://www.{locale.site}{_own_href(top)}"
    return f'<title>{locale.words.best_seller}</title><link rel="canonical" href="{link}">'


def _banner(top: TopList, locale: Locale) -> str:
    """Two headings: the second names the list."""
    banner = (
        f'<div class="zg-banner"><h1 class="a-size-large">{locale.words.best_seller}</h1></div>'
    )
    name = escape(category_name(top, locale))
    return f'{banner}<h1 class="a-size-large">{locale.words.best_seller}: {name}</h1>'


def _tree(top: TopList, locale: Locale) -> str:
    words, kind = locale.words, top.kind
    entries = [_root_entry(top)]
    if kind is None:
        entries += [
            _entry(name, _href(top, slug))
            for slug, name in zip(SLUGS, words.departments, strict=True)
        ]
    elif top.is_leaf:
        entries.append(_entry(words.departments[kind], _href(top, SLUGS[kind]), is_above=True))
        entries.append(_entry(words.nouns[kind], None))
    else:
        entries.append(_entry(words.departments[kind], None))
        entries.append(_entry(words.nouns[kind], _href(top, SLUGS[kind], str(leaf_of(kind)))))
    return f'<div class="a-col-left" role="tree">{"".join(entries)}</div>'


def _root_entry(top: TopList) -> str:
    classes = f"{_TREE}-root-browse-item__2WmBB {_TREE}-browse-up__XTlqh"
    return f'<div role="treeitem" class="{classes}">‹&nbsp;<a href="{_href(top)}">…</a></div>'


def _entry(name: str, href: str | None, *, is_above: bool = False) -> str:
    """The chosen one has no link, and a word for readers of screens beside its name."""
    classes = f"{_TREE}-browse-item__1rdKf" + (f" {_TREE}-browse-up__XTlqh" if is_above else "")
    if href is None:
        hidden = f'<span class="{_TREE}-visually-hidden__2zReM">(✓)</span>'
        inner = f'<span class="{_TREE}-selected__1SfhQ">{escape(name)}{hidden}</span>'
    else:
        inner = f'<a href="{href}/ref=zg_nav">{escape(name)}</a>'
    return f'<div role="treeitem" class="{classes}">{inner}</div>'


def _grid(top: TopList, cards: str) -> str:
    data = attribute_json([_place_data(place) for place in top.places])
    return (
        f'<div class="p13n-desktop-grid" data-client-recs-list="{data}" '
        f'data-index-offset="{min(CARDS_IN_HTML, len(top.cards))}" data-offset="{len(top.places)}">'
        f'<div class="p13n-gridRow">{cards}</div></div>'
    )


def _place_data(place: Place) -> dict[str, object]:
    move = place.move
    return {
        "id": place.product.asin,
        "metadataMap": {
            "render.zg.rank": str(place.rank),
            "render.zg.bsms.currentSalesRank": f"{move.rank:,}" if move else "",
            "render.zg.bsms.twentyFourHourOldSalesRank": f"{move.previous:,}" if move else "",
            "render.zg.bsms.percentageChange": f"{move.percent:,}%" if move else "",
        },
        "linkParameters": {},
    }


def _card(shelf: Shelf, place: Place) -> str:
    asin = place.product.asin
    slug = quote("-".join(shelf.title.split()[:4]).replace("/", ""), safe="")
    href = f"/{slug}/dp/{asin}/ref=zg_{place.rank}?psc=1"
    return (
        '<div id="gridItemRoot" class="a-column a-span12"><div class="a-cardui" '
        f'id="p13n-asin-index-{place.rank - 1}"><div data-asin="{asin}">'
        '<div class="a-section zg-bdg-ctr"><div class="a-section zg-bdg-body">'
        f'<span class="zg-bdg-text">#{place.rank}</span></div></div>'
        f'<div id="{asin}" class="p13n-sc-uncoverable-faceout">{_image(shelf, href)}'
        f'<a class="a-link-normal aok-block" href="{href}" role="link"><span>'
        f'<div class="{_CLAMP}-3_g3dy1">{escape(shelf.title)}</div></span></a>'
        f"{_byline(shelf)}{_rating(shelf)}{_format(shelf)}{_price(shelf, href)}"
        "</div></div></div></div>"
    )


def _image(shelf: Shelf, href: str) -> str:
    source = image_url(shelf.product.image_ids[0], "_AC_UL300_SR300,200_")
    return (
        f'<a aria-hidden="true" class="a-link-normal" tabindex="-1" href="{href}">'
        f'<img alt="{escape(shelf.title[:40])}" src="{source}" class="p13n-product-image"></a>'
    )


def is_book(shelf: Shelf) -> bool:
    return shelf.product.layout in {Layout.BOOK, Layout.KINDLE}


def format_of(shelf: Shelf) -> str | None:
    if not is_book(shelf):
        return None
    words = shelf.locale.words
    return words.kindle if shelf.product.layout is Layout.KINDLE else words.hardcover


def _byline(shelf: Shelf) -> str:
    if not is_book(shelf):
        return ""
    return (
        '<div class="a-row a-size-small"><a class="a-size-small a-link-child" href="/e/B000">'
        f'<div class="{_CLAMP}-1_1Fn1y">{escape(shelf.product.author)}</div></a></div>'
    )


def _format(shelf: Shelf) -> str:
    name = format_of(shelf)
    if name is None:
        return ""
    classes = "a-size-small a-color-secondary a-text-normal"
    return f'<div class="a-row a-size-small"><span class="{classes}">{escape(name)}</span></div>'


def _rating(shelf: Shelf) -> str:
    product, locale = shelf.product, shelf.locale
    if product.rating is None:
        return ""
    text = locale.words.rating.format(rating=locale.decimal(product.rating))
    return (
        f'<div class="a-icon-row"><a class="a-link-normal" title="{text}" '
        f'href="/product-reviews/{product.asin}/ref=zg_cr"><i class="a-icon a-icon-star-small '
        f'a-star-small-{stars(product.rating)}"><span class="a-icon-alt">{text}</span></i> '
        f'<span class="a-size-small">{locale.count(product.ratings_count)}</span></a></div>'
    )


def _price(shelf: Shelf, href: str) -> str:
    product, locale = shelf.product, shelf.locale
    if product.layout is Layout.NO_FEATURED:
        lowest = f'<span class="p13n-sc-price">{locale.money(shelf.offer.used_price)}</span>'
        count = locale.words.offers.format(count=product.other_offers)
        return (
            f'<div class="a-row"><a class="a-link-normal" href="{href}">'
            f'<span class="a-color-secondary">{count} {lowest}</span></a></div>'
        )
    pieces = []
    if is_priced(product) or is_unselected(product):
        pieces.append(shelf.offer.price)
    if is_unselected(product):
        pieces.append(range_top(locale, shelf.offer))
    if not pieces:
        return ""
    inner = " - ".join(
        f'<span class="_cDEzb_p13n-sc-price_3mJ9Z">{locale.money(piece)}</span>' for piece in pieces
    )
    return (
        '<div class="a-row"><div class="_cDEzb_p13n-sc-price-animation-wrapper_3PzN2">'
        f'<a class="a-link-normal a-text-normal" href="{href}">'
        f'<span class="a-size-base a-color-price">{inner}</span></a></div></div>'
    )


def _paging(top: TopList, locale: Locale) -> str:
    own, page = _own_href(top), top.query.page
    numbers = "".join(
        f'<li class="a-normal"><a href="{own}/ref=zg_pg_{number}?pg={number}">{number}</a></li>'
        for number in (1, 2)
    )
    following = f'<a href="{own}/ref=zg_pg_2?pg=2">{locale.words.next}</a>' if page < 2 else ""
    last = f'<li class="{"a-last" if following else "a-disabled a-last"}">{following}</li>'
    return f'<ul class="a-pagination">{numbers}{last}</ul>'


def _carousels(catalogue: Catalogue, locale: Locale, hour: int) -> str:
    """A few products of each department: ASINs and prices that are no list."""
    shown = []
    for kind, name in enumerate(locale.words.departments):
        shelf = shelf_for(catalogue, catalogue.product(kind), locale, hour)
        shown.append(
            f'<div class="zg-carousel-general"><h2>{escape(name)}</h2><ol class="a-carousel"><li '
            f'class="a-carousel-card"><a href="/dp/{shelf.product.asin}">{escape(shelf.title)}</a>'
            "</li></ol></div>"
        )
    return "".join(shown)
