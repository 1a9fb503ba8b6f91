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
        """The script may hold the list more than once, of which some are empty."""
        found = None
        for entries in list_values(self._document.gallery_script or self._document.body, _KEY):
            found = _videos(entries)
            if found:
                break
        return found

    def _from_items(self) -> list[Video] | None:
        """Metadata of the product's own videos; those of similar products stand in such lists too."""
        return _videos(own_video_items(self._document, asin=self._asin)) or None

    def _from_elements(self) -> list[Video] | None:
        query = f'[data-video-url][data-product-asin="{self._asin}"]'
        nodes = self._document.tree.css(query) if has_video_data(self._document) else []
        return (
            _videos(
                {"url": attribute(node, "data-video-url"), "title": attribute(node, "data-title")}
                for node in nodes
            )
            or None
        )


def has_video_data(document: Document) -> bool:
    """One search of the source spares walks through the tree of most pages."""
    return document.source_holds(b"data-video-")


def own_video_items(document: Document, *, asin: str) -> list[dict[str, Any]]:
    """Metadata of the videos of this product alone: address, title, and the product's parent."""
    if not has_video_data(document):
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
