"""One parsed page, shared by all that read it: one parse, one walk for the ids."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.pages.fetched import Fetched
from spiders.parsing.decoding.encodings import declared_encoding, text_from_bytes
from spiders.parsing.decoding.html_end import Ending, ending_of
from spiders.parsing.text import clean_text
from spiders.sites.page_urls import NotAPageUrl, host_of

_UTF8 = "utf-8"
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_CARD = '[data-component-type="s-search-result"]'
# Up to 2019.
_OLD_CARD = "li.s-result-item"
_GALLERY_PLACES = (
    "imageBlockVariations_feature_div", "mediaBlockVariations_feature_div",
    "ajaxBlockComponents_feature_div", "ajaxBlockComponents-2_feature_div",
)  # fmt: skip

_ID = attrgetter("id")


class Document:
    def __init__(self, fetched: Fetched) -> None:
        self.fetched = fetched
        self.body = utf8_body(fetched)
        self.tree = LexborHTMLParser(self.body)
        self._found_at: dict[bytes, int] = {}

    @cached_property
    def ending(self) -> Ending:
        """Whether the source came to its end: told by a second parse where no end tag shows it."""
        return ending_of(self.body)

    @cached_property
    def by_id(self) -> dict[str, LexborNode]:
        """First element of each id. One walk for all of them: a query by id walks the whole tree,
        and a product page asks for a hundred ids of which half are absent."""
        names, nodes = self._ids
        return dict(zip(reversed(names), reversed(nodes), strict=True))

    def all_by_id(self, name: str) -> list[LexborNode]:
        """Amazon repeats ids where an offer or a rating stands twice."""
        if name not in self.by_id:
            return []
        if self._id_lines.count(f"\n{name}\n") == 1:
            return [self.by_id[name]]
        names, nodes = self._ids
        found, start = [], -1
        for _ in range(names.count(name)):
            start = names.index(name, start + 1)
            found.append(nodes[start])
        return found

    def ids_with_prefix(self, prefix: str) -> list[str]:
        lines, start, found = self._id_lines, 0, []
        while (start := lines.find(f"\n{prefix}", start)) >= 0:
            start += 1
            found.append(lines[start : lines.index("\n", start)])
        return list(dict.fromkeys(name for name in found if name in self.by_id))

    @cached_property
    def _id_lines(self) -> str:
        """All ids in one text: searching it beats a loop over a thousand names."""
        return "\n" + "\n\n".join(self._ids[0]) + "\n"

    @cached_property
    def _ids(self) -> tuple[list[str], list[LexborNode]]:
        nodes = self.tree.css("[id]")
        names = list(map(_ID, nodes))
        # An attribute without a value.
        return (names if None not in names else [name or "" for name in names]), nodes

    def find(self, *ids: str) -> LexborNode | None:
        """The first of the ids that the page has."""
        by_id = self.by_id
        for name in ids:
            if name in by_id:
                return by_id[name]
        return None

    def text_of(self, *ids: str) -> str:
        return text_of(self.find(*ids))

    def value_of(self, *ids: str) -> str | None:
        node = self.find(*ids)
        return None if node is None else clean_text(attribute(node, "value")) or None

    @cached_property
    def result_cards(self) -> list[LexborNode]:
        """Cards of the main results, wherever a stray tag has put them; spacers have no ASIN."""
        found = self.tree.css(_CARD) or self.tree.css(_OLD_CARD)
        cards = [node for node in found if len((attribute(node, "data-asin") or "").strip()) == 10]
        # A result knows its place on the page. Where a stray tag leaves a carousel open, the results after
        # it stand inside the carousel; products of the carousel itself have no such place.
        unplaced = [card for card in cards if attribute(card, "data-index") is None]
        shown_beside = {card.mem_id for card in unplaced if _is_in_carousel(card)}
        return [card for card in cards if card.mem_id not in shown_beside]

    def script_with(self, text: bytes, *containers: str) -> bytes:
        """Source of the script that holds `text`, looked for inside the containers.

        Only where the page has none of the containers is its whole source searched: one search
        of two megabytes costs as much as ten fields. Empty when there is no such script.
        """
        source = self._source_inside(containers, text.decode())
        return self._script_anywhere(text) if source is None else source.encode("utf-8", "replace")

    def source_with(self, text: str, *containers: str) -> str:
        """The same for one of which little is read: to encode 300 kilobytes costs as much as a field.
        Bytes that are no UTF-8 are surrogates."""
        source = self._source_inside(containers, text)
        if source is None:
            return self._script_anywhere(text.encode()).decode("utf-8", "surrogateescape")
        return source

    def _source_inside(self, containers: Iterable[str], text: str) -> str | None:
        """None where the page has none of the containers."""
        places = [self.by_id[name] for name in containers if name in self.by_id]
        for place in places:
            for script in place.css("script"):
                source = script.text()
                if text in source:
                    return source
        return "" if places else None

    def source_holds(self, text: bytes) -> bool:
        return self._position_of(text) >= 0

    def _position_of(self, text: bytes) -> int:
        """Each answer is kept: a search of two megabytes costs as much as ten fields."""
        if text not in self._found_at:
            self._found_at[text] = self.body.find(text)
        return self._found_at[text]

    @cached_property
    def gallery_script(self) -> bytes:
        """The script that lists the gallery's videos and names the product's parent."""
        wanted = b'"videos"'
        return self.script_with(wanted, *_GALLERY_PLACES) or self._script_anywhere(wanted)

    def _script_anywhere(self, text: bytes) -> bytes:
        found = self._position_of(text)
        if found < 0:
            return b""
        low = self.body.rfind(b"<script", 0, found)
        high = self.body.find(b"</script", found)
        return self.body[max(low, 0) : high if high >= 0 else len(self.body)]


def canonical_url(fetched: Fetched) -> str | None:
    """The address that the page gives itself."""
    link = LexborHTMLParser(utf8_body(fetched)).css_first('link[rel="canonical"]')
    return clean_text(attribute(link, "href")) or None if link is not None else None


def utf8_body(fetched: Fetched) -> bytes:
    """Lexbor reads UTF-8 alone; older Japanese and European pages came in other encodings."""
    body = fetched.body
    if fetched.encoding:
        try:
            return body.decode(fetched.encoding, "replace").encode("utf-8", "replace")
        except (LookupError, ValueError):
            return body
    content_type = fetched.headers.get("content-type", "")
    if not is_wide(body):
        name = declared_encoding(body, content_type=content_type)
        if name == _UTF8:
            return body
        # Saved and proxied pages are often re-encoded under their old label: bytes prove themselves,
        # unless the header says otherwise.
        is_in_header = name is not None and name == declared_encoding(
            b"", content_type=content_type
        )
        if not is_in_header and _is_utf8(body):
            return body
    text = text_from_bytes(body, content_type=content_type, host=_host_of(fetched.url))
    return text.encode("utf-8", "replace")


def is_wide(body: bytes) -> bool:
    """UTF-16, by its byte order mark or by the first tag."""
    return body.startswith(_WIDE_STARTS)


def _host_of(url: str) -> str:
    try:
        return host_of(url)
    except NotAPageUrl:
        return ""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def attribute(node: LexborNode, name: str) -> str | None:
    """None as well for an attribute without a value, and for what is no element: comments, text."""
    try:
        value: str | None = node.attrs.get(name)
    except TypeError:
        return None
    return value


def _is_in_carousel(node: LexborNode) -> bool:
    """A carousel among the results shows other products than were searched for."""
    current: LexborNode | None = node
    while current is not None:
        if "carousel" in (attribute(current, "class") or ""):
            return True
        current = current.parent
    return False


def leaf_text(node: LexborNode | None) -> str:
    """Text of an element that can hold no script; `text_of` has to look for one."""
    return clean_text(node.text()) if node is not None else ""


def text_of(node: LexborNode | None) -> str:
    """The text a reader sees: without scripts and styles, blanks as layout makes them."""
    if node is None:
        return ""
    text = node.text()
    if holds_text_alone(node):
        return clean_text(text)
    for unseen in node.css("script,style,noscript"):
        # Cutting it out of the whole is ten times faster than walking every text node.
        if unseen_text := unseen.text():
            text = text.replace(unseen_text, " ", 1)
    return clean_text(text)


def holds_text_alone(node: LexborNode) -> bool:
    """One text at most and nothing else, as most nodes: no query finds anything in it."""
    child = node.first_child
    return child is None or (child.next is None and child.is_text_node)


def is_leaf(node: LexborNode) -> bool:
    """Whether it holds text alone. A query for inner elements would find the node itself."""
    return not any(child.is_element_node for child in node.iter())


def has_class(node: LexborNode, name: str) -> bool:
    return name in (attribute(node, "class") or "").split()


def is_inside(node: LexborNode, ancestor: LexborNode) -> bool:
    return is_inside_any(node, [ancestor])


def is_inside_any(node: LexborNode, ancestors: Iterable[LexborNode]) -> bool:
    """Whether one of them is the node itself or stands above it."""
    wanted = {ancestor.mem_id for ancestor in ancestors}
    current: LexborNode | None = node if wanted else None
    while current is not None:
        if current.mem_id in wanted:
            return True
        current = current.parent
    return False
