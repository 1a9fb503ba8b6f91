"""From an address to narrower searches by HTTP: a category, a seller, what a page offers, a landing page."""

from __future__ import annotations

from typing import Any

import httpx

from sandbox.goods.catalogue import seller_id
from tests.crash.farm import Farm
from tests.end_to_end.conftest import Serve


def test_what_a_category_offers_is_searched_next(serve: Serve) -> None:
    farm, client = serve()
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    seller = f"seller:{seller_id('Blue Door Store')}"
    targets = [
        "https://sandbox.test/Pet-Supplies/b?ie=UTF8&node=2000006&ref=nav_x",
        "node:2000006",
        seller,
        "https://sandbox.test/b?node=9000000",
    ]
    answer = created(client, project, targets, maxPages=2)
    (merged,) = [one["message"] for one in answer["warnings"]]
    assert merged == "asks for the same as targets.0"
    told = ended(farm, client, answer["data"]["id"])
    first, by_seller, landing = told
    assert (first["value"], first["duplicates"]) == (
        targets[0],
        [{"index": 1, "sent": "node:2000006"}],
    )
    assert (landing["error"]["code"], landing["resultCount"]) == ("NOT_A_LISTING", 0)
    assert by_seller["resultCount"] > 10
    pages = first["searchInfo"]
    assert [page["page"] for page in pages] == [1, 2]
    assert pages[1]["categories"] is pages[1]["refinements"] is None, "told once"
    leaf = next(one for one in pages[0]["categories"] if not one["isChosen"])
    brand = next(one for one in pages[0]["refinements"] if one["group"] == "Brand")

    narrower = created(
        client, project, targets[:1], node=leaf["id"], refinements=[brand["id"], "p_72:7200004"]
    )
    (chosen,) = ended(farm, client, narrower["data"]["id"])
    assert 0 < chosen["resultCount"] < first["resultCount"]
    offered = chosen["searchInfo"][0]
    assert [one["id"] for one in offered["categories"] if one["isChosen"]] == [leaf["id"]]
    assert {one["id"] for one in offered["refinements"] if one["isChosen"]} == {
        brand["id"],
        "p_72:7200004",
    }
    rows = client.get(f"/jobs/{narrower['data']['id']}/results").json()["data"]
    assert all(brand["name"] in row["title"] and row["rating"] >= 4 for row in rows)
    assert {(row["keyword"], row["target"]) for row in rows} == {(None, targets[0])}

    refused = client.post(
        f"/projects/{project}/jobs", json=body(["https://www.amazon.de/b?node=1"], marketplace="US")
    )
    assert refused.status_code == 400
    assert "www.amazon.de's own" in refused.json()["error"]["details"][0]["reason"]


def body(targets: list[str], **config: Any) -> dict[str, Any]:
    return {"type": "search", "targets": targets, "config": {"marketplace": "sandbox", **config}}


def created(client: httpx.Client, project: str, targets: list[str], **config: Any) -> Any:
    answer = client.post(f"/projects/{project}/jobs", json=body(targets, **config))
    assert answer.status_code == 201, answer.text
    return answer.json()


def ended(farm: Farm, client: httpx.Client, job: str) -> Any:
    farm.wait_for_end(job)
    return client.get(f"/jobs/{job}/targets").json()["data"]
