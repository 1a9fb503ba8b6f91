"""The practice store, asked behind its pages."""

from __future__ import annotations

import time
from typing import Any

import httpx

from sandbox.goods.asins import AsinCode

# By number: products whose layout is a plain offer (sandbox.goods.catalogue.LAYOUTS).
ASINS = [AsinCode(1).asin(20 * family + place) for family in range(1, 7) for place in range(4)]
Facts = dict[str, dict[str, Any]]


class Store:
    """The practice store, asked behind its pages."""

    def __init__(self, url: str) -> None:
        self._url = url

    def set_clock(self, hour: int) -> None:
        """To the beginning of an hour, so that no price moves while the test runs."""
        body = {"aheadHours": hour + 0.02 - time.time() / 3600}
        assert httpx.post(f"{self._url}/__clock", json=body, trust_env=False).status_code == 200

    def set_faults(self, rates: dict[str, float]) -> None:
        assert httpx.post(f"{self._url}/__faults", json=rates, trust_env=False).status_code == 200

    def facts(self) -> Facts:
        with httpx.Client(base_url=self._url, trust_env=False) as client:
            paths = {asin: f"/__truth/dp/{asin}?language=en_US" for asin in ASINS}
            return {asin: client.get(path).json() for asin, path in paths.items()}
