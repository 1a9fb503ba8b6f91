"""Pages as mangled as proxies, savers and hostile sellers leave them; all by a seeded chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

# A tag with its attributes, a comment, or the whole of an element whose content is no HTML.
_PIECE = re.compile(
    r"<(?P<raw>script|style|textarea|title|noscript|template)\b[^>]*>.*?</(?P=raw)\s*>|<!--.*?-->|<![a-z][^>]*>"
    r"|</?[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>",
    re.DOTALL | re.IGNORECASE,
)
_START_TAG = re.compile(r"<([a-zA-Z][^\s/>]*)(.*?)(\s*/?)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?")
_CARD = re.compile(
    r"<[a-z]+\b[^>]*data-component-type=[\"']?s-search-result\b[^>]*>", re.IGNORECASE
)
_ASIN = re.compile(r"data-asin=[\"']?([A-Za-z0-9]{10})\b")
_SCRIPT_VALUE = re.compile(
    r"([\"']\w+[\"']\s*:\s*)(?:\"[^\"]*\"|'[^']*'|-?\d[\d.]*|null|true|false)"
)
_TEXT = re.compile(r">[^<>{}]{1,80}<")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_.:-]+")

# None of these changes what a reader sees, wherever it stands.
UNSEEN = (
    "<!-- c -->", "<!---->", "<!-- <div class='a-price'>$1.00</div> -->", "<?php echo 1 ?>", "<!bogus thing>",
    "</ bogus>", "<![CDATA[x]]>", "</nosuch>",
)  # fmt: skip
BOGUS = (
    "<b$ @c>", "<x-y z>", "<div/>", "</p>", "<svg><a>", "<a href=x>", "&#0;", "&#xD800;", "\x0b", "<i class=a-price>",
    "<span data-asin>", "words", "<span data-a-strike>", "<table><tr>",
)  # fmt: skip
# After one of these a browser shows no card either.
SWALLOWING = ("<template>", "<select>", "<p", "<textarea>", "<!--", "<script>", "<iframe>")
HOSTILE = (
    "", " ", "null", "undefined", "N/A", "-", "NaN", "Infinity", "-1", "1e999", "0", "9" * 5_000, "12..5", "٣٫٥", "²",
    "{", "[" * 5_000, '{"a":', "[null]", "{}", "[[1]]", '{"badgeType":[]}', '"', "true", "https://[::1", "//[",
    "javascript:1", "/dp/", "/dp/B0FIXTURE1/../", "?k=%ff", "/stores//page", "a" * 50_000, "\u202e", "\x01", "<b>", "$",
    "$9" + "9" * 400, "5 out of 5 out of 5", "0000-00-00T00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
)  # fmt: skip
HOSTILE_JSON = (
    "null",
    "[]",
    "{}",
    "1e999",
    "-1",
    "0",
    '""',
    "true",
    "9" * 5_000,
    "[[[[",
    '"\\ud800"',
    "{",
    '["x"]',
    '{"x":1}',
    "NaN",
)
HOSTILE_TEXTS = (
    "9" * 5_000,
    "$" + "9" * 60,
    "null",
    "N/A",
    "-",
    "",
    "1e999",
    "$0.00",
    "٣٫٥ ٪",
    "½",
    "Ⅷ",
    "1" + ",000" * 40,
    "%",
    "(",
    "\u202e\u200b",
    "残り" + "9" * 50 + "点",
    "5 von 5",
)
# These hold every character; the others would write references into scripts.
SAFE_ENCODINGS = ("utf-16", "utf-8-sig", "gb18030")
ENCODINGS = (*SAFE_ENCODINGS, "shift_jis", "iso-8859-1", "windows-1252", "euc-jp")


@dataclass
class Mangled:
    body: bytes = b""
    encoding: str | None = None
    how: list[str] = field(default_factory=list)
    # Nothing that a reader sees has changed: the items must be the same.
    is_same: bool = True
    # Of the cards that nothing has touched.
    intact: list[str] = field(default_factory=list)
    # Such a page may be taken for one that ended early, which is tried again.
    may_be_cut: bool = False
    is_cut: bool = False


class Mangler:
    """One page on its way. It is held in parts: what stands before the cards, and each card; the last
    holds the rest of the page as well."""

    def __init__(self, html: str, chance: random.Random) -> None:
        starts = [match.start() for match in _CARD.finditer(html)]
        bounds = [0, *starts, len(html)]
        self.parts = [html[low:high] for low, high in pairwise(bounds)]
        self.chance = chance
        self.page = Mangled()
        self._touched: set[int] = set()

    def mangle(self) -> Mangled:
        # In this order: after a cut or in another encoding there are no tags to be found.
        ways = sorted(self.chance.sample(range(len(_WAYS)), k=self.chance.randint(1, 3)))
        for way in ways:
            _WAYS[way](self)
            self.page.how.append(_WAYS[way].__name__)
        html = "".join(self.parts)
        self.page.intact = [
            asin.group(1)
            for place, part in enumerate(self.parts)
            # By the card's own tag: there are carousels of other products between the cards.
            if place not in self._touched
            and (card := _CARD.match(part))
            and (asin := _ASIN.search(card.group()))
        ]
        if self.page.is_cut:
            html = html[: self.chance.randrange(len(html) + 1)]
        self.page.body = html.encode(self.page.encoding or "utf-8", "xmlcharrefreplace")
        return self.page

    def unseen_between(self) -> None:
        for place, part in enumerate(self.parts):
            self.parts[place] = self._with_insertions(part, UNSEEN)

    def reordered(self) -> None:
        """Attributes in another order, in other quotes, tags in capitals."""
        for place, part in enumerate(self.parts):
            self.parts[place] = _on_tags(part, self._reordered_tag)

    def minified(self) -> None:
        self.page.is_same = False
        html = "\0".join(self.parts)
        html = (
            re.sub(r">\s+<", "><", html)
            if self.chance.random() < 0.5
            else re.sub(r"\s+", " ", html)
        )
        if self.chance.random() < 0.5:
            html = re.sub(r"</(?:li|p|tr|td|th|option)>", "", html)
        self.parts = html.split("\0")

    def bogus_between(self) -> None:
        """At every level of some parts, the cards' own among them."""
        self.page.is_same = False
        for place in self._victims():
            self.parts[place] = self._with_insertions(self.parts[place], BOGUS)
        self.page.may_be_cut = self.page.may_be_cut or "</html" not in self.parts[-1].lower()

    def hostile_scripts(self) -> None:
        """Values of the data in scripts."""
        self.page.is_same = False
        for place in self._victims():
            self.parts[place] = _SCRIPT_VALUE.sub(
                lambda match: (
                    f"{match.group(1)}{self.chance.choice(HOSTILE_JSON)}"
                    if self.chance.random() < 0.05
                    else match.group()
                ),
                self.parts[place],
            )

    def hostile_texts(self) -> None:
        self.page.is_same = False
        for place in self._victims():
            self.parts[place] = _TEXT.sub(
                lambda match: (
                    f">{self.chance.choice(HOSTILE_TEXTS)}<"
                    if self.chance.random() < 0.1
                    else match.group()
                ),
                self.parts[place],
            )

    def bogus_beside_cards(self) -> None:
        """Beside the cards, where they are whole and their parents are not what they were."""
        self.page.is_same = False
        for place in range(1, len(self.parts)):
            if self.chance.random() < 0.5:
                self.parts[place - 1] += self.chance.choice(BOGUS)
        # Without an end of its own, a stray tag makes the page look cut.
        self.page.may_be_cut = self.page.may_be_cut or "</html" not in self.parts[-1].lower()

    def swallowing(self) -> None:
        self.page.is_same, self.page.may_be_cut = False, True
        place = self.chance.randrange(len(self.parts))
        self._touched.update(range(place, len(self.parts)))
        self.parts[place] = self._with_insertions(self.parts[place], SWALLOWING)

    def hostile_attributes(self) -> None:
        self.page.is_same = False
        for place in self._victims():
            self.parts[place] = _on_tags(self.parts[place], self._hostile_tag)

    def noise(self) -> None:
        """Characters anywhere, inside of tags too."""
        self.page.is_same = False
        self._touched.update(range(len(self.parts)))
        html = list("".join(self.parts))
        for _ in range(self.chance.randint(1, 30)):
            where = self.chance.randrange(len(html) + 1)
            new = [
                self.chance.choice("<>\"'=/&;![]{}0x \n%é字")
                for _ in range(self.chance.randint(0, 6))
            ]
            html[where : where + self.chance.randint(0, 20)] = new
        self.parts = ["".join(html)]
        self._touched = {0}

    def cut(self) -> None:
        self.page.is_same, self.page.is_cut, self.page.may_be_cut = False, True, True

    def reencoded(self) -> None:
        name = self.chance.choice(ENCODINGS)
        self.page.encoding = name
        self.page.is_same = self.page.is_same and name in SAFE_ENCODINGS
        self.parts = [part.replace('<meta charset="utf-8">', "") for part in self.parts]

    def _victims(self) -> list[int]:
        count = self.chance.randint(1, max(1, len(self.parts) // 2))
        found = self.chance.sample(range(len(self.parts)), k=count)
        self._touched.update(found)
        return found

    def _with_insertions(self, html: str, pieces: tuple[str, ...]) -> str:
        gaps = [match.end() for match in _PIECE.finditer(html)]
        if gaps and pieces is not UNSEEN and html[: gaps[-1]].lower().endswith("</html>"):
            # An element after the end says that the end was none.
            gaps.pop()
        for gap in sorted(
            self.chance.sample(gaps, k=min(len(gaps), self.chance.randint(1, 8))), reverse=True
        ):
            html = html[:gap] + self.chance.choice(pieces) + html[gap:]
        return html

    def _reordered_tag(self, tag: re.Match[str]) -> str:
        name, attributes = tag.group(1), _ATTRIBUTE.findall(tag.group(2))
        self.chance.shuffle(attributes)
        written = [self._rewritten(key, value) for key, value in attributes]
        name = name.upper() if self.chance.random() < 0.2 else name
        return f"<{' '.join([name, *written])}{tag.group(3)}>"

    def _rewritten(self, key: str, value: str) -> str:
        if not value:
            return key
        bare = value.strip("\"'") if value[0] in "\"'" else value
        if _PLAIN_VALUE.fullmatch(bare) and self.chance.random() < 0.3:
            return f"{key}={bare} "
        quote = "'" if "'" not in bare and self.chance.random() < 0.5 else '"'
        return f"{key}={quote}{bare}{quote}" if quote not in bare else f"{key}={value}"

    def _hostile_tag(self, tag: re.Match[str]) -> str:
        attributes = _ATTRIBUTE.findall(tag.group(2))
        if not attributes or self.chance.random() > 0.15:
            return tag.group()
        place = self.chance.randrange(len(attributes))
        value = escape(self.chance.choice(HOSTILE))
        attributes[place] = (attributes[place][0], f'"{value}"')
        written = [f"{key}={value}" if value else key for key, value in attributes]
        return f"<{' '.join([tag.group(1), *written])}{tag.group(3)}>"


_WAYS: list[Callable[[Mangler], None]] = [
    Mangler.unseen_between,
    Mangler.reordered,
    Mangler.minified,
    Mangler.bogus_between,
    Mangler.hostile_attributes,
    Mangler.hostile_scripts,
    Mangler.hostile_texts,
    Mangler.bogus_beside_cards,
    Mangler.swallowing,
    Mangler.noise,
    Mangler.cut,
    Mangler.reencoded,
]


def _on_tags(html: str, change: Callable[[re.Match[str]], str]) -> str:
    return "".join(_changed(html, change))


def _changed(html: str, change: Callable[[re.Match[str]], str]) -> Iterator[str]:
    last = 0
    for piece in _PIECE.finditer(html):
        yield html[last : piece.start()]
        tag = None if piece.group("raw") else _START_TAG.fullmatch(piece.group())
        yield change(tag) if tag is not None and piece.group()[1] != "/" else piece.group()
        last = piece.end()
    yield html[last:]
