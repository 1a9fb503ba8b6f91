"""The top 100 of a practice category by HTTP: the job, its rows as JSON and as CSV."""

from __future__ import annotations

import csv
import io

from tests.end_to_end.conftest import Serve


def test_a_job_reads_both_pages_of_a_list_and_names_what_is_not_one(serve: Serve) -> None:
    farm, client = serve()
    farm.start_crawler("bestsellers", "amazon_bestsellers")
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    targets = [
        "electronics",
        "/gp/movers-and-shakers/beauty",
        "www.amazon.com/gp/bestsellers",
        "pets/3000006",
    ]
    body = {
        "type": "bestsellers",
        "targets": targets,
        "config": {"marketplace": "sandbox", "list": "new_releases"},
    }
    answer = client.post(f"/projects/{project}/jobs", json=body)
    assert answer.status_code == 201, answer.text
    job = answer.json()["data"]
    ended = farm.wait_for_end(job["id"])
    assert (ended.counts.success, ended.counts.failed, ended.result_count) == (3, 1, 300)
    (failure,) = client.get(f"/jobs/{job['id']}").json()["data"]["failures"]
    assert failure == {"code": "NOT_A_LISTING", "count": 1}

    rows = client.get(f"/jobs/{job['id']}/results", params={"limit": 1000}).json()["data"]
    first = [row for row in rows if row["target"] == "electronics"]
    assert [row["rank"] for row in first] == list(range(1, 101))
    assert {row["list"] for row in first} == {"new_releases"}
    bare = [row["rank"] for row in first if row["partial"]]
    assert bare == [*range(31, 51), *range(81, 101)]
    assert all(row["title"] and row["imageUrl"] for row in first if not row["partial"])
    movers = [row for row in rows if row["list"] == "movers_and_shakers"]
    assert len(movers) == 100
    assert all(row["salesRank"] < row["previousSalesRank"] and row["change"] > 0 for row in movers)

    # The trees beside the lists, also that of the root, which is no list.
    known = client.get("/marketplaces/sandbox/categories").json()
    targets = {one["target"] for one in known["data"]}
    assert known["meta"]["total"] == len(targets) >= 8 + 3
    assert {"electronics", "home", "beauty", "pets", "pets/3000006"} <= targets
    (leaf_of_pets,) = client.get("/marketplaces/sandbox/categories?q=3000006").json()["data"]
    assert leaf_of_pets["path"] == ["Pet Supplies", "Cat Fountain"]

    text = client.get(f"/jobs/{job['id']}/export", params={"format": "csv"}).text
    table = list(csv.DictReader(io.StringIO(text)))
    assert [line["asin"] for line in table] == [row["asin"] for row in rows]
    leaf = [line for line in table if line["target"] == "pets/3000006"]
    assert {line["category.nodeId"] for line in leaf} == {"3000006"}
    assert {line["category.path"] for line in leaf} == {"Pet Supplies | Cat Fountain"}

    config = {"marketplace": "sandbox", "fill": True, "maxResults": 33}
    filling = {"type": "bestsellers", "targets": ["toys"], "config": config}
    filled = client.post(f"/projects/{project}/jobs", json=filling).json()["data"]["id"]
    assert farm.wait_for_end(filled).counts.success == 1
    rows = client.get(f"/jobs/{filled}/results").json()["data"]
    assert [row["rank"] for row in rows] == list(range(1, 34))
    assert all(row["title"] and not row["partial"] for row in rows)
    assert ["/dp/" in row["sourceUrl"] for row in rows] == [False] * 30 + [True] * 3

    refused = client.post(f"/projects/{project}/jobs", json={**body, "targets": ["usb hub"]})
    assert refused.status_code == 400
    assert "slug" in refused.json()["error"]["details"][0]["reason"]
