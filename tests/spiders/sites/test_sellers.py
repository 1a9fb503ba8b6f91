"""What the id of a seller is: one rule, for targets, addresses and the links of pages."""

from __future__ import annotations

import pytest

from spiders.sites.sellers import seller_id_from_link
from spiders.targets import NotAnAmazonTarget, search_target_from_text
from spiders.targets.models import SearchTarget
from spiders.targets.sellers import seller_target_from_text

ID = "A2L77EE7U53NWQ"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (f"/gp/help/seller/at-a-glance.html?seller={ID}&x=1", ID),
        (f"/gp/aag/main?ie=UTF8&seller={ID.lower()}", ID),
        (f"/s?me={ID}", ID),
        (f"/gp/x?merchantID={ID}", ID),
        ("/sp?seller=A1B2C3", None),
        ("/sp?seller=B2L77EE7U53NWQ", None),
        ("/gp/help/x", None),
        ("https://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_names_a_seller_by_a_whole_id_alone(link: str | None, found: str | None) -> None:
    assert seller_id_from_link(link) == found


@pytest.mark.parametrize("name", [ID, ID.lower(), "A" + "9" * 20])
def test_an_id_is_one_for_sellers_and_for_their_products(name: str) -> None:
    seller, products = seller_target_from_text(name), search_target_from_text(f"seller:{name}")
    assert isinstance(products, SearchTarget)
    assert products.query == {"me": name.upper()}
    assert getattr(seller, "seller_id", None) == name.upper()


@pytest.mark.parametrize("name", ["B2L77EE7U53NWQ", "A1B2C3", "A" + "9" * 21])
def test_what_is_no_id_is_none_for_both(name: str) -> None:
    with pytest.raises(NotAnAmazonTarget):
        seller_target_from_text(name)
    with pytest.raises(NotAnAmazonTarget, match="must be a seller's id"):
        search_target_from_text(f"https://www.amazon.com/s?me={name}")
