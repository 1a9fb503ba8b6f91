"""From a list of products to an alert at a webhook, on the practice store, whose prices and stock move."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
from standardwebhooks import Webhook as Verifier

from tests.control_api.gateways.receiver import Receiver, running_receiver
from tests.crash.farm import Farm
from tests.end_to_end.conftest import Serve
from tests.end_to_end.practice_store import ASINS, Store

# Hours of the store's clock: its prices and stock are the same in each run.
HOURS = (500_000, 500_013)
# Together on all pages.
GLITCHES = {"zero_price": 0.3, "other_currency": 0.3, "other_asin": 0.2, "empty_offer": 0.2}


def price_of(facts: dict[str, Any]) -> float | None:
    return float(facts["price"]["amount"]) if facts["price"] else None


def run_round(farm: Farm, client: httpx.Client, monitor: str) -> dict[str, Any]:
    started = client.post(f"/monitors/{monitor}/rounds")
    assert started.status_code == 201, started.text
    path = f"/monitors/{monitor}/rounds/{started.json()['data']['id']}"

    def has_ended() -> bool:
        return bool(client.get(path).json()["data"]["status"] != "running")

    farm.wait_for(has_ended, what="the round")
    found: dict[str, Any] = client.get(path).json()["data"]
    return found


def told(receiver: Receiver, secret: str, kind: str) -> list[dict[str, Any]]:
    bodies = []
    for received in receiver.received:
        Verifier(secret).verify(received.body, dict(received.headers))
        bodies.append(json.loads(received.body))
    return [body["data"] for body in bodies if body["type"] == kind]


def test_rounds_changes_and_an_alert_at_a_webhook_and_none_for_glitches(serve: Serve) -> None:
    farm, client = serve("--sells-out", "--bulk", "0", ALLOWED_NETWORKS="127.0.0.1/32")
    store = Store(farm.environ["SANDBOX_URL"])
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    body = {"name": "prices", "type": "details", "config": {"marketplace": "sandbox"}}
    monitor = client.post(f"/projects/{project}/monitors", json=body).json()["data"]["id"]
    watches = {"watches": [{"value": asin} for asin in ASINS]}
    assert client.post(f"/monitors/{monitor}/watches", json=watches).json()["data"]["added"] == 24
    store.set_clock(HOURS[1])
    after = store.facts()
    store.set_clock(HOURS[0])
    before = store.facts()
    limit = sorted(price_of(one) or 0 for one in after.values())[12]
    condition = {
        "all": [
            {"field": "price", "is": "at_most", "value": limit},
            {"field": "availability", "is": "one_of", "value": ["in_stock", "limited"]},
        ]
    }
    alert = {"name": "Deal", "when": condition, "fireOnFirst": False}
    assert client.post(f"/monitors/{monitor}/alerts", json=alert).status_code == 201
    with running_receiver() as receiver:
        hook = {
            "url": receiver.url,
            "events": ["monitor.round.completed", "monitor.changed", "alert.fired"],
        }
        secret = client.post(f"/projects/{project}/webhooks", json=hook).json()["data"]["secret"]
        first = run_round(farm, client, monitor)
        assert first["checks"]["ok"] == len(ASINS)
        store.set_faults(GLITCHES)
        glitched = run_round(farm, client, monitor)
        assert glitched["changes"] == {}
        assert glitched["questioned"] > 0 and glitched["checks"]["offContext"] > 0
        store.set_faults({})
        store.set_clock(HOURS[1])
        # The history keeps looks to the second.
        time.sleep(1.1)
        second = run_round(farm, client, monitor)
        assert second["checks"]["ok"] == len(ASINS)
        farm.wait_for(
            lambda: len(told(receiver, secret, "monitor.round.completed")) == 3,
            what="the events of the rounds",
        )
        crossed = {
            asin
            for asin in ASINS
            if _is_deal(after[asin], limit) and not _is_deal(before[asin], limit)
        }
        assert crossed
        fired = {
            one["value"]
            for event in told(receiver, secret, "alert.fired")
            for one in event["firings"]
        }
        assert fired == crossed
        assert sum(one["count"] for one in told(receiver, secret, "monitor.changed")) == sum(
            sum(one["changes"].values()) for one in (first, second)
        )

    page = client.get(
        f"/projects/{project}/changes", params={"since": first["toCursor"], "limit": 1000}
    )
    changes = [one for one in page.json()["data"] if one["field"] == "price"]
    assert {one["value"]: (_amount(one["before"]), _amount(one["after"])) for one in changes} == {
        asin: (price_of(before[asin]), price_of(after[asin]))
        for asin in ASINS
        if price_of(before[asin]) != price_of(after[asin])
    }
    changed = changes[0]["value"]
    history = client.get(f"/watches/{monitor}:{changed}/history", params={"fields": "price"})
    assert [step[1] for step in history.json()["data"]["price"]["steps"]] == [
        price_of(before[changed]),
        price_of(after[changed]),
    ]


def _is_deal(facts: dict[str, Any], limit: float) -> bool:
    price = price_of(facts)
    return price is not None and price <= limit


def _amount(money: dict[str, Any] | None) -> float | None:
    return money["amount"] if money else None
