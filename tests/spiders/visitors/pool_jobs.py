"""Jobs of products for a place, and their rows."""

from __future__ import annotations

from typing import Any

from storage.base.records import Job, NewTarget
from tests.spiders.visitors.shop import asins
from tests.stores import SPIDER, Store

PRODUCTS = 60


def add_job(
    store: Store, place: str, *, products: int = PRODUCTS, organization: str = "one", **params: Any
) -> Job:
    asked = {"deliverTo": {"postalCode": place, "country": "US"}, **params}
    targets = [
        NewTarget(
            asin,
            f"https://www.amazon.com/dp/{asin}",
            "US",
            {"asin": asin, "language": "en_US", **asked},
        )
        for asin in asins(products)
    ]
    job = store.add_job(targets, organization_id=organization)
    store.queue.push(SPIDER, store.seeds(job))
    return job


def rows(store: Store, job: Job) -> list[dict[str, Any]]:
    return [dict(row.data) for row in store.results.iterate(job.id)]
