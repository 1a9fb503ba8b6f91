"""Which address of a row is a picture that we fetch, and where it stands. Pure.

A row's address is a stranger's text. Only its shape is read: the request is built anew from the parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MAX_URL_LENGTH = 300
# Edges in pixels: of a row, and of a product's page.
ROW_SIZE, PAGE_SIZE = 160, 500
SIZES = (ROW_SIZE, PAGE_SIZE)

# Amazon's hosts of pictures. `…/I/71IsOVic7kL._AC_UY218_.jpg`: what stands between the dots asks for a size.
_PICTURE = re.compile(
    r"https://(?P<host>m\.media-amazon\.com|(?:[a-z0-9-]{1,40}\.)?(?:ssl-)?images-amazon\.com)"
    r"(?P<folder>/images/[A-Z]/)(?P<name>(?:[A-Za-z0-9_-]|\+|%2B){4,60})"
    r"(?:\.[A-Za-z0-9_,+-]{1,80})?\.(?P<kind>jpg|jpeg|png|webp)"
)


@dataclass(frozen=True, slots=True)
class PictureAddress:
    """`path` is that of the picture in its size."""

    host: str
    path: str


def address_from_url(url: Any, size: int) -> PictureAddress | None:
    """None for what is no picture of a product, and for a size that nothing shows."""
    if not isinstance(url, str) or len(url) > MAX_URL_LENGTH or size not in SIZES:
        return None
    found = _PICTURE.fullmatch(url)
    if found is None:
        return None
    name = f"{found['folder']}{found['name']}._SL{size}_.{found['kind']}"
    return PictureAddress(found["host"], name)
