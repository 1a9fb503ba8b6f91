from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from spiders.parsing.numbers import with_ascii_digits

_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)(?:[.,٫]\d{1,4}(?!\d))?")
_STAR_CLASS = re.compile(r"\ba-star(?:-(?:mini|small|medium|large))?-([0-5])(-5)?(?![\w-])")
_SCALE = Decimal(5)
_ROUNDING = Decimal("0.3")


# Ratings come in forty values a language, on every card of every page.
@lru_cache(maxsize=1024)
def rating_from_text(text: str | None) -> Decimal | None:
    """The rating of "4.6 out of 5 stars" in any language.

    Japanese and Turkish put the scale first ("5つ星のうち4.3", "5 yıldız üzerinden 4,6"), so of two
    numbers the bare 5 goes; of "5 out of 5" either may go.
    """
    if not text:
        return None
    found = _NUMBER.findall(with_ascii_digits(text))[:2]
    numbers = [n.replace(",", ".").replace("٫", ".") for n in found]
    if len(numbers) == 2:
        numbers.remove("5" if "5" in numbers else numbers[1])
    if not numbers:
        return None
    value = Decimal(numbers[0])
    return value if 0 < value <= _SCALE else None


@lru_cache(maxsize=256)
def rating_from_star_class(class_attribute: str | None) -> Decimal | None:
    """Amazon's own half-star rounding, free of language: `a-star-mini-4-5` is 4.5."""
    match = _STAR_CLASS.search(class_attribute or "")
    if match is None:
        return None
    return Decimal(match.group(1)) + (Decimal("0.5") if match.group(2) else 0)


def is_rating_plausible(rating: Decimal, *, stars: Decimal | None) -> bool:
    """Half-star rounding moves a rating by a quarter at most; 0.3 leaves room for its ties."""
    return stars is None or abs(rating - stars) <= _ROUNDING
