"""Keywords, best-seller lists and offers that are followed on the practice store, whose places and sellers
move: what the feed tells is what the rows of the rounds say."""

from __future__ import annotations

import time
from typing import Any

import httpx

from sandbox.goods.asins import AsinCode
from tests.crash.farm import Farm
from tests.end_to_end.conftest import Serve
from tests.end_to_end.practice_store import Store

# Hours of the store's clock, a look at each. Who is not there must be missed twice.
HOURS = (500_000, 500_013, 500_013)
TOP = 10
KINDS: dict[str, dict[str, Any]] = {
    "search": {"text": "usb hub", "topN": TOP, "config": {"maxPages": 2}},
    "bestsellers": {"text": "electronics", "topN": TOP},
    "offers": {"text": AsinCode(1).asin(82)},
}
Members = dict[str, int]


def test_what_rounds_of_each_kind_tell_is_what_their_rows_say(serve: Serve) -> None:
    farm, client = serve("--moves", "--bulk", "0")
    farm.start_crawler("bestsellers", "amazon_bestsellers")
    farm.start_crawler("offers", "amazon_offers")
    store = Store(farm.environ["SANDBOX_URL"])
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    monitors = {kind: follow(client, project, kind) for kind in KINDS}
    seen: dict[str, list[Members]] = {kind: [] for kind in KINDS}
    for hour in HOURS:
        store.set_clock(hour)
        for kind, job in run_rounds(farm, client, monitors).items():
            seen[kind].append(members(client, kind, job))
        # The history keeps looks to the second.
        time.sleep(1.1)

    for kind, monitor in monitors.items():
        first, second, third = seen[kind]
        assert second == third
        query = {"since": "start", "monitorId": monitor, "limit": 1000}
        changes = client.get(f"/projects/{project}/changes", params=query).json()["data"]
        told = {
            name: {one["item"]: one for one in changes if one["kind"] == name}
            for name in ("entered", "left")
        }
        top, new_top = within(first, kind), within(second, kind)
        assert told["entered"].keys() == new_top - top
        assert told["left"].keys() == top - new_top
        assert new_top != top, f"nothing moved on the {kind} page"
        assert [one["kind"] for one in changes].count("started") == 1
        for item, change in told["entered"].items():
            assert change["after"] == second[item]
            assert change["before"] == first.get(item)
        [watch] = client.get(f"/monitors/{monitor}/watches").json()["data"]
        placed = client.get(f"/watches/{watch['id']}/placements").json()
        organic = [one for one in placed["data"] if not one["sponsored"]]
        assert {one["item"]: one["place"] for one in reversed(organic)} == second
        looks = client.get(f"/watches/{watch['id']}/checks").json()["data"]
        assert [one["outcome"] for one in looks] == ["ok"] * len(HOURS)


def follow(client: httpx.Client, project: str, kind: str) -> str:
    asked = dict(KINDS[kind])
    text = asked.pop("text")
    config = {"marketplace": "sandbox", **asked.pop("config", {})}
    body = {"name": kind, "type": kind, "config": config, **asked}
    answer = client.post(f"/projects/{project}/monitors", json=body)
    assert answer.status_code == 201, answer.text
    monitor: str = answer.json()["data"]["id"]
    watches = {"watches": [{"value": text}]}
    assert client.post(f"/monitors/{monitor}/watches", json=watches).json()["data"]["added"] == 1
    return monitor


def run_rounds(farm: Farm, client: httpx.Client, monitors: dict[str, str]) -> dict[str, str]:
    """At once; the job of each."""
    jobs = {}
    for kind, monitor in monitors.items():
        started = client.post(f"/monitors/{monitor}/rounds")
        assert started.status_code == 201, started.text
        jobs[kind] = started.json()["data"]["id"]
    for kind, monitor in monitors.items():
        path = f"/monitors/{monitor}/rounds/{jobs[kind]}"
        farm.wait_for(
            lambda path=path: client.get(path).json()["data"]["status"] != "running",
            what=f"the round of {kind}",
        )
        assert client.get(path).json()["data"]["outcome"] == "succeeded"
    return jobs


def members(client: httpx.Client, kind: str, job: str) -> Members:
    """Who stands there at which place, by the rows of a round."""
    found = client.get(f"/jobs/{job}/results", params={"limit": 1000}).json()["data"]
    if kind == "search":
        rows = [row for row in found if row["sponsored"] is False]
        keys = [row["asin"] for row in rows]
    elif kind == "bestsellers":
        keys = [row["asin"] for row in sorted(found, key=lambda row: row["rank"])]
    else:
        keys = list(dict.fromkeys(row["seller"]["id"] or row["seller"]["name"] for row in found))
    places: Members = {}
    for place, key in enumerate(keys, 1):
        places.setdefault(key, place)
    return places


def within(places: Members, kind: str) -> set[str]:
    """Those whose coming and going is told."""
    top = KINDS[kind].get("topN", len(places))
    return {key for key, place in places.items() if place <= top}
