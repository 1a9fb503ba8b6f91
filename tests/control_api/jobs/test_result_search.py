"""`GET /jobs/:id/results?q=&before=`: a search that says how far it has read, and the page before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from control_api.services.jobs import results
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

ROWS = 10


@pytest.fixture
def job(tenant: Tenant, settlement: Settlement) -> str:
    """Ten rows in two targets; every third one holds a lamp."""
    job_id: str = tenant.make_job(targets=["a", "b"])["id"]
    rows = [
        {"n": number, "title": "Desk LAMP" if number % 3 == 0 else "Kettle"}
        for number in range(ROWS)
    ]
    end_target(settlement, job_id, 0, rows[:6])
    end_target(settlement, job_id, 1, rows[6:])
    return job_id


def ask(tenant: Tenant, job: str, query: str) -> tuple[list[int], dict[str, Any]]:
    answer = tenant.get(f"/jobs/{job}/results?{query}")
    assert answer.status_code == 200, answer.text
    return [row["n"] for row in answer.json["data"]], answer.json["meta"]


# The page before


def test_pages_are_walked_to_the_end_and_back(tenant: Tenant, job: str) -> None:
    pages, query = [], "limit=4"
    while True:
        rows, meta = ask(tenant, job, query)
        pages.append(rows)
        if meta["nextCursor"] is None:
            break
        query = f"limit=4&cursor={meta['nextCursor']}"
    assert pages == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    for expected in (pages[1], pages[0]):
        rows, meta = ask(tenant, job, f"limit=4&before={meta['previousCursor']}")
        assert rows == expected
    assert meta["previousCursor"] is None
    assert ask(tenant, job, f"limit=4&cursor={meta['nextCursor']}")[0] == pages[1]


def test_a_page_by_offset_has_one_before_it(tenant: Tenant, job: str) -> None:
    assert ask(tenant, job, "limit=2")[1]["previousCursor"] is None
    _, meta = ask(tenant, job, "limit=2&offset=5")
    assert ask(tenant, job, f"limit=2&before={meta['previousCursor']}")[0] == [3, 4]


# The search


def test_rows_that_hold_the_text_in_any_case(tenant: Tenant, job: str) -> None:
    rows, meta = ask(tenant, job, "q=lamp")
    assert rows == [0, 3, 6, 9]
    assert meta == {"total": ROWS, "nextCursor": None, "previousCursor": None, "scanned": ROWS}
    assert "scanned" not in ask(tenant, job, "limit=1")[1]


def test_a_search_goes_on_where_it_ended_and_back(tenant: Tenant, job: str) -> None:
    rows, meta = ask(tenant, job, "q=lamp&limit=2")
    assert (rows, meta["scanned"]) == ([0, 3], 4)
    rows, meta = ask(tenant, job, f"q=lamp&limit=2&cursor={meta['nextCursor']}")
    assert (rows, meta["scanned"], meta["nextCursor"]) == ([6, 9], 6, None)
    rows, meta = ask(tenant, job, f"q=lamp&limit=1&before={meta['previousCursor']}")
    assert (rows, meta["scanned"]) == ([3], 1)
    rows, back = ask(tenant, job, f"q=lamp&limit=1&before={meta['previousCursor']}")
    assert (rows, back["previousCursor"]) == ([0], None)
    rows, _ = ask(tenant, job, f"q=lamp&limit=1&cursor={meta['nextCursor']}")
    assert rows == [6]


def test_a_search_says_how_far_it_has_read(
    tenant: Tenant, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "SCANNED_ROWS", 4)
    seen, query = [], "q=kettle&limit=100"
    while True:
        rows, meta = ask(tenant, job, query)
        seen.append((rows, meta["scanned"]))
        if meta["nextCursor"] is None:
            break
        query = f"q=kettle&limit=100&cursor={meta['nextCursor']}"
    assert seen == [([1, 2], 4), ([4, 5, 7], 4), ([8], 2)]
    rows, meta = ask(tenant, job, "q=no+such+text")
    assert (rows, meta["scanned"]) == ([], 4)
    assert meta["nextCursor"] is not None


def test_values_are_searched_wherever_they_stand_and_names_are_not(
    tenant: Tenant, settlement: Settlement
) -> None:
    job = tenant.make_job()["id"]
    row = {
        "n": 1,
        "price": {"amount": Decimal("29.99"), "currency": "USD"},
        "badges": ["Best Seller", {"deep": "Größe"}],
        "isPrime": None,
    }
    end_target(settlement, job, 0, [row, {"n": 2}])
    for text in ("29.99", "best+seller", "GRÖSSE", "usd"):
        assert ask(tenant, job, f"q={text}")[0] == [1], text
    for text in ("price", "none", "deep"):
        assert ask(tenant, job, f"q={text}")[0] == [], text


def test_fields_are_cut_after_the_search(tenant: Tenant, job: str) -> None:
    answer = tenant.get(f"/jobs/{job}/results?q=lamp&fields=title&limit=1").json
    assert answer["data"] == [{"title": "Desk LAMP"}]


@pytest.mark.parametrize(
    "query",
    ["q=", "q=a&offset=1", "q=a&page=1", "before=x", "before=x&cursor=y", "before=MA&pageSize=5"],
)
def test_what_cannot_be_meant_is_refused(tenant: Tenant, job: str, query: str) -> None:
    answer = tenant.get(f"/jobs/{job}/results?{query}")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")


# The rows of one target


def test_rows_of_one_target_by_every_way_to_page(tenant: Tenant, job: str) -> None:
    rows, meta = ask(tenant, job, "target=1&limit=3")
    assert (rows, meta["total"], meta["previousCursor"]) == ([6, 7, 8], 4, None)
    rows, meta = ask(tenant, job, f"target=1&limit=3&cursor={meta['nextCursor']}")
    assert (rows, meta["nextCursor"]) == ([9], None)
    assert ask(tenant, job, f"target=1&before={meta['previousCursor']}")[0] == [6, 7, 8]
    assert ask(tenant, job, "target=0&offset=4")[0] == [4, 5]
    assert ask(tenant, job, "target=1&q=lamp")[0] == [6, 9]
    paged = tenant.get(f"/jobs/{job}/results?target=1&page=2&pageSize=3").json["data"]
    assert [row["n"] for row in paged["items"]] == [9] and paged["pagination"]["total"] == 4
    assert ask(tenant, job, "target=2")[1]["total"] == 0
    assert tenant.get(f"/jobs/{job}/results?target=-1").status_code == 400


def test_a_cursor_of_another_target_does_not_lead_out_of_this_one(tenant: Tenant, job: str) -> None:
    before = ask(tenant, job, "limit=2")[1]["nextCursor"]
    behind = ask(tenant, job, "limit=8")[1]["nextCursor"]
    assert ask(tenant, job, f"target=1&cursor={before}")[0] == [6, 7, 8, 9]
    assert ask(tenant, job, f"target=0&cursor={behind}")[0] == []
    assert ask(tenant, job, f"target=0&before={behind}")[0] == [0, 1, 2, 3, 4, 5]
