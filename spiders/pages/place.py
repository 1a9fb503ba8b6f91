"""What every page says about itself: language and delivery place."""

from __future__ import annotations

from urllib.parse import urlsplit

from spiders.pages.document import Document, attribute, text_of
from spiders.parsing.language import language_tag


def page_language(document: Document) -> str | None:
    root = document.tree.css_first("html")
    return language_tag(attribute(root, "lang")) if root is not None else None


def deliver_to(document: Document) -> str | None:
    """The label as shown; "Update location" is the site's way of saying it guesses."""
    # Near the top of every page: found at once, without the walk for all ids.
    return text_of(document.tree.css_first("#glow-ingress-line2")) or None


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
