"""The five lists that a store ranks its products in, and their addresses. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote, urlencode, urlsplit

from spiders.sites.marketplaces import Marketplace

BEST_SELLERS = "best_sellers"
# By the name that jobs and rows use, the segment of its address after `/gp/`.
LIST_SEGMENTS: Mapping[str, str] = MappingProxyType(
    {
        BEST_SELLERS: "bestsellers",
        "new_releases": "new-releases",
        "movers_and_shakers": "movers-and-shakers",
        "most_wished_for": "most-wished-for",
        "most_gifted": "most-gifted",
    }
)
MAX_RANK = 100
MAX_PAGES = 2
_RANKS_A_PAGE = MAX_RANK // MAX_PAGES
_LIST_OF_SEGMENT = {segment: name for name, segment in LIST_SEGMENTS.items()}
# `/Best-Sellers-Electronics/zgbs/electronics`: whatever its words say, `zgbs` is the best sellers.
_LIST_OF_SEGMENT["zgbs"] = BEST_SELLERS


@dataclass(frozen=True, slots=True)
class ListPlace:
    """`slug` and `node` None: the list's root, which shows a few products of each department."""

    list: str
    slug: str | None = None
    node: str | None = None


def place_from_path(path: str) -> ListPlace | None:
    """None for a path that leads to no list."""
    segments = [unquote(segment) for segment in path.split("/") if segment]
    for position, segment in enumerate(segments):
        name = _LIST_OF_SEGMENT.get(segment.casefold())
        if name is not None and _may_stand_at(position, segments):
            return _place_of_rest(name, segments[position + 1 :])
    return None


def list_url(
    marketplace: Marketplace, place: ListPlace, *, page: int = 1, language: str | None = None
) -> str:
    """`pg` turns the page: with `page`, Amazon answers the first one whatever the number is."""
    parts = ["gp", LIST_SEGMENTS[place.list], place.slug, place.node]
    query = {"pg": str(page) if page > 1 else None, "language": language}
    asked = urlencode({name: value for name, value in query.items() if value})
    address = f"https://{marketplace.host}/{'/'.join(part for part in parts if part)}"
    return f"{address}?{asked}" if asked else address


def page_of_rank(rank: int) -> int:
    return 1 + (rank - 1) // _RANKS_A_PAGE


def is_list_address(url: str) -> bool:
    return place_from_path(urlsplit(url).path) is not None


def _may_stand_at(position: int, segments: list[str]) -> bool:
    """After `gp`, after the list's words (`/Best-Sellers/zgbs`), or first; `/-/en` goes before."""
    segments = [segment.casefold() for segment in segments]
    if segments[0] == "-":
        position, segments = position - 2, segments[2:]
    if segments[position : position + 1] == ["zgbs"]:
        return position <= 1
    return position == 0 or (position == 1 and segments[0] == "gp")


def _place_of_rest(name: str, rest: list[str]) -> ListPlace:
    """`electronics/502394/281052/ref=zg_bs_nav`: the last number is the category that is shown."""
    slug: str | None = None
    node: str | None = None
    for segment in rest:
        if segment.casefold().startswith("ref="):
            break
        if segment.isascii() and segment.isdigit():
            node = segment
        elif slug is None:
            slug = segment.casefold()
    return ListPlace(name, slug, node)
