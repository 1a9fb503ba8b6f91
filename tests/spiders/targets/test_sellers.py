from __future__ import annotations

import pytest

from spiders.targets import EmptyTarget, NotAnAmazonTarget
from spiders.targets.sellers import SellerTarget, seller_target_from_text

ID = "A2L77EE7U53NWQ"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (ID, None),
        (ID.lower(), None),
        (f"seller:{ID}", None),
        (f'"{ID}",', None),
        (f"https://www.amazon.de/sp?ie=UTF8&seller={ID}&asin=B000000001", "www.amazon.de"),
        (f"www.amazon.com/gp/aag/main?seller={ID}", "www.amazon.com"),
        (f"https://www.amazon.fr/s?me={ID}&marketplaceID=A1", "www.amazon.fr"),
        (f"see https://www.amazon.it/sp?seller={ID}.", "www.amazon.it"),
    ],
)
def test_a_seller_is_read(text: str, host: str | None) -> None:
    assert seller_target_from_text(text) == SellerTarget(ID, host, text=text.strip())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Lamps Ltd", "is not a seller's id"),
        ("B08N5WRWNW", "is not a seller's id"),
        (f"https://example.com/sp?seller={ID}", "is not a store we know"),
        ("https://www.amazon.de/sp?seller=", "no seller in this address"),
        (
            f"https://www.amazon.de/sp?seller={ID} https://www.amazon.de/sp?seller=A3{ID}",
            "2 addresses",
        ),
    ],
)
def test_what_names_no_seller_is_refused(text: str, reason: str) -> None:
    with pytest.raises(NotAnAmazonTarget, match=reason):
        seller_target_from_text(text)


def test_a_text_without_anything_seen_is_empty() -> None:
    assert isinstance(seller_target_from_text(" \u200b"), EmptyTarget)
