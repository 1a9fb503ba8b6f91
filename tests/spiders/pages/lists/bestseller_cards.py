"""Parts of a page of bestsellers."""

from __future__ import annotations

from html import escape

URL = "https://www.amazon.com/gp/bestsellers/electronics"
TREE = '<div class="_x_zg-browse-item__1"><span class="_x_zg-selected__2">Electronics</span></div>'
CAROUSEL = '<div class="zg-carousel"></div>'


def grid(cards: str, data: str) -> str:
    return (
        f'{TREE}<div class="p13n-desktop-grid" data-client-recs-list="{escape(data)}">{cards}</div>'
    )


def card(price: str, *, asin: str = "B000000001", rank: str = "#51") -> str:
    return (
        f'<div id="gridItemRoot"><span class="zg-bdg-text">{rank}</span>'
        f'<a href="/x/dp/{asin}/ref=y"><div class="_c_line-clamp-3_z">A lamp</div></a>{price}</div>'
    )


def coloured(text: str) -> str:
    return f'<span class="a-color-price"><span class="_c_p13n-sc-price_z">{text}</span></span>'
