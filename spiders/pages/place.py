"""What every page says about itself: language and delivery place."""

from __future__ import annotations

from urllib.parse import urlsplit

from spiders.pages.document import Document, attribute, text_of
from spiders.parsing.delivery_place import delivery_place_from_header
from spiders.parsing.language import language_tag


def page_language(document: Document) -> str | None:
    root = document.tree.css_first("html")
    return language_tag(attribute(root, "lang")) if root is not None else None


def deliver_to(document: Document) -> str | None:
    """The place that the header names, as shown: "Germany", "Springfield 12345"."""
    tree = document.tree
    # Near the top of every page: found at once, without the walk for all ids.
    second = tree.css_first("#glow-ingress-line2")
    if second is not None:
        first = tree.css_first("#glow-ingress-line1")
        return delivery_place_from_header(text_of(first), text_of(second))
    # Headers of phones, and older ones, have one line.
    whole = tree.css_first("#glow-ingress-single-line") or tree.css_first("#glow-ingress-block")
    return delivery_place_from_header(text_of(whole), None) if whole is not None else None


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_other_language(lang: str | None, page_language: str | None) -> bool:
    """Whether the page speaks another language than was asked for; the region does not matter."""
    if not lang or not page_language:
        return False
    return lang[:2].casefold() != page_language[:2].casefold()
