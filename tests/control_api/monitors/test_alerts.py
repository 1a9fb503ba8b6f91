"""Alerts over HTTP."""

from __future__ import annotations

from typing import Any

from control_api.azscraper.schemas.alerts import AlertAnswer, AlertsAnswer, FiringsAnswer
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

    def test_a_condition_that_cannot_be_meant_is_refused(self, shop: Shop) -> None:
        body = {"name": "a", "when": {"field": "price", "is": "cheap"}}
        answer = shop.tenant.post(f"/monitors/{shop.monitor}/alerts", json=body)
        assert answer.status_code == 400
        assert "when.is must be one of" in answer.json["error"]["message"]
