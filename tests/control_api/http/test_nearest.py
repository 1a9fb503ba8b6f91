from __future__ import annotations

import pytest

from control_api.http.nearest import nearest_name

CONFIG = ("maxPages", "maxResults", "sortBy", "lang", "marketplace", "deliverTo", "priceMin")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("maxPages", "maxPages"),
        ("Max-Pages", "maxPages"),
        ("maxPagse", "maxPages"),
        ("pages", "maxPages"),
        ("zip", "deliverTo"),
        ("x", None),
        ("", None),
        ("reference", None),
        ("m" * 10_000, None),
        ("\u200bmaxPages", "maxPages"),
        ("größe", None),
    ],
)
def test_the_nearest_name(name: str, meant: str | None) -> None:
    assert nearest_name(name, CONFIG) == meant


def test_paths_are_compared_by_their_last_part() -> None:
    assert nearest_name("max_pages", ("config", "config.maxPages")) == "config.maxPages"


def test_nothing_is_near_among_nothing() -> None:
    assert nearest_name("maxPages", ()) is None
