"""Two places at one store by the operator's proxies, each of them an exit that the store tells apart."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.catalogue import Catalogue
from spiders.middlewares.proxy_pool import REFRESH_SECONDS
from storage.proxies import Proxies
from storage.transactions import Transactions
from tests.end_to_end.conftest import Serve

EXITS = 3
PRODUCTS = 40
PLACES = {"80331": "80331 München", "20095": "20095 Hamburg"}
Job = dict[str, Any]
Row = dict[str, Any]
_EXIT = re.compile(r"is the proxy (http://\S+)")

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]


def ended(client: httpx.Client, job_id: str) -> Job:
    deadline = time.monotonic() + 150
    while True:
        job: Job = client.get(f"/jobs/{job_id}").json()["data"]
        if job["status"] not in ("queued", "running"):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.3)


def reasons(client: httpx.Client, job_id: str) -> set[str]:
    targets = client.get(f"/jobs/{job_id}").json()["data"]["targets"]
    return {str(target.get("error")) for target in targets}


def crawled(client: httpx.Client, project: str) -> dict[str, tuple[Job, list[Row]]]:
    """The same products for each place at once: job and rows by place."""
    asins = [Catalogue(seed=1, products=100_000).asin(number) for number in range(PRODUCTS)]
    ids = {}
    for place in PLACES:
        config = {"marketplace": "DE", "deliverTo": place}
        body = {"type": "details", "targets": asins, "config": config}
        answer = client.post(f"/projects/{project}/jobs", json=body)
        assert answer.is_success, answer.text
        ids[place] = answer.json()["data"]["id"]
    found = {}
    for place, job_id in ids.items():
        job = ended(client, job_id)
        answer = client.get(f"/jobs/{job_id}/results", params={"limit": 100})
        found[place] = job, answer.json()["data"]
    return found


def check(sandbox_url: str, place: str, rows: list[Row]) -> None:
    """Each row is of its place, and its price is what the store asks for there."""
    assert {row["deliverTo"] for row in rows} == {PLACES[place]}
    assert {row["deliverToAsked"] for row in rows} == {place}
    assert len({row["asin"] for row in rows}) == len(rows)
    for row in rows[:10]:
        target = f"/__truth/dp/{row['asin']}?place=DE:{place}"
        facts = httpx.get(sandbox_url + target, headers={"Host": "www.amazon.de"}).json()
        amount = facts["price"] and float(facts["price"]["amount"])
        assert (row["price"] and row["price"]["amount"]) == amount, row["asin"]


def test_every_row_is_of_its_place_and_every_visitor_of_its_exit(
    serve: Serve, tmp_path: Path
) -> None:
    farm, client = serve(
        *("--exits", str(EXITS), "--bulk", "0"),
        ALLOWED_NETWORKS="127.0.0.0/8",
        VERIFY_CERTIFICATES="false",
        MARKETPLACE_REQUESTS_PER_MINUTE="60000",
    )
    sandbox_url = farm.environ["SANDBOX_URL"]
    log = next(tmp_path.glob("*/sandbox.log")).read_text()
    proxies = Proxies(farm.database)
    for url in _EXIT.findall(log):
        Transactions(farm.database.client).run(
            lambda session, url=url: proxies.insert(url, session=session)
        )
    # Crawlers that run already look for new proxies so often.
    time.sleep(2 * REFRESH_SECONDS)
    project = client.post("/projects", json={"name": "Places"}).json()["data"]["id"]
    for place, (job, rows) in crawled(client, project).items():
        assert job["outcome"] == "succeeded", reasons(client, job["id"])
        check(sandbox_url, place, rows)
    entries = httpx.get(f"{sandbox_url}/__requests").json()
    entries = [entry for entry in entries if entry["host"] == "www.amazon.de"]
    exits_of = defaultdict(set)
    for entry in entries:
        exits_of[entry["session"]].add(entry["exit"])
    assert {len(exits) for exits in exits_of.values()} == {1}
    assert {entry["note"] for entry in entries} == {""}, "no session was used by another exit"
    used = set().union(*exits_of.values())
    assert used <= {f"exit-{number}" for number in range(1, EXITS + 1)} and len(used) > 1
    dialogue = [entry for entry in entries if entry["kind"] != "product"]
    # At most four requests a visitor; a place has no more visitors than exits.
    assert len(dialogue) <= 4 * EXITS * len(PLACES)

    # Half of the visitors get their place by the older address alone, and each loses it now and then.
    habits = {"json_inert": 0.5, "place_lost_after": 15}
    httpx.post(f"{sandbox_url}/__visitors", json=habits).raise_for_status()
    for place, (job, rows) in crawled(client, project).items():
        failed = sum(target["status"] == "failed" for target in job["targets"])
        assert failed + len(rows) == PRODUCTS
        assert len(rows) > PRODUCTS * 0.8, reasons(client, job["id"])
        check(sandbox_url, place, rows)
    counts = httpx.get(f"{sandbox_url}/__visitors").json()["sessions"]
    assert counts["places_lost"] > 0
