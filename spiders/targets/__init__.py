"""The one reader of targets: which product, or which search, a text names. No I/O.

Jobs, schedules, imports, retries and `scrapy crawl` read their texts here. The rule:

1. The text is cleaned first (`text`): invisible characters out, one space for white space.
   Quotes, brackets and punctuation around it are not part of it. Of a text that is empty then comes
   an EmptyTarget. A target's `text` is the cleaned text: nobody cleans it again.
2. A code names a product: an ASIN (`B` and nine letters or digits), an ISBN-10, or an ISBN-13 that
   begins with 978 and has its right check digit. Case does not matter, nor full-width letters, nor
   the dashes and spaces of an ISBN, nor a label before it (`ASIN:`, `ISBN-13`).
3. An address of a store names the product that its form says: the segment after `dp`, `gp/product`,
   `gp/aw/d`, `ASIN`, `product-reviews`, `offer-listing` and their kin, or the last one of
   `/d/Words/ASIN`. Then its query (`asin=`, an address in `url=`). Where the form does not say, the
   one segment that can only be an ASIN. Mail programs' and ad servers' wrappers are opened. An address
   may be percent-encoded as a whole.
4. In other text, the one address of a store, or else the one code that it holds.
5. A text that names two products is refused, and so is one that only nearly names one: nothing is
   guessed. The reason says why, and what would be accepted.

A search target is a keyword; a browse node (`node:172282`); a seller's products (`seller:A2…`); or
the address of a list of results: `/s`, `/b` and `/gp/browse.html` of a category, mobile and older
forms, also within a sentence or a wrapper.

1. Of an address are kept the keyword (`k`), refinements (`rh`), department (`i`), order (`s`), price
   limits (`low-price`, `high-price`), seller (`me`), `bbn`, `srs` and the page. All else is tracking.
2. A category is a node of `rh`, whichever way its address names it. Two spellings of a search read
   alike: refinements are sorted, and what is the store's own default is left out.
3. An address that lists nothing by its form, and a value that is none of its kind, are refused.

A list target is a category's slug, its browse node (`node:172541`), both (`electronics/172541`), or
the address of one of a store's five lists, whose form says the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from spiders.targets.addresses import (
    HAS_SCHEME,
    LOOKS_LIKE_HOST,
    product_of_address,
    readable_address,
)
from spiders.targets.bestsellers import list_of_text
from spiders.targets.codes import product_of_code, reason_for_empty_cell
from spiders.targets.models import (
    ACCEPTED,
    AROUND,
    AROUND_END,
    EmptyTarget,
    ListTarget,
    NotAnAmazonTarget,
    ProductTarget,
    Refused,
    SearchTarget,
    several,
)
from spiders.targets.searches import require_own_store, search_of_text
from spiders.targets.text import UnreadableText, clean_text

__all__ = [
    "EmptyTarget",
    "ListTarget",
    "NotAnAmazonTarget",
    "ProductTarget",
    "SearchTarget",
    "list_target_from_text",
    "product_target_from_text",
    "require_own_store",
    "search_target_from_text",
    "target_from_text",
]

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_TEXT = 2_000
Found = TypeVar("Found", bound="DataclassInstance")
_ADDRESS = re.compile(
    r"(?:https?://|(?<![:\w/])//)[^\s\"'<>\\^`{|}]+"
    r"|(?<![\w@./-])(?:[\w-]+\.)*(?:amazon|amzn)\.[a-z.]{2,6}/[^\s\"'<>\\^`{|}]*",
    re.IGNORECASE,
)
# Before a code, where an address has its scheme.
_LABEL = re.compile(r"(?:asin|isbn(?:-1[03])?|[a-z]{2}):", re.IGNORECASE)


def product_target_from_text(text: str) -> ProductTarget | EmptyTarget:
    """Raises NotAnAmazonTarget. The module's docstring is the rule."""
    return target_from_text(text, _product)


def search_target_from_text(text: str) -> SearchTarget | EmptyTarget:
    """Raises NotAnAmazonTarget. The module's docstring is the rule."""
    return target_from_text(text, search_of_text)


def list_target_from_text(text: str) -> ListTarget | EmptyTarget:
    """Raises NotAnAmazonTarget. The module's docstring is the rule."""
    return target_from_text(text, list_of_text)


def target_from_text(text: str, reader: Callable[[str], Found]) -> Found | EmptyTarget:
    """What `reader` makes of the cleaned text, which its field `text` tells then.

    `reader` raises Refused for a text that names nothing; this raises NotAnAmazonTarget.
    """
    try:
        cleaned = clean_text(text)
        if not cleaned:
            return EmptyTarget()
        if len(text) > MAX_TEXT:
            raise Refused(f"it has {len(text)} characters, {MAX_TEXT} are the most")
        return replace(reader(cleaned), text=cleaned)
    except (Refused, UnreadableText) as refusal:
        raise NotAnAmazonTarget(text, str(refusal)) from None


def _product(text: str) -> ProductTarget:
    if reason := reason_for_empty_cell(text):
        raise Refused(reason)
    text = readable_address(text)
    addresses = _addresses_in(text)
    if addresses:
        return _only(addresses, partial(product_of_address, depth=0))
    bare = text.lstrip(AROUND).rstrip(AROUND_END)
    if not bare:
        raise Refused(f"it holds no letter or digit; {ACCEPTED}")
    if _is_address(bare):
        return product_of_address(bare, depth=0)
    return product_of_code(bare)


def _is_address(text: str) -> bool:
    if " " in text:
        return False
    has_scheme = HAS_SCHEME.match(text) and not _LABEL.match(text)
    return bool(has_scheme or LOOKS_LIKE_HOST.match(text) or "/" in text)


def _addresses_in(text: str) -> list[str]:
    found = (match.group().rstrip(AROUND_END) for match in _ADDRESS.finditer(text))
    return list(dict.fromkeys(address for address in found if address))


def _only(addresses: Iterable[str], reader: Callable[[str], ProductTarget]) -> ProductTarget:
    """The product of the addresses that name one; the refusal of the first when none does."""
    found: dict[str, ProductTarget] = {}
    refusals: list[Refused] = []
    for address in addresses:
        try:
            product = reader(address)
        except Refused as refusal:
            refusals.append(refusal)
        else:
            found[f"{product.host}/{product.asin}"] = product
    if len(found) > 1:
        raise several([product.asin for product in found.values()])
    if not found:
        raise refusals[0]
    return next(iter(found.values()))
