"""Numbers that look random and depend on nothing but the values given."""

import zlib
from hashlib import blake2b
from random import Random


def number_from(*values: object) -> int:
    text = "\x1f".join(map(str, values)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def fraction_from(*values: object) -> float:
    """In [0, 1)."""
    return (number_from(*values) >> 11) / (1 << 53)


def dice(*values: object) -> Random:
    return Random(number_from(*values))


def tint(text: str) -> str:
    """A CSS colour for a word."""
    return f"#{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"
