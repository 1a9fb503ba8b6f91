"""Attributes and best-seller ranks of a product page, in one of three forms."""

from datetime import date, timedelta

from sandbox.goods.catalogue import Layout, Product
from sandbox.goods.shelf import Shelf
from sandbox.markup import escape
from sandbox.product.product_texts import leaf_node, weight

BIDI_COLON = "\n \u200f\n :\n \u200e\n"


def attributes(shelf: Shelf) -> list[tuple[str, str]]:
    product, words = shelf.product, shelf.locale.words
    if product.layout in {Layout.BOOK, Layout.KINDLE}:
        return [
            (words.publisher, f"{product.brand} ({first_available(shelf)})"),
            (words.language, words.name),
            (words.paperback, words.pages.format(count=80 + product.weight_grams % 500)),
            ("ISBN-13", isbn_13(product)),
            (words.weight, weight(shelf)),
        ]
    wide, high, deep = product.dimensions
    return [
        (words.dimensions, f"{wide} x {high} x {deep} cm; {weight(shelf)}"),
        (words.maker, product.brand),
        (words.model, f"{product.model}-{product.number}"),
        ("ASIN", product.asin),
        (words.origin, words.country),
        (words.first_available, first_available(shelf)),
    ]


def isbn_13(product: Product) -> str:
    digits = f"978{product.number % 10**9:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits[:3]}-{digits[3:]}{-total % 10}"


def first_available(shelf: Shelf) -> str:
    day = date(2015, 1, 1) + timedelta(days=shelf.product.number * 37 % 3900)
    words = shelf.locale.words
    return words.date.format(day=day.day, month=words.months[day.month - 1], year=day.year)


def details(shelf: Shelf) -> str:
    """Attributes and ranks: a list, a table or the expander tables, by product."""
    forms = (_detail_list, _detail_table, _detail_expander)
    is_book = shelf.product.layout in {Layout.BOOK, Layout.KINDLE}
    return (_detail_list if is_book else forms[shelf.product.number % 3])(shelf)


def _detail_list(shelf: Shelf) -> str:
    words = shelf.locale.words
    rows = "".join(
        f'<li><span class="a-list-item"> <span class="a-text-bold">{escape(name)}{BIDI_COLON}'
        f"</span> <span>{escape(value)}</span> </span></li>"
        for name, value in attributes(shelf)
    )
    root, sub = ranks(shelf)
    return (
        '<div id="detailBulletsWrapper_feature_div" data-feature-name="detailBullets" '
        f'class="a-section feature detail-bullets-wrapper bucket"><h2>{words.details}</h2>'
        '<div id="detailBullets_feature_div"><ul class="a-unordered-list a-nostyle a-vertical '
        f'a-spacing-none detail-bullet-list">{rows}</ul></div>'
        '<ul class="a-unordered-list a-nostyle a-vertical a-spacing-none detail-bullet-list"><li>'
        f'<span class="a-list-item"> <span class="a-text-bold"> {words.rank}: </span> {root} '
        '<ul class="a-unordered-list a-nostyle a-vertical zg_hrsr"><li><span class="a-list-item"> '
        f"{sub}</span></li></ul></span></li></ul></div>\n"
    )


def _rows(shelf: Shelf, names: list[tuple[str, str]]) -> str:
    return "".join(
        f'<tr><th class="a-color-secondary a-size-base prodDetSectionEntry"> {escape(name)} </th>'
        f'<td class="a-size-base prodDetAttrValue"> \u200e{escape(value)} </td></tr>'
        for name, value in names
    )


def _rank_row(shelf: Shelf) -> str:
    root, sub = ranks(shelf)
    return (
        f'<tr><th class="a-color-secondary a-size-base prodDetSectionEntry"> '
        f"{shelf.locale.words.rank} </th><td><span><ul "
        'class="a-unordered-list a-nostyle a-vertical"><li><span class="a-list-item"><span>'
        f"{root}</span></span></li><li>"
        f'<span class="a-list-item"><span>{sub}</span></span></li></ul></span></td></tr>'
    )


def _detail_table(shelf: Shelf) -> str:
    pairs = attributes(shelf)
    return (
        '<div id="prodDetails"><div id="productDetails_db_sections">'
        '<table id="productDetails_techSpec_section_1" class="a-keyvalue prodDetTable">'
        f"{_rows(shelf, pairs[:3])}</table>"
        '<table id="productDetails_detailBullets_sections1" class="a-keyvalue prodDetTable">'
        f"{_rows(shelf, pairs[3:])}{_rank_row(shelf)}</table></div></div>\n"
    )


def _detail_expander(shelf: Shelf) -> str:
    pairs = attributes(shelf)
    sections = "".join(
        '<div class="a-row a-expander-container a-expander-section-container"><a '
        'class="a-expander-header"><span class="a-expander-prompt" role="heading"> '
        f"{escape(name)} </span></a><div "
        'class="a-expander-content a-expander-section-content"><table '
        f'class="a-keyvalue prodDetTable">{rows}</table></div></div>'
        for name, rows in (
            (shelf.locale.words.details, _rows(shelf, pairs[:3])),
            (shelf.locale.words.about, _rows(shelf, pairs[3:]) + _rank_row(shelf)),
        )
    )
    return (
        '<div id="prodDetails"><div id="productDetails_expanderTables_depthLeftSections" '
        f'class="a-section">{sections}</div></div>\n'
    )


def ranks(shelf: Shelf) -> tuple[str, str]:
    """(root with its “see top” link, sub-category as a link)."""
    product, locale, words = shelf.product, shelf.locale, shelf.locale.words
    department = escape(words.departments[product.kind])
    root = words.rank_text.format(rank=locale.count(product.rank), category=department)
    see_top = words.see_top.format(category=department)
    noun = (
        f'<a href="/gp/bestsellers/dep{product.kind}/{leaf_node(product)}/'
        f'ref=pd_zg_hrsr_dep{product.kind}">{escape(words.nouns[product.kind])}</a>'
    )
    sub = words.rank_text.format(rank=locale.count(product.sub_rank), category=noun)
    return (
        f'{root} (<a href="/gp/bestsellers/dep{product.kind}/ref=pd_zg_ts_dep{product.kind}">'
        f"{see_top}</a>)",
        sub,
    )
