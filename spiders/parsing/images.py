from __future__ import annotations

import re

# `…/images/I/71IsOVic7kL._AC_UY218_.jpg`: what stands between the dots asks for a derived size.
_MODIFIERS = re.compile(r"(/images/[A-Z]/[^/.]+)\.(?:[^/]*\.)?(\w+)$")


def full_size_image_url(url: str | None) -> str | None:
    """The picture as uploaded. None for inline data and anything that is not an address."""
    if not url or not url.startswith(("https://", "http://", "//")):
        return None
    absolute = f"https:{url}" if url.startswith("//") else url
    return _MODIFIERS.sub(r"\1.\2", absolute)
