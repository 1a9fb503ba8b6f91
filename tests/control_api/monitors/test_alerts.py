"""Alerts over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from control_api.azscraper.schemas.monitors.alerts import (
    AlertAnswer,
    AlertPreviewAnswer,
    AlertsAnswer,
    FiringsAnswer,
)
from control_api.services.monitors.alerts import alert_previews, alerts
from storage.monitors.alerts import Alerts, NewAlert
from storage.monitors.monitors import Monitors
from tests.control_api.monitors.shop import ASINS, CHEAP, Shop, page, two


class TestAlerts:
    def make(self, shop: Shop, **body: Any) -> Any:
        wanted = {"name": "Deal", "when": CHEAP, **body}
        answer = shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json=wanted)
        assert answer.status_code == 201, answer.text
        AlertAnswer.model_validate(answer.json)
        return answer.json["data"]

    def fired(self, shop: Shop, alert: Any) -> list[tuple[Any, ...]]:
        found = shop.get(f"/alerts/{alert['id']}/firings", FiringsAnswer)["data"]
        return [(one["value"], one["cause"], one["after"]["amount"]) for one in reversed(found)]

    def test_a_price_and_a_stock_together(self, shop: Shop) -> None:
        alert = self.make(shop)
        shop.round(two(page(), page()))
        shop.round(two(page("18.99"), page("15.00", availability="out_of_stock")))
        shop.round(two("BLOCKED_CAPTCHA", page("15.00", availability="in_stock")))
        shop.round(two(page("18.00"), page("15.00")))
        assert self.fired(shop, alert) == [(ASINS[0], "level", 18.99), (ASINS[1], "level", 15)]

    def test_each_setting_does_something(self, shop: Shop) -> None:
        plain = self.make(shop)
        quiet = self.make(shop, cooldownSeconds=7200)
        again = self.make(shop, againPercent=5)
        late = self.make(shop, fireOnFirst=False)
        tagged = self.make(shop, tags=["own"])
        rearm = self.make(shop, rearmPercent=20)
        off = self.make(shop, enabled=False)
        for price in ("19.00", "21.00", "17.00", "15.00"):
            shop.round(two(page(price), page("50.00")))
        amounts = [
            [one[2] for one in self.fired(shop, alert)]
            for alert in (plain, quiet, again, late, tagged, rearm, off)
        ]
        assert amounts == [[19, 17], [19, 17], [19, 17, 15], [17], [], [19], []]

    def test_two_requests_cannot_pass_the_limit_together(
        self, shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(alerts, "MAX_ALERTS", 1)
        path = f"/monitors/{shop.monitor}/alerts"
        other = NewAlert(
            organization_id="", project_id="", monitor_id=shop.monitor, name="", when=CHEAP
        )

        def work(session: Any) -> Future[Any]:
            assert Monitors(database).hold(shop.monitor, session)
            Alerts(database).insert(other, session)
            asked = pool.submit(shop.tenant.post, path, json={"name": "Deal", "when": CHEAP})
            assert not wait([asked], timeout=0.5).done, "it does not see the other alert yet"
            return asked

        with ThreadPoolExecutor() as pool:
            asked = shop.store.transactions.run(work)
            assert asked.result(20).status_code == 409

    def test_a_new_condition_arms_it_anew(self, shop: Shop) -> None:
        alert = self.make(shop)
        shop.round(two(page("15.00"), page()))
        when = {"field": "price", "is": "below", "value": 16}
        changed = shop.tenant.patch(f"/alerts/{alert['id']}", json={"when": when, "name": "New"})
        assert (changed.json["data"]["when"], changed.json["data"]["name"]) == (when, "New")
        shop.round(two(page("15.00"), page()))
        assert len(self.fired(shop, alert)) == 2

    def test_firings_are_paged(self, shop: Shop) -> None:
        alert = self.make(shop)
        shop.round(two(page("15.00"), page("14.00")))
        path = f"/alerts/{alert['id']}/firings"
        first = shop.get(f"{path}?limit=1", FiringsAnswer)
        second = shop.get(f"{path}?limit=1&cursor={first['meta']['nextCursor']}", FiringsAnswer)
        assert {one["value"] for one in first["data"] + second["data"]} == set(ASINS[:2])
        assert second["meta"]["nextCursor"] is None
        assert shop.tenant.get(f"{path}?cursor=!").status_code == 400

    def test_alerts_are_listed_and_deleted(self, shop: Shop) -> None:
        alert = self.make(shop)
        listed = shop.get(f"/monitors/{shop.monitor}/alerts", AlertsAnswer)
        assert (listed["data"], listed["meta"]["total"]) == ([alert], 1)
        assert shop.tenant.call("DELETE", f"/alerts/{alert['id']}").status_code == 200
        missing = shop.tenant.get(f"/alerts/{alert['id']}")
        assert (missing.status_code, missing.json["error"]["code"]) == (404, "ALERT_NOT_FOUND")

    def test_a_field_that_the_monitor_does_not_follow_is_refused(self, shop: Shop) -> None:
        path = f"/monitors/{shop.monitor}"
        assert shop.tenant.patch(path, json={"fields": ["price"]}).status_code == 200
        wanted = {"name": "Deal", "when": CHEAP}
        refused = shop.tenant.post(f"{path}/alerts", json=wanted)
        assert refused.status_code == 400
        assert "availability is never known here" in refused.json["error"]["message"]
        self.make(shop, when={"field": "price", "is": "at_most", "value": 20})

    def test_a_condition_that_cannot_be_meant_is_refused(self, shop: Shop) -> None:
        body = {"name": "a", "when": {"field": "price", "is": "cheap"}}
        answer = shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json=body)
        assert answer.status_code == 400
        assert "when.is must be one of" in answer.json["error"]["message"]


SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "quiet": {"cooldownSeconds": 200_000},
    "again": {"againPercent": 5},
    "late": {"fireOnFirst": False},
    "tagged": {"tags": ["own"]},
    "near": {"rearmPercent": 20},
    "dropped": {"when": {"field": "price", "is": "dropped", "percent": 15}},
    "gone": {"when": {"is": "gone"}},
    "target": {"when": {"field": "price", "is": "below", "value": {"note": "target"}}},
    "lowest": {"when": {"field": "price", "is": "lowest_in", "days": 2}},
    "usual": {"when": {"field": "price", "is": "below_average", "days": 3, "percent": 5}},
    "record": {"when": {"field": "price", "is": "dropped", "percent": 5, "from": "lowest"}},
}


def told_of(firings: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Of each watch in the order of time."""
    names = ("watchId", "value", "label", "cause", "field", "before", "after", "deltaPercent")
    ordered = sorted(firings, key=lambda one: str(one["watchId"]))
    return [[one[name] for name in names] for one in ordered]


