"""Did the HTML come to its end? Told by the elements that are still open where the bytes stop.

Most pages close `</html>` or `</body>`, and one look at the last bytes is enough. The end tags of
`html`, `body`, `p`, `li` and some others may be left out, so a page without them is whole as well, if
nothing else is open: no `div` or `table`, no script, comment or half a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LAST_BYTES = 64 * 1024
_FIRST_LOOK_BYTES = 2 * 1024
_END_TAGS = (b"</html", b"</body")
# Their end tags are optional (HTML standard), or forgotten so often that they prove nothing.
_OPTIONAL = frozenset({
    "html", "body", "p", "li", "dt", "dd", "option", "optgroup", "rt", "rp", "tr", "td", "th",
    "thead", "tbody", "tfoot", "colgroup", "caption", "a", "b", "big", "center", "code", "em",
    "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
# An element that no page has, put where the bytes stop: the parser shows what is open around it.
_MARK_TAG = "azscraper-end"
_MARK = f"<{_MARK_TAG}></{_MARK_TAG}>".encode()
_HALF_END_TAG = re.compile(rb"</[A-Za-z0-9-]*\s*$|<$")
_XML_ROOT = re.compile(r"<(?P<name>[^\s<>/!?][^\s<>/]*)[^<>]*?(?P<empty>/?)>")
# What may follow a page's end and is none of it; each with the bytes that end it.
_AFTER_THE_END = (
    (b"<!--", b"-->"), (b"<script", b"</script"), (b"<noscript", b"</noscript"), (b"<!", b">"), (b"<?", b">"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ending:
    """`ids`, `classes`: of the elements that the last byte lies in; empty for a whole page.

    `is_torn`: it stops inside a tag, a script or a comment. An element that is merely still open may
    have been forgotten by the author of the page.
    """

    is_cut: bool
    is_torn: bool = False
    ids: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


WHOLE = Ending(is_cut=False)


def ending_of(body: bytes) -> Ending:
    """`body` in UTF-8."""
    rest = _after_last_end_tag(body)
    if rest is not None and not _holds_content(rest):
        return WHOLE
    return _ending_in_tree(body)


def is_cut_xml(text: str) -> bool:
    """Whether the document's root element is never closed."""
    root = _XML_ROOT.search(text)
    if root is None or root["empty"]:
        return False
    return f"</{root['name']}" not in text[root.end() :][-_LAST_BYTES:]


def _after_last_end_tag(body: bytes) -> bytes | None:
    """What follows the last `</html>` or `</body>`; None where there is none outside of a script."""
    for size in (_FIRST_LOOK_BYTES, _LAST_BYTES):
        low = body[-size:].lower()
        found = max(low.rfind(tag) for tag in _END_TAGS)
        before = low[: max(found, 0)]
        last_start, last_end = before.rfind(b"<script"), before.rfind(b"</script")
        # Only a script's tag in sight says whether the end tag stands in one.
        if found >= 0 and (size == _LAST_BYTES or last_start != last_end):
            return None if last_start > last_end else low[found:].partition(b">")[2]
    return None


def _holds_content(rest: bytes) -> bool:
    """Whether more than comments, scripts and end tags follow; half of those takes nothing away."""
    at = rest.find(b"<")
    while at >= 0:
        end = next((end for start, end in _AFTER_THE_END if rest.startswith(start, at)), b"")
        if not end and not rest.startswith(b"</", at):
            return True
        found = rest.find(end or b">", at)
        at = rest.find(b"<", found + 1) if found >= 0 else -1
    return False


def _ending_in_tree(body: bytes) -> Ending:
    half = _HALF_END_TAG.search(body[-100:])
    is_torn = half is not None
    if half is not None:
        body = body[: len(body) - len(half[0])]
    tree = LexborHTMLParser(body + _MARK)
    mark = tree.css_first(_MARK_TAG)
    if mark is None:
        # A script, a comment or half a tag has swallowed it. A frame set takes no elements at all.
        if tree.css_first("frameset") is not None:
            return WHOLE
        return _cut(_last_nodes(tree.root), is_torn=True)
    around = list(_ancestors(mark))
    if any(node.tag not in _OPTIONAL for node in around) or _is_cut_in_head(tree, mark, body):
        return _cut(around, is_torn=is_torn)
    return WHOLE


def _ancestors(mark: LexborNode) -> Iterator[LexborNode]:
    """With the table before which the parser puts what may not stand between its rows."""
    sibling = mark.next
    if sibling is not None and sibling.tag == "table":
        yield sibling
    node = mark.parent
    while node is not None and node.is_element_node:
        yield node
        node = node.parent


def _last_nodes(root: LexborNode | None) -> Iterator[LexborNode]:
    node = root
    while node is not None:
        if node.is_element_node:
            yield node
        node = node.last_child


def _is_cut_in_head(tree: LexborHTMLParser, mark: LexborNode, body: bytes) -> bool:
    """`<head>` began, and nothing of a body came: the mark itself has made the parser begin one."""
    is_alone = tree.body is not None and tree.body.first_child == mark
    if not is_alone:
        return False
    head = body[:_LAST_BYTES].lower()
    return b"<head" in head and b"</head" not in head


def _cut(around: Iterator[LexborNode] | list[LexborNode], *, is_torn: bool) -> Ending:
    ids, classes = set(), set()
    for node in around:
        attributes = node.attributes
        ids.add(attributes.get("id") or "")
        classes.update((attributes.get("class") or "").split())
    return Ending(is_cut=True, is_torn=is_torn, ids=frozenset(ids), classes=frozenset(classes))
