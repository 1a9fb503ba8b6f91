"""The column beside the results: categories and refinements that the search can be narrowed down by."""

from urllib.parse import urlencode

from sandbox.lists.top_lists import leaf_of
from sandbox.locales import Locale
from sandbox.markup import escape
from sandbox.search.narrowing import (
    OFFERED_BRANDS,
    OFFERED_SELLERS,
    STARS,
    department_of,
    is_leaf,
)
from sandbox.search.search_results import Query

_ITEM = "a-link-normal s-navigation-item"


def left_column(query: Query, locale: Locale) -> str:
    return (
        '<div id="s-refinements" class="a-section a-spacing-none">'
        f"{_ideas(query, locale)}{_departments(query, locale)}{_stars(query, locale)}"
        f"{_brands(query, locale)}{_sellers(query, locale)}{_prices(query, locale)}</div>"
    )


def _ideas(query: Query, locale: Locale) -> str:
    """Other keywords, in the shape of refinements."""
    idea = f"{locale.words.traits[0]} {query.keyword}"
    return (
        '<div id="topRefinements/0"><div id="-title"><span class="a-size-base">…</span></div>'
        '<ul id="filter-"><li class="a-spacing-micro"><span class="a-list-item">'
        f'<a class="{_ITEM}" href="/s?{escape(urlencode({"k": idea}))}">'
        f'<span class="a-size-base a-color-base">{escape(idea)}</span></a></span></li></ul></div>'
    )


def _departments(query: Query, locale: Locale) -> str:
    """All of them; within one, the way up to it and what is below."""
    words, kind = locale.words, query.narrowing.kind
    if kind is None:
        entries = [
            _category(query, str(department_of(number)), name)
            for number, name in enumerate(words.departments)
        ]
    else:
        own = query.narrowing.nodes[-1]
        places = ((department_of(kind), words.departments), (leaf_of(kind), words.nouns))
        entries = [
            _category(query, str(node), names[kind], is_chosen=str(node) == own)
            for node, names in places
        ]
    return (
        '<div id="departments" role="group"><div id="n-title" role="heading"><span '
        f'class="a-size-base puis-bold-weight-text">…</span></div><ul id="filter-n">'
        f"{''.join(entries)}</ul></div>"
    )


def _category(query: Query, node: str, name: str, *, is_chosen: bool = False) -> str:
    """The chosen one has no link."""
    text = f'<span class="a-size-base a-color-base">{escape(name)}</span>'
    if is_chosen:
        inner = text
    elif query.keyword:
        inner = _link(_address(query, {"rh": f"n:{node}"}), text)
    else:
        inner = _link(f"/b?node={node}&ref=sr_nr_n_1", text)
    indent = " s-navigation-indent-1" if is_leaf(node) else ""
    return (
        f'<li id="n/{node}" class="a-spacing-micro{indent}"><span class="a-list-item">'
        f"{inner}</span></li>"
    )


def _stars(query: Query, locale: Locale) -> str:
    entry = _entry(query, "p_72", STARS, "4+", is_chosen=query.narrowing.stars == STARS)
    return _group("p_72", locale.words.customer_reviews, [entry])


def _brands(query: Query, locale: Locale) -> str:
    chosen = query.narrowing.brands
    entries = [
        _entry(query, "p_89", brand, brand, is_chosen=brand in chosen) for brand in OFFERED_BRANDS
    ]
    return _group("p_89", locale.words.brand, entries)


def _sellers(query: Query, locale: Locale) -> str:
    chosen = query.narrowing.seller
    entries = [
        _entry(query, "p_6", code, name, is_chosen=code == chosen)
        for code, name in OFFERED_SELLERS.items()
    ]
    return _group("p_6", locale.words.sold_by.rstrip(": "), entries)


def _prices(query: Query, locale: Locale) -> str:
    """Numbered entries, whose links alone name the bounds."""
    bounds = ("-2500", "2500-10000", "10000-")
    entries = []
    for number, bound in enumerate(bounds):
        low, high = bound.split("-")
        text = f"{low[:-2] or 0} – {high[:-2] or '…'}"
        link = _link(_address(query, {"rh": f"p_36:{bound}"}), f"<span>{text}</span>")
        entries.append(
            f'<li id="p_36/dynamic-picker-{number}"><span class="a-list-item">{link}</span></li>'
        )
    return _group("p_36", locale.words.list_price.rstrip(": "), entries)


def _group(name: str, title: str, entries: list[str]) -> str:
    return (
        f'<div role="group" aria-labelledby="{name}-title"><div id="{name}-title" role="heading">'
        f'<span class="a-size-base a-color-base puis-bold-weight-text">{escape(title)}</span></div>'
        f'<ul id="filter-{name}" class="a-unordered-list">{"".join(entries)}</ul></div>'
    )


def _entry(query: Query, name: str, value: str, text: str, *, is_chosen: bool) -> str:
    label = f'<span class="a-size-base a-color-base">{escape(text)}</span>'
    box = '<div class="a-checkbox"><label><input type="checkbox"></label></div>'
    link = _link(_address(query, {"rh": f"{name}:{value}"}), f"{box} {label}", is_chosen=is_chosen)
    return f'<li id="{name}/{escape(value)}"><span class="a-list-item">{link}</span></li>'


def _link(href: str, inner: str, *, is_chosen: bool = False) -> str:
    current = "true" if is_chosen else "false"
    return f'<a aria-current="{current}" class="{_ITEM}" href="{escape(href)}">{inner}</a>'


def _address(query: Query, added: dict[str, str]) -> str:
    return "/s?" + urlencode({"k": query.keyword, **added, "dc": "", "qid": "1780000000"})
