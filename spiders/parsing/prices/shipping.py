"""What sending costs, in words."""

from __future__ import annotations

import re

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.prices.price_words import names_prime
from spiders.parsing.text import words_of

_FREE = Phrases(
    r"\bfree\b|\bgratis\b|kostenlos|kostenfrei|gratuit|grátis|ücretsiz|bedava|無料|免费|免費|免运费|免運|包邮|무료|مجان"
    r"|मुफ़्?त|मुफ्त|फ़्?री|फ्री|मोफत|bezpłatn|darmow|\bfri (?:frakt|leverans|levering)|\bfri$|fraktfri|senza costi|zdarma|חינם|இலவச|ఉచిత|ಉಚಿತ|സൗജന്യ|বিনামূল্য|ফ্রি",
)


def is_free_text(text: str | None) -> bool:
    return bool(_FREE.search(words_of(text)))


def is_free_for_everyone_text(text: str | None) -> bool:
    """ "FREE delivery", and neither "for Prime members" nor "on orders over £20"."""
    line = with_ascii_digits(words_of(text))
    return is_free_text(line) and not names_prime(line) and not re.search(r"\d", line)


def is_for_members_text(text: str | None) -> bool:
    return names_prime(words_of(text))
