"""`GET /marketplaces/:code/categories` (ours): what lists have named, whichever job read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from control_api.azscraper.schemas.jobs.categories import CategoriesAnswer
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

PATH = "/marketplaces/{}/categories"


def category(name: str, slug: str | None, node: str | None, **more: Any) -> dict[str, Any]:
    own = {"marketplace": "DE", "language": "de-DE", "slug": slug, "nodeId": node, "name": name}
    return {**own, "path": None, **more}


def names(tenant: Tenant, query: str = "", code: str = "DE") -> list[str]:
    answer = tenant.get(PATH.format(code) + query)
    assert answer.status_code == 200, answer.text
    CategoriesAnswer.model_validate(answer.json)
    return [one["name"] for one in answer.json["data"]]


def test_what_any_job_has_come_across_is_listed(
    tenant: Tenant, make_tenant: Callable[..., Tenant], settlement: Settlement
) -> None:
    job = tenant.make_job(targets=["a", "b"])
    seen = [
        category("Kopfhörer", "ce-de", "570278"),
        category("Elektronik", "ce-de", None),
        category("Nur ein Knoten", None, "17"),
        category("Electronics", "ce-de", None, language="en-GB"),
        category("Books", "books", None, marketplace="US"),
    ]
    end_target(settlement, job["id"], 0, categories=seen)
    named_again = category("Kopfhörer", "ce-de", "570278", path=["Elektronik", "Kopfhörer"])
    end_target(settlement, job["id"], 1, categories=[named_again, seen[0]])
    assert names(tenant) == ["Nur ein Knoten", "Electronics", "Elektronik", "Kopfhörer"]
    assert names(make_tenant(), code="amazon.de") == names(tenant), "a store's own, not a tenant's"
    assert names(tenant, code="us") == ["Books"] and names(tenant, code="FR") == []
    assert names(tenant, "?q=kopfh") == names(tenant, "?q=570278") == ["Kopfhörer"]
    assert names(tenant, "?q=.") == []
    assert names(tenant, "?language=en-GB") == ["Electronics"]
    assert names(tenant, "?limit=1&offset=2") == ["Elektronik"]
    found = tenant.get(PATH.format("DE")).json
    assert found["meta"] == {"total": 4}
    assert [one["target"] for one in found["data"]] == [
        "node:17", "ce-de", "ce-de", "ce-de/570278"]  # fmt: skip
    assert [one["path"] for one in found["data"]][-1] == ["Elektronik", "Kopfhörer"]


def test_a_store_that_we_do_not_know_is_not_found(tenant: Tenant) -> None:
    answer = tenant.get(PATH.format("MARS"))
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "NOT_FOUND")
    assert "US, CA" in answer.json["error"]["message"]
    assert tenant.get(PATH.format("US") + "?limit=0").status_code == 400
