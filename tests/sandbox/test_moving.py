"""With `--moves` the store's lists, sellers and titles move by its clock, the same in each run."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store

SEARCH = "/s?k=usb+hub&language=en_US"
LIST = "/gp/bestsellers/electronics?language=en_US"
DAY = 24
HOURS = range(500_000, 500_000 + 4 * DAY, DAY)


def facts(target: str, hour: int, *, moves: bool = True) -> list[dict[str, object]]:
    catalogue = Catalogue(seed=1, products=10_000, max_blocks=0, moves=moves)
    store = Store(catalogue, clock=lambda: hour * 3600)
    found = store.find_facts(Request("GET", target, {"host": "sandbox.test"}))
    assert found is not None
    rows = found["rows"]
    assert isinstance(rows, list)
    return rows


def organic(rows: list[dict[str, object]]) -> list[object]:
    return [row["asin"] for row in rows if not row.get("sponsored")]


@pytest.mark.parametrize("target", [SEARCH, LIST])
def test_places_move_a_little_and_the_same_in_each_run(target: str) -> None:
    seen = [organic(facts(target, hour)) for hour in HOURS]
    assert seen == [organic(facts(target, hour)) for hour in HOURS]
    for before, after in pairwise(seen):
        assert before != after
        assert len(set(before[:10]) & set(after[:10])) >= 6
    assert len({frozenset(one[:10]) for one in seen}) > 1


def test_pages_of_one_hour_hold_each_result_once() -> None:
    pages = [organic(facts(f"{SEARCH}&page={page}", HOURS[0])) for page in (1, 2, 3)]
    together = [asin for page in pages for asin in page]
    assert len(together) == len(set(together))


@pytest.mark.parametrize("target", [SEARCH, LIST])
def test_a_store_that_does_not_move_stays(target: str) -> None:
    first, last = (organic(facts(target, hour, moves=False)) for hour in (HOURS[0], HOURS[-1]))
    assert first == last


def test_sellers_come_and_go_and_titles_change() -> None:
    asins = [str(asin) for asin in organic(facts(SEARCH, HOURS[0]))[:8]]
    path = "/gp/product/ajax/aodAjaxMain/?asin={}&language=en_US"
    sellers = [
        {(asin, row["sellerId"]) for asin in asins for row in facts(path.format(asin), hour)}
        for hour in HOURS[:2]
    ]
    assert sellers[0] - sellers[1] and sellers[1] - sellers[0] and sellers[0] & sellers[1]
    catalogue = Catalogue(seed=1, products=10_000, max_blocks=0, moves=True)
    products = [catalogue.product(number) for number in range(200)]
    renamed = [{p.number for p in products if catalogue.is_renamed_at(p, hour)} for hour in HOURS]
    assert renamed[0] != renamed[1] and 5 < len(renamed[0]) < 50
