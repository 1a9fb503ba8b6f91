"""What a search is narrowed down by: category, brand, stars, seller."""

import re
from dataclasses import dataclass

from sandbox.goods.catalogue import BRANDS, KIND_COUNT, SELLERS, Product, seller_id
from sandbox.lists.top_lists import leaf_of

_DEPARTMENT = 2_000_000
# Its pages show banners and carousels, and no results.
LANDING_NODE = "9000000"
STARS = "7200004"
_MIN_STARS = 4
_ENTRY = re.compile(r"(?:^|,)([a-z][a-z0-9_-]*):([^,]*)")


@dataclass(frozen=True, slots=True)
class Narrowing:
    nodes: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    stars: str = ""
    seller: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it lists products without a keyword."""
        return bool(self.nodes or self.brands or self.stars or self.seller)

    @property
    def is_landing(self) -> bool:
        return self.nodes[-1:] == (LANDING_NODE,)

    @property
    def kind(self) -> int | None:
        """The department that the last node lies in; None for none, or one that there is not."""
        return kind_of_node(self.nodes[-1]) if self.nodes else None

    @property
    def parameters(self) -> dict[str, str]:
        """Of an address that asks for the same."""
        entries = [f"n:{node}" for node in self.nodes]
        entries += [f"p_89:{'|'.join(self.brands)}"] if self.brands else []
        entries += [f"p_72:{self.stars}"] if self.stars else []
        asked = {"rh": ",".join(entries), "me": self.seller}
        return {name: value for name, value in asked.items() if value}

    def holds(self, product: Product) -> bool:
        if self.nodes and not _is_in(self.nodes[-1], product):
            return False
        if self.brands and product.brand not in self.brands:
            return False
        if self.stars and (self.stars != STARS or (product.rating or 0) < _MIN_STARS):
            return False
        return not self.seller or (
            not product.is_amazon_seller and product.seller_id == self.seller
        )


NOT_NARROWED = Narrowing()


def narrowing_from(parameters: dict[str, str]) -> Narrowing:
    nodes: list[str] = []
    others: dict[str, str] = {}
    for name, value in _ENTRY.findall(parameters.get("rh", "")):
        if name == "n":
            nodes.append(value)
        else:
            others[name] = value
    if node := parameters.get("node"):
        nodes.append(node)
    return Narrowing(
        nodes=tuple(nodes),
        brands=tuple(brand for brand in others.get("p_89", "").split("|") if brand),
        stars=others.get("p_72", ""),
        seller=parameters.get("me", "") or others.get("p_6", ""),
    )


def department_of(kind: int) -> int:
    return _DEPARTMENT + kind


def kind_of_node(node: str) -> int | None:
    for kind in range(KIND_COUNT):
        if node in (str(department_of(kind)), str(leaf_of(kind))):
            return kind
    return None


def is_leaf(node: str) -> bool:
    kind = kind_of_node(node)
    return kind is not None and node == str(leaf_of(kind))


def _is_in(node: str, product: Product) -> bool:
    """A department's leaf holds every second product of it."""
    if kind_of_node(node) != product.kind:
        return False
    return not is_leaf(node) or product.number % 2 == 0


# Few, as the first ones of a column are before "See more".
OFFERED_BRANDS = BRANDS[:6]
OFFERED_SELLERS = {seller_id(name): name for name in SELLERS}
