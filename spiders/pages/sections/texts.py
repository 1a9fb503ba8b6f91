from __future__ import annotations

from selectolax.lexbor import LexborNode

from spiders.pages.document import Document, has_class, text_of
from spiders.pages.trace import Sources

_FITMENT = "replacementPartsFitmentBullet"


class TextSection:
    def __init__(self, document: Document, *, sources: Sources) -> None:
        self._document = document
        self._first = sources.first

    def features(self) -> list[str] | None:
        return self._first(
            "features",
            ("feature bullets", lambda: self._bullets("feature-bullets")),
            ("product facts", self._fact_bullets),
            ("older bullets", lambda: self._bullets("featurebullets_feature_div")),
            ("place without bullets", self._no_bullets),
        )

    def description(self) -> str | None:
        document = self._document
        return self._first(
            "description",
            ("productDescription", lambda: document.text_of("productDescription") or None),
            ("book description", self._book_description),
            ("old description", self._old_description),
        )

    def _old_description(self) -> str | None:
        place = self._document.find("productDescription_feature_div")
        text = text_of(place) if place is not None else ""
        heading = place.css_first("h1, h2, h3") if place is not None else None
        # The heading alone is no description.
        return None if heading is not None and text == text_of(heading) else text or None

    def aplus_text(self) -> str | None:
        return self._document.text_of("aplus") or None

    def has_brand_story(self) -> bool | None:
        node = self._document.find("aplusBrandStory_feature_div")
        return None if node is None else node.css_first("img, h2, h3, p") is not None

    def _bullets(self, container_id: str) -> list[str] | None:
        container = self._document.find(container_id)
        texts = [] if container is None else _item_texts(container)
        return texts or None

    def _fact_bullets(self) -> list[str] | None:
        container = self._document.find(
            "productFactsDesktopExpander", "productFactsDesktop_feature_div"
        )
        if container is None:
            return None
        lists = container.css("ul.a-unordered-list")
        texts = [text for node in lists for text in _item_texts(node)]
        return texts or None

    def _no_bullets(self) -> list[str] | None:
        place = self._document.find("feature-bullets", "featurebullets_feature_div")
        return None if place is None else []

    def _book_description(self) -> str | None:
        node = self._document.find("bookDescription_feature_div", "bookDesc_iframe_wrapper")
        if node is None:
            return None
        content = node.css_first(".a-expander-content") or node
        return text_of(content) or text_of(node.css_first("noscript")) or None


def _item_texts(container: LexborNode) -> list[str]:
    texts = [text_of(item) for item in container.css("li") if not _is_hidden_item(item)]
    return [text for text in texts if text]


def _is_hidden_item(item: LexborNode) -> bool:
    """The fitment bullet is a widget; hidden ones are templates."""
    return item.id == _FITMENT or has_class(item, "aok-hidden")
