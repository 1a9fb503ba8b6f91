"""Product numbers ↔ ASINs, both ways and without a table."""

import re
from dataclasses import dataclass

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPACE = 36**8
# Odd and not divisible by three, so it has an inverse modulo 36**8 and neighbours look unrelated.
_FACTOR = 1_630_482_719_401
_INVERSE = pow(_FACTOR, -1, _SPACE)
_FORM = re.compile(r"B0[0-9A-Z]{8}")


@dataclass(frozen=True, slots=True)
class AsinCode:
    seed: int

    def asin(self, number: int) -> str:
        value = (number * _FACTOR + self._offset) % _SPACE
        letters = []
        for _ in range(8):
            value, digit = divmod(value, 36)
            letters.append(_DIGITS[digit])
        return "B0" + "".join(reversed(letters))

    def find_number(self, asin: str) -> int | None:
        """The number this ASIN stands for (it may lie beyond the catalogue); None if malformed."""
        if not _FORM.fullmatch(asin):
            return None
        return (int(asin[2:], 36) - self._offset) * _INVERSE % _SPACE

    @property
    def _offset(self) -> int:
        return (self.seed * 7_919_000_003 + 512_927_357_951) % _SPACE
