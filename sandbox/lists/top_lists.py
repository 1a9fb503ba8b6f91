"""The five lists of the practice store: which products stand where, decided by the address alone."""

import re
from dataclasses import dataclass

from sandbox.goods.catalogue import FAMILY, KIND_COUNT, Catalogue, Product
from sandbox.noise import dice

PAGE_SIZE = 50
LIST_SIZE = 100
# Who stands there may enter when the list moves.
_BEHIND = 6
# The others come by script.
CARDS_IN_HTML = 30
MOVERS = "movers-and-shakers"
# By a department's place among `catalogue.KINDS`, its word in addresses.
SLUGS = ("electronics", "home", "sports", "toys", "tools", "office", "pets", "beauty")
# Lists of it are empty.
EMPTY_SLUG = "empty"
_LISTS = "bestsellers|new-releases|movers-and-shakers|most-wished-for|most-gifted"
_PATH = re.compile(
    rf"(?:/-/[a-z]{{2}})?/gp/(?P<list>{_LISTS})(?:/(?P<slug>[a-z][a-z0-9-]*))?(?:/(?P<node>\d+))?(?:/(?:ref=.*)?)?"
)
# As product pages link them.
_DEPARTMENT = re.compile(r"dep([0-9])")
_LEAF = 3_000_000


@dataclass(frozen=True, slots=True)
class ListQuery:
    list: str
    slug: str
    node: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Move:
    """What a list of movers says of a product's sales."""

    rank: int
    previous: int

    @property
    def percent(self) -> int:
        return 100 * (self.previous - self.rank) // self.rank


@dataclass(frozen=True, slots=True)
class Place:
    product: Product
    rank: int
    move: Move | None


@dataclass(frozen=True, slots=True)
class TopList:
    """`kind` None: the root, or an empty list."""

    query: ListQuery
    kind: int | None
    is_leaf: bool
    places: tuple[Place, ...]

    @property
    def is_root(self) -> bool:
        return not self.query.slug

    @property
    def cards(self) -> tuple[Place, ...]:
        """One department's pages hold all their cards."""
        whole = self.kind == KIND_COUNT - 1
        return self.places if whole else self.places[:CARDS_IN_HTML]


def list_query(path: str, parameters: dict[str, str]) -> ListQuery | None:
    """None for a path of anything else. `pg` turns the page, `page` does not, as on Amazon."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    page = parameters.get("pg", "1")
    node = found["node"] or ""
    slug = found["slug"] or (_slug_of_node(node) if node else "")
    is_number = page.isascii() and page.isdigit() and len(page) < 5
    return ListQuery(found["list"], slug, node, max(1, int(page)) if is_number else 1)


def find_list(catalogue: Catalogue, query: ListQuery, hour: int) -> TopList | None:
    """None where the store has no such category."""
    if query.slug in ("", EMPTY_SLUG):
        return TopList(query, None, False, ())
    kind = _kind_of(query.slug)
    if kind is None or (query.node and query.node != str(leaf_of(kind))):
        return None
    numbers = _drawn(catalogue, query, kind)
    numbers = catalogue.order_at(numbers, hour, query.list, kind, query.node)[:LIST_SIZE]
    first = (query.page - 1) * PAGE_SIZE
    shown = numbers[first : first + PAGE_SIZE]
    places = (
        Place(catalogue.product(number), rank, _move(catalogue, query, number))
        for rank, number in enumerate(shown, first + 1)
    )
    return TopList(query, kind, bool(query.node), tuple(places))


def leaf_of(kind: int) -> int:
    return _LEAF + kind


def _slug_of_node(node: str) -> str:
    kind = int(node) - _LEAF
    return SLUGS[kind] if 0 <= kind < KIND_COUNT else f"node-{node}"


def _kind_of(slug: str) -> int | None:
    numbered = _DEPARTMENT.fullmatch(slug)
    if numbered:
        return int(numbered[1]) if int(numbered[1]) < KIND_COUNT else None
    return SLUGS.index(slug) if slug in SLUGS else None


def _drawn(catalogue: Catalogue, query: ListQuery, kind: int) -> list[int]:
    """Products of the department alone: whole families are of one kind."""
    families = range(kind, catalogue.products // FAMILY, KIND_COUNT)
    draw = dice(catalogue.seed, query.list, kind, query.node)
    size = min(LIST_SIZE + _BEHIND, len(families) * FAMILY)
    places = draw.sample(range(len(families) * FAMILY), size)
    return [families[place // FAMILY] * FAMILY + place % FAMILY for place in places]


def _move(catalogue: Catalogue, query: ListQuery, number: int) -> Move | None:
    if query.list != MOVERS:
        return None
    draw = dice(catalogue.seed, "move", query.node, number)
    rank = draw.randrange(1, 2_000)
    return Move(rank, rank * draw.randrange(2, 60))