class TestPreview:
    def preview(self, shop: Shop, **body: Any) -> Any:
        path = f"/monitors/{shop.monitor}/alerts/preview"
        answer = shop.tenant.post(path, json={"when": CHEAP, **body})
        assert answer.status_code == 200, answer.text
        AlertPreviewAnswer.model_validate(answer.json)
        return answer.json["data"]

    @pytest.fixture
    def past(self, shop: Shop) -> Shop:
        """Rounds of the last ten days, one a day."""
        shop.begin = datetime.now(UTC) - timedelta(days=10)
        shop.pause = timedelta(days=1)
        change = {"tags": ["own"], "target": 20.5}
        shop.tenant.patch(f"/watches/{shop.monitor}:{ASINS[1]}", json=change)
        return shop

    def test_it_says_what_the_alert_would_have_told(self, past: Shop) -> None:
        alerts = {
            name: past.tenant.post(
                f"/monitors/{past.monitor}/alerts", json={"name": name, "when": CHEAP, **more}
            ).json["data"]["id"]
            for name, more in SETTINGS.items()
        }
        # Failures have the time of today: those that make a change come last.
        for first, second in (
            ("19.00", "30.00"), ("21.00", "30.00"), ("17.00", "BLOCKED_CAPTCHA"), ("15.00", "20.00"),
            ("15.00", "19.00"), ("16.00", "18.00"), ("15.50", "NOT_FOUND"), ("14.00", "NOT_FOUND"),
        ):  # fmt: skip
            past.round(two(page(first), second if second[0].isalpha() else page(second)))
        for name, alert in alerts.items():
            told = past.get(f"/alerts/{alert}/firings", FiringsAnswer)["data"]
            found = self.preview(past, **SETTINGS[name])
            assert told, name
            assert found["firings"] == len(told), name
            assert found["watches"] == len({one["watchId"] for one in told}), name
            assert told_of(found["first"]) == told_of(reversed(told)), name

    def test_a_product_that_is_not_seen_any_more(self, past: Shop) -> None:
        past.begin = datetime.now(UTC) - timedelta(days=3)
        body = {"name": "old", "when": {"is": "stale", "hours": 20}}
        path = f"/monitors/{past.monitor}/alerts"
        alert = past.tenant.post(path, json=body).json["data"]["id"]
        past.round(two(page("15.00"), page("15.00")))
        past.round(two(page("15.00"), page("15.00")))
        # A day after the last page; told once.
        past.round(two("BLOCKED_CAPTCHA", "NOT_FOUND"))
        past.round(two("BLOCKED_CAPTCHA", "TIMEOUT"))
        told = past.get(f"/alerts/{alert}/firings", FiringsAnswer)["data"]
        assert sorted(one["value"] for one in told) == sorted(ASINS[:2])
        assert {(one["cause"], one["field"]) for one in told} == {("level", None)}
        found = self.preview(past, when=body["when"])
        assert found["firings"] == 2
        assert told_of(found["first"]) == told_of(told)
        # Only what has an age is asked of a look that brought nothing.
        cheap = self.preview(past, when={"field": "price", "is": "below", "value": 20})
        assert (cheap["firings"], cheap["looks"]) == (2, 8)

    def test_days_say_how_far_back(self, past: Shop) -> None:
        past.round(two(page("15.00"), page("15.00")))
        assert (self.preview(past)["firings"], self.preview(past)["looks"]) == (2, 2)
        assert self.preview(past, days=5) == {
            "firings": 0, "watches": 0, "replayed": 2, "looks": 0, "first": [],
        }  # fmt: skip

    def test_it_looks_at_a_bounded_part(self, past: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        past.round(two(page("15.00"), page("15.00")))
        monkeypatch.setattr(alert_previews, "MAX_WATCHES", 1)
        assert self.preview(past)["replayed"] == 1
        monkeypatch.setattr(alert_previews, "MAX_WATCHES", 2)
        monkeypatch.setattr(alert_previews, "MAX_LOOKS", 1)
        assert self.preview(past)["replayed"] == 1

    @pytest.mark.parametrize(
        "body", [{"when": {"field": "price", "is": "cheap"}}, {"days": 91}, {"days": 0}]
    )
    def test_what_cannot_be_meant_is_refused(self, shop: Shop, body: Mapping[str, Any]) -> None:
        path = f"/monitors/{shop.monitor}/alerts/preview"
        assert shop.tenant.post(path, json={"when": CHEAP, **body}).status_code == 400
