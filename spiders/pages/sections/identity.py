from __future__ import annotations

from spiders.pages.classify import page_asin
from spiders.pages.document import Document, attribute, text_of
from spiders.pages.sections.variations import VariationSection
from spiders.pages.sections.videos import own_video_items
from spiders.pages.trace import Sources
from spiders.parsing.byline import (
    brand_from_byline,
    brand_from_store_url,
    is_author_role,
    is_framed_byline,
)
from spiders.parsing.javascript import find_value, value_at, value_position
from spiders.parsing.text import text_or_none

_CONTRIBUTOR_PLACES = ("bylineInfo", "byline", "bylineInfo_feature_div")
_BRAND_PLACES = ("bylineInfo", "brand", "bylineInfo_feature_div", "brandByline_feature_div")


class IdentitySection:
    """Who the product is and what it is called."""

    def __init__(
        self, document: Document, *, variations: VariationSection, sources: Sources
    ) -> None:
        self._document = document
        self._variations = variations
        self._first = sources.first

    def asin(self) -> str:
        return page_asin(self._document) or ""

    def parent_asin(self) -> str | None:
        """None for a product without a family; image data then repeats the product's own ASIN."""
        parent = self._first(
            "parentAsin",
            ("variant picker", self._variations.parent_asin),
            ("media metadata", self._parent_in_media),
        )
        return None if parent == self.asin() else parent

    def title(self) -> str | None:
        document = self._document
        return self._first(
            "title",
            ("productTitle", lambda: document.text_of("productTitle") or None),
            ("ebook title", lambda: document.text_of("ebooksProductTitle") or None),
            ("old title", lambda: document.text_of("btAsinTitle") or None),
        )

    def brand(self, in_overview: str | None, in_tables: str | None) -> str | None:
        """The framed byline first: it stands on every layout since 2016 and names the store's
        brand, while overview and table rows are missing on many and cut on some. On pages with
        contributors (books, music) only a row that states it names a brand."""
        if self._has_contributors:
            return self._first(
                "brand",
                ("overview row", lambda: in_overview),
                ("details table", lambda: in_tables),
            )
        return self._first(
            "brand",
            ("framed byline", self._brand_in_framed_byline),
            ("overview row", lambda: in_overview),
            ("bare byline", self._brand_in_bare_byline),
            ("details table", lambda: in_tables),
            ("store link", lambda: brand_from_store_url(self._byline_href)),
        )

    def brand_url(self) -> str | None:
        href = self._byline_href
        if not href or self._has_contributors or not href.startswith(("/", "https://")):
            return None
        return href

    def authors(self) -> list[str] | None:
        byline = self._document.find(*_CONTRIBUTOR_PLACES)
        if byline is None:
            return None
        found = []
        for node in byline.css(".author"):
            # Beside the name a Kindle byline holds a popover with "Visit …'s page" links.
            link = node.css_first(".contributorNameID") or node.css_first("a.a-link-normal, a")
            role = node.css_first(".contribution")
            name = text_or_none(text_of(link)) if link is not None else None
            if name and is_author_role(text_of(role)):
                found.append(name)
        return list(dict.fromkeys(found))

    def _parent_in_media(self) -> str | None:
        """The gallery's script and the metadata of videos name product and parent together."""
        asin, script = self.asin(), self._document.gallery_script
        position = value_position(script, "mediaAsin")
        if position >= 0 and value_at(script, position) == asin:
            stated = find_value(script, "parentAsin", start=position, end=position + 120)
            if _is_asin(stated):
                return str(stated)
        if script:
            return None
        stated = [item.get("parentAsin") for item in own_video_items(self._document, asin=asin)]
        return next((str(parent) for parent in stated if _is_asin(parent)), None)

    @property
    def _has_contributors(self) -> bool:
        byline = self._document.find(*_CONTRIBUTOR_PLACES)
        return byline is not None and byline.css_first(".author") is not None

    @property
    def _byline_href(self) -> str | None:
        node = self._document.find(*_BRAND_PLACES)
        if node is None:
            return None
        link = node if node.tag == "a" else node.css_first("a")
        return attribute(link, "href") if link is not None else None

    def _brand_in_framed_byline(self) -> str | None:
        text = self._document.text_of(*_BRAND_PLACES)
        return brand_from_byline(text) if is_framed_byline(text) else None

    def _brand_in_bare_byline(self) -> str | None:
        """Only a link of its own: media pages fill the same place with formats and ratings."""
        node = self._document.find(*_BRAND_PLACES)
        return brand_from_byline(text_of(node)) if node is not None and node.tag == "a" else None


def _is_asin(value: object) -> bool:
    return isinstance(value, str) and len(value) == 10
