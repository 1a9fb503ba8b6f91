from __future__ import annotations


def full_size_image_url(url: str | None) -> str | None:
    """The picture as uploaded. None for inline data and anything that is not an address."""
    if not url or not url.startswith(("https://", "http://", "//")):
        return None
    absolute = f"https:{url}" if url.startswith("//") else url
    folder, _, name = absolute.rpartition("/")
    # `…/images/I/71IsOVic7kL._AC_UY218_.jpg`: what stands between the dots asks for a derived size.
    stem, _, rest = name.partition(".")
    if not rest or not folder[:-1].endswith("/images/"):
        return absolute
    return f"{folder}/{stem}.{rest.rpartition('.')[2]}"
