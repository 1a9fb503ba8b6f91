"""A monitor of one list, of whichever type, and rounds of it."""

from __future__ import annotations

from typing import Any

from control_api.services.monitors.recomputing import Recomputed
from control_api.wiring.monitors import recomputing
from control_api.wiring.stores import Stores
from storage.monitors.watches import watch_id
from tests.control_api.conftest import Tenant
from tests.control_api.monitors.shop import Pages, Shop
from tests.stores import Store

Told = list[tuple[Any, ...]]


class ListShop(Shop):
    """`text`: what is followed, as a client asks for it; `value`: what the watch is called."""

    def __init__(
        self, tenant: Tenant, settlement: Any, store: Store, *, text: str, value: str, **more: Any
    ) -> None:
        super().__init__(tenant, settlement, store, **more)
        self.value = value
        assert self.add(text)["added"] == 1

    def see(self, seen: Pages | str, **body: Any) -> str:
        return self.round({self.value: seen}, **body)

    @property
    def key(self) -> str:
        return watch_id(self.monitor, self.value)

    @property
    def told(self) -> Told:
        return [
            (one["kind"], one["item"], one["before"], one["after"])
            if one["kind"] != "changed"
            else (one["field"], amount(one["before"]), amount(one["after"]))
            for one in self.changes("since=start&limit=1000")["data"]
            if one["kind"] != "started"
        ]

    def recompute(self) -> Recomputed | None:
        stores = Stores.of_loops(self.store.config)
        compared = recomputing(stores).compare(self.monitor)
        stores.close()
        return compared


def amount(value: Any) -> Any:
    return value["amount"] if isinstance(value, dict) else value
