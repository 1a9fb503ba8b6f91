"""Best sellers, new releases, movers and shakers, most wished for, most gifted."""

from __future__ import annotations

from spiders.items.bestsellers import BestsellerRow, ListCategory, OffersFrom
from spiders.items.descriptions import ROW_TEXTS
from spiders.items.formats.columns import PROVENANCE, money_columns
from spiders.items.problems import problems_of_row
from spiders.sites.bestsellers import LIST_SEGMENTS, is_list_address, page_of_rank
from spiders.types.job_type import JobType, PageType

COLUMNS = (
    "asin", "list", "category.name", "category.nodeId", "category.path", "categorySlug", "rank",
    "title", "byline", "format", *money_columns("price"), "priceNote", "offers.count",
    *money_columns("offers.from"), "rating", "ratingsCount", "imageUrl", "url", "salesRank",
    "previousSalesRank", "change", "partial", *PROVENANCE,
)  # fmt: skip

_TEXTS = {
    "list": f"Which list: {', '.join(f'`{name}`' for name in LIST_SEGMENTS)}",
    "category": "The category whose list it is",
    "categorySlug": "The category's word in addresses; a target by itself, as `slug` or `slug/nodeId`",
    "rank": "The place on the list, from 1",
    "byline": "The author, artist or brand below the title",
    "format": "The format of a book, film or record",
    "price": "The price of the card's own offer; the lower end of a range; `null` where the card names other offers alone",
    "offers": "What a card without a price of its own says of the product's offers",
    "salesRank": "On `movers_and_shakers`: the rank among all sales of the department now",
    "previousSalesRank": "On `movers_and_shakers`: that rank 24 hours before; `null` where there was none",
    "change": "On `movers_and_shakers`: the gain in percent, as shown",
    "partial": "Whether the page told the place's rank and ASIN alone, as it does below rank 30 of each page. With `fill` the product's page tells the rest, which `sourceUrl` names then; where it cannot, a warning `fill_failed:<code>` says why",
    "imageUrl": "The picture, in full size",
}  # fmt: skip


def _place_of(row: BestsellerRow) -> tuple[int | None, int | None]:
    return (page_of_rank(row.rank), row.rank) if row.rank else (None, None)


def _problems_of(row: BestsellerRow) -> list[str]:
    return [*problems_of_row(row), *([] if row.rank else ["it has no rank"])]


BESTSELLERS = JobType(
    name="bestsellers",
    spider="amazon_bestsellers",
    targets_argument="targets",
    crawlers_variable="BESTSELLERS_CRAWLERS",
    stays_in_stores=True,
    item=BestsellerRow,
    columns=COLUMNS,
    place_of=_place_of,
    problems_of=_problems_of,
    texts={
        BestsellerRow: {**ROW_TEXTS, **_TEXTS},
        ListCategory: {
            "name": "its name",
            "nodeId": "its browse node; `null` for a whole department",
            "path": "its name and those of the categories above it, outermost first",
        },
        OffersFrom: {"count": "how many", "from": "the lowest price"},
    },
    page=PageType(
        kind="bestsellers",
        module="spiders.pages.lists.bestsellers",
        is_at=is_list_address,
        title="Rows of best sellers and other lists",
    ),
)
