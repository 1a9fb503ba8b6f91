"""The practice store as a process, and what it has seen of a crawler."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from sandbox.goods.catalogue import Catalogue
from sandbox.visitors.habits import Habits
from tests.sandbox.conftest import SEED, running_sandbox

PRODUCTS = 2_000
PAGE_KINDS = ("product", "search")


@dataclass(frozen=True)
class Shop:
    url: str

    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, the oldest first; see sandbox/http/journal.py."""
        found: list[dict[str, Any]] = self._call("/__requests")
        return [entry for entry in found if entry["kind"] != "robots"]

    def pages(self) -> list[dict[str, Any]]:
        return [entry for entry in self.requests() if entry["target"].startswith(("/dp/", "/s?"))]

    def dialogue(self) -> list[dict[str, Any]]:
        """What the visitors' set-ups have cost."""
        pages = {entry["number"] for entry in self.pages()}
        return [entry for entry in self.requests() if entry["number"] not in pages]

    def forget(self) -> None:
        self._call("/__requests", {})

    def behave(self, **habits: object) -> None:
        """These habits, and the default for all others."""
        self._call("/__visitors", {**Habits().listed(), **habits})

    def fail(self, **rates: float) -> None:
        self._call("/__faults", rates)

    def _call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.url + path, data), timeout=10) as answer:
            return json.load(answer)


def asins(count: int, *, first: int = 0) -> list[str]:
    catalogue = Catalogue(seed=SEED, products=PRODUCTS)
    return [catalogue.asin(number) for number in range(first, first + count)]


@contextmanager
def running_shop(*options: str) -> Iterator[Shop]:
    with running_sandbox("--products", str(PRODUCTS), "--bulk", "0", *options) as url:
        yield Shop(url)
