"""One placement on a search page."""

from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from sandbox.goods.catalogue import Catalogue
from sandbox.goods.shelf import Shelf
from sandbox.noise import number_from


@dataclass(frozen=True, slots=True)
class Card:
    shelf: Shelf
    keyword: str
    position: int
    organic: int
    index: int
    is_sponsored: bool
    catalogue: Catalogue

    @property
    def title(self) -> str:
        """The product's title; the keyword is in it, as a shop's titles have it."""
        return f"{self.shelf.title} | {self.keyword}"

    @property
    def names_brand(self) -> bool:
        """Pages of some keywords put the brand above the title, in a heading of its own."""
        return number_from(self.keyword) % 3 == 0

    @property
    def href(self) -> str:
        asin = self.shelf.product.asin
        slug = quote("-".join(self.shelf.title.split()[:4]).replace("/", ""), safe="")
        tail = f"keywords={quote_plus(self.keyword)}&dib_tag=se&qid=1780000000&sr=8-{self.position}"
        if not self.is_sponsored:
            return f"/{slug}/dp/{asin}/ref=sr_1_{self.position}?{tail}"
        inner = f"/{slug}/dp/{asin}/ref=sr_1_{self.position}_sspa?{tail}-spons&psc=1"
        return f"/sspa/click?ie=UTF8&spc=MTox&sp_csd=d2lkZ2V0&url={quote(inner, safe='')}"
