"""What a target may ask of a product's offers, also one that a hand has pushed."""

from __future__ import annotations

from typing import Any

import pytest

from spiders.amazon.detail import AmazonDetailSpider
from spiders.amazon.offers import AmazonOffersSpider
from spiders.base import BadArgument
from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.offers import offers_url
from spiders.work.target import Target

ASIN = "B000000001"
OFFERS = offers_url(MARKETPLACES["US"], ASIN)
PRODUCT = f"https://www.amazon.com/dp/{ASIN}"
BAD: list[tuple[dict[str, Any], str]] = [
    ({"conditions": ["shiny"]}, "conditions holds 'shiny'; there are new, used, used_like_new"),
    ({"conditions": "new"}, "conditions is 'new'; it must be a list of names"),
    ({"conditions": [1]}, "conditions is [1]; it must be a list of names"),
    ({"conditions": 7}, "conditions is 7; it must be a list of names"),
    ({"maxOffers": "many"}, "maxOffers is 'many'; it must be a whole number above 0"),
    ({"maxOffers": -1}, "maxOffers is -1; it must be a whole number above 0"),
    ({"maxOffers": True}, "maxOffers is True; it must be a whole number above 0"),
]


@pytest.mark.parametrize(("params", "words"), BAD)
def test_a_seed_that_asks_for_what_is_not_is_refused_with_words(
    params: dict[str, Any], words: str
) -> None:
    """Before its first page: the crawler ends such a target as ADDRESS_REFUSED with these words."""
    with pytest.raises(BadArgument, match="^" + words[:10]) as refused:
        AmazonOffersSpider().first_request(Target(id="1", url=OFFERS, params=params))
    assert str(refused.value).startswith(words)
    beside = {**params, "include": ["offers"]}
    with pytest.raises(BadArgument) as refused:
        AmazonDetailSpider().first_request(Target(id="1", url=PRODUCT, params=beside))
    assert str(refused.value).startswith(words)


@pytest.mark.parametrize("include", [["reviews"], [7], 7])
def test_a_seed_that_includes_what_is_not_is_refused_with_words(include: Any) -> None:
    with pytest.raises(BadArgument, match="include: "):
        AmazonDetailSpider().first_request(Target(id="1", url=PRODUCT, params={"include": include}))


@pytest.mark.parametrize(
    "url", [PRODUCT, "https://www.example.com/gp/product/ajax?asin=B000000001"]
)
def test_a_seed_of_offers_that_is_no_list_of_offers_is_refused(url: str) -> None:
    with pytest.raises(BadArgument, match="is not the address of a product's offers"):
        AmazonOffersSpider().first_request(Target(id="1", url=url, params={}))


def test_an_address_alone_is_enough() -> None:
    request = AmazonOffersSpider().first_request(Target(id="1", url=OFFERS, params={}))
    assert request.url == OFFERS
    assert request.cb_kwargs["asked"].url(2).endswith("pageno=2&isonlyrenderofferlist=true")


@pytest.mark.parametrize("name", ["conditions", "max_offers"])
def test_what_is_of_the_offers_alone_needs_them(name: str) -> None:
    value = "new" if name == "conditions" else "3"
    with pytest.raises(BadArgument, match="give include=offers as well"):
        AmazonDetailSpider(targets=ASIN, **{name: value})
    with pytest.raises(
        BadArgument, match="include is 'reviews'; it holds 'reviews'; there is offers"
    ):
        AmazonDetailSpider(targets=ASIN, include="reviews")
