"""Pieces of HTML that several pages share."""

import json
from decimal import Decimal
from html import escape as escape

from sandbox.locales import Locale

IMAGE_BASE = "https://m.media-amazon.com/images/I/"


def image_url(image_id: str, size: str = "") -> str:
    return f"{IMAGE_BASE}{image_id}.{size + '.' if size else ''}jpg"


def attribute_json(value: object) -> str:
    return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def number_json(amount: Decimal) -> str:
    """A price as the scripts carry it: 31.99, 40.0 without trailing noise."""
    return f"{amount:.2f}"


def price(
    locale: Locale,
    amount: Decimal,
    *,
    classes: str = "a-price",
    size: str = "xl",
    is_blank: bool = False,
) -> str:
    """`is_blank` leaves .a-offscreen empty, as Amazon does since 2025."""
    whole, fraction = locale.whole_and_fraction(amount)
    symbol = f'<span class="a-price-symbol">{locale.currency.symbol}</span>'
    number = f'<span class="a-price-whole">{whole}'
    if fraction:
        number += (
            f'<span class="a-price-decimal">{locale.style.decimal}</span></span>'
            f'<span class="a-price-fraction">{fraction}</span>'
        )
    else:
        number += "</span>"
    shown = symbol + number if locale.style.is_symbol_first else number + symbol
    text = " " if is_blank else locale.money(amount)
    return (
        f'<span class="{classes}" data-a-size="{size}" data-a-color="base">'
        f'<span class="a-offscreen">{text}</span><span aria-hidden="true">{shown}</span></span>'
    )


def struck(locale: Locale, amount: Decimal, *, classes: str = "a-price a-text-price") -> str:
    text = locale.money(amount)
    return (
        f'<span class="{classes}" data-a-size="b" data-a-strike="true" data-a-color="secondary">'
        f'<span class="a-offscreen">{text}</span><span aria-hidden="true">{text}</span></span>'
    )


def stars(rating: float) -> str:
    """The icon's class suffix, rounded to half stars: 4-5."""
    halves = round(rating * 2)
    return f"{halves // 2}-5" if halves % 2 else f"{halves // 2}"
