"""Spider jobs' items as a file, by AzScraper's /jobs/:id/export."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from pymongo.database import Database

from spiders.types.search import COLUMNS as SEARCH_COLUMNS
from storage.runs.run_claims import ClaimedRun, RunClaims
from storage.runs.runs import Loss, RunOutcome, Runs
from tests.scrapethis.claims import claims_of, dispatched
from tests.scrapethis.conftest import Caller

pytestmark = pytest.mark.usefixtures("redis_client")

ITEMS = [{"title": "a", "price": None}, {"title": "b", "price": {"amount": 2, "currency": "EUR"}}]


def begun(caller: Caller, database: Database, config: Any, **body: Any) -> ClaimedRun:
    job_id = caller.start(**body)
    run = dispatched(database, job_id)
    claimed = claims_of(database, config).claim(
        job_id, run.dispatch_id or "", claimant="me", version="1"
    )
    assert claimed is not None
    return claimed


def table(caller: Caller, job_id: str) -> list[list[str]]:
    headers = {"Authorization": f"Bearer {caller.token}"}
    answer = caller.client.get(f"/jobs/{job_id}/export?format=csv", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text, newline="")))


@pytest.fixture
def claims(database: Database, config: Any) -> RunClaims:
    return claims_of(database, config)


@pytest.fixture
def claimed(caller: Caller, database: Database, config: Any, claims: RunClaims) -> ClaimedRun:
    claimed = begun(caller, database, config)
    assert claims.write_items(claimed.claim, 0, ITEMS)
    return claimed


EXPECTED = [["title", "price.amount", "price.currency"], ["a", "", ""], ["b", "2", "EUR"]]


def test_a_running_jobs_columns_are_those_of_its_items_so_far(
    caller: Caller, claims: RunClaims, claimed: ClaimedRun
) -> None:
    job_id = claimed.claim.job_id
    assert table(caller, job_id) == EXPECTED
    assert claims.write_items(claimed.claim, 2, [{"title": "c", "rating": 4.5}])
    shown = table(caller, job_id)
    assert shown[0] == [*EXPECTED[0], "rating"]
    assert shown[3] == ["c", "", "", "4.5"]


@pytest.mark.parametrize("is_well", [True, False], ids=["finished", "error"])
def test_an_ended_jobs_columns_are_complete(
    caller: Caller, claims: RunClaims, claimed: ClaimedRun, *, is_well: bool
) -> None:
    outcome = RunOutcome(
        is_well=is_well, reason="finished", code=None if is_well else "SPIDER_ERROR"
    )
    assert claims.end(claimed.claim, outcome, stats={}, lines=[])
    assert table(caller, claimed.claim.job_id) == EXPECTED


def test_a_cancelled_jobs_columns_are_complete(caller: Caller, claimed: ClaimedRun) -> None:
    # No node can be told: the fence stands all the same.
    assert caller.delete(f"/jobs/{claimed.claim.job_id}").status_code == 500
    assert table(caller, claimed.claim.job_id) == EXPECTED


def test_a_lost_attempts_items_are_gone_with_their_columns(
    caller: Caller, database: Database, claimed: ClaimedRun
) -> None:
    runs = Runs(database)
    run = runs.find(claimed.claim.job_id)
    assert run is not None
    taken = runs.take_back(run, Loss("NODE_LOST", "a-node", "a test"))
    assert taken is not None
    runs.clear(taken)
    assert table(caller, claimed.claim.job_id) == []


def test_a_job_without_items_is_an_empty_file(caller: Caller) -> None:
    assert table(caller, caller.start()) == []


def test_an_amazon_spiders_job_has_the_columns_of_the_same_job(
    caller: Caller, database: Database, config: Any, claims: RunClaims
) -> None:
    claimed = begun(
        caller, database, config, spider_name="amazon_search", arguments={"keywords": "x"}
    )
    assert claims.write_items(claimed.claim, 0, [{"asin": "B08N5WRWNW", "title": "x"}])
    header, row = table(caller, claimed.claim.job_id)
    assert header == list(SEARCH_COLUMNS)
    assert row[:2] == ["B08N5WRWNW", "x"]


class TestFields:
    """A spider's own items: what can be asked for is what its first rows have."""

    def get(self, caller: Caller, path: str) -> Any:
        headers = {"Authorization": f"Bearer {caller.token}"}
        return caller.client.get(path, headers=headers)

    def test_fields_and_provenance(self, caller: Caller, claimed: ClaimedRun) -> None:
        path = f"/jobs/{claimed.claim.job_id}"
        text = self.get(caller, f"{path}/export?format=csv&fields=price,title").text
        assert text == "price.amount,price.currency,title\r\n,,a\r\n2,EUR,b\r\n"
        rows = self.get(caller, f"{path}/results?fields=price.amount").json["data"]
        assert rows == [{"price": None}, {"price": {"amount": 2}}]
        text = self.get(caller, f"{path}/export?format=csv&provenance=1&delimiter=;").text
        first, second = csv.DictReader(io.StringIO(text), delimiter=";")
        assert first.keys() == {"title", "price.amount", "price.currency", "jobId"}
        assert {first["jobId"], second["jobId"]} == {claimed.claim.job_id}

    def test_items_take_them_too(self, caller: Caller, claimed: ClaimedRun) -> None:
        path = f"/jobs/{claimed.claim.job_id}/items"
        assert caller.get(f"{path}?fields=title").json == [{"title": "a"}, {"title": "b"}]
        first = caller.get(f"{path}?provenance=1&limit=1").json
        assert first == [{**ITEMS[0], "jobId": claimed.claim.job_id}]
        refusal = caller.get(f"{path}?fields=titel")
        assert refusal.status_code == 400
        assert refusal.json["error"].endswith("did you mean `title`?")

    def test_an_unknown_field_is_refused_with_the_nearest(
        self, caller: Caller, claimed: ClaimedRun
    ) -> None:
        path = f"/jobs/{claimed.claim.job_id}"
        for route in ("results", "export"):
            answer = self.get(caller, f"{path}/{route}?fields=titel")
            assert answer.status_code == 400
            assert answer.json["error"]["message"].endswith("did you mean `title`?")

    def test_before_the_first_item_every_name_may_come(self, caller: Caller) -> None:
        path = f"/jobs/{caller.start()}"
        assert self.get(caller, f"{path}/results?fields=anything").json["data"] == []
        assert self.get(caller, f"{path}/export?format=csv&fields=a.b").text == "a.b\r\n"
