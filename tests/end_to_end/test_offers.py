"""Offers, suggestions and sellers by HTTP: the jobs, their rows as JSON and CSV, what the targets say."""

from __future__ import annotations

import csv
import io

from sandbox.goods.asins import AsinCode
from sandbox.goods.catalogue import FAMILY
from tests.end_to_end.conftest import Serve

CODE = AsinCode(1)
# The seventeenth of each family is sold by nobody.
SOLD = [CODE.asin(number) for number in (0, 1)]
UNSOLD, UNKNOWN = CODE.asin(FAMILY - 3), CODE.asin(10**9)


def test_offers_suggestions_sellers_and_variants_are_jobs_like_others(serve: Serve) -> None:
    farm, client = serve()
    farm.start_crawler("offers", "amazon_offers")
    farm.start_crawler("suggestions", "amazon_suggestions")
    farm.start_crawler("seller", "amazon_seller")
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    body = {
        "type": "offers",
        "targets": [*SOLD, UNSOLD, UNKNOWN],
        "config": {"marketplace": "sandbox"},
    }
    answer = client.post(f"/projects/{project}/jobs", json=body)
    assert answer.status_code == 201, answer.text
    job = answer.json()["data"]
    letters = {"type": "suggestions", "targets": ["usb c"], "config": {"marketplace": "sandbox"}}
    suggested = client.post(f"/projects/{project}/jobs", json=letters).json()["data"]
    ended = farm.wait_for_end(job["id"])
    assert (ended.counts.success, ended.counts.failed) == (3, 1)

    targets = client.get(f"/jobs/{job['id']}/targets").json()["data"]
    assert [target.get("noOffers") for target in targets] == [None, None, True, None]
    assert [target["resultCount"] > 0 for target in targets] == [True, True, False, False]
    rows = client.get(f"/jobs/{job['id']}/results", params={"limit": 1000}).json()["data"]
    for asin in SOLD:
        own = [row for row in rows if row["asin"] == asin]
        assert [row["position"] for row in own] == list(range(1, len(own) + 1))
        assert [row["isFeatured"] for row in own] == [True, *[False] * (len(own) - 1)]
        assert len({row["offerId"] for row in own}) == len(own) > 10
        # A featured offer that the list repeats makes one more of the list's.
        assert max(row["page"] for row in own) in (-(-(len(own) - 1) // 10), -(-len(own) // 10))
    text = client.get(f"/jobs/{job['id']}/export", params={"format": "csv"}).text
    table = list(csv.DictReader(io.StringIO(text)))
    assert [line["offerId"] for line in table] == [row["offerId"] for row in rows]
    assert {line["seller.id"] for line in table} == {row["seller"]["id"] or "" for row in rows}

    failed = client.post(f"/jobs/{job['id']}/retry", json={"only": "failed"}).json()["data"]
    assert [target["value"] for target in failed["targets"]] == [UNKNOWN]
    few = {**body, "targets": SOLD[:1], "config": {**body["config"], "maxOffers": 3}}
    limited = client.post(f"/projects/{project}/jobs", json=few).json()["data"]
    assert farm.wait_for_end(limited["id"]).result_count == 3
    assert farm.wait_for_end(suggested["id"]).result_count == 11
    sellers = list(dict.fromkeys(row["seller"]["id"] for row in rows if row["seller"]["id"]))[:3]
    profiles = {"type": "seller", "targets": sellers, "config": {"marketplace": "sandbox"}}
    read = client.post(f"/projects/{project}/jobs", json=profiles).json()["data"]
    assert farm.wait_for_end(read["id"]).result_count == 3
    table_of = client.get(f"/jobs/{read['id']}/export", params={"format": "csv"}).text
    lines = list(csv.DictReader(io.StringIO(table_of)))
    assert {line["sellerId"] for line in lines} == set(sellers)
    assert all(line["name"] and line["ratings.lifetime.count"] for line in lines)
    beside = {
        "type": "details",
        "targets": SOLD,
        "config": {"marketplace": "sandbox", "include": ["offers"], "maxOffers": 3},
    }
    products = client.post(f"/projects/{project}/jobs", json=beside).json()["data"]
    assert farm.wait_for_end(products["id"]).result_count == 2
    for product in client.get(f"/jobs/{products['id']}/results").json()["data"]:
        own = [row["offerId"] for row in rows if row["asin"] == product["asin"]]
        assert [offer["offerId"] for offer in product["allOffers"]] == own[:3]
    # A family of four: one is asked for by its number, one as well as by the other's page.
    first, second = CODE.asin(FAMILY + 9), CODE.asin(FAMILY + 10)
    grown = {
        "type": "details",
        "targets": [first, second, CODE.asin(FAMILY)],
        "config": {"marketplace": "sandbox", "expandVariants": True},
    }
    family = client.post(f"/projects/{project}/jobs", json=grown).json()["data"]
    ended = farm.wait_for_end(family["id"])
    assert (ended.counts.total, ended.counts.success, ended.result_count) == (5, 5, 5)
    found = client.get(f"/jobs/{family['id']}/targets").json()["data"]
    assert {target["value"] for target in found} == {
        *(CODE.asin(FAMILY + number) for number in (9, 10, 11, 12)),
        CODE.asin(FAMILY),
    }
    assert [target.get("parentTarget") for target in found[:3]] == [None] * 3
    assert {target["parentTarget"] for target in found[3:]} <= {first, second}
    again = client.post(f"/jobs/{family['id']}/retry").json()["data"]
    ended = farm.wait_for_end(again["id"])
    assert (ended.counts.total, ended.result_count) == (5, 5)
    schedule = {"cron": "0 6 * * *", "crawlConfig": body}
    assert client.post(f"/projects/{project}/schedules", json=schedule).status_code == 201
    refused = client.post(f"/projects/{project}/jobs", json={**body, "targets": ["usb hub"]})
    assert refused.json()["error"]["code"] == "INVALID_ASIN"
