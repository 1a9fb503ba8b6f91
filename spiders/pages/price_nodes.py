"""Reading `.a-price` elements, Amazon's one way to lay out an amount."""

from __future__ import annotations

from decimal import Decimal

from selectolax.lexbor import LexborNode

from spiders.items.money import Money
from spiders.pages.document import text_of
from spiders.parsing.prices.money import price_from_parts, price_from_text
from spiders.parsing.text import clean_text


def price_of_node(node: LexborNode, *, store_currency: str | None) -> Money | None:
    """The offscreen text, or the visible pieces where it is blank, as on some 2026 layouts."""
    offscreen = node.css_first(".a-offscreen")
    if offscreen is not None:
        found = price_from_text(offscreen.text(), store_currency=store_currency)
        if found is not None:
            return found
    whole = node.css_first(".a-price-whole")
    if whole is None:
        return price_from_text(text_of(node), store_currency=store_currency)
    fraction = node.css_first(".a-price-fraction")
    mark = node.css_first(".a-price-symbol")
    decimal = node.css_first(".a-price-decimal")
    return price_from_parts(
        whole.text(),
        fraction.text() if fraction is not None else "",
        mark=clean_text(mark.text()) if mark is not None else "",
        decimal_mark=clean_text(decimal.text()) if decimal is not None else ".",
        store_currency=store_currency,
    )


def text_before(node: LexborNode, within: LexborNode) -> str:
    """What stands between the price before it, or the beginning of `within`, and the node."""
    return _neighbouring(node, within, forwards=False)


def text_after(node: LexborNode, within: LexborNode) -> str:
    """What stands between the node and the next price, or the end of `within`."""
    return _neighbouring(node, within, forwards=True)


def _neighbouring(node: LexborNode, within: LexborNode, *, forwards: bool) -> str:
    parts: list[str] = []
    current: LexborNode | None = node
    while current is not None and current.mem_id != within.mem_id:
        beside = current.next if forwards else current.prev
        while beside is not None:
            if beside.is_element_node and (_is_price(beside) or beside.css_first(".a-price")):
                return _joined(parts, forwards=forwards)
            if text := beside.text():
                parts.append(text)
            beside = beside.next if forwards else beside.prev
        current = current.parent
    return _joined(parts, forwards=forwards)


def _joined(parts: list[str], *, forwards: bool) -> str:
    return clean_text(" ".join(parts if forwards else reversed(parts)))


def _is_price(node: LexborNode) -> bool:
    return "a-price" in (node.attrs.get("class") or "").split()


def is_struck(node: LexborNode) -> bool:
    return node.attrs.get("data-a-strike") == "true"


def is_unmarked(node: LexborNode) -> bool:
    """Not `.a-text-price`, which struck prices wear, and unit prices without a strike."""
    return "a-text-price" not in (node.attrs.get("class") or "")


def discount_between(price: Money, struck: Money) -> Decimal | None:
    """Whole percents, as Amazon shows them."""
    if price.currency != struck.currency or not Decimal(0) <= price.amount < struck.amount:
        return None
    return (100 * (struck.amount - price.amount) / struck.amount).quantize(Decimal(1))
