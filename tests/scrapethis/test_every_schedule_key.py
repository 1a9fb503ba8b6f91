"""Every key of a spider's schedule does something, at its creation and in a change: a line for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo.database import Database

from control_api.v1.schemas.schedules import CreateSpiderScheduleBody, UpdateSpiderScheduleBody
from tests.scrapethis.conftest import Caller

pytestmark = pytest.mark.usefixtures("redis_client")


@dataclass(frozen=True)
class Made:
    caller: Caller
    database: Database
    id: str

    @property
    def shown(self) -> dict[str, Any]:
        (found,) = [one for one in self.caller.get("/schedules").json if one["id"] == self.id]
        return dict(found)

    @property
    def due(self) -> str | None:
        """The time of day of the next run."""
        return self.shown["next_run_at"] and self.shown["next_run_at"][11:16]

    def job(self) -> dict[str, Any]:
        ran = self.caller.call("POST", f"/schedules/{self.id}/run")
        assert ran.status_code == 200, ran.text
        return dict(self.database["jobs"].find_one({"_id": ran.json["job_id"]}))


@dataclass(frozen=True)
class Line:
    look: Callable[[Made], Any]
    before: Any
    after: Any
    # The name of a spider, for `spider_id`.
    value: Any


TABLE: dict[str, Line] = {
    "name": Line(lambda m: m.shown["name"], None, "Mornings", "Mornings"),
    "spider_id": Line(lambda m: m.job()["spider"], "my-spider", "amazon_search", "amazon_search"),
    "cron_expression": Line(lambda m: m.due, "02:30", "04:10", "10 4 * * *"),
    "timezone": Line(lambda m: m.due, "02:30", "20:45", "Asia/Kathmandu"),
    "enabled": Line(lambda m: m.due, "02:30", None, False),
    "arguments": Line(lambda m: m.job()["config"]["arguments"], {}, {"pages": "2"}, {"pages": 2}),
}


def test_every_key_has_a_line() -> None:
    create, change = CreateSpiderScheduleBody.model_fields, UpdateSpiderScheduleBody.model_fields
    assert set(TABLE) == set(create) == set(change)


@pytest.mark.parametrize("way", ["create", "change"])
@pytest.mark.parametrize("key", list(TABLE))
def test_a_key_makes_its_difference(caller: Caller, database: Database, key: str, way: str) -> None:
    line = TABLE[key]
    ids = {spider["name"]: spider["id"] for spider in caller.get("/spiders").json}
    value = ids[line.value] if key == "spider_id" else line.value
    plain = {"spider_id": ids["my-spider"], "cron_expression": "30 2 * * *"}

    def make(body: dict[str, Any]) -> Made:
        answer = caller.post("/schedules", body)
        assert answer.status_code == 200, answer.text
        return Made(caller, database, answer.json["id"])

    before = make(plain)
    assert line.look(before) == line.before
    if way == "create":
        assert line.look(make({**plain, key: value})) == line.after
        return
    changed = make(plain)
    answer = caller.patch(f"/schedules/{changed.id}", {key: value})
    assert answer.status_code == 200, answer.text
    assert line.look(changed) == line.after
