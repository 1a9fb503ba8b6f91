"""The files of a monitor with two rounds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.control_api.monitors.shop import Shop, page, two

UNAVAILABLE = {"availability": "unavailable", "buyboxState": "unavailable", "seller": None}


def file(shop: Shop, name: str, query: str) -> bytes:
    answer = shop.tenant.get(f"/monitors/{shop.monitor}/{name}/export?{query}")
    assert answer.status_code == 200, answer.text
    data: bytes = answer.data
    return data


def lines(shop: Shop, name: str, query: str = "") -> list[dict[str, Any]]:
    text = file(shop, name, f"format=jsonl&{query}").decode()
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def seen(shop: Shop) -> Shop:
    shop.round(two(page(), page("10.00")))
    shop.round(two(page("18.99"), page(None, **UNAVAILABLE)))
    return shop
