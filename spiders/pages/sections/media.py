from __future__ import annotations

from functools import cached_property
from typing import Any

from spiders.items.media import Image
from spiders.pages.document import Document, attribute
from spiders.pages.trace import Sources
from spiders.parsing.addresses.images import full_size_image_url
from spiders.parsing.javascript import (
    find_value,
    json_object,
    loads_loosely,
    value_at,
    value_position,
)

_IMAGE_PLACES = ("imageBlock_feature_div", "booksImageBlock_feature_div", "imageBlock")
_IMAGE_ELEMENTS = ("landingImage", "imgBlkFront", "ebooksImgBlkFront", "main-image", "detailImg")
_PARSE_CALL = b"parseJSON("
_COLOR_IMAGES = b"'colorImages'"
_GALLERY = b"imageGalleryData"


class MediaSection:
    def __init__(self, document: Document, *, sources: Sources) -> None:
        self._document = document
        self._first = sources.first

    @property
    def images(self) -> list[Image] | None:
        """None where the page has no place for pictures."""
        has_place = self._document.find(*_IMAGE_PLACES, *_IMAGE_ELEMENTS) is not None
        return self._all or ([] if has_place else None)

    @cached_property
    def _all(self) -> list[Image]:
        found = self._first(
            "images",
            ("colorImages script", self._from_color_images),
            ("book gallery script", self._from_gallery),
            ("image element", self._from_element),
        )
        return found or []

    def main_image(self) -> str | None:
        """The picture first shown: the one of the page's image element if the gallery has it, else
        the gallery's own main picture."""
        shown = self._shown_ids
        candidates = [
            *(image for image in self._all if shown & _ids_of(image)),
            *(image for image in self._all if image.variant == "MAIN"),
            *self._all,
        ]
        main = next(iter(candidates), None)
        return (main.hiRes or main.url) if main is not None else None

    @property
    def _shown_ids(self) -> set[str]:
        node = self._document.find(*_IMAGE_ELEMENTS)
        names = ("data-old-hires", "src") if node is not None else ()
        urls = [full_size_image_url(attribute(node, name)) for name in names if node is not None]
        return {url.rpartition("/")[2] for url in urls if url}

    @cached_property
    def _script(self) -> bytes:
        return self._document.script_with(_COLOR_IMAGES, "imageBlock_feature_div", "leftCol")

    def _from_color_images(self) -> list[Image] | None:
        """The gallery's own script names them in single quotes; other widgets' JSON uses the same
        name in double quotes."""
        start = self._script.find(_COLOR_IMAGES)
        position = value_position(self._script, "initial", start=start) if start >= 0 else -1
        if position < 0:
            return None
        entries = value_at(self._script, position) or _parsed_json_call(self._script, position)
        return _images(entries)

    def _from_gallery(self) -> list[Image] | None:
        script = self._document.script_with(_GALLERY, "booksImageBlock_feature_div", "leftCol")
        entries = find_value(script, "imageGalleryData")
        if not isinstance(entries, list):
            return None
        urls = [entry.get("mainUrl") for entry in entries if isinstance(entry, dict)]
        found = [Image(url, None, None) for raw in urls if (url := full_size_image_url(raw))]
        return found or None

    def _from_element(self) -> list[Image] | None:
        node = self._document.find(*_IMAGE_ELEMENTS)
        if node is None:
            return None
        high = full_size_image_url(attribute(node, "data-old-hires"))
        largest = _largest(attribute(node, "data-a-dynamic-image"))
        # The src of a lazy image may be inline data, which is no address.
        url = high or largest or full_size_image_url(attribute(node, "src"))
        return [Image(url, high, "MAIN")] if url else None


def _images(entries: Any) -> list[Image] | None:
    if not isinstance(entries, list):
        return None
    found = []
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        high = full_size_image_url(_text(entry.get("hiRes")))
        url = full_size_image_url(_text(entry.get("large"))) or high
        if url:
            found.append(Image(url, high, _text(entry.get("variant"))))
    return found or None


def _largest(dynamic_image: str | None) -> str | None:
    """`data-a-dynamic-image` maps addresses to sizes."""
    sizes = json_object(dynamic_image)
    widths = {u: s[0] for u, s in sizes.items() if isinstance(s, list) and s and _is_number(s[0])}
    return full_size_image_url(max(widths, key=lambda url: widths[url])) if widths else None


def _parsed_json_call(body: bytes, position: int) -> Any:
    """`'initial': jQuery.parseJSON('[…]')`."""
    start = body.find(_PARSE_CALL, position, position + 40)
    text = value_at(body, start + len(_PARSE_CALL)) if start >= 0 else None
    return loads_loosely(text) if isinstance(text, str) else None


def _ids_of(image: Image) -> set[str]:
    return {url.rpartition("/")[2] for url in (image.url, image.hiRes) if url}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
