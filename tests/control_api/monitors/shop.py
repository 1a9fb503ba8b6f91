"""A tenant's monitor over HTTP, and rounds of it without crawlers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.database import Database

from control_api.azscraper.schemas.monitors.changes import ChangesAnswer
from control_api.azscraper.schemas.monitors.monitors import (
    MonitorAnswer,
)
from control_api.azscraper.schemas.monitors.watches import (
    AddedAnswer,
    WatchAnswer,
    WatchesAnswer,
)
from control_api.wiring.shared import SharedServices
from control_api.wiring.stores import Stores
from spiders.items.formats.moments import text_from_instant
from storage.base.records import Failure, NewRow, TargetEnd
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.services.monitors.following import observe_all, sold
from tests.stores import Store

ASINS = ["B08N5WRWNW", "B091G3FLL7", "B07FZ8S74R"]
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
CHEAP = {
    "all": [
        {"field": "price", "is": "at_most", "value": 19.99},
        {"field": "availability", "is": "one_of", "value": ["in_stock", "limited"]},
    ]
}


class Shop:
    """A tenant's monitor, and rounds of it as crawlers and the observer make them."""

    def __init__(self, tenant: Tenant, settlement: Settlement, store: Store, **more: Any) -> None:
        self.tenant = tenant
        self.settlement = settlement
        self.store = store
        self.project = tenant.make_project()
        self.rounds = 0
        self.begin = START
        self.pause = timedelta(hours=1)
        body = {"name": "Earbuds", "type": "details", "config": {"marketplace": "US"}, **more}
        made = tenant.post(f"/projects/{self.project}/monitors", json=body)
        assert made.status_code == 201, made.text
        MonitorAnswer.model_validate(made.json)
        self.monitor: str = made.json["data"]["id"]

    def get(self, path: str, model: Any, status: int = 200) -> Any:
        answer = self.tenant.get(path)
        assert answer.status_code == status, answer.text
        model.model_validate(answer.json)
        return answer.json

    def add(self, *values: str, **more: Any) -> Any:
        body = {"watches": [{"value": value} for value in values], **more}
        answer = self.tenant.post(f"/monitors/{self.monitor}/watches", json=body)
        assert answer.status_code == 201, answer.text
        AddedAnswer.model_validate(answer.json)
        return answer.json["data"]

    def start(self, **body: Any) -> Any:
        return self.tenant.post(f"/monitors/{self.monitor}/rounds", json=body)

    def round(self, seen: Mapping[str, Any], **body: Any) -> str:
        """`seen`: by the product's number, what its page says or the code of its failure."""
        started = self.start(**body)
        assert started.status_code == 201, started.text
        job: str = started.json["data"]["id"]
        at = self.begin + self.pause * self.rounds
        for index, target in enumerate(started.json["data"]["targets"]):
            page = seen[target["value"]]
            if isinstance(page, Pages):
                page.settle(self.settlement, f"{job}:{index:06d}", at)
            elif isinstance(page, str):
                fail_target(self.settlement, job, index, code=page)
            else:
                row = {"asin": target["value"], **page, "scrapedAt": text_from_instant(at)}
                end_target(self.settlement, job, index, [row])
        self.rounds += 1
        self.observe()
        return job

    def observe(self) -> None:
        observe_all(self.store)

    def changes(self, query: str = "since=start") -> Any:
        return self.get(f"/projects/{self.project}/changes?{query}", ChangesAnswer)

    def watch(self, asin: str = ASINS[0]) -> Any:
        return self.get(f"/watches/{self.monitor}:{asin}", WatchAnswer)["data"]

    def watches(self, query: str = "") -> Any:
        return self.get(f"/monitors/{self.monitor}/watches{query}", WatchesAnswer)


@dataclass(frozen=True, kw_only=True)
class Pages:
    """What a crawler found of a list: rows, what the pages say of it, and why it broke off behind them."""

    rows: Sequence[Mapping[str, Any]]
    info: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    code: str | None = None

    def settle(self, settlement: Settlement, target: str, at: datetime) -> None:
        assert settlement.commit([], [self.end(target, at)]).settled

    def end(self, target: str, at: datetime) -> TargetEnd:
        moment = text_from_instant(at)
        return TargetEnd(
            id=target,
            job_id=target.partition(":")[0],
            token=1,
            rows=[
                NewRow(row.get("page", 1), place, {**row, "scrapedAt": moment})
                for place, row in enumerate(self.rows, 1)
            ],
            search_info=self.info,
            facts=self.facts,
            failure=Failure(self.code, "words") if self.code else None,
        )


def page(price: str | None = "24.99", **other: Any) -> Mapping[str, Any]:
    return sold(price, "USD", **other)


def two(first: Any, second: Any) -> Mapping[str, Any]:
    return {ASINS[0]: first, ASINS[1]: second}


def swept(shop: Shop, database: Database) -> None:
    """What the worker does every half a minute."""
    stores = Stores.of_loops(shop.store.config)
    assert SharedServices(stores).remover.sweep(5)
    stores.close()
    shop.observe()
