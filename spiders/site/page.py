"""One page of any site: rows by the job's selectors, and the links that lead on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from parsel import Selector

from spiders.sites.page_urls import MAX_URL_LENGTH, NotAPageUrl, Reach, page_key
from spiders.sites.selectors import xpath_from_css

# A hostile page could repeat itself in every row: `*` selects the whole page once for each element.
MAX_ROWS = 10_000
MAX_CHARACTERS = 2_000_000
MAX_LINKS = 2_000

Value = str | list[str] | None

_HREFS = etree.XPath("//a[@href]", smart_strings=False)
_BASE = etree.XPath("//base/@href", smart_strings=False)
_ROBOTS_META = etree.XPath(
    "//meta[translate(@name, 'ROBTS', 'robts') = 'robots']/@content", smart_strings=False
)
_SCRIPTS = etree.XPath("//script[@src or string-length(.) > 0]", smart_strings=False)
# What is no page by its name; the list is Scrapy's (scrapy.linkextractors), whose import takes longer
# than reading a hundred pages.
_EXTENSIONS = (
    "7z 7zip bz2 rar tar tar.gz xz zip mng pct bmp gif jpg jpeg png pst psp tif tiff ai drw dxf eps ps"
    " svg cdr ico webp mp3 wma ogg wav ra aac mid au aiff 3gp asf asx avi mov mp4 mpg qt rm swf wmv m4a"
    " m4v flv webm xls xlsm xlsx xltm xltx potm potx ppt pptm pptx pps doc docb docm docx dotm dotx odt"
    " ods odg odp css pdf exe bin rss dmg iso apk jar sh rb js hta bat cpl msi msp py"
)
_SKIPPED = tuple(f".{extension}" for extension in _EXTENSIONS.split())
_NOT_LINKS = ("#", "javascript:", "mailto:", "tel:", "data:")


class TooMuch(ValueError):
    """The selectors pick more than a page's rows may hold."""


class SitePage:
    def __init__(self, text: str, url: str, *, kind: str = "html") -> None:
        self.url = url
        self._root: Any = Selector(text=text, type=kind).root
        self._characters = 0

    def rows(
        self, selectors: Mapping[str, str], item_selector: str | None
    ) -> Iterator[dict[str, Value]]:
        """One row for each match of `item_selector`, or one for the page; raises TooMuch."""
        scopes = [self._root]
        if item_selector is not None:
            scopes = [
                match for match in xpath_from_css(item_selector)(self._root) if _is_element(match)
            ]
        if len(scopes) > MAX_ROWS:
            raise TooMuch(f"the item selector matches {len(scopes)} times, more than {MAX_ROWS}")
        for scope in scopes:
            yield {name: self._value(scope, css) for name, css in selectors.items()}

    def links(self, reach: Reach, *, respect_nofollow: bool) -> Iterator[tuple[str, str]]:
        """(key, URL) of the pages that `a[href]` leads to within `reach`, each once."""
        if respect_nofollow and self._says_nofollow():
            return
        base = self._base()
        seen = {page_key(self.url)}
        for anchor in _HREFS(self._root):
            if respect_nofollow and "nofollow" in (anchor.get("rel") or "").lower().split():
                continue
            link = _link(base, anchor.get("href"), reach)
            if link is not None and link[0] not in seen:
                seen.add(link[0])
                yield link
                if len(seen) > MAX_LINKS:
                    return

    def next_page(self, css: str, reach: Reach) -> tuple[str, str] | None:
        """(key, URL) of the next page: the selector's text or attribute, or an element's href."""
        for match in xpath_from_css(css)(self._root):
            href = match.get("href") if _is_element(match) else match
            if href and (link := _link(self._base(), href, reach)):
                return None if link[0] == page_key(self.url) else link
        return None

    @property
    def has_scripts(self) -> bool:
        return bool(_SCRIPTS(self._root))

    def _value(self, scope: Any, css: str) -> Value:
        found = []
        for match in xpath_from_css(css)(scope):
            text = _text(match)
            self._characters += len(text)
            if self._characters > MAX_CHARACTERS:
                raise TooMuch(f"the selectors pick more than {MAX_CHARACTERS} characters")
            found.append(text)
        if not found:
            return None
        return found[0] if len(found) == 1 else found

    def _base(self) -> str:
        for href in _BASE(self._root):
            try:
                return urljoin(self.url, str(href).strip())
            except ValueError:
                break
        return self.url

    def _says_nofollow(self) -> bool:
        return any(
            word.strip().lower() in ("nofollow", "none")
            for content in _ROBOTS_META(self._root)
            for word in content.split(",")
        )


def _is_element(match: Any) -> bool:
    return isinstance(match, etree._Element)


def _text(match: Any) -> str:
    if _is_element(match):
        return str(etree.tostring(match, method="html", encoding="unicode", with_tail=False))
    return str(match)


def _link(base: str, href: str, reach: Reach) -> tuple[str, str] | None:
    href = href.strip()
    if not href or len(href) > MAX_URL_LENGTH or href.lower().startswith(_NOT_LINKS):
        return None
    try:
        url = urljoin(base, href).partition("#")[0]
        if len(url) > MAX_URL_LENGTH or not reach.holds(url):
            return None
        if urlsplit(url).path.lower().endswith(_SKIPPED):
            return None
        return page_key(url), url
    except (NotAPageUrl, ValueError):
        return None
