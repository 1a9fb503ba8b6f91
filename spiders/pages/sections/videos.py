"""The videos of the gallery, from whichever script or attribute of the page holds them."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from spiders.items.media import Video
from spiders.pages.document import Document, attribute
from spiders.pages.trace import Sources
from spiders.parsing.javascript import list_values, loads_loosely
from spiders.parsing.text import clean_text

_KEY = "videos"


class VideoSection:
    def __init__(self, document: Document, *, asin: str, sources: Sources) -> None:
        self._document = document
        self._asin = asin
        self._first = sources.first

    def videos(self) -> list[Video] | None:
        """Empty where the gallery's data name none; None where the page has no place for them."""
        return self._first(
            "videos",
            ("gallery script", self._from_script),
            ("video items", self._from_items),
            ("video elements", self._from_elements),
        )

    def _from_script(self) -> list[Video] | None:
        """Several scripts may hold the list, of which some are empty; pictures are no part of it."""
        found = None
        for entries in list_values(self._document.body, _KEY):
            found = _videos(entries)
            if found:
                return found
        return found

    def _from_items(self) -> list[Video] | None:
        """Metadata of the product's own videos; those of similar products stand in such lists too."""
        return _videos(own_video_items(self._document, asin=self._asin)) or None

    def _from_elements(self) -> list[Video] | None:
        query = f'[data-video-url][data-product-asin="{self._asin}"]'
        found = [
            {"url": attribute(node, "data-video-url"), "title": attribute(node, "data-title")}
            for node in (
                self._document.tree.css(query) if b"data-video-url" in self._document.body else []
            )
        ]
        return _videos(found) or None


def own_video_items(document: Document, *, asin: str) -> list[dict[str, Any]]:
    """Metadata of the videos of this product alone: address, title, and the product's parent."""
    if b"data-video-items" not in document.body:
        return []
    found = []
    for node in document.tree.css("[data-video-items]"):
        entries = loads_loosely(attribute(node, "data-video-items") or "")
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and entry.get("productAsin") == asin:
                found.append(entry)
    return found


def _videos(entries: Iterable[Any]) -> list[Video]:
    found = [video for entry in entries if (video := _video(entry)) is not None]
    return list({video.url: video for video in found}.values())


def _video(entry: Any) -> Video | None:
    if not isinstance(entry, dict):
        return None
    url = next(
        (u for k in ("url", "videoURL", "videoUrl") if isinstance(u := entry.get(k), str)), None
    )
    title = entry.get("title")
    # Titles are escaped twice, for the page and for the script.
    text = clean_text(html.unescape(title)) if isinstance(title, str) else ""
    return Video(url, text or None) if url and url.startswith(("http", "//")) else None
